"""One seed of a sweep: its world, and every configuration replayed in it."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from simulator.policies import BASELINE, POLICIES
from simulator.replay.checkpoints import CheckpointGinis, measure_checkpoints
from simulator.replay.metrics import Metrics, measure, whale_histogram
from simulator.replay.replay import Replay, replay_policy
from simulator.world.population import World, draw_world
from simulator.world.random_numbers import FALLS, CommonDraws, Draws, SequentialDraws, stream
from simulator.world.shortlists import Shortlists

from .config import Configuration, SweepConfig
from .run import Run


def run_seed(config: SweepConfig, seed: int) -> list[Run]:
    """Return all runs of one seed: baselines, the rules between them and the grid, the grid.

    The world is drawn once. Under sequential draws, every replay starts from the generator as the
    drawing left it, so all policies meet the same first round; under common draws, all rounds.

    A tiered replay is not repeated under whale caps that it keeps; see `_Measured`.
    """
    rng = np.random.default_rng(seed)
    world = draw_world(config.world, rng)
    worlds = {scale: world.with_capacity_scale(scale) for scale in config.capacity_scales}
    draws = _draws(config, seed, world, rng)
    recorded = {*config.baselines(), *config.grid()}
    runs: list[Run] = []
    kept: list[_Measured] = []
    for point in config.points():
        scaled_world = worlds[point.capacity_scale]
        room = scaled_world.capacity.min() if config.whales_respect_capacity else math.inf
        found = next((each for each in kept if each.holds_for(point, room)), None)
        if found is None:
            replay = _replay(config, seed, point, scaled_world, draws)
            falls = stream(seed, FALLS)
            found = _Measured(point, replay, measure(scaled_world, replay, falls))
            if found.may_hold_for_others(room):
                kept.append(found)
            chance = falls if point.policy == BASELINE else None
        else:
            replay, chance = replace(found.replay, whale_cap=point.k), None
        if point in recorded and found.ginis is None:
            found.ginis = measure_checkpoints(
                scaled_world, replay, config.checkpoint_rounds, found.metrics, chance
            )
        ginis = found.ginis if point in recorded and found.ginis else CheckpointGinis()
        runs.append(_run(point, seed, replay, found.metrics, ginis))
    return runs


@dataclass
class _Measured:
    """A replay and its figures, which may be those of other configurations, too."""

    point: Configuration
    replay: Replay
    metrics: Metrics
    ginis: CheckpointGinis | None = None

    def may_hold_for_others(self, room: float) -> bool:
        """Return whether `holds_for` can be true of another configuration."""
        return self.point.policy == "tiered" and (
            self.point.k is None or self.replay.whales_wanted.max() <= min(self.point.k, room)
        )

    def holds_for(self, point: Configuration, room: float) -> bool:
        """Return whether the replay of a tiered configuration is that of another, too.

        It is where every whale had its first choice and the other cap allows it, under any
        algorithm. And it is where no cap held and no streamer had more whales than the other cap
        allows: the optimum without a cap is the optimum under it, and greedy edges meet no cap on
        their way. Swaps may.

        Parameters
        ----------
        point : Configuration
        room : float
            Whales that every streamer has capacity for.
        """
        own = self.point
        if (own.policy, own.whale_share, own.setting) != (
            point.policy,
            point.whale_share,
            point.setting,
        ):
            return False
        k = math.inf if point.k is None else point.k
        own_k = math.inf if own.k is None else own.k
        if self.replay.whales_wanted.max() <= min(k, own_k, room):
            return True
        same_rule = own.algorithm == point.algorithm and point.algorithm != "greedy-swaps"
        return same_rule and own.k is None and bool(self.replay.whale_loads.max() <= k)


def _replay(
    config: SweepConfig,
    seed: int,
    point: Configuration,
    world: World,
    draws: Mapping[int, Callable[[], Draws]],
) -> Replay:
    policy = POLICIES[point.policy].build(config.policy_settings(point, seed))
    return replay_policy(world, policy, draws[point.users_per_round](), config.rounds)


def _draws(
    config: SweepConfig, seed: int, world: World, rng: np.random.Generator
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
    for each in common.values():
        Shortlists.of(world).prepare(world, each.who.ravel())
    return {size: lambda size=size: common[size] for size in common}  # type: ignore[misc]


def _run(
    point: Configuration,
    seed: int,
    replay: Replay,
    metrics: Metrics,
    ginis: CheckpointGinis,
) -> Run:
    return Run(
        **vars(point),
        seed=seed,
        rounds=len(replay.loads),
        binding_rounds=int(replay.binding.sum()),
        whales_seen=int(replay.whales_seen.sum()),
        max_whales_wanted=int(replay.whales_wanted.max()),
        whale_histogram=whale_histogram(replay),
        **vars(metrics),
        **vars(ginis),
    )
