"""The sweep: every configuration and its baseline, replayed over seeds."""

from __future__ import annotations

import copy
from collections.abc import Callable
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .configuration import Configuration, SweepConfig
from .draws import CommonDraws, Draws, SequentialDraws
from .metrics import measure, whale_histogram
from .registry import policy_of
from .replay import Replay, replay
from .runs import Run
from .summary import summarise
from .world import World, draw_world

__all__ = ["Configuration", "Run", "Sweep", "SweepConfig", "run_seed", "sweep"]


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Parameters
    ----------
    config : SweepConfig
    runs : tuple of Run
        By seed; within a seed in the order of `run_seed`.
    """

    config: SweepConfig
    runs: tuple[Run, ...]

    def summary(self) -> dict[str, Any]:
        """Return what the runs amount to; see `summarise`."""
        return summarise(self.config, self.runs)

    def as_mapping(self) -> dict[str, Any]:
        """Return the summary and, under `runs`, the rows it was computed from."""
        return {**self.summary(), "runs": [run.as_mapping() for run in self.runs]}


def sweep(
    config: SweepConfig,
    executor: Executor | None = None,
    on_seed: Callable[[int, int], None] = lambda _done, _total: None,
) -> Sweep:
    """Run a sweep, seed by seed.

    Parameters
    ----------
    config : SweepConfig
    executor : concurrent.futures.Executor, optional
        Runs the seeds; in line by default. The result is the same.
    on_seed : callable
        Called with (seeds done, seeds in all) as each ends. What it raises ends the sweep, and
        seeds that have not begun are cancelled.

    Returns
    -------
    Sweep
    """
    total = config.simulations
    if executor is None:
        by_seed = []
        for done, seed in enumerate(config.seeds, start=1):
            by_seed.append(run_seed(config, seed))
            on_seed(done, total)
    else:
        futures: list[Future[list[Run]]] = []
        try:
            for seed in config.seeds:  # one by one: whoever interrupts this cancels those before
                futures.append(executor.submit(run_seed, config, seed))  # noqa: PERF401
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                on_seed(done, total)
        finally:
            for future in futures:
                future.cancel()
        by_seed = [future.result() for future in futures]
    return Sweep(config, tuple(run for runs in by_seed for run in runs))


def run_seed(config: SweepConfig, seed: int) -> list[Run]:
    """Return all runs of one seed: the baseline of each setting, then the grid.

    The world is drawn once. Under sequential draws, every replay starts from the generator as the
    drawing left it, so all policies meet the same first round; under common draws, all rounds.

    A tiered replay in which every whale had its first choice is what any other whale cap that
    lets them, and any algorithm, would have made of it, and is not played again.
    """
    rng = np.random.default_rng(seed)
    world = draw_world(config.world, rng)
    worlds = {scale: world.with_capacity_scale(scale) for scale in config.capacity_scales}
    draws = _draws(config, seed, rng)
    runs = []
    unhindered: dict[Any, Run] = {}
    for point in [*config.baselines(), *config.grid()]:
        here = worlds[point.capacity_scale]
        alike = point.policy, point.whale_share, point.setting
        run = unhindered.get(alike)
        if run is not None and _all_may_choose(run, point.k, here):
            run = replace(run, **vars(point))
        else:
            policy = policy_of(point, config, seed)
            played = replay(here, policy, draws[point.users_per_round](), config.rounds)
            run = _run(point, seed, here, played)
            if point.policy == "tiered" and _all_may_choose(run, point.k, here):
                unhindered[alike] = run
        runs.append(run)
    return runs


def _all_may_choose(run: Run, whale_cap: int | None, world: World) -> bool:
    """Return whether a whale cap, and every capacity, let all whales have their first choice."""
    cap = 0 if whale_cap is None else whale_cap
    return bool(run.max_whales_wanted <= min(cap, world.capacity.min()))


def _draws(
    config: SweepConfig, seed: int, rng: np.random.Generator
) -> dict[int, Callable[[], Draws]]:
    """Return, for each number of users in a round, what makes the draws of one more replay."""
    n_users = config.world.n_users
    if config.draws == "sequential":
        return {
            size: lambda size=size: SequentialDraws(copy.deepcopy(rng), n_users, size)  # type: ignore[misc]
            for size in config.round_sizes
        }
    common = {
        size: CommonDraws.of_seed(seed, n_users, config.rounds, size) for size in config.round_sizes
    }
    return {size: lambda size=size: common[size] for size in common}  # type: ignore[misc]


def _run(point: Configuration, seed: int, world: World, played: Replay) -> Run:
    """Measure a replay."""
    return Run(
        **vars(point),
        seed=seed,
        rounds=len(played.loads),
        binding_rounds=int(played.binding.sum()),
        whales_seen=int(played.whales_seen.sum()),
        max_whales_wanted=int(played.whales_wanted.max()),
        whale_histogram=whale_histogram(played),
        **vars(measure(world, played)),
    )
