"""The sweep: every configuration and its baseline, replayed over seeds."""

from __future__ import annotations

import copy
from collections.abc import Callable
from concurrent.futures import Executor, as_completed
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .configuration import Configuration, SweepConfig
from .metrics import measure
from .policies import Greedy, Tiered
from .replay import replay
from .runs import Run
from .summary import summarise
from .world import World, draw_world

__all__ = ["Configuration", "Run", "Sweep", "SweepConfig", "run_seed", "sweep"]

_SWAPS = 1
"""Sets the stream of greedy-swaps apart from the world's own, which is the bare seed's."""


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
        futures = [executor.submit(run_seed, config, seed) for seed in config.seeds]
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                on_seed(done, total)
        finally:
            for future in futures:
                future.cancel()
        by_seed = [future.result() for future in futures]
    return Sweep(config, tuple(run for runs in by_seed for run in runs))


def run_seed(config: SweepConfig, seed: int) -> list[Run]:
    """Return all runs of one seed: the baseline of each capacity scale, then the grid.

    The world is drawn once. Every replay starts from the generator as the drawing left it, so
    all policies meet the same first round.
    """
    rng = np.random.default_rng(seed)
    world = draw_world(config.world, rng)
    worlds = {scale: world.with_capacity_scale(scale) for scale in config.capacity_scales}
    baseline = Greedy(config.whale_shares[0])
    runs = [_run(config, seed, worlds[scale], rng, baseline, scale) for scale in worlds]
    for point in config.grid():
        swaps = np.random.default_rng([seed, _SWAPS])
        policy = Tiered(point.k, point.whale_share, point.algorithm, swaps)
        scale = point.capacity_scale
        runs.append(_run(config, seed, worlds[scale], rng, policy, scale))
    return runs


def _run(
    config: SweepConfig,
    seed: int,
    world: World,
    rng: np.random.Generator,
    policy: Greedy | Tiered,
    capacity_scale: float,
) -> Run:
    """Replay one policy from a copy of `rng` and measure it."""
    played = replay(world, policy, copy.deepcopy(rng), config.rounds, config.users_per_round)
    return Run(
        policy="greedy" if policy.whale_cap is None else "tiered",
        algorithm=policy.algorithm,
        k=policy.whale_cap,
        whale_share=policy.whale_share,
        capacity_scale=capacity_scale,
        seed=seed,
        rounds=config.rounds,
        binding_rounds=int(played.binding.sum()),
        whales_seen=int(played.whales_seen.sum()),
        max_whales_wanted=int(played.whales_wanted.max()),
        **asdict(measure(world, played)),
    )
