"""The exact allocation, by OR-Tools' min-cost flow.

Source: A. V. Goldberg, "An efficient implementation of a scaling minimum-cost flow algorithm",
Journal of Algorithms 22 (1997); the implementation is OR-Tools' ``SimpleMinCostFlow``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from ..kernels import rounding_noise
from ..model import Candidates, Limits

_TIE_SHARE = 2.0**-46
"""Totals closer than this share of the largest EV count as tied; more users placed wins."""

_BITS_STEP = 2
"""Number of bits dropped at once while OR-Tools rejects the costs as too large."""


def solve_min_cost_flow(pairs: Candidates, limits: Limits) -> NDArray[np.bool_]:
    """Return an allocation of greatest worth, and among those, with most pairs.

    The network, up to `per_user` units of flow from each user that has a pair::

        whale → whale node of s ⇉ s → sink        normal user → s        user → sink (unassigned)
                      whale_cap[s]  min_users[s] … capacity[s]

    Parallel arcs from a whale node to its streamer cost the penalty of the first, second, … whale.

    OR-Tools takes integer costs. EVs are multiplied by a power of two as large as its range
    allows and rounded: 2⁴⁶ steps or more to the largest EV for networks up to 60,000 nodes.

    Parameters
    ----------
    pairs : Candidates
        The allowed pairs.
    limits : Limits
        Its guarantees must be feasible with these pairs; see `solver.flow.feasibility`. Pairs of
        negative EV are used only for guarantees.

    Returns
    -------
    (E,) bool
        Mask of the pairs in the allocation.
    """
    taken = np.zeros(len(pairs), dtype=np.bool_)
    usable = limits.open_pairs(pairs.users, pairs.streamers)
    usable &= (pairs.ev >= 0) | limits.negative[pairs.streamers]
    taken[usable] = _solve(pairs if usable.all() else pairs.select_pairs(usable), limits)
    if not limits.allow_negative_ev:
        return taken
    needed = usable & ~_find_dominated(pairs, taken, limits)
    if _exponent(pairs.select_pairs(needed), limits) < _exponent(
        pairs.select_pairs(usable), limits
    ):
        taken[:] = False
        taken[needed] = _solve(pairs.select_pairs(needed), limits)  # in finer costs
    return taken & ~_find_surplus_negative(pairs, taken, limits)


def _solve(pairs: Candidates, limits: Limits) -> NDArray[np.bool_]:
    """Return the pairs of an optimal allocation, with the finest possible integer costs."""
    if len(pairs) == 0:
        return np.zeros(0, dtype=np.bool_)
    limits = _cap_unaffordable(limits, float(pairs.ev.max()))
    bits = 62 - math.ceil(math.log2(_count_nodes(pairs) + 3)) - _exponent(pairs, limits)
    flow = None
    while flow is None:
        flow = _solve_scaled(pairs, limits, bits)
        bits -= _BITS_STEP
    return flow > 0


def _find_dominated(
    pairs: Candidates, taken: NDArray[np.bool_], limits: Limits
) -> NDArray[np.bool_]:
    """Return the pairs of such low EV that every allocation with one is worse than this one.

    This holds even if all other pairs had the greatest EVs and no penalties.
    """
    best = np.maximum(pairs.best_ev(), 0.0)
    most = limits.per_user * float(best.sum())
    at = pairs.streamers[taken & limits.whales[pairs.users]]
    penalty = limits.total_penalty(np.bincount(at, minlength=pairs.shape[1]))
    worth = float(pairs.ev[taken].sum()) - penalty
    slack = rounding_noise(most + float(np.abs(pairs.ev[taken]).sum()) + penalty)
    dominated: NDArray[np.bool_] = pairs.ev < worth - most - slack
    return dominated & ~taken


def _find_surplus_negative(
    pairs: Candidates, taken: NDArray[np.bool_], limits: Limits
) -> NDArray[np.bool_]:
    """Return taken pairs of negative EV beyond a guarantee, which rounded costs permit.

    These are the worst ones at each streamer, down to the guaranteed number of users.
    """
    surplus = np.zeros(len(pairs), dtype=np.bool_)
    negative = np.flatnonzero(taken & (pairs.ev < 0))
    if not len(negative):
        return surplus
    load = np.bincount(pairs.streamers[taken], minlength=pairs.shape[1])
    beyond = np.maximum(load - limits.min_users, 0)
    negative = negative[np.lexsort((pairs.ev[negative], pairs.streamers[negative]))]
    at = pairs.streamers[negative]
    rank = np.arange(len(at)) - np.searchsorted(at, at)
    surplus[negative[rank < beyond[at]]] = True
    return surplus


def _cap_unaffordable(limits: Limits, most: float) -> Limits:
    """Return the limits with a whale cap instead of penalties above the largest EV.

    Only a guarantee can make a whale pay those, and they would set the scale of all costs.
    """
    affordable = int(np.count_nonzero(limits.whale_penalty <= most))
    if limits.min_users.any() or affordable == len(limits.whale_penalty):
        return limits
    return replace(
        limits,
        whale_cap=np.minimum(limits.whale_cap, affordable),
        whale_penalty=limits.whale_penalty[:affordable],
    )


def _count_nodes(pairs: Candidates) -> int:
    return int(np.count_nonzero(np.diff(pairs.row_start))) + 2 * pairs.shape[1] + 1


def _exponent(pairs: Candidates, limits: Limits) -> int:
    """Return e with every EV, and every penalty, below 2^e."""
    dearest = limits.whale_penalty.max(initial=0.0)
    return int(np.frexp(max(np.abs(pairs.ev).max(initial=0.0), dearest))[1])


def _solve_scaled(pairs: Candidates, limits: Limits, bits: int) -> NDArray[np.int64] | None:
    """Solve with costs scaled by 2^bits; None where OR-Tools' range does not hold them."""
    n_streamers = pairs.shape[1]
    degree = np.diff(pairs.row_start)
    row = np.repeat(np.cumsum(degree > 0) - 1, degree)
    n_users = int(row[-1]) + 1
    units = np.minimum(degree[degree > 0], limits.per_user)
    streamers = np.arange(n_streamers)
    whale_node, slot_node, sink = n_users, n_users + n_streamers, n_users + 2 * n_streamers
    entry = np.where(limits.whales[pairs.users], whale_node, slot_node) + pairs.streamers

    def to_integers(values: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.rint(np.ldexp(values, bits)).astype(np.int64)

    value = to_integers(pairs.ev.astype(np.float64, copy=False))
    placing = max(1, int(np.abs(value).max() * _TIE_SHARE / units.sum()))

    network = SimpleMinCostFlow()

    def add(tail: NDArray[Any], head: NDArray[Any], room: object, cost: object) -> None:
        size = len(tail)
        network.add_arcs_with_capacity_and_unit_cost(
            tail.astype(np.int32),
            head.astype(np.int32),
            np.broadcast_to(np.asarray(room, dtype=np.int64), size),
            np.broadcast_to(np.asarray(cost, dtype=np.int64), size),
        )

    add(row, entry, 1, -(value + placing))
    add(np.arange(n_users), np.full(n_users, sink), units, 0)
    whales = np.bincount(pairs.streamers[limits.whales[pairs.users]], minlength=n_streamers)
    for room, price in _whale_arcs(limits, whales):
        at = np.flatnonzero(room)
        add(whale_node + at, slot_node + at, room[at], to_integers(np.array(price)))
    least = limits.min_users
    optional = np.minimum(limits.capacity, n_users) - least
    add(slot_node + streamers, np.full(n_streamers, sink), optional, 0)
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[:n_users], supply[slot_node:sink] = units, -least
    supply[sink] = least.sum() - units.sum()
    network.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)

    status = network.solve()
    if status == network.BAD_COST_RANGE:
        return None
    if status != network.OPTIMAL:  # every user may stay out, so there is always a flow
        raise RuntimeError(f"OR-Tools' min-cost flow ended as {status}.")
    flow: NDArray[np.int64] = network.flows(np.arange(len(pairs), dtype=np.int32))
    return flow


def _whale_arcs(
    limits: Limits, whales: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], float]]:
    """Yield the parallel arcs of the whale nodes: numbers of whales, (S,), and their penalty.

    `whales`, (S,) int64, are the numbers of whales that have a pair at each streamer.
    """
    room = np.minimum(limits.whale_cap, whales)
    prices, counts = np.unique(limits.whale_penalty, return_counts=True)
    for price, count in zip(prices[:-1].tolist(), counts[:-1].tolist(), strict=True):
        if not room.any():
            return
        yield np.minimum(room, count), price
        room = np.maximum(room - count, 0)
    yield room, float(prices[-1]) if len(prices) else 0.0
