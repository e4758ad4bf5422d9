"""Allocation beside its peers, in one process, on the same inputs, and what it must reach.

Run with ``make bench-solver``, which writes ``benchmarks/RESULTS.md``; or, for the cases that have
one of some words in their names, ``python -m benchmarks.solver WORD…``. Every time is the median
of interleaved repeats; unless a line says otherwise, of a whole call: from the bare matrix to an
allocation with its prices and its certificate. All total EVs are checked equal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver import Candidates, Problem, allocate, certify, sensitivity, warm_up
from solver.heuristics.greedy import greedy_fill

from .inputs import (
    ALIKE,
    HOSTILE,
    Caps,
    Pairs,
    changed,
    drawn,
    hostile_caps,
    matrix,
    popular_candidates,
)
from .measure import Call, Figure, extra_memory, proven, race
from .peers import (
    dense_flow,
    lapx_assignment,
    network_simplex,
    ortools_assignment,
    scipy_assignment,
    two_gate_flow,
)

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = "| case | what | measured | must reach | reached |\n|---|---|---|---|---|"
TOLERANCE = 1e-6
"""Certified relative gap at which the sparse million may stop."""

MILLION = 1_000_000, 10_000, 50
"""Users, streamers, candidates a user."""

SLOTS_PER_USER = 1.2

MOST_VALUES = 200
"""Different EVs up to which SciPy is a peer with k > 1."""

Matrix = NDArray[Any]
Figures = Iterator[Figure]


@dataclass(frozen=True)
class Case:
    """A row of what must be reached: its name and how its figures are measured."""

    name: str
    measure: Callable[[], Figures]


def main(words: list[str]) -> None:
    chosen = [case for case in CASES if not words or any(word in case.name for word in words)]
    warm_up()
    lines = []
    print(HEAD)
    for case in chosen:
        for figure in case.measure():
            lines.append(figure.line(case.name))
            print(lines[-1], flush=True)
    if not words:
        peers = ", ".join(f"{name} {version(name)}" for name in ("ortools", "pot", "scipy", "lapx"))
        table = "\n".join([HEAD, *lines])
        RESULTS.write_text(
            f"# Allocation beside its peers\n\n{os.cpu_count()} cores; {peers}.\n\n{table}\n"
        )


def ours(ev: Matrix, cap: Caps) -> Callable[[], float]:
    return lambda: proven(allocate(Problem(ev, whale_cap=cap), fill="none"))


def beside(times: Mapping[str, float], peers: Mapping[str, float]) -> Figures:
    """Yield our time, and how many times as long each peer takes, with what must be reached."""
    yield own_time(times)
    for peer, goal in peers.items():
        yield Figure(f"{peer} ÷ ours", times[peer] / times["ours"], "×", at_least=goal)


def own_time(times: Mapping[str, float]) -> Figure:
    return Figure("ours", 1e3 * times["ours"], "ms")


def tight(k: int) -> Figures:
    ev = matrix(drawn())
    times = race(
        {
            "ours": ours(ev, k),
            "OR-Tools": dense_flow(ev, k),
            "POT": network_simplex(ev, k),
            "max": lambda: ev.max(axis=1),
        }
    )
    yield from beside(times, {"OR-Tools": 50, "POT": 20})
    yield Figure("ours ÷ `ev.max(axis=1)`", times["ours"] / times["max"], "×", at_most=15)


def never_binding() -> Figures:
    ev = matrix(drawn())
    times = race({"ours": ours(ev, len(ev)), "argmax": lambda: ev.argmax(axis=1)}, repeats=21)
    yield own_time(times)
    yield Figure("ours ÷ `ev.argmax(axis=1)`", times["ours"] / times["argmax"], "×", at_most=3)


def thousand() -> Figures:
    ev = matrix(drawn())[:1_000].copy()
    peers = {
        "OR-Tools": dense_flow,
        "POT": network_simplex,
        "SciPy": scipy_assignment,
        "lapx": lapx_assignment,
    }
    calls = {name: peer(ev, 2) for name, peer in peers.items()}
    times = race({"ours": ours(ev, 2)} | calls, repeats=11)
    yield from beside(times, {"OR-Tools": 30, "POT": 1, "SciPy": 1, "lapx": 1})


def one_round() -> Figures:
    ev = matrix(drawn())[:2].copy()
    problem = Problem(ev, whale_cap=2)
    found = allocate(problem, fill="none")
    times = race(
        {
            "ours": ours(ev, 2),
            "Problem": lambda: Problem(ev, whale_cap=2),
            "certify": lambda: certify(problem, found.assignment, found.shadow_prices),
            "argmax": lambda: ev.argmax(axis=1),
        },
        repeats=5_000,
    )
    yield Figure("ours", 1e6 * times["ours"], "µs", at_most=50)
    for part in ("Problem", "certify"):
        yield Figure(f"of which `{part}`", 1e6 * times[part], "µs")
    yield Figure("a bare `ev.argmax(axis=1)`", 1e6 * times["argmax"], "µs")


def float32_call() -> Callable[[], float]:
    return ours(matrix(drawn(100_000, 1_000), np.float32), 100)


def float32() -> Figures:
    times = race({"ours": float32_call()}, repeats=3)
    yield Figure("ours", times["ours"], "s", at_most=3)
    memory = extra_memory(float32_call) / (100_000 * 1_000 * 4)
    yield Figure("extra memory ÷ matrix", memory, "×", at_most=0.25)


def sparse_problem(pairs: Pairs) -> Problem:
    users, streamers, ev = pairs
    n_users, n_streamers, _ = MILLION
    shape = n_users, n_streamers
    candidates = Candidates(users.ravel(), streamers.ravel(), ev.ravel(), shape)
    return Problem(candidates, whale_cap=int(SLOTS_PER_USER * n_users / n_streamers))


def near_optimum(problem: Problem, **warm: Any) -> float:
    return proven(allocate(problem, fill="none", tolerance=TOLERANCE, **warm), TOLERANCE)


def sparse_call() -> Callable[[], float]:
    pairs = popular_candidates(*MILLION)
    return lambda: near_optimum(sparse_problem(pairs))


def sparse() -> Figures:
    pairs = popular_candidates(*MILLION)
    problem = sparse_problem(pairs)
    times = race(
        {
            "ours": partial(near_optimum, problem),
            "exact": lambda: proven(allocate(problem, fill="none")),
            "check": lambda: sparse_problem(pairs),
        },
        repeats=3,
    )
    yield Figure(f"`allocate`, to a certified gap of {TOLERANCE}", times["ours"], "s", at_most=5)
    yield Figure("`allocate`, to the proven optimum", times["exact"], "s")
    yield Figure("`Problem` of the candidates, before that", times["check"], "s")
    given = sum(each.nbytes for each in pairs)
    memory = extra_memory(sparse_call) / given
    yield Figure("extra memory of `Problem` and `allocate` ÷ candidates", memory, "×", at_most=1)


def joint(capacity_scale: float) -> Figures:
    world = drawn().with_capacity_scale(capacity_scale)
    ev, whales, capacity = matrix(world), world.whales(0.01), world.capacity

    def both_tiers() -> float:
        problem = Problem(ev, whales=whales, whale_cap=1, capacity=capacity)
        return proven(allocate(problem, fill="joint"))

    flow = two_gate_flow(ev, whales, 1, capacity)
    yield from beside(race({"ours": both_tiers, "OR-Tools": flow}), {"OR-Tools": 20})


def greedy(dtype: type) -> Figures:
    world = drawn(100_000, 1_000).with_capacity_scale(15)
    ev, whales = matrix(world, dtype), world.whales(0.01)
    problem = Problem(ev, whales=whales, whale_cap=2, capacity=world.capacity)
    start = allocate(problem, fill="none").assignment
    calls: dict[str, Call] = {
        "ours": lambda: greedy_fill(problem, start, ~whales),
        "argmax": lambda: ev.argmax(axis=1),
    }
    times = race(calls)
    yield own_time(times)
    yield Figure("ours ÷ `ev.argmax(axis=1)`", times["ours"] / times["argmax"], "×", at_most=3)


def hostile(family: str) -> Figures:
    rng = np.random.default_rng(0)
    ev = HOSTILE[family](rng, (2_000, 200))
    worst, where = 0.0, ""
    for name, cap in hostile_caps(rng, ev.shape).items():
        times = race({"ours": ours(ev, cap), "OR-Tools": dense_flow(ev, cap)}, repeats=3)
        ratio = times["ours"] / times["OR-Tools"]
        if ratio > worst:
            worst, where = ratio, name
    yield Figure(f"ours ÷ OR-Tools, at its worst: {where}", worst, "×", at_most=1.5)


def square(family: str, size: int) -> Figures:
    ev = ALIKE[family](np.random.default_rng(0), (size, size))
    peers = {"SciPy": scipy_assignment(ev, 1), "OR-Tools": ortools_assignment(ev)}
    yield from beside_the_best({"ours": ours(ev, 1)} | peers, repeats=5 if size < 1_000 else 3)


def tall_and_alike(family: str, k: int) -> Figures:
    ev = ALIKE[family](np.random.default_rng(0), (3_000, 200))
    peers: dict[str, Call] = {"OR-Tools": dense_flow(ev, k)}
    if len(np.unique(ev)) <= MOST_VALUES:  # with others, SciPy takes a minute
        peers["SciPy"] = scipy_assignment(ev, k)
    yield from beside_the_best({"ours": ours(ev, k)} | peers, repeats=3)


def beside_the_best(calls: Mapping[str, Call], repeats: int) -> Figures:
    """Yield our time, and our time as a multiple of the fastest peer's."""
    times = race(calls, repeats)
    yield own_time(times)
    best = min(time for name, time in times.items() if name != "ours")
    yield Figure("ours ÷ the best of OR-Tools and SciPy", times["ours"] / best, "×", at_most=2)


def tied_curve(family: str) -> Figures:
    """Each cap is a solve of its own for a peer; the time of one, at k = 6, stands for all."""
    ev = ALIKE[family](np.random.default_rng(0), (3_000, 500))
    problem = Problem(ev, whale_cap=6)
    calls: dict[str, Call] = {
        "ours": lambda: float(sensitivity(problem, largest_cap=1_000).objective[5]),
        "OR-Tools": dense_flow(ev, 6),
        "SciPy": scipy_assignment(ev, 6),
    }
    times = race(calls, repeats=3)
    yield Figure("`sensitivity`, k = 1 … 1,000", times["ours"], "s", at_most=10)
    best = min(times["OR-Tools"], times["SciPy"])
    yield Figure("the same ÷ one solve by the best peer", times["ours"] / best, "×")


def warm(before: Problem, after: Problem, solve: Callable[..., float], repeats: int) -> Figures:
    prices = allocate(before, fill="none").shadow_prices
    found = allocate(after, fill="none")
    calls: dict[str, Call] = {
        "cold": partial(solve, after),
        "warm": partial(solve, after, prices=prices),
        "certify": partial(certify, after, found.assignment, found.shadow_prices),
    }
    times = race(calls, repeats)
    yield Figure("warm ÷ cold `allocate`", 100 * times["warm"] / times["cold"], "%", at_most=20)
    yield Figure("warm `allocate`", 1e3 * times["warm"], "ms")
    yield Figure("one reading of the data, `certify`", 1e3 * times["certify"], "ms")


def warm_matrix() -> Figures:
    ev = matrix(drawn())
    before, after = Problem(ev, whale_cap=20), Problem(changed(ev), whale_cap=20)
    yield from warm(before, after, optimum, repeats=11)


def optimum(problem: Problem, **warm: Any) -> float:
    return proven(allocate(problem, fill="none", **warm))


def warm_sparse() -> Figures:
    users, streamers, ev = popular_candidates(*MILLION)
    before = sparse_problem((users, streamers, ev))
    after = sparse_problem((users, streamers, changed(ev)))
    yield from warm(before, after, near_optimum, repeats=3)


def all_caps() -> Figures:
    ev = matrix(drawn())
    problem = Problem(ev, whale_cap=20)
    each = [Problem(ev, whale_cap=k) for k in range(1, 21)]
    times = race(
        {
            "one": lambda: optimum(problem),
            "all": lambda: float(sensitivity(problem, largest_cap=20).objective[19]),
            "apart": lambda: [optimum(one) for one in each],
        }
    )
    ratio = times["all"] / times["one"]
    yield Figure("`sensitivity`, k = 1 … 20, ÷ `allocate` at 20", ratio, "×", at_most=5)
    yield Figure("`allocate` at 1, …, 20 ÷ `sensitivity`", times["apart"] / times["all"], "×")


CASES = (
    Case("10,000 × 500, k = 20", partial(tight, 20)),
    Case("10,000 × 500, k = 22", partial(tight, 22)),
    Case("10,000 × 500, k never binds", never_binding),
    Case("1,000 × 500, k = 2", thousand),
    Case("2 × 500, a round of the simulator", one_round),
    Case("float32 100,000 × 1,000, k = 100", float32),
    Case("sparse 1,000,000 × 50 of 10,000", sparse),
    Case("joint 10,000 × 500, capacities 15/8/3", partial(joint, 1)),
    Case("joint 10,000 × 500, a slot each", partial(joint, 3)),
    Case("greedy fill 100,000 × 1,000, float64", partial(greedy, np.float64)),
    Case("greedy fill 100,000 × 1,000, float32", partial(greedy, np.float32)),
    *(Case(f"hostile 2,000 × 200, {family}", partial(hostile, family)) for family in HOSTILE),
    *(
        Case(f"alike {size:,} × {size:,}, k = 1, {family}", partial(square, family, size))
        for size in (250, 500, 1_000, 2_000)
        for family in ALIKE
    ),
    *(
        Case(f"alike 3,000 × 200, k = {k}, {family}", partial(tall_and_alike, family, k))
        for k in (8, 15, 18)
        for family in ALIKE
    ),
    *(
        Case(f"sensitivity 3,000 × 500, {family}", partial(tied_curve, family))
        for family in ("0 or 1", "0 to 3", "all equal")
    ),
    Case("warm 10,000 × 500, k = 20, 1 % of users changed", warm_matrix),
    Case("warm sparse 1,000,000 × 50, 1 % of users changed", warm_sparse),
    Case("sensitivity 10,000 × 500", all_caps),
)


if __name__ == "__main__":
    main(sys.argv[1:])
