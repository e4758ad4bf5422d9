"""The contested network: users with a choice nearly as good as their best, and those choices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..auction import (
    LANES,
    LIST_LENGTH,
    THRESHOLD_LANES,
    AuctionInstance,
    Lists,
    best_listed_profit,
    rebuild_list,
)
from ..kernels import NONE, Rows, get_row, greatest_or_zero, njit, subtract

Network = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64], NDArray[np.int64]]
"""Choices by contested user: start (n + 1,), streamers (a,), their EVs (a,), who it is (n,)."""


def build_listed_network(
    instance: AuctionInstance,
    lists: Lists,
    price: NDArray[np.float64],
    assignment: NDArray[np.int64],
    contest_radius: float,
) -> Network:
    """Return the choices on short lists that are within `contest_radius` of the best."""
    n_users = len(assignment)
    start, user = np.empty(n_users + 1, dtype=np.int64), np.empty(n_users, dtype=np.int64)
    arcs = np.empty(n_users * LIST_LENGTH, dtype=np.int32), np.empty(n_users * LIST_LENGTH)
    n = collect_listed_arcs(
        instance.rows, *lists, price, assignment, contest_radius, start, *arcs, user
    )
    return start[: n + 1], *arcs, user[:n]


def build_full_network(
    rows: Rows, price: NDArray[np.float64], assignment: NDArray[np.int64], contest_radius: float
) -> Network:
    """Return all choices, on whole rows, that are within `contest_radius` of the best."""
    n_users = len(assignment)
    start, user = np.empty(n_users + 1, dtype=np.int64), np.empty(n_users, dtype=np.int64)
    room, n = min(rows.n_pairs, n_users * LIST_LENGTH), NONE
    while n == NONE:
        arcs = np.empty(room, dtype=np.int32), np.empty(room)
        n = collect_all_arcs(rows, price, assignment, contest_radius, start, *arcs, user)
        room = rows.n_pairs + len(price)
    return start[: n + 1], *arcs, user[:n]


@njit(inner=True)
def _is_contested(choices, own, best, contest_radius):
    """Return whether a user could move, given its choices and its present streamer."""
    if len(choices) == 0:
        return own != NONE
    return len(choices) > 1 or choices[0] != own or best <= contest_radius


@njit(cache=True)
def collect_listed_arcs(
    rows,
    listed,
    listed_ev,
    count,
    bound,
    price,
    assignment,
    contest_radius,
    arc_start,
    arc_streamer,
    arc_ev,
    user,
):
    """Collect the users with a choice within `contest_radius` of their best, and those choices.

    Parameters
    ----------
    rows : Rows
        Of a matrix.
    contest_radius : float
        Currency units. Choices of greater slack are omitted; `solver.flow.polish` later proves that
        they do not matter, or finds those that do.
    arc_start : (N + 1,) int64, arc_streamer : (…,) int32, arc_ev : (…,) float64
        Written: choices of contested user i, its present streamer first if it has one.
    user : (N,) int64
        Written: the contested users.

    Returns
    -------
    int
        Number of contested users.
    """
    profit = np.empty(len(price))
    lanes, most = np.empty(LANES), np.empty(THRESHOLD_LANES)
    n, arcs = 0, 0
    arc_start[0] = 0
    for u in range(len(assignment)):
        best = best_listed_profit(listed[u], listed_ev[u], count[u], price)
        if bound[u] > best - contest_radius:
            rebuild_list(
                rows, price, assignment[u], u, listed, listed_ev, count, bound, profit, lanes, most
            )
            best = best_listed_profit(listed[u], listed_ev[u], count[u], price)
        first = arcs
        for i in range(count[u]):
            s = listed[u, i]
            near = listed_ev[u, i] >= 0.0 and best - (listed_ev[u, i] - price[s]) <= contest_radius
            if near or s == assignment[u]:
                arc_streamer[arcs], arc_ev[arcs] = s, listed_ev[u, i]
                arcs += 1
        if _is_contested(arc_streamer[first:arcs], assignment[u], best, contest_radius):
            user[n] = u
            n += 1
            arc_start[n] = arcs
        else:
            arcs = first
    return n


@njit(inner=True)
def _write_profits(rows, user, price, profit):
    """Write a user's profits, EV - price, and return the greatest or 0."""
    which, values = get_row(rows, user)
    if len(values) == len(price):
        subtract(values, price, profit)
        return greatest_or_zero(profit)
    most = 0.0
    for i in range(len(which)):
        profit[i] = values[i] - price[which[i]]
        most = max(most, profit[i])
    return most


@njit(cache=True)
def collect_all_arcs(
    rows, price, assignment, contest_radius, arc_start, arc_streamer, arc_ev, user
):
    """Collect arcs as `collect_listed_arcs`, from full rows: for candidates and many ties.

    Returns NONE if the arrays are too small; call again with larger ones.
    """
    n, arcs = 0, 0
    arc_start[0] = 0
    profit = np.empty(len(price))
    for u in range(len(assignment)):
        which, values = get_row(rows, u)
        most = _write_profits(rows, u, price, profit)
        floor = most - contest_radius
        if arcs + len(which) > len(arc_ev):
            return NONE
        first = arcs
        for i in range(len(which)):
            if (profit[i] >= floor and values[i] >= 0.0) or which[i] == assignment[u]:
                arc_streamer[arcs], arc_ev[arcs] = which[i], values[i]
                arcs += 1
        if _is_contested(arc_streamer[first:arcs], assignment[u], most, contest_radius):
            user[n] = u
            n += 1
            arc_start[n] = arcs
        else:
            arcs = first
    return n
