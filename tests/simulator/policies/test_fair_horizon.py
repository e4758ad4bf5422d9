"""Policy fair-horizon: weights and prices of a fair allocation of all who are still to come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator import (
    CapacityGreedy,
    CommonDraws,
    FairHorizon,
    FairOnline,
    Replay,
    RoundView,
    SweepConfig,
    World,
    WorldConfig,
    draw_world,
    replay_policy,
)
from simulator.policies.fair_horizon import GAIN
from simulator.policies.round_view import OVERFLOW_STREAMER
from simulator.replay.metrics import gini
from simulator.study.config import Configuration
from simulator.world.expected_value import expected_value
from simulator.world.listed_pairs import listed_candidates
from solver import FairWeights, InputError, Problem, fair_weights
from tests.profiles import examples
from tests.simulator.policies.test_fair_online import view

ROUNDS, USERS = 8, 40


def solve(
    policy: FairHorizon,
    each: RoundView,
    revenue: list[float],
    rounds: int,
    before: FairWeights | None,
) -> FairWeights:
    """Solve for all users and pairs, each user once: a multiple of the rounds that are left."""
    world, times = each.world, each.world.n_users / len(each.users)
    everybody = np.arange(world.n_users)
    ev = expected_value(world, everybody, each.big_gifts)
    users, streamers = np.nonzero(ev >= 0)
    problem = Problem(
        listed_candidates(world, each.big_gifts),
        whales=None if policy.k is None else world.whales(policy.whale_share),
        whale_cap=world.n_users if policy.k is None else round(policy.k * times),
        capacity=[max(1, round(capacity * times)) for capacity in world.capacity.tolist()],
    )
    np.testing.assert_allclose(problem.ev_at(users, streamers), ev.ravel(), rtol=1e-12)
    base = np.array(revenue) * times / rounds
    return fair_weights(problem, policy.theta, base=base, start=before)


def plain(policy: FairHorizon, views: list[RoundView]) -> list[list[int]]:
    """The policy as its documentation says, without arrays."""
    n_streamers = views[0].world.n_streamers
    revenue, placements, fair = [0.0] * n_streamers, [], None
    least = 1 - policy.theta + policy.theta / n_streamers
    for each in views:
        at = each.round_index
        if at % policy.every == 0:
            first, had = at, list(revenue)
            end = policy.horizon if policy.horizon > at else at + policy.every
            fair = solve(policy, each, revenue, end - at, fair)
            in_round = (fair.revenue * len(each.users) / each.world.n_users).tolist()
        assert fair is not None
        whale_price = fair.prices.whale_price.tolist()
        price = whale_price if policy.k is None else fair.prices.slot_price.tolist()
        per_unit = GAIN / (sum(in_round) / n_streamers * max(1, end - at))
        due = [had[s] + (at - first + 0.5) * in_round[s] for s in range(n_streamers)]
        ev, capacity = each.ev.tolist(), each.world.capacity.tolist()
        wealth = each.world.wealth[each.users].tolist()
        whales = each.whales(policy.whale_share).tolist()
        load, whale_load = [0] * n_streamers, [0] * n_streamers
        placed = [-1] * len(ev)
        for i in sorted(range(len(ev)), key=lambda i: -wealth[i]):
            limited = policy.k is not None and whales[i]
            weights = [
                min(2 - least, max(least, fair.weights[s] - per_unit * (revenue[s] - due[s])))
                for s in range(n_streamers)
            ]
            room = [
                s
                for s in range(n_streamers)
                if load[s] < capacity[s] and not (limited and whale_load[s] >= policy.k)
            ]
            own = whale_price if limited else price
            if room:
                placed[i] = max(room, key=lambda s: (round(weights[s] * ev[i][s] - own[s], 9), -s))
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
    n_streamers=st.integers(1, 8),
    theta=st.sampled_from([0.02, 0.1, 0.5, 1.0]),
    horizon=st.sampled_from([0, 2, 4, 50]),
    every=st.sampled_from([1, 2, 3, 10]),
    k=st.sampled_from([None, 0, 1, 3]),
    capacity=st.integers(1, 8),
)
@examples(40)
def test_placements_are_those_of_a_plain_computation(
    seed: int,
    n_streamers: int,
    theta: float,
    horizon: int,
    every: int,
    k: int | None,
    capacity: int,
) -> None:
    config = WorldConfig(60, n_streamers, 4, capacity + 2, capacity, max(1, capacity - 1))
    world = draw_world(config, np.random.default_rng(seed))
    policy = FairHorizon(k, 0.2, theta, horizon, every)
    views = [view(world, round_index, seed) for round_index in range(4)]

    assert [policy.place(each).tolist() for each in views] == plain(policy, views)


def replay(world: World, policy: FairHorizon | FairOnline | CapacityGreedy) -> Replay:
    draws = CommonDraws.of_seed(5, world.n_users, ROUNDS, USERS)
    return replay_policy(world, policy, draws, ROUNDS)


def test_with_theta_0_it_is_the_rule_without_weights(world: World) -> None:
    ours, unweighted = (
        replay(world, each) for each in (FairHorizon(theta=0, horizon=8), FairOnline(alpha=0))
    )

    np.testing.assert_array_equal(ours.streamers, unweighted.streamers)
    np.testing.assert_array_equal(ours.amounts, unweighted.amounts)


def test_a_replay_does_not_depend_on_another(world: World) -> None:
    policy = FairHorizon(theta=0.2, horizon=ROUNDS, every=3)
    first = replay(world, policy)
    replay(world, FairHorizon(theta=0.5))
    replay(world.with_capacity_scale(0.3), policy)

    np.testing.assert_array_equal(first.streamers, replay(world, policy).streamers)
    again = draw_world(world.config, np.random.default_rng(42))
    other = draw_world(world.config, np.random.default_rng(42))
    np.testing.assert_array_equal(
        replay(again, policy).streamers,
        replay(other, FairHorizon(theta=0.2, horizon=ROUNDS, every=3)).streamers,
    )


def test_a_streamer_that_has_much_is_given_less() -> None:
    world = draw_world(WorldConfig(400, 20, ev_model="drawn"), np.random.default_rng(3))
    policies = [FairHorizon(theta=0.3, horizon=3, every=2) for _ in range(2)]
    for at in range(2):
        for each in policies:
            each.place(view(world, at))
    one, other = policies
    poorest = int(one._revenue[0].argmin())
    other._revenue[0][poorest] += 10 * one._revenue[0].max()

    many, few = (int((each.place(view(world, 2)) == poorest).sum()) for each in policies)

    assert few < many
    assert other._plan[0].fair.weights[poorest] < one._plan[0].fair.weights[poorest]


def test_capacities_and_a_whale_cap_hold(world: World) -> None:
    played = replay(world, FairHorizon(1, 0.2, theta=0.5))

    crowded = played.loads > world.capacity
    assert not np.delete(crowded, OVERFLOW_STREAMER, axis=1).any()
    assert played.whale_loads.max() == 1
    assert (replay(world, FairHorizon(None, 0.2, theta=0.5)).whale_loads > 1).any()


def expected_by_streamer(played: Replay, n_streamers: int) -> NDArray[np.float64]:
    return np.bincount(played.streamers, played.expected, n_streamers)


def test_the_more_equality_counts_the_more_equal_are_revenues() -> None:
    world = draw_world(WorldConfig(400, 20, ev_model="drawn"), np.random.default_rng(3))
    revenues = [
        expected_by_streamer(replay(world, FairHorizon(theta=theta, horizon=ROUNDS)), 20)
        for theta in (0, 0.05, 0.1, 0.4)
    ]
    ginis = [gini(each) for each in revenues]

    assert ginis == sorted(ginis, reverse=True)
    assert ginis[-1] < ginis[0] / 2


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"theta": -0.1}, "theta"),
        ({"theta": 1.1}, "theta"),
        ({"theta": float("nan")}, "theta"),
        ({"horizon": -1}, "horizon"),
        ({"every": 0}, "every"),
        ({"every": 1.5}, "every"),
    ],
)
def test_what_it_cannot_be_is_named(arguments: dict[str, float], field: str) -> None:
    with pytest.raises(InputError) as caught:
        FairHorizon(**arguments)

    assert caught.value.field == field


def test_its_chain_changes_one_thing_at_a_time() -> None:
    config = SweepConfig(policies=("fair-horizon",), thetas=(0, 0.2), whale_shares=(0.05, 0.01))
    plainly, weighted = config.grid()
    held = Configuration(None, 0.05, 1.0, None, "capacity-greedy")

    assert (plainly.theta, weighted.theta, weighted.alpha, weighted.k) == (0, 0.2, None, None)
    assert config.chain(weighted) == {"capacity": held, "priority": plainly, "fairness": weighted}
    assert config.chain(plainly) == {"capacity": held, "priority": plainly}
    assert len(config.points()) == 4


def test_the_settings_of_a_study_arrive() -> None:
    point = Configuration(None, 0.05, 1.0, None, "fair-horizon", theta=0.2)
    config = SweepConfig(policies=("fair-horizon",), rounds=7, fairness_every=3)

    policy = FairHorizon.build(config.policy_settings(point, seed=1))

    assert policy == FairHorizon(None, 0.05, 0.2, 7, 3)
