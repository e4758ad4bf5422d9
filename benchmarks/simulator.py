"""The simulator: how long sweeps take, how time grows, and what memory they need.

Run with ``make bench-simulator``, which writes ``benchmarks/SIMULATOR.md``; or, for the cases that
have one of some words in their names, ``python -m benchmarks.simulator WORD…``. Times are medians;
"whole command" is the installed command in a process of its own, imports included.
"""

from __future__ import annotations

import copy
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import psutil
import yaml

from simulator import (
    PUBLISHED,
    Greedy,
    SequentialDraws,
    SweepConfig,
    Tiered,
    World,
    WorldConfig,
    draw_world,
    first_difference,
    replay_policy,
    run_seed,
)

from .measure import Figure, race
from .plain import plain_replay

RESULTS = Path(__file__).with_name("SIMULATOR.md")
HEAD = "| case | what | measured | must reach | reached |\n|---|---|---|---|---|"
CONFIGS = Path(__file__).parents[1] / "configs"
COMMAND = Path(sys.executable).with_name("whale-matching")

GIBIBYTE = 2**30

THOUSAND: dict[str, Any] = {
    "k_values": [1, 2, 3, 5, 8],
    "whale_shares": [0.001, 0.005, 0.01, 0.02, 0.05],
    "capacity_scales": [1.0, 0.8, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2],
    "policies": ["tiered", "shadow-price", "joint", "capacity-greedy", "round-robin", "random"],
    "algorithms": ["min-cost-flow", "greedy-edges", "greedy-swaps"],
    "simulations": 50,
}
"""A grid of more than 1,000 configurations: k × share × capacity scale × policy."""

START = """
import time
begun = time.perf_counter()
import simulator
imported = time.perf_counter()
config = simulator.SweepConfig()
simulator.run_seed(config, 42)
first = time.perf_counter()
simulator.run_seed(config, 42)
print(imported - begun, 2 * first - imported - time.perf_counter())
"""
"""Prints how long the imports take, and the first seed beyond a later one, seconds."""

Figures = Iterator[Figure]


def main(words: list[str]) -> None:
    chosen = {
        name: measure
        for name, measure in CASES.items()
        if not words or any(word in name for word in words)
    }
    lines = []
    print(HEAD)
    for name, measure in chosen.items():
        for figure in measure():
            lines.append(figure.line(name))
            print(lines[-1], flush=True)
    if not words:
        table = "\n".join([HEAD, *lines])
        RESULTS.write_text(f"# The simulator\n\n{os.cpu_count()} cores.\n\n{table}\n")


def run(config: Path, *, watch: bool = False) -> tuple[float, dict[str, Any], float]:
    """Return how long the whole command takes, seconds, its result, and its peak memory, bytes.

    Memory is that of all its processes, pages that they share counted once; it is 0 unless it is
    watched, which takes time from them.
    """
    with tempfile.TemporaryDirectory() as directory:
        output, peak = Path(directory) / "result.json", 0.0
        start = time.perf_counter()
        with subprocess.Popen(
            [COMMAND, "sweep", "--config", config, "--output", output], stdout=subprocess.DEVNULL
        ) as process:
            while watch and process.poll() is None:
                peak = max(peak, _memory(process.pid))
                time.sleep(0.1)
        taken = time.perf_counter() - start
        if process.returncode != 0:
            raise SystemExit(f"The sweep of {config} ended with {process.returncode}.")
        return taken, orjson.loads(output.read_bytes()), peak


def _memory(pid: int) -> float:
    """Return the memory of a process and its children, bytes."""
    total = 0.0
    with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            total += each.memory_full_info().pss
    return total


def default_sweep() -> Figures:
    runs = [run(CONFIGS / "whale_matching.yaml") for _ in range(5)]
    whole = statistics.median(taken for taken, _, _ in runs)
    sweeps = statistics.median(result["timings_ms"]["replays"] for _, result, _ in runs)
    yield Figure("whole command", whole, "s", at_most=3.5)
    yield Figure("its replays", sweeps / 1000, "s", at_most=2.5)
    _, _, peak = run(CONFIGS / "whale_matching.yaml", watch=True)
    yield Figure("peak memory, all processes", peak / GIBIBYTE, "GiB", at_most=1)


def start() -> Figures:
    """Measure what every process does before its first seed: it bounds a short sweep."""
    taken = []
    for _ in range(5):
        printed = subprocess.run(
            [sys.executable, "-c", START], check=True, capture_output=True, text=True
        ).stdout
        taken.append([float(part) for part in printed.split()])
    imports, kernels = np.median(taken, axis=0)
    yield Figure("importing the simulator", imports, "s")
    yield Figure("loading its compiled kernels", kernels, "s")


def published_sweep() -> Figures:
    taken, result, _ = run(CONFIGS / "published.yaml")
    if (fault := first_difference(result)) is not None:
        raise SystemExit(fault)
    yield Figure("whole command; the published table comes out", taken, "s")


def beside_plain() -> Figures:
    """One world, greedy and k = 2, against the same replay written plainly; revenues equal."""
    rng = np.random.default_rng(42)
    world = draw_world(WorldConfig(), rng)
    rounds, size = PUBLISHED.rounds, PUBLISHED.round_sizes[0]
    for name, policy, k in (("greedy", Greedy(), None), ("tiered, k = 2", Tiered(2), 2)):

        def ours(policy: Greedy | Tiered = policy) -> float:
            draws = SequentialDraws(copy.deepcopy(rng), world.n_users, size)
            # A world of its own, so that its short lists are written anew.
            return float(replay_policy(_fresh(world), policy, draws, rounds).amounts.sum())

        def plain(k: int | None = k) -> float:
            return plain_replay(world, copy.deepcopy(rng), k, rounds, size)

        times = race({"ours": ours, "plain": plain})
        yield Figure(f"{name}, one replay", 1000 * times["ours"], "ms")
        yield Figure(f"{name}, plain NumPy ÷ ours", times["plain"] / times["ours"], "×")


def _fresh(world: World) -> World:
    return replace(world, capacity=world.capacity)


def growth() -> Figures:
    """Each doubling's time over the time before it: 2 is linear."""
    base = SweepConfig(k_values=(1, 2), simulations=4)
    doubled = {
        "seeds": replace(base, simulations=8),
        "rounds": replace(base, rounds=100),
        "configurations (baseline included)": replace(base, k_values=(1, 2, 3, 4, 5)),
        "streamers": replace(base, world=WorldConfig(n_streamers=1000)),
    }
    calls: dict[str, Callable[[], None]] = {"base": lambda: _seeds(base)}
    for name, config in doubled.items():
        calls[name] = lambda config=config: _seeds(config)  # type: ignore[misc]
    for call in calls.values():
        call()
    times = race(calls)
    for name in doubled:
        yield Figure(f"twice the {name}", times[name] / times["base"], "×", at_most=2.2)


def _seeds(config: SweepConfig) -> None:
    for seed in config.seeds:
        run_seed(config, seed)


def thousand_configurations() -> Figures:
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "thousand.yaml"
        config.write_text(yaml.safe_dump(THOUSAND))
        taken, result, peak = run(config, watch=True)
    yield Figure("configurations", len(result["results"]), "", at_least=1000)
    yield Figure("whole command, 50 seeds", taken / 60, "min", at_most=10)
    yield Figure("peak memory, all processes", peak / GIBIBYTE, "GiB", at_most=1)


def certainty() -> Figures:
    """How many more simulations realised figures need than expected ones to be as certain.

    Of revenue, to the same standard error of its change. The Gini of realised revenue, near 0.95,
    and that of expected revenue, near 0.29, have different scales: to the same standard error as a
    share of the effect. So many seeds, because the cap changes realised revenue in few of them.
    """
    config = SweepConfig(
        k_values=(1,),
        whale_shares=(0.05,),
        capacity_scales=(0.25,),
        simulations=288,
        world=WorldConfig(ev_model="drawn"),
    )
    runs = [{run.configuration: run for run in run_seed(config, seed)} for seed in config.seeds]
    (baseline,), (point,) = config.baselines(), config.grid()
    before = baseline
    for effect, after in config.chain(point).items():
        for metric, relative in (("revenue", False), ("streamer_gini", True)):
            ratio = 1.0
            for name, power in ((metric, 1), (f"expected_{metric}", -1)):
                changes = np.array(
                    [getattr(seed[after], name) - getattr(seed[before], name) for seed in runs]
                )
                level = np.mean([getattr(seed[baseline], name) for seed in runs])
                scale = abs(changes.mean()) if relative else level
                ratio *= (changes.std(ddof=1) / scale) ** (2 * power)
            words = f"{effect}: simulations for Δ {metric}, realised ÷ expected"
            yield Figure(words, ratio, "×", at_least=25)
        before = after


CASES: dict[str, Callable[[], Figures]] = {
    "default sweep, 50 seeds × 5": default_sweep,
    "certainty, capacity × 0.25": certainty,
    "start of a process": start,
    "published sweep": published_sweep,
    "beside plain NumPy": beside_plain,
    "growth": growth,
    "1,000 configurations": thousand_configurations,
}


if __name__ == "__main__":
    main(sys.argv[1:])
