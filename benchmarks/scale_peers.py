"""Other solvers on candidates: one call each, from arrays in memory to prices or an allocation.

``python -m benchmarks.scale_peers NAME INPUT BEST TOLERANCE`` prints what came out as JSON. INPUT
is what ``whale-matching generate`` wrote, BEST the objective of an allocation that is known: how
far a peer's bound is above it, or its allocation below, is its gap. Reading the input is not timed.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

from app.batch.parquet.disk import Disk
from app.batch.parquet.row_groups import row_groups
from app.batch.parquet.side_tables import read_side
from app.batch.parquet.storage import partitions
from solver import Candidates
from solver.duality.gap_terms import Charges
from solver.scale.working_set import evaluate_block

from .scale import OUT_OF_MEMORY

Values = NDArray[Any]


class Found(NamedTuple):
    """What a solver found: prices of the slots, (S,) float64, or the objective of a flow."""

    prices: Values | None
    objective: float | None


def ortools_flow(pairs: Candidates, cap: Values) -> Found:
    """OR-Tools' min-cost flow on every pair, costs scaled to whole numbers as far as they go."""
    n_users, n_streamers = pairs.shape
    sink = n_users + n_streamers
    scale = 2.0 ** np.floor(np.log2(2.0**61 / (sink * float(pairs.ev.max()))))
    streamers = np.arange(n_streamers, dtype=np.int32) + np.int32(n_users)
    users = np.arange(n_users, dtype=np.int32)
    network = SimpleMinCostFlow()

    def add(tail: Values, head: Values, room: object, cost: object) -> None:
        size = len(tail)
        rooms, costs = (
            np.ascontiguousarray(np.broadcast_to(np.asarray(each, dtype=np.int64), size))
            for each in (room, cost)
        )
        network.add_arcs_with_capacity_and_unit_cost(tail, head, rooms, costs)

    cost = -np.rint(pairs.ev.astype(np.float64) * scale).astype(np.int64)
    add(pairs.users.astype(np.int32), pairs.streamers + np.int32(n_users), 1, cost)
    add(users, np.full(n_users, sink, np.int32), 1, 0)
    add(streamers, np.full(n_streamers, sink, np.int32), cap, 0)
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[:n_users], supply[sink] = 1, -n_users
    network.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    status = network.solve()
    if status != network.OPTIMAL:
        raise SystemExit(f"OR-Tools ended as {status}.")
    taken = network.flows(np.arange(len(pairs), dtype=np.int32)) > 0
    return Found(None, float(pairs.ev[taken].sum(dtype=np.float64)))


def _constraints(pairs: Candidates) -> Any:
    """Return the rows of the linear program: users, then streamers."""
    n_users, n_streamers = pairs.shape
    n = len(pairs)
    ones, at = np.ones(n), np.arange(n, dtype=np.int64)
    by_user = csr_matrix((ones, at, pairs.row_start), shape=(n_users, n))
    by_streamer = csr_matrix((ones, (pairs.streamers, at)), shape=(n_streamers, n))
    return vstack([by_user, by_streamer], format="csc")


def highs(pairs: Candidates, cap: Values) -> Found:
    """HiGHS on the linear program, as it chooses to."""
    n_users = pairs.shape[0]
    limits = np.concatenate([np.ones(n_users), cap])
    solved = linprog(
        -pairs.ev.astype(np.float64), A_ub=_constraints(pairs), b_ub=limits, method="highs"
    )
    if solved.status != 0:
        raise SystemExit(f"HiGHS: {solved.message}")
    return Found(-solved.ineqlin.marginals[n_users:], -float(solved.fun))


def pdlp(pairs: Candidates, cap: Values) -> Found:
    """OR-Tools' PDLP on the linear program, to a relative 1e-7, on two threads."""
    from ortools.pdlp import solvers_pb2
    from ortools.pdlp.python import pdlp as solver

    n_users, n = pairs.shape[0], len(pairs)
    program = solver.QuadraticProgram()
    program.objective_vector = -pairs.ev.astype(np.float64)
    program.constraint_matrix = _constraints(pairs)
    rows = n_users + len(cap)
    program.constraint_lower_bounds = np.full(rows, -np.inf)
    program.constraint_upper_bounds = np.concatenate([np.ones(n_users), cap.astype(float)])
    program.variable_lower_bounds = np.zeros(n)
    program.variable_upper_bounds = np.full(n, np.inf)
    params = solvers_pb2.PrimalDualHybridGradientParams()
    criteria = params.termination_criteria.simple_optimality_criteria
    criteria.eps_optimal_relative = criteria.eps_optimal_absolute = 1e-7
    params.num_threads = 2
    found = solver.primal_dual_hybrid_gradient(program, params)
    prices = np.maximum(-np.asarray(found.dual_solution)[n_users:], 0.0)
    objective = float((pairs.ev * np.asarray(found.primal_solution)).sum(dtype=np.float64))
    return Found(prices, objective)


def dualip(pairs: Candidates, cap: Values, reached: Callable[[Values], bool]) -> Found:
    """Climb the dual as DuaLip does: a baseline in NumPy.

    R. Ramanath et al., "Efficient algorithms for global inference in internet marketplaces"
    (2021): the users' simplices are kept, a ridge makes the dual smooth, and Nesterov's
    accelerated gradient climbs it with restarts. The ridge shrinks whenever it stops paying.
    Each user's part of the gradient is the projection of ``(ev - price) / ridge`` on its simplex.
    """
    n_users, n_streamers = pairs.shape
    degree = int(np.diff(pairs.row_start).max())
    at = pairs.streamers.reshape(n_users, degree)  # drawn inputs have as many for every user
    ev = pairs.ev.reshape(n_users, degree)
    price = np.zeros(n_streamers)
    ridge, momentum, ahead, steps = 1e-2 * float(ev.max(axis=1).mean()), 1.0, price.copy(), 0
    while True:
        x = _on_simplex((ev - ahead[at].astype(np.float32)) / np.float32(ridge))
        load = np.bincount(at.ravel(), weights=x.ravel(), minlength=n_streamers)
        gradient = cap - load
        new = np.maximum(ahead - ridge / np.maximum(cap, 1) * gradient, 0.0)
        if ((ahead - new) * (new - price)).sum() > 0:  # uphill: begin to gather pace again
            momentum = 1.0
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = np.maximum(new + (momentum - 1) / following * (new - price), 0.0)
        price, momentum, steps = new, following, steps + 1
        if steps % 25 == 0 and reached(price):
            return Found(price, None)
        if steps % 200 == 0:
            ridge, momentum = max(ridge / 2, 1e-6), 1.0


def _on_simplex(values: Values) -> Values:
    """Project rows on {x ≥ 0, Σ x ≤ 1} (W. Wang and M. Á. Carreira-Perpiñán, 2013)."""
    falling = -np.sort(-values, axis=1)
    over = np.cumsum(falling, axis=1) - 1
    count = np.arange(1, values.shape[1] + 1, dtype=values.dtype)
    last = (falling * count > over).sum(axis=1) - 1
    cut = np.maximum(over[np.arange(len(values)), last] / (last + 1), 0.0)
    projected: Values = np.maximum(values - cut[:, None].astype(values.dtype), 0.0)
    return projected


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=["ortools", "highs", "pdlp", "dualip"])
    parser.add_argument("input", type=Path)
    parser.add_argument("best", type=float)
    parser.add_argument("tolerance", type=float)
    options = parser.parse_args()
    most = psutil.virtual_memory().available * 3 // 4  # others compute on this machine too
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    pairs, cap = _read(options.input)

    def gap(prices: Values) -> float:
        n_users = pairs.shape[0]
        everybody, nowhere = np.ones(n_users, dtype=np.bool_), np.full(n_users, -1)
        found = evaluate_block(pairs, everybody, Charges.single(prices), nowhere).found
        bound = found.lost + float((cap * prices).sum())
        return float((bound - options.best) / options.best)

    solvers: dict[str, Callable[[], Found]] = {
        "ortools": partial(ortools_flow, pairs, cap),
        "highs": partial(highs, pairs, cap),
        "pdlp": partial(pdlp, pairs, cap),
        "dualip": partial(dualip, pairs, cap, lambda prices: gap(prices) <= options.tolerance),
    }
    begin = time.perf_counter()
    try:
        found = solvers[options.name]()
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    seconds = time.perf_counter() - begin
    short = 0.0 if found.objective is None else (options.best - found.objective) / options.best
    said = abs(short) if found.prices is None else gap(found.prices)
    print(json.dumps({"seconds": seconds, "gap": max(said, 0.0)}))


def _read(directory: Path) -> tuple[Candidates, Values]:
    users = read_side(str(directory / "users.parquet"), "user", (), "users").side
    table = read_side(str(directory / "streamers.parquet"), "streamer", ("capacity",), "capacity")
    with ThreadPoolExecutor(2) as pool:
        groups = row_groups(partitions(str(directory / "candidates"), "candidates"), pool)
        pairs = Disk(groups, users, table.side, pool).all()
    return pairs, table.columns["capacity"]


if __name__ == "__main__":
    main()
