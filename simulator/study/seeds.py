"""One seed of a sweep: its world, and every configuration replayed in it."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.policies import POLICIES
from simulator.replay.metrics import measure, whale_histogram
from simulator.replay.replay import Replay, replay_policy
from simulator.world.population import World, draw_world
from simulator.world.random_numbers import CommonDraws, Draws, SequentialDraws

from .config import Configuration, SweepConfig
from .run import Run


def run_seed(config: SweepConfig, seed: int) -> list[Run]:
    """Return all runs of one seed: the baseline of each setting, then the grid.

    The world is drawn once. Under sequential draws, every replay starts from the generator as the
    drawing left it, so all policies meet the same first round; under common draws, all rounds.

    A tiered replay in which every whale had its first choice is the same under any algorithm and
    any whale cap that allows those choices. It is not repeated for them.
    """
    rng = np.random.default_rng(seed)
    world = draw_world(config.world, rng)
    worlds = {scale: world.with_capacity_scale(scale) for scale in config.capacity_scales}
    draws = _draws(config, seed, rng)
    runs = []
    free_runs: dict[Any, Run] = {}
    for point in [*config.baselines(), *config.grid()]:
        scaled_world = worlds[point.capacity_scale]
        room = scaled_world.capacity.min() if config.whales_respect_capacity else math.inf
        key = point.policy, point.whale_share, point.setting
        run = free_runs.get(key)
        if run is not None and _all_may_choose(run, point.k, room):
            run = replace(run, **vars(point))
        else:
            policy = POLICIES[point.policy].build(config.policy_settings(point, seed))
            replay = replay_policy(
                scaled_world, policy, draws[point.users_per_round](), config.rounds
            )
            run = _run(point, seed, scaled_world, replay)
            if point.policy == "tiered" and _all_may_choose(run, point.k, room):
                free_runs[key] = run
        runs.append(run)
    return runs


def _all_may_choose(run: Run, whale_cap: int | None, room: float) -> bool:
    """Return whether a whale cap, and the least room, let all whales have their first choice."""
    cap = 0 if whale_cap is None else whale_cap
    return bool(run.max_whales_wanted <= min(cap, room))


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


def _run(point: Configuration, seed: int, world: World, replay: Replay) -> Run:
    """Measure a replay."""
    return Run(
        **vars(point),
        seed=seed,
        rounds=len(replay.loads),
        binding_rounds=int(replay.binding.sum()),
        whales_seen=int(replay.whales_seen.sum()),
        max_whales_wanted=int(replay.whales_wanted.max()),
        whale_histogram=whale_histogram(replay),
        **vars(measure(world, replay)),
    )
