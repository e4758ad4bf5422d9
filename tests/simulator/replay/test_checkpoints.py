"""Concentration along a replay, against replays that end there and against all ways to fall."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from simulator import (
    CommonDraws,
    Greedy,
    Policy,
    Tiered,
    World,
    gini,
    measure,
    replay_policy,
)
from simulator.replay import checkpoints
from simulator.replay.checkpoints import CheckpointGinis, measure_checkpoints

from ..conftest import SMALL

ROUNDS = 8


def draws_of(seed: int) -> CommonDraws:
    return CommonDraws.of_seed(seed, SMALL.n_users, ROUNDS, 60)


@pytest.mark.parametrize("policy", [Greedy(), Tiered(k=1, whale_share=0.2)])
@pytest.mark.parametrize("at", [(1, 3, 8), (2,), (8,), (4, 7)])
def test_a_checkpoint_is_a_replay_that_ends_there(
    world: World, policy: Policy, at: tuple[int, ...]
) -> None:
    replay = replay_policy(world, policy, draws_of(5), ROUNDS)

    ginis = measure_checkpoints(world, replay, at, measure(world, replay))

    shorter = [measure(world, replay_policy(world, policy, draws_of(5), rounds)) for rounds in at]
    assert ginis.checkpoint_gini == pytest.approx([each.streamer_gini for each in shorter])
    assert ginis.checkpoint_expected_gini == pytest.approx(
        [each.expected_streamer_gini for each in shorter]
    )
    assert ginis.checkpoint_chance_gini == ()


def test_without_checkpoints_there_are_no_figures(world: World) -> None:
    replay = replay_policy(world, Greedy(), draws_of(5), ROUNDS)
    rng = np.random.default_rng(1)

    found = measure_checkpoints(world, replay, (), measure(world, replay), rng)

    assert found == CheckpointGinis()


def test_the_end_has_the_figures_of_the_metrics(world: World) -> None:
    replay = replay_policy(world, Greedy(), draws_of(5), ROUNDS)
    metrics = measure(world, replay)

    ginis = measure_checkpoints(world, replay, (4, 8), metrics, np.random.default_rng(1))

    assert ginis.checkpoint_gini[-1] == metrics.streamer_gini
    assert ginis.checkpoint_expected_gini[-1] == metrics.expected_streamer_gini
    assert ginis.checkpoint_chance_gini[-1] == metrics.chance_streamer_gini


def every_fall(gifts: list[float], n_streamers: int) -> float:
    """The mean Gini over all ways in which gifts fall on streamers."""
    ways = product(range(n_streamers), repeat=len(gifts))
    return float(np.mean([gini(np.bincount(way, gifts, minlength=n_streamers)) for way in ways]))


@pytest.mark.parametrize("gifts", [[5.0], [1.0, 1.0, 10.0], [2.0, 3.0, 4.0, 100.0]])
def test_chance_is_the_mean_over_all_ways_in_which_gifts_fall(
    gifts: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first two gifts, and after all of them."""
    monkeypatch.setattr(checkpoints, "CHECKPOINT_PERMUTATIONS", 20_000)
    parts = np.array([0, 0, 1, 1])[: len(gifts)]

    found = checkpoints._chance_ginis(parts, np.array(gifts), (2, 3), np.random.default_rng(1))

    assert found[0] == pytest.approx(every_fall(gifts[:2], 3), abs=0.005)
    assert found[1] == pytest.approx(every_fall(gifts, 3), abs=0.005)


def test_before_the_first_gift_nothing_is_shared() -> None:
    rng = np.random.default_rng(1)

    found = checkpoints._chance_ginis(np.array([1]), np.array([5.0]), (2, 4), rng)

    assert found == pytest.approx([0.0, 0.75])
