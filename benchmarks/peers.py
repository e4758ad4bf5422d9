"""Other exact solvers, each set up as its own users would.

A peer takes a matrix of EVs ≥ 0 and how many users each streamer takes. It prepares what its solver
reads, untimed, and returns the call to time, which returns the total EV of the optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import lap  # type: ignore[import-not-found, import-untyped, unused-ignore]
import numpy as np
import ot  # type: ignore[import-not-found, import-untyped, unused-ignore]
from numpy.typing import ArrayLike, NDArray
from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.optimize import linear_sum_assignment

Matrix = NDArray[Any]
Call = Callable[[], float]
Caps = int | NDArray[np.int64]
Arcs = tuple[ArrayLike, ArrayLike, ArrayLike]
"""Tails, heads and capacities of arcs that cost nothing, broadcast to one length."""


def dense_flow(ev: Matrix, cap: Caps) -> Call:
    """OR-Tools' min-cost flow on every pair; building its network is part of the call."""
    n_users, n_streamers = ev.shape
    streamers = n_users + np.arange(n_streamers)
    sink = n_users + n_streamers
    return lambda: _flow(ev, np.full(n_users, n_users), sink, [(streamers, sink, cap)])


def two_gate_flow(ev: Matrix, whales: NDArray[np.bool_], whale_cap: Caps, capacity: Caps) -> Call:
    """OR-Tools on both tiers: whales go through their streamer's gate, the others past it."""
    n_users, n_streamers = ev.shape
    gates = n_users + np.arange(n_streamers)
    streamers, sink = gates + n_streamers, n_users + 2 * n_streamers
    entry = np.where(whales, gates[0], streamers[0])
    free = [(gates, streamers, whale_cap), (streamers, sink, capacity)]
    return lambda: _flow(ev, entry, sink, free)


def network_simplex(ev: Matrix, cap: Caps) -> Call:
    """POT's exact transport; a row or a column more takes the slots or users that are left over."""
    users, slots = np.ones(len(ev)), np.broadcast_to(np.asarray(cap, dtype=float), ev.shape[1])
    most = float(ev.max())
    cost = most - ev.astype(np.float64)
    left_over = len(ev) - slots.sum()
    if left_over > 0:
        cost = np.hstack([cost, np.full((len(ev), 1), most)])
        slots = np.append(slots, left_over)
    elif left_over < 0:
        cost = np.vstack([cost, np.zeros(ev.shape[1])])
        users = np.append(users, -left_over)

    def call() -> float:
        _, log = ot.emd(users, slots, cost, numItermax=10**9, log=True)
        if log["warning"]:
            raise SystemExit(f"POT: {log['warning']}")
        return float(most * len(ev) - log["cost"])

    return call


def scipy_assignment(ev: Matrix, cap: Caps) -> Call:
    """SciPy's assignment, each streamer a column as many times as it takes users."""
    columns = np.repeat(ev, cap, axis=1)
    return lambda: float(columns[linear_sum_assignment(columns, maximize=True)].sum())


def ortools_assignment(ev: Matrix) -> Call:
    """OR-Tools' assignment of a square matrix; building its network is part of the call."""
    n_users, n_streamers = ev.shape
    users = np.repeat(np.arange(n_users, dtype=np.int32), n_streamers)
    streamers = np.tile(np.arange(n_streamers, dtype=np.int32), n_users)
    # Whole costs, as fine as its range allows: it multiplies by the users, and adds as many up.
    bits = 58 - 2 * int(np.ceil(np.log2(n_users + 1))) - int(np.frexp(ev.max())[1])
    cost = -np.rint(np.ldexp(ev.ravel().astype(np.float64), bits)).astype(np.int64)

    def call() -> float:
        network = SimpleLinearSumAssignment()
        network.add_arcs_with_cost(users, streamers, cost)
        if network.solve() != network.OPTIMAL:
            raise SystemExit("OR-Tools found no assignment.")
        return float(sum(ev[user, network.right_mate(user)] for user in range(n_users)))

    return call


def lapx_assignment(ev: Matrix, cap: Caps) -> Call:
    """Solve the same columns with lapx, by the fastest of its solvers on these matrices."""
    columns = np.repeat(ev, cap, axis=1)
    cost = columns.max() - columns
    return lambda: float(columns[lap.lapjvr(cost, extend_cost=True, return_cost=False)].sum())


def _flow(ev: Matrix, entry: NDArray[np.int64], sink: int, free: Sequence[Arcs]) -> float:
    """Solve user u → entry[u] + s → … → sink, written without our solver; users may stay out."""
    n_users, n_streamers = ev.shape
    users, streamers = np.arange(n_users, dtype=np.int32), np.arange(n_streamers, dtype=np.int32)
    network = SimpleMinCostFlow()

    def add(tails: ArrayLike, heads: ArrayLike, room: ArrayLike, cost: ArrayLike) -> None:
        tails, heads, room, cost = np.broadcast_arrays(tails, heads, room, cost)
        ends = (end.astype(np.int32, copy=False) for end in (tails, heads))
        network.add_arcs_with_capacity_and_unit_cost(*ends, room.astype(np.int64), cost)

    # Costs are whole numbers: as fine as OR-Tools' range allows, which shrinks with the nodes.
    bits = 61 - int(np.ceil(np.log2(sink + 4))) - int(np.frexp(ev.max())[1])
    cost = -np.rint(np.ldexp(ev.ravel().astype(np.float64), bits)).astype(np.int64)
    heads = entry.astype(np.int32)[:, None] + streamers
    add(np.repeat(users, n_streamers), heads.ravel(), 1, cost)
    add(users, sink, 1, np.int64(0))
    for tails_of, heads_of, room in free:
        add(tails_of, heads_of, room, np.int64(0))
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[:n_users], supply[sink] = 1, -n_users
    network.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    if network.solve() != network.OPTIMAL:
        raise SystemExit("OR-Tools found no optimum.")
    taken = network.flows(np.arange(ev.size, dtype=np.int32)) > 0
    return float(ev.ravel()[taken].sum(dtype=np.float64))
