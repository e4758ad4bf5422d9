"""Policy tiered where capacities do not limit whales: k alone does, as in the published code."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from simulator import (
    CommonDraws,
    Replay,
    RoundView,
    SweepConfig,
    Tiered,
    World,
    WorldConfig,
    draw_world,
    replay_policy,
    run_seed,
)
from simulator.policies.round_view import OVERFLOW_STREAMER
from simulator.study.config import DrawProtocol
from solver import Algorithm
from tests.profiles import examples

USERS, ROUNDS, USERS_PER_ROUND = 120, 3, 60

ALGORITHMS = st.sampled_from(get_args(Algorithm))
SHARES = st.sampled_from((0.05, 0.3, 1.0))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    capacities = [draw(st.integers(1, 6)) for _ in range(3)]
    config = WorldConfig(
        USERS,
        draw(st.integers(1, 25)),
        3,  # features
        *capacities,
        amount_model=draw(st.sampled_from((1, 2, 3))),
        ev_model=draw(st.sampled_from(("lognormal", "drawn"))),
    )
    return draw_world(config, np.random.default_rng(draw(st.integers(0, 10**6))))


def views(world: World, seed: int) -> RoundView:
    rng = np.random.default_rng(seed)
    big_gifts = rng.integers(0, 4, size=world.n_streamers)
    return RoundView(world, rng.permutation(USERS)[:USERS_PER_ROUND], big_gifts)


def replay(world: World, policy: Tiered | SlowTiered, seed: int) -> Replay:
    draws = CommonDraws.of_seed(seed, USERS, ROUNDS, USERS_PER_ROUND)
    return replay_policy(world, policy, draws, ROUNDS)


def assert_same(one: Replay, other: Replay) -> None:
    for each in fields(Replay):
        np.testing.assert_array_equal(getattr(one, each.name), getattr(other, each.name))


def edges_by_hand(ev: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Every pair of a whale and a streamer, dearest first, taken while both have room."""
    n_whales, n_streamers = ev.shape
    pairs = sorted(
        ((whale, streamer) for whale in range(n_whales) for streamer in range(n_streamers)),
        key=lambda pair: -ev[pair],
    )
    placed, taken = np.full(n_whales, -1), [0] * n_streamers
    for whale, streamer in pairs:
        if placed[whale] == -1 and taken[streamer] < k:
            placed[whale] = streamer
            taken[streamer] += 1
    return placed


def fill_by_hand(view: RoundView, placed: NDArray[np.int64], whales: NDArray[np.bool_]) -> None:
    """Normal users, one by one, into capacity less whales where that is above 0."""
    room = [int(capacity) for capacity in view.world.capacity]
    for streamer in placed[whales & (placed >= 0)]:
        room[streamer] = max(0, room[streamer] - 1)
    for user in np.flatnonzero(~whales):
        is_open = [streamer for streamer, places in enumerate(room) if places > 0]
        placed[user] = max(is_open, key=lambda s: view.ev[user, s], default=OVERFLOW_STREAMER)
        if is_open:
            room[placed[user]] -= 1


@dataclass(frozen=True)
class SlowTiered:
    """Greedy-edges under k alone, then the others into what is left."""

    whale_cap: int
    whale_share: float

    def place(self, view: RoundView) -> NDArray[np.int64]:
        whales = view.whales(self.whale_share)
        placed = np.full(len(whales), -1)
        placed[whales] = edges_by_hand(view.ev[whales], self.whale_cap)
        fill_by_hand(view, placed, whales)
        return placed


def free_of_capacity(k: int, share: float, algorithm: Algorithm) -> Tiered:
    return Tiered(k, share, algorithm, whales_respect_capacity=False)


@pytest.mark.parametrize(
    ("respected", "revenue", "overcrowded_share"),
    [(False, 78055.04761904762, 0.0009), (True, 78055.38095238095, 0.0)],
)
def test_seed_203_is_to_the_digit_that_of_the_published_code(
    respected: bool, revenue: float, overcrowded_share: float
) -> None:
    """The published code's figures, and those under capacities."""
    config = SweepConfig(
        k_values=(2,),
        whale_shares=(0.05,),
        algorithms=("greedy-edges",),
        whales_respect_capacity=respected,
        users_per_round=400,
        draws="sequential",
        world=WorldConfig(capacity_top10=4, capacity_middle=2, capacity_tail=1),
    )

    *_, tiered = run_seed(config, 203)

    assert (tiered.revenue, tiered.overcrowded_share) == (revenue, overcrowded_share)


@given(worlds(), st.integers(0, 10**6), st.integers(0, 8), SHARES)
@examples(60)
def test_a_replay_is_that_of_a_slow_policy_in_which_k_alone_limits_whales(
    world: World, seed: int, k: int, share: float
) -> None:
    policy = free_of_capacity(k, share, "greedy-edges")

    assert_same(replay(world, policy, seed), replay(world, SlowTiered(k, share), seed))


@given(worlds(), st.integers(0, 10**6), st.integers(0, 8), SHARES)
@examples(60)
def test_the_whale_tier_is_the_optimum_under_k_alone(
    world: World, seed: int, k: int, share: float
) -> None:
    view = views(world, seed)
    whales = view.whales(share)

    streamer = free_of_capacity(k, share, "min-cost-flow").place(view)[whales]

    ev = view.ev[whales]
    slots = np.repeat(ev, k, axis=1)
    rows, columns = linear_sum_assignment(slots, maximize=True)
    placed = np.flatnonzero(streamer >= 0)
    assert ev[placed, streamer[placed]].sum() == pytest.approx(slots[rows, columns].sum(), rel=1e-9)
    assert (np.bincount(streamer[placed], minlength=world.n_streamers) <= k).all()


@given(worlds(), st.integers(0, 10**6), st.integers(0, 8), SHARES, ALGORITHMS)
@examples(60)
def test_no_streamer_has_more_than_k_whales_and_the_others_fill_what_is_left(
    world: World, seed: int, k: int, share: float, algorithm: Algorithm
) -> None:
    policy = free_of_capacity(k, share, algorithm)
    view = views(world, seed)
    whales = view.whales(share)

    streamer = policy.place(view)

    expected = np.where(whales, streamer, -1)
    fill_by_hand(view, expected, whales)
    np.testing.assert_array_equal(streamer, expected)
    assert replay(world, policy, seed).whale_loads.max() <= k


@given(worlds(), st.integers(0, 10**6), st.integers(0, 6), SHARES, ALGORITHMS)
@examples(60)
def test_where_no_capacity_is_below_k_the_setting_changes_nothing(
    world: World, seed: int, k: int, share: float, algorithm: Algorithm
) -> None:
    k = min(k, int(world.capacity.min()))

    respected = replay(world, Tiered(k, share, algorithm), seed)

    assert_same(respected, replay(world, free_of_capacity(k, share, algorithm), seed))


@given(
    worlds(),
    st.integers(0, 10**6),
    SHARES,
    st.booleans(),
    st.sampled_from(get_args(DrawProtocol)),
)
@examples(60)
def test_runs_shared_within_a_grid_are_those_of_each_configuration_alone(
    world: World, seed: int, share: float, respected: bool, draws: DrawProtocol
) -> None:
    def runs(k_values: tuple[int, ...], algorithms: tuple[Algorithm, ...]) -> list[object]:
        config = SweepConfig(
            k_values=k_values,
            whale_shares=(share,),
            algorithms=algorithms,
            whales_respect_capacity=respected,
            rounds=ROUNDS,
            users_per_round=40,
            draws=draws,
            world=world.config,
        )
        return [run for run in run_seed(config, seed) if run.configuration in {*config.grid()}]

    k_values, algorithms = (1, 2, 4, 9, 40), get_args(Algorithm)

    assert runs(k_values, algorithms) == [
        run for algorithm in algorithms for k in k_values for run in runs((k,), (algorithm,))
    ]
