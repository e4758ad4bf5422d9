"""Policy fair-online: weights that fall as a streamer is given more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator import (
    CapacityGreedy,
    CommonDraws,
    FairOnline,
    Replay,
    RoundView,
    SweepConfig,
    World,
    WorldConfig,
    draw_world,
    replay_policy,
)
from simulator.policies.round_view import OVERFLOW_STREAMER
from simulator.replay.metrics import gini
from simulator.study.config import Configuration
from solver import InputError
from tests.profiles import examples

ROUNDS, USERS = 8, 40


def view(world: World, round_index: int, seed: int = 0) -> RoundView:
    """Another round of users, some of whose streamers have had big gifts."""
    rng = np.random.default_rng([seed, round_index])
    users = rng.permutation(world.n_users)[: min(USERS, world.n_users)]
    return RoundView(world, users, rng.integers(0, 3, world.n_streamers), round_index)


def plain(policy: FairOnline, views: list[RoundView]) -> list[list[int]]:
    """The policy as its documentation says, without arrays."""
    n_streamers = views[0].world.n_streamers
    revenue, placements = [0.0] * n_streamers, []
    for each in views:
        ev, capacity = each.ev.tolist(), each.world.capacity.tolist()
        wealth = each.world.wealth[each.users].tolist()
        whales = each.whales(policy.whale_share).tolist()
        rounds_left = max(0, policy.horizon - each.round_index - 1)
        a_round = (sum(revenue) + sum(map(max, ev))) / (each.round_index + 1)
        to_come = a_round * rounds_left / n_streamers
        power = policy.alpha / (1 + 5 * policy.alpha * rounds_left / max(1, policy.horizon))
        load, whale_load = [0] * n_streamers, [0] * n_streamers
        placed = [-1] * len(ev)
        order = range(len(ev))
        if policy.richest_first:
            order = sorted(order, key=lambda i: -wealth[i])
        for i in order:
            limited = policy.k is not None and whales[i]
            level = policy.offset * sum(revenue) / n_streamers + to_come
            room = [
                s
                for s in range(n_streamers)
                if load[s] < capacity[s] and not (limited and whale_load[s] >= policy.k)
            ]
            weights = [(r + level) ** -power if level else 1.0 for r in revenue]
            if room:
                placed[i] = max(room, key=lambda s: (weights[s] * ev[i][s], -s))
            elif not limited:
                placed[i] = OVERFLOW_STREAMER
            if placed[i] >= 0:
                load[placed[i]] += 1
                whale_load[placed[i]] += limited
                revenue[placed[i]] += ev[i][placed[i]]
        placements.append(placed)
    return placements


@given(
    seed=st.integers(0, 10**6),
    n_streamers=st.integers(1, 12),
    alpha=st.sampled_from([0.0, 0.02, 0.1, 0.5, 1.0, 3.0]),
    offset=st.sampled_from([0.001, 0.1, 5.0]),
    horizon=st.sampled_from([0, 2, 4, 50]),
    k=st.sampled_from([None, 0, 1, 3]),
    capacity=st.integers(1, 8),
    richest_first=st.booleans(),
)
@examples(100)
def test_placements_are_those_of_a_plain_computation(
    seed: int,
    n_streamers: int,
    alpha: float,
    offset: float,
    horizon: int,
    k: int | None,
    capacity: int,
    richest_first: bool,
) -> None:
    config = WorldConfig(60, n_streamers, 4, capacity + 2, capacity, max(1, capacity - 1))
    world = draw_world(config, np.random.default_rng(seed))
    policy = FairOnline(k, 0.2, alpha, offset, horizon, richest_first)
    views = [view(world, round_index, seed) for round_index in range(4)]

    assert [policy.place(each).tolist() for each in views] == plain(policy, views)


def replay(world: World, policy: FairOnline | CapacityGreedy) -> Replay:
    draws = CommonDraws.of_seed(5, world.n_users, ROUNDS, USERS)
    return replay_policy(world, policy, draws, ROUNDS)


@pytest.mark.parametrize("horizon", [0, ROUNDS])
def test_without_weights_it_is_greedy_within_capacities(world: World, horizon: int) -> None:
    policy = FairOnline(alpha=0, horizon=horizon, richest_first=False)

    ours, greedy = replay(world, policy), replay(world, CapacityGreedy())

    np.testing.assert_array_equal(ours.streamers, greedy.streamers)
    np.testing.assert_array_equal(ours.amounts, greedy.amounts)
    np.testing.assert_array_equal(ours.expected, greedy.expected)


def test_without_weights_the_richest_choose_first(world: World) -> None:
    each = view(world, 0)
    order = np.argsort(-world.wealth[each.users], kind="stable")
    sorted_view = replace(each, users=each.users[order])

    ours = FairOnline(alpha=0).place(each)

    np.testing.assert_array_equal(ours[order], sorted_view.fill())


def test_a_replay_does_not_depend_on_another(world: World) -> None:
    policy = FairOnline(alpha=0.5)
    first = replay(world, policy)
    replay(world, FairOnline(alpha=2))

    np.testing.assert_array_equal(first.streamers, replay(world, policy).streamers)
    np.testing.assert_array_equal(first.streamers, replay(world, FairOnline(alpha=0.5)).streamers)


def test_capacities_and_a_whale_cap_hold(world: World) -> None:
    played = replay(world, FairOnline(1, 0.2, alpha=1))

    crowded = played.loads > world.capacity
    assert not np.delete(crowded, OVERFLOW_STREAMER, axis=1).any()
    assert played.whale_loads.max() == 1
    assert (replay(world, FairOnline(None, 0.2, alpha=1)).whale_loads > 1).any()


def expected_by_streamer(played: Replay, n_streamers: int) -> NDArray[np.float64]:
    return np.bincount(played.streamers, played.expected, n_streamers)


@pytest.mark.parametrize("horizon", [0, ROUNDS])
def test_the_more_equality_counts_the_more_equal_are_revenues(horizon: int) -> None:
    world = draw_world(WorldConfig(400, 20, ev_model="drawn"), np.random.default_rng(3))
    revenues = [
        expected_by_streamer(replay(world, FairOnline(alpha=alpha, horizon=horizon)), 20)
        for alpha in (0, 0.1, 0.5, 2)
    ]
    ginis = [gini(each) for each in revenues]

    assert ginis == sorted(ginis, reverse=True)
    assert ginis[-1] < ginis[0] / 2


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"alpha": -0.1}, "alpha"),
        ({"alpha": float("nan")}, "alpha"),
        ({"offset": 0}, "offset"),
        ({"horizon": -1}, "horizon"),
        ({"horizon": 1.5}, "horizon"),
    ],
)
def test_what_it_cannot_be_is_named(arguments: dict[str, float], field: str) -> None:
    with pytest.raises(InputError) as caught:
        FairOnline(**arguments)

    assert caught.value.field == field


def test_its_chain_changes_one_thing_at_a_time() -> None:
    config = SweepConfig(policies=("fair-online",), alphas=(0, 0.2), whale_shares=(0.05, 0.01))
    plainly, weighted = config.grid()
    held = Configuration(None, 0.05, 1.0, None, "capacity-greedy")

    assert (plainly.alpha, weighted.alpha, weighted.k) == (0, 0.2, None)
    assert config.chain(weighted) == {"capacity": held, "priority": plainly, "fairness": weighted}
    assert config.chain(plainly) == {"capacity": held, "priority": plainly}
    assert len(config.points()) == 4


def test_the_horizon_is_that_of_a_replay_unless_it_is_given() -> None:
    point = Configuration(None, 0.05, 1.0, None, "fair-online", alpha=0.2)
    for horizon, expected in ((None, 7), (0, 0), (30, 30)):
        config = SweepConfig(policies=("fair-online",), rounds=7, fairness_horizon=horizon)
        settings = config.policy_settings(point, seed=1)

        assert (settings.alpha, settings.fairness_horizon) == (0.2, expected)
