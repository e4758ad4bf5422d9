"""Sweeps, in line and over processes."""

from __future__ import annotations

import gc
import json
import weakref
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from simulator import (
    Run,
    Sweep,
    SweepConfig,
    World,
    WorldConfig,
    draw_world,
    run_seed,
    run_sweep,
)
from simulator.policies import COMPARED
from simulator.study import seeds


def test_a_sweep_over_processes_is_the_sweep_in_line(small_sweep: Sweep) -> None:
    seen = []
    with ProcessPoolExecutor(2) as executor:
        spread = run_sweep(small_sweep.config, executor, lambda *done: seen.append(done))

    assert spread == small_sweep
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_progress_raises_ends_the_sweep_and_cancels_what_has_not_begun() -> None:
    class Waiting(Executor):
        """Runs the first seed only; the others would wait for ever."""

        futures: list[Future[Any]]

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            if not hasattr(self, "futures"):
                self.futures = []
                future.set_result(fn(*args, **kwargs))
            self.futures.append(future)
            return future

    def stop(_done: int, _total: int) -> None:
        raise InterruptedError

    executor = Waiting()
    with pytest.raises(InterruptedError):
        run_sweep(SweepConfig(simulations=3, rounds=1, k_values=(1,)), executor, stop)

    assert [future.cancelled() for future in executor.futures] == [False, True, True]


def test_rows_survive_the_trip_through_json(small_sweep: Sweep) -> None:
    rows = json.loads(json.dumps([run.as_mapping() for run in small_sweep.runs]))

    assert tuple(Run.from_mapping(row) for row in rows) == small_sweep.runs


def test_every_policy_of_a_seed_meets_the_same_world(small_sweep: Sweep) -> None:
    seed = run_seed(replace(small_sweep.config, rounds=1), 42)

    # Greedy and capacity-greedy at two scales; two algorithms under three caps and without one.
    assert len(seed) == 2 * (2 + 2 * (3 + 1))
    assert [run.policy for run in seed[:3]] == ["greedy", "greedy", "capacity-greedy"]
    # Greedy reads no capacity: in the first round its loads are the same at every scale.
    assert seed[0].mean_concurrency == seed[1].mean_concurrency
    assert len({(run.whales_seen, run.max_whales_wanted) for run in seed}) == 1


def test_the_whale_histogram_counts_every_whale_that_met_a_streamer(small_sweep: Sweep) -> None:
    for run in small_sweep.runs:
        placed = sum(n * count for n, count in enumerate(run.whale_histogram, start=1))

        assert len(run.whale_histogram) == run.max_whales_per_streamer
        if run.policy == "greedy":  # leaves nobody out
            assert placed == run.whales_seen
        if run.k is not None:
            assert run.max_whales_per_streamer <= run.k


@pytest.mark.parametrize("draws", ["common", "sequential"])
def test_what_a_grid_says_of_a_configuration_is_what_a_sweep_of_it_alone_says(draws: str) -> None:
    """Replays that no cap hindered are shared within a grid, and optima that meet again are kept.

    Some caps bind here, in some capacities, and some do not.
    """
    shared: dict[str, Any] = {
        "simulations": 1, "rounds": 6, "users_per_round": 60, "draws": draws,
        "world": WorldConfig(n_users=400, n_streamers=12, capacity_tail=2),
    }  # fmt: skip
    grid = SweepConfig(
        policies=("tiered", "joint", "shadow-price"),
        k_values=(1, 2, 4, 9),
        whale_shares=(0.02, 0.2),
        capacity_scales=(1.0, 0.5),
        algorithms=("min-cost-flow", "greedy-swaps"),
        **shared,
    )
    runs = {run.configuration: run for run in run_seed(grid, 42)}

    binding = set()
    for point in grid.grid():
        alone = SweepConfig(
            policies=(point.policy,),
            k_values=(point.k or 0,),
            whale_shares=(point.whale_share,),
            capacity_scales=(point.capacity_scale,),
            algorithms=(point.algorithm or "min-cost-flow",),
            **shared,
        )
        assert runs[point] == run_seed(alone, 42)[-1]
        binding.add(runs[point].binding_rounds > 0)
    assert binding == {True, False}


def test_the_memory_of_a_world_is_free_when_its_seed_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cycle of references would keep it until the garbage collector runs, many seeds later."""
    preferences: list[weakref.ref[Any]] = []

    def draw(*arguments: Any) -> World:
        world = draw_world(*arguments)
        preferences.append(weakref.ref(world.preference))
        return world

    monkeypatch.setattr(seeds, "draw_world", draw)
    config = SweepConfig(
        policies=COMPARED,
        spend_caps=(50,),
        rounds=2,
        users_per_round=60,
        world=WorldConfig(n_users=400, n_streamers=12),
    )
    gc.disable()
    try:
        run_seed(config, 42)
        (preference,) = preferences
        assert preference() is None
    finally:
        gc.enable()


def test_a_row_has_plain_numbers(small_sweep: Sweep) -> None:
    for run in small_sweep.runs:
        for name, value in run.as_mapping().items():
            assert type(value) in (int, float, str, list, tuple, type(None)), name
