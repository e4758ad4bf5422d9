"""The compiled gift loop against a slow one that says what it means, and what a replay records."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator import Greedy, SequentialDraws, Tiered, World, WorldConfig, draw_world, replay_policy

OWN = WorldConfig(
    gift_intercept=-3.0,
    wealth_slope=0.25,
    tiers=(5.0, 150.0, 7000.0),
    tier_weights=(6, 3, 1),
)
"""Another world than the published one."""


def slow_amount(rng: np.random.Generator, config: WorldConfig, w: float, m: float) -> float:
    model = config.amount_model
    if model == 1:
        return float(max(1, np.exp(2 + 0.8 * w + 0.5 * m + rng.normal(0, 0.5))))
    if model == 2:
        if rng.random() < 0.10:
            base = min(88 * max(rng.random(), 1e-10) ** (-1 / 0.55), 100_000)
        else:
            base = min(np.exp(rng.normal(0.693, 2.96)), 88)
        return float(max(1, base * np.clip(1 + 0.05 * (w / 5 - 1) + 0.02 * m, 0.5, 2)))
    tier, base = np.arange(len(config.tiers)), np.array(config.tier_weights)
    logits = np.log(base + 1e-10) + 0.10 * np.clip((w - 3) / 3, -1, 2) * tier + 0.05 * m * tier
    weights = np.exp(logits - logits.max())
    return float(config.tiers[rng.choice(len(tier), p=weights / weights.sum())])


def slow_round(
    world: World,
    rng: np.random.Generator,
    users: NDArray[np.int64],
    streamers: NDArray[np.int64],
    big_gifts: NDArray[np.int64],
) -> list[float]:
    config = world.config
    load = {s: int((streamers == s).sum()) for s in range(world.n_streamers)}
    amounts = []
    for u, s in zip(users, streamers, strict=True):
        amount = 0.0
        if s >= 0:
            w = np.log1p(world.wealth[u])
            m = world.preference[u] @ world.content[s]
            b = big_gifts[s]
            push = config.gift_intercept + config.wealth_slope * w
            p = 1 / (1 + np.exp(-(push + m + 0.3 * world.popularity[s] - 0.1 * b)))
            if rng.random() < p:
                amount = slow_amount(rng, config, w, m)
                amount *= 1 / (1 + 0.05 * b)
                over = load[s] - world.capacity[s]
                if over > 0:
                    amount *= 1 / (1 + 0.5 * over / world.capacity[s])
                if amount > 100:
                    big_gifts[s] += 1
        amounts.append(amount)
    return amounts


def generous(world: World, config: WorldConfig) -> World:
    """The same users, so rich that most of them give: many draws, many big gifts."""
    return replace(world, wealth=world.wealth * 1000, config=config)


@pytest.mark.parametrize("config", [*(WorldConfig(amount_model=m) for m in (1, 2, 3)), OWN])
def test_compiled_gifts_equal_slow_ones_above_capacity_and_with_unallocated_users(
    world: World, config: WorldConfig
) -> None:
    world = generous(world, config)
    layout = np.random.default_rng(1)
    rng = np.random.default_rng(2)
    drawing = SequentialDraws(rng, world.n_users, world.n_users)
    slow_rng = copy.deepcopy(rng)
    big_gifts = np.zeros(world.n_streamers, dtype=np.int64)
    slow_big_gifts = big_gifts.copy()
    for _ in range(5):
        users = layout.permutation(world.n_users)
        streamers = layout.integers(-1, world.n_streamers, size=len(users))
        amounts = np.zeros(len(users))

        drawing.play(
            world, 0, users, streamers, big_gifts, amounts, np.zeros(len(users), dtype=np.int64)
        )

        expected = slow_round(world, slow_rng, users, streamers, slow_big_gifts)
        np.testing.assert_allclose(amounts, expected, rtol=1e-12)
        np.testing.assert_array_equal(big_gifts, slow_big_gifts)
        assert (amounts[streamers < 0] == 0).all()
        # Both leave the generator in one state: the next draws are the same, too.
        assert rng.bit_generator.state == slow_rng.bit_generator.state
    assert big_gifts.sum() > 0


def draws(world: World) -> SequentialDraws:
    return SequentialDraws(np.random.default_rng(3), world.n_users, 60)


@pytest.mark.parametrize("policy", [Greedy(0.2), Tiered(1, 0.2), Tiered(1, 0.2, "greedy-swaps")])
def test_a_policy_draws_nothing_from_the_generator_of_the_world(
    world: World, policy: Greedy | Tiered
) -> None:
    rng, expected = np.random.default_rng(3), np.random.default_rng(3)
    replay_of_one = replay_policy(world, policy, SequentialDraws(rng, world.n_users, 40), rounds=1)

    users = expected.choice(world.n_users, size=40, replace=False)
    placed = np.full(40, -1)
    place_of = {int(user): at for at, user in enumerate(users)}
    placed[[place_of[int(user)] for user in replay_of_one.users]] = replay_of_one.streamers
    no_gifts_yet = np.zeros(world.n_streamers, dtype=np.int64)
    slow_round(world, expected, users, placed, no_gifts_yet)
    assert rng.bit_generator.state == expected.bit_generator.state


def test_unallocated_whales_have_no_interaction(world: World) -> None:
    played = replay_policy(world, Tiered(0, 0.2), draws(world), 4)

    assert played.whales_seen.sum() > 0
    assert played.whale_loads.sum() == 0
    assert len(played.users) == 4 * 60 - played.whales_seen.sum()
    assert not world.whales(0.2)[played.users].any()


def test_loads_count_the_interactions_of_each_round(world: World) -> None:
    played = replay_policy(world, Greedy(), draws(world), 4)

    assert played.loads.sum(axis=1).tolist() == [60, 60, 60, 60]
    assert played.loads[2, 5] == ((played.rounds == 2) & (played.streamers == 5)).sum()


def test_a_world_is_drawn_from_its_seed_alone() -> None:
    config = WorldConfig(n_users=50, n_streamers=10)
    one = draw_world(config, np.random.default_rng(5))
    same = draw_world(config, np.random.default_rng(5))
    other = draw_world(config, np.random.default_rng(6))

    np.testing.assert_array_equal(one.wealth, same.wealth)
    assert (one.wealth != other.wealth).any()


def drawn(**settings: float) -> World:
    config = WorldConfig(n_users=50, n_streamers=10, **settings)  # type: ignore[arg-type]
    return draw_world(config, np.random.default_rng(5))


def test_wealth_and_popularity_follow_the_tails_of_the_configuration() -> None:
    """From the same draws, a Pareto variable of index a is that of index 1 to the power 1/a."""
    one = drawn(pareto_share=1.0)
    other = drawn(pareto_share=1.0, wealth_tail_index=3.0, popularity_tail_index=2.4)

    np.testing.assert_allclose(one.wealth / 100, (other.wealth / 100) ** 2, rtol=1e-9)
    np.testing.assert_allclose(one.popularity, other.popularity**2, rtol=1e-9)


def test_wealth_spreads_by_the_sigma_of_the_configuration() -> None:
    one = drawn(pareto_share=0.0)
    other = drawn(pareto_share=0.0, wealth_sigma=2.0)

    np.testing.assert_allclose(np.log(other.wealth) - 3, 2 * (np.log(one.wealth) - 3), atol=1e-9)


def test_capacity_follows_the_rank_of_popularity() -> None:
    world = draw_world(WorldConfig(n_users=50, n_streamers=20), np.random.default_rng(5))

    by_rank = world.capacity[np.argsort(-world.popularity)]
    assert by_rank.tolist() == [15] * 2 + [8] * 10 + [3] * 8
    assert world.new.sum() == 4


def test_scaled_capacity_is_rounded_and_at_least_one() -> None:
    world = draw_world(WorldConfig(n_users=50, n_streamers=20), np.random.default_rng(5))

    assert sorted(set(world.with_capacity_scale(0.25).capacity.tolist())) == [1, 2, 4]
    assert set(world.with_capacity_scale(0.001).capacity.tolist()) == {1}
