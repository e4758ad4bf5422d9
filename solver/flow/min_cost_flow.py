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
"""Bits given up at a time where OR-Tools finds the costs too large."""


def solve_min_cost_flow(pairs: Candidates, limits: Limits) -> NDArray[np.bool_]:
    """Return the allocation of greatest worth, of those the one that makes most pairs.

    The network, up to `per_user` units of flow from each user that has a pair::

        whale → whale gate of s ⇉ s → sink        normal user → s        user → sink (left out)
                      whale_cap[s]  min_users[s] … capacity[s]

    Parallel arcs from a gate to its streamer cost what the first, second, … whale costs.

    OR-Tools takes whole costs. EVs are multiplied by a power of two as large as its range
    allows and rounded: 2⁴⁶ steps or more to the largest EV for networks up to 60,000 nodes.

    Parameters
    ----------
    pairs : Candidates
        Pairs that may be made. Users without a pair take no part.
    limits : Limits
        Its guarantees must be possible with these pairs; see `solver.flow.feasibility`. Pairs of
        negative EV are made for them alone.

    Returns
    -------
    (E,) bool
        Which pairs are made.
    """
    taken = np.zeros(len(pairs), dtype=np.bool_)
    usable = limits.open_pairs(pairs.users, pairs.streamers)
    usable &= (pairs.ev >= 0) | limits.negative[pairs.streamers]
    made = _allocation(pairs if usable.all() else pairs.select_pairs(usable), limits)
    taken[usable] = made
    if not limits.allow_negative_ev:
        return taken
    needed = usable & ~_find_dominated(pairs, taken, limits)
    if _exponent(pairs.select_pairs(needed), limits) < _exponent(
        pairs.select_pairs(usable), limits
    ):
        taken[:] = False
        taken[needed] = _allocation(pairs.select_pairs(needed), limits)  # in finer costs
    return taken & ~_find_surplus_negative(pairs, taken, limits)


def _allocation(pairs: Candidates, limits: Limits) -> NDArray[np.bool_]:
    """Return which of the pairs an optimal allocation makes, in costs as fine as can be."""
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
    """Return the pairs of so low an EV that any allocation with one is worse than this one.

    Were all other units of users worth the most they can be, and free of penalties.
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
    """Return the pairs of negative EV that are made beyond a guarantee: rounded costs allow them.

    The worst ones at each streamer, until as many users are left as it is guaranteed.
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
    """Return the limits with a hard cap where whales cost more than any is worth.

    Nobody pays that but for a guarantee; left in, it would set the scale of all costs.
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
    """Yield the parallel arcs of the gates: how many whales, (S,), each at which penalty.

    No more than the whales that have a pair there, (S,) int64, however long the list of penalties.
    """
    room = np.minimum(limits.whale_cap, whales)
    prices, counts = np.unique(limits.whale_penalty, return_counts=True)
    for price, count in zip(prices[:-1].tolist(), counts[:-1].tolist(), strict=True):
        if not room.any():
            return
        yield np.minimum(room, count), price
        room = np.maximum(room - count, 0)
    yield room, float(prices[-1]) if len(prices) else 0.0
