"""Allocation without foresight: greedy fill, greedy edges, greedy swaps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..kernels import (
    NONE,
    fill_in_order,
    first_equal,
    greatest_or_zero,
    matrix_ev,
    njit,
    subtract_row,
)
from ..model import Candidates, Problem

SWAP_TRIES = 100
"""Random swaps that greedy-swaps tries, as in the reference experiment."""


def greedy_fill(
    problem: Problem, assignment: NDArray[np.int64], users: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the allocation with users placed in order, each at its best streamers with room.

    A serial dictatorship (A. Abdulkadiroğlu and T. Sönmez, Econometrica 66, 1998).

    Parameters
    ----------
    problem : Problem
    assignment : (N,) or (N, b) int64
        Present streamers, -1 for none. Not modified.
    users : (N,) bool
        Users to place, in order of position. Users with a streamer are skipped unless b > 1.

    Returns
    -------
    (N,) or (N, b) int64
        -1 for users without an EV of 0 or more at any streamer with room.
    """
    taken = np.bincount(assignment[assignment >= 0], minlength=problem.n_streamers)
    room = problem.capacity - taken
    filled = assignment.copy()
    if assignment.ndim == 1:
        users = users & (assignment < 0)
    order = np.flatnonzero(users)
    if isinstance(problem.ev, Candidates) or assignment.ndim == 2:
        several = filled.reshape(len(filled), -1)
        fill_in_order(problem.rows, order, room, several)
    elif problem.favourites is not None:
        _fill_dense(problem.rows, problem.favourites.streamer, order, room, filled)
    return filled


def greedy_edges(
    pairs: Candidates, whale_cap: NDArray[np.int64], capacity: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return whales placed pair by pair, highest EV first, while both sides are free.

    The published experiment calls this b-matching. The result is at least half the optimum.

    Parameters
    ----------
    pairs : Candidates
        The whales' pairs of EV ≥ 0.
    whale_cap, capacity : (S,) int64

    Returns
    -------
    (N,) int64
        Each user's streamer, -1 for none.
    """
    assignment = np.full(pairs.shape[0], -1, dtype=np.int64)
    order = np.argsort(-pairs.ev, kind="stable")
    room = np.minimum(whale_cap, capacity)
    _take_edges(pairs.users[order], pairs.streamers[order], room, assignment)
    return assignment


def greedy_swaps(
    problem: Problem, assignment: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return an allocation of whales after random pairwise swaps that raise total EV.

    Parameters
    ----------
    problem : Problem
    assignment : (N,) int64
        Streamers of the whales, -1 for none.
    rng : numpy.random.Generator
        Draws `SWAP_TRIES` pairs of placed whales.

    Returns
    -------
    (N,) int64
    """
    swapped = assignment.copy()
    placed = np.flatnonzero(assignment >= 0)
    if len(placed) < 2:
        return swapped
    for _ in range(SWAP_TRIES):
        pair = rng.choice(placed, size=2, replace=False)
        before = swapped[pair]
        after = before[::-1]
        ev = problem.ev_at(pair, after)
        if (ev >= 0).all() and ev.sum() > problem.ev_at(pair, before).sum():
            swapped[pair] = after
    return swapped


@njit(cache=True)
def _fill_dense(rows, best, order, room, assignment):
    """Place users in order, each at its best streamer with room (a serial dictatorship).

    A. Abdulkadiroglu and T. Sonmez, Econometrica 66 (1998). A favourite with room needs no
    look at the row; otherwise the row less a penalty, 0 where there is room and infinite
    elsewhere, is reduced by vector instructions.

    Parameters
    ----------
    rows : Rows, best : (N,) int64
        Of a matrix; each user's favourite, the lowest position among equals.
    order : (n,) int64, room : (S,) int64, assignment : (N,) int64
        Users to place; empty slots, which are decremented; written, NONE for no streamer.
    """
    n_streamers, wide, narrow = len(room), rows.wide, rows.narrow
    penalty, profit = np.zeros(n_streamers), np.empty(n_streamers)
    open_streamers = 0
    for s in range(n_streamers):
        if room[s] > 0:
            open_streamers += 1
        else:
            penalty[s] = np.inf
    for user in order:
        s = best[user]
        if room[s] > 0:
            if matrix_ev(wide, narrow, user, s) < 0.0:
                assignment[user] = NONE
                continue
        else:
            s = NONE
            if open_streamers > 0:
                s = _best_open(wide, narrow, user, penalty, profit)
        assignment[user] = s
        if s != NONE:
            room[s] -= 1
            if room[s] == 0:
                penalty[s] = np.inf
                open_streamers -= 1


@njit(inner=True)
def _best_open(wide, narrow, user, penalty, profit):
    """Return the first best streamer of EV ≥ 0 with room, or NONE."""
    subtract_row(wide, narrow, user, penalty, profit)
    most = greatest_or_zero(profit)
    if most > 0.0:
        return first_equal(profit, most)
    for s in range(len(profit)):
        if profit[s] == 0.0:
            return s
    return NONE


@njit(cache=True)
def _take_edges(users, streamers, room, assignment):
    """Take pairs in the order given while the user is free and the streamer has `room`."""
    for pair in range(len(users)):
        user, s = users[pair], streamers[pair]
        if assignment[user] < 0 and room[s] > 0:
            assignment[user] = s
            room[s] -= 1
