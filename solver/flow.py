"""The exact allocation, by OR-Tools' min-cost flow.

Source: A. V. Goldberg, "An efficient implementation of a scaling minimum-cost flow algorithm",
Journal of Algorithms 22 (1997); the implementation is OR-Tools' ``SimpleMinCostFlow``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from .candidates import Candidates

_TIE = 2.0**-46
"""Totals closer than this share of the largest EV count as tied; more users placed wins."""

_COARSER = 2
"""Bits given up at a time where OR-Tools finds the costs too large."""


def min_cost_flow(
    pairs: Candidates,
    whales: NDArray[np.bool_],
    whale_cap: NDArray[np.int64],
    capacity: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the allocation of greatest total EV, of those the one that places most users.

    The network, one unit of flow from each user that has a pair::

        whale → whale gate of s → s → sink        normal user → s        user → sink (left out)
                      whale_cap[s]  capacity[s]

    OR-Tools takes whole costs. EVs are multiplied by a power of two as large as its range
    allows and rounded: 2⁴⁶ steps or more to the largest EV for networks up to 60,000 nodes.

    Parameters
    ----------
    pairs : Candidates
        Pairs worth making, EV ≥ 0. Users without a pair take no part.
    whales : (N,) bool
    whale_cap, capacity : (S,) int64

    Returns
    -------
    (N,) int64
        Each user's streamer, -1 for none.
    """
    streamer = np.full(pairs.shape[0], -1, dtype=np.int64)
    open_to = np.where(whales[pairs.users], np.minimum(whale_cap, capacity)[pairs.streamers],
                       capacity[pairs.streamers]) > 0  # fmt: skip
    pairs = pairs.keep(open_to)
    if len(pairs) == 0:
        return streamer
    nodes = len(np.unique(pairs.users)) + 2 * pairs.shape[1] + 1
    bits = 62 - math.ceil(math.log2(nodes + 3)) - _exponent(pairs.ev)
    flow = None
    while flow is None:
        flow = _solve(pairs, whales, whale_cap, capacity, bits)
        bits -= _COARSER
    taken = flow > 0
    streamer[pairs.users[taken]] = pairs.streamers[taken]
    return streamer


def _exponent(ev: NDArray[np.float64]) -> int:
    """Return e with every EV below 2^e."""
    return int(np.frexp(ev.max())[1])


def _solve(
    pairs: Candidates,
    whales: NDArray[np.bool_],
    whale_cap: NDArray[np.int64],
    capacity: NDArray[np.int64],
    bits: int,
) -> NDArray[np.int64] | None:
    """Solve with costs scaled by 2^bits; None where OR-Tools' range does not hold them."""
    n_streamers = pairs.shape[1]
    users, row = np.unique(pairs.users, return_inverse=True)
    n_users = len(users)
    streamers = np.arange(n_streamers)
    gate, streamer_node, sink = n_users, n_users + n_streamers, n_users + 2 * n_streamers
    entry = np.where(whales[pairs.users], gate, streamer_node) + pairs.streamers

    value = np.rint(np.ldexp(pairs.ev, bits)).astype(np.int64)
    placing = max(1, int(value.max() * _TIE / n_users))

    network = SimpleMinCostFlow()

    def add(tail: NDArray[np.int64], head: NDArray[np.int64], room: object, cost: object) -> None:
        size = len(tail)
        network.add_arcs_with_capacity_and_unit_cost(
            tail.astype(np.int32),
            head.astype(np.int32),
            np.broadcast_to(np.asarray(room, dtype=np.int64), size),
            np.broadcast_to(np.asarray(cost, dtype=np.int64), size),
        )

    add(row, entry, 1, -(value + placing))
    add(np.arange(n_users), np.full(n_users, sink), 1, 0)
    add(gate + streamers, streamer_node + streamers, np.minimum(whale_cap, n_users), 0)
    add(streamer_node + streamers, np.full(n_streamers, sink), np.minimum(capacity, n_users), 0)
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[:n_users], supply[sink] = 1, -n_users
    network.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)

    status = network.solve()
    if status == network.BAD_COST_RANGE:
        return None
    if status != network.OPTIMAL:  # every user may stay out, so there is always a flow
        raise RuntimeError(f"OR-Tools' min-cost flow ended as {status}.")
    flow: NDArray[np.int64] = network.flows(np.arange(len(pairs), dtype=np.int32))
    return flow
