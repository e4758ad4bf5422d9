"""Exact allocation beside its peers, in one process, on the same matrices.

Run with ``make bench-solver``. Every figure is the median of interleaved repeats of a whole call:
from the bare matrix to an allocation, for ours with its prices and its certificate. All objectives
are checked equal. Writes ``benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.optimize import linear_sum_assignment

from simulator import WorldConfig, draw_world, expected_value
from solver import Problem, allocate, warm_up

REPEATS = 5
RESULTS = Path(__file__).with_name("RESULTS.md")
CLOSE = 1e-6
"""How far the peers' objectives may be apart, relative: OR-Tools' costs are whole numbers."""

Matrix = NDArray[np.float64]


def main() -> None:
    warm_up()
    rng = np.random.default_rng(0)
    world = draw_world(WorldConfig(), rng)
    ev = expected_value(world, np.arange(10_000), np.zeros(500, dtype=np.int64))
    rows = [
        row("10,000 × 500, k = 20", ev, 20),
        row("10,000 × 500, k = 22", ev, 22),
        row("10,000 × 500, k never binds", ev, 10_000),
        row("1,000 × 500, k = 2", np.ascontiguousarray(ev[:1_000]), 2, scipy=True),
    ]
    table = "\n".join([HEAD, *rows])
    text = f"# Exact allocation beside its peers\n\n{os.cpu_count()} cores.\n\n{table}\n"
    RESULTS.write_text(text)
    print(text)


HEAD = (
    "| case | ours, ms | dense OR-Tools, × ours | SciPy, × ours | ours, × `ev.max(axis=1)` |\n"
    "|---|---|---|---|---|"
)


def row(name: str, ev: Matrix, k: int, scipy: bool = False) -> str:
    """Time one case and return its row of the table."""
    calls: dict[str, Callable[[], Any]] = {
        "ours": lambda: ours(ev, k),
        "OR-Tools": lambda: dense_flow(ev, k),
        "max": lambda: ev.max(axis=1),
    }
    if scipy:
        calls["SciPy"] = lambda: replicated_columns(ev, k)
    times, values = interleaved(calls)
    for peer in {*values} - {"ours", "max"}:
        if abs(values[peer] - values["ours"]) > CLOSE * abs(values["ours"]):
            raise SystemExit(f"{name}: {peer} finds {values[peer]}, ours {values['ours']}.")
    own = times["ours"]
    beside_scipy = f"{times['SciPy'] / own:.1f}" if scipy else "–"
    return (
        f"| {name} | {1000 * own:.2f} | {times['OR-Tools'] / own:.0f} | {beside_scipy} "
        f"| {own / times['max']:.1f} |"
    )


def interleaved(
    calls: Mapping[str, Callable[[], Any]],
) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the calls' median times, seconds, and what each returned last."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    values = {}
    for _ in range(REPEATS):
        for name, call in calls.items():
            start = time.perf_counter()
            values[name] = call()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in taken.items()}, values


def ours(ev: Matrix, k: int) -> float:
    """Return the optimum, once it is proven."""
    result = allocate(Problem(ev, whale_cap=k), fill="none")
    if not result.certificate.proven_optimal:
        raise SystemExit("An allocation was not proven optimal.")
    return result.objective


def replicated_columns(ev: Matrix, k: int) -> float:
    """Return the optimum by SciPy's assignment, every streamer k times; EVs here are positive."""
    columns = np.repeat(ev, k, axis=1)
    users, chosen = linear_sum_assignment(columns, maximize=True)
    return float(columns[users, chosen].sum())


def dense_flow(ev: Matrix, k: int) -> float:
    """Return the optimum by OR-Tools' min-cost flow on every pair, written without our solver."""
    n_users, n_streamers = ev.shape
    users = np.arange(n_users, dtype=np.int32)
    streamers = np.arange(n_users, n_users + n_streamers, dtype=np.int32)
    sink = n_users + n_streamers
    scale = 2.0 ** (62 - int(np.ceil(np.log2(sink + 4))) - int(np.frexp(ev.max())[1]) - 1)
    network = SimpleMinCostFlow()
    add = network.add_arcs_with_capacity_and_unit_cost
    tails, heads = np.repeat(users, n_streamers), np.tile(streamers, n_users)
    cost = -np.rint(ev.ravel() * scale).astype(np.int64)
    add(tails, heads, np.ones(ev.size, dtype=np.int64), cost)
    add(users, np.full(n_users, sink, dtype=np.int32), np.ones(n_users, dtype=np.int64),
        np.zeros(n_users, dtype=np.int64))  # fmt: skip
    add(streamers, np.full(n_streamers, sink, dtype=np.int32),
        np.full(n_streamers, k, dtype=np.int64), np.zeros(n_streamers, dtype=np.int64))  # fmt: skip
    supply = np.ones(sink + 1, dtype=np.int64)
    supply[n_users:], supply[sink] = 0, -n_users
    network.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    if network.solve() != network.OPTIMAL:
        raise SystemExit("OR-Tools found no optimum.")
    taken = network.flows(np.arange(ev.size, dtype=np.int32)) > 0
    return float(ev.ravel()[taken].sum())


if __name__ == "__main__":
    main()
