"""Common random numbers: the same people and the same luck, whatever the policy."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import (
    CommonDraws,
    Greedy,
    Policy,
    Replay,
    Tiered,
    WorldConfig,
    draw_world,
    replay_policy,
)
from simulator.inference.resampling import estimates, resampling_weights

SEEDS = range(20)
CONFIG = WorldConfig(n_users=1_000, n_streamers=50)


def played(policy: Policy, seed: int) -> Replay:
    world = draw_world(CONFIG, np.random.default_rng(seed))
    return replay_policy(world, policy, CommonDraws.of_seed(seed, CONFIG.n_users, 20, 100), 20)


def revenue(policy: Policy, seed: int) -> float:
    return float(played(policy, seed).amounts.sum())


def width(differences: list[float]) -> float:
    weights = resampling_weights(len(differences), 0)
    low, high = estimates(np.array(differences)[:, None], weights)[0].bounds
    return float(high - low)


def test_the_interval_of_a_difference_is_at_most_a_quarter_of_that_of_independent_seeds() -> None:
    greedy = [revenue(Greedy(), seed) for seed in SEEDS]
    tiered = [revenue(Tiered(2, 0.05), seed) for seed in SEEDS]
    elsewhere = [revenue(Tiered(2, 0.05), 1_000 + seed) for seed in SEEDS]

    common = width([a - b for a, b in zip(tiered, greedy, strict=True)])
    independent = width([a - b for a, b in zip(elsewhere, greedy, strict=True)])

    assert 0 < common <= independent / 4


def test_every_policy_of_a_seed_meets_the_same_users() -> None:
    greedy, tiered = played(Greedy(), 3), played(Tiered(50, 0.05), 3)

    np.testing.assert_array_equal(greedy.users, tiered.users)


def test_users_sent_to_the_same_streamer_in_the_same_state_give_the_same() -> None:
    greedy, tiered = played(Greedy(), 3), played(Tiered(50, 0.05), 3)
    first_round = (greedy.rounds == 0) & (tiered.rounds == 0)
    load = greedy.loads[0] == tiered.loads[0]
    same = first_round & (greedy.streamers == tiered.streamers) & load[greedy.streamers]

    early = np.flatnonzero(same)[: np.flatnonzero(same & (greedy.amounts > 100)).min(initial=50)]

    assert len(early) > 3
    np.testing.assert_array_equal(greedy.amounts[early], tiered.amounts[early])


@pytest.mark.parametrize("amount_model", [1, 2, 3])
def test_luckier_numbers_give_larger_amounts(amount_model: int) -> None:
    config = WorldConfig(n_users=300, n_streamers=20, amount_model=amount_model)
    world = draw_world(config, np.random.default_rng(0))
    users = np.zeros(1, dtype=np.int64)
    given = []
    for level in (0.01, 0.3, 0.6, 0.9, 0.999):
        number = np.full((1, 1), level)
        noise = np.full((1, 1), 4 * (level - 0.5))
        draws = CommonDraws(users[None], np.zeros((1, 1)), np.full((1, 1), 0.99), number, noise)
        amounts = np.zeros(1)
        draws.play(
            world, 0, users, users, np.zeros(20, dtype=np.int64), amounts, np.zeros(20, np.int64)
        )
        given.append(amounts[0])

    assert given == sorted(given)
    assert given[0] < given[-1]
