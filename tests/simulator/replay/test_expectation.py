"""Expected gifts against plain formulas, simulation, and the mean of what is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator import CommonDraws, Greedy, SequentialDraws, World, WorldConfig, replay_policy
from simulator.policies.capacity_greedy import CapacityGreedy
from simulator.policies.tiered import Tiered
from simulator.replay.expectation import expected_gifts
from simulator.world.mean_amount import mean_amount
from simulator.world.population import draw_world
from tests.simulator.replay.test_replay import OWN

MODELS = [*(WorldConfig(amount_model=model) for model in (1, 2, 3)), OWN]


@pytest.mark.parametrize("config", MODELS)
def test_an_expected_gift_is_chance_times_mean_amount_after_all_discounts(
    world: World, config: WorldConfig
) -> None:
    world = replace(world, config=config)
    rng = np.random.default_rng(5)
    users = rng.integers(world.n_users, size=40)
    streamers = rng.integers(world.n_streamers, size=40)
    big_gifts, loads = rng.integers(6, size=40), rng.integers(1, 30, size=40)

    expected = expected_gifts(world, users, streamers, big_gifts, loads)

    for u, s, b, load, value in zip(users, streamers, big_gifts, loads, expected, strict=True):
        wealth, affinity = np.log1p(world.wealth[u]), world.preference[u] @ world.content[s]
        odds = np.exp(
            config.gift_intercept
            + config.wealth_slope * wealth
            + affinity
            + 0.3 * world.popularity[s]
            - 0.1 * b
        )
        amount = mean_amount(world, np.array([wealth]), np.array([affinity]))[0]
        over = max(0, int(load) - int(world.capacity[s])) / world.capacity[s]
        plain = odds / (1 + odds) * amount / (1 + 0.05 * b) / (1 + 0.5 * over)
        assert value == pytest.approx(plain, rel=1e-12)


@pytest.mark.parametrize("config", MODELS)
def test_expected_gifts_are_the_mean_of_gifts_drawn_in_the_same_state(
    world: World, config: WorldConfig
) -> None:
    world = replace(world, wealth=world.wealth * 1000, config=config)
    users, streamers = np.arange(8), np.array([0, 0, 0, 1, 1, 2, 3, 4])
    world = replace(world, capacity=np.maximum(1, world.capacity // 8))
    draws = SequentialDraws(np.random.default_rng(6), world.n_users, 8)
    n_plays, state = 20_000, np.arange(world.n_streamers) % 3
    amounts, before = np.zeros((n_plays, 8)), np.zeros((n_plays, 8), dtype=np.int64)
    for gifts, big_gifts_before in zip(amounts, before, strict=True):
        draws.play(world, 0, users, streamers, state.copy(), gifts, big_gifts_before)
    loads = np.bincount(streamers)[streamers]
    expected = expected_gifts(
        world,
        np.tile(users, n_plays),
        np.tile(streamers, n_plays),
        before.ravel(),
        np.tile(loads, n_plays),
    )
    # Later users at a streamer meet a state that depends on the earlier ones' gifts.
    surprises = amounts - expected.reshape(n_plays, 8)

    error = surprises.std(axis=0) / np.sqrt(n_plays)
    assert (np.abs(surprises.mean(axis=0)) <= 4.5 * error).all()
    assert (error > 0).all()


@pytest.mark.parametrize("protocol", ["sequential", "common"])
@pytest.mark.parametrize("policy", [Greedy(0.2), CapacityGreedy(0.2), Tiered(1, 0.2)])
def test_over_seeds_expected_revenue_has_the_mean_of_revenue(
    policy: Greedy | CapacityGreedy | Tiered, protocol: str
) -> None:
    surprises = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        world = draw_world(WorldConfig(n_users=120, n_streamers=12, capacity_tail=1), rng)
        draws = (
            SequentialDraws(rng, 120, 40)
            if protocol == "sequential"
            else CommonDraws.of_seed(seed, n_users=120, rounds=10, users_per_round=40)
        )
        replay = replay_policy(world, policy, draws, 10)
        surprises.append(replay.amounts.sum() - replay.expected.sum())

    error = np.std(surprises) / np.sqrt(len(surprises))
    assert abs(np.mean(surprises)) <= 3.5 * error


def test_expected_gifts_do_not_depend_on_what_the_recommender_believes(world: World) -> None:
    pairs = np.arange(10), np.arange(10) % world.n_streamers
    state = np.arange(10) % 3, np.full(10, 4)
    drawn, published = (
        expected_gifts(replace(world, config=replace(world.config, ev_model=model)), *pairs, *state)
        for model in ("drawn", "lognormal")
    )

    np.testing.assert_array_equal(drawn, published)
