"""The policy of spend caps keeps them, and differs from others only by its whales."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import (
    CapacityGreedy,
    Policy,
    Replay,
    RoundView,
    SequentialDraws,
    Tiered,
    World,
    expected_value,
    replay_policy,
)
from simulator.policies.round_view import OVERFLOW_STREAMER
from simulator.policies.spend_cap import SpendCap
from solver import InputError

USERS = np.random.default_rng(1).permutation(300)[:60]


def ev_of(world: World, users: np.ndarray = USERS) -> np.ndarray:
    return expected_value(world, users, np.zeros(world.n_streamers, dtype=np.int64))


def place(world: World, policy: Policy, users: np.ndarray = USERS) -> np.ndarray:
    return policy.place(RoundView(world, users, np.zeros(world.n_streamers, dtype=np.int64)))


def loads(world: World, streamers: np.ndarray) -> np.ndarray:
    return np.bincount(streamers[streamers >= 0], minlength=world.n_streamers)


@pytest.mark.parametrize("spend_cap", [0, 20, 50.5, 100, 1000, np.inf])
def test_no_streamer_takes_more_spend_than_its_cap_or_more_users_than_its_capacity(
    world: World, spend_cap: float
) -> None:
    streamer = place(world, SpendCap(spend_cap, 0.2))

    whales = np.flatnonzero(world.whales(0.2)[USERS] & (streamer >= 0))
    at = streamer[whales]
    spend = np.bincount(at, weights=ev_of(world)[whales, at], minlength=world.n_streamers)
    assert (spend <= spend_cap * (1 + 1e-9)).all()
    assert (loads(world, at) <= world.capacity).all()
    others = np.arange(world.n_streamers) != OVERFLOW_STREAMER
    assert (loads(world, streamer) <= world.capacity)[others].all()


def test_a_cap_that_never_binds_is_the_tiered_policy_without_a_cap(world: World) -> None:
    free, tiered = place(world, SpendCap(np.inf, 0.2)), place(world, Tiered(1000, 0.2))

    np.testing.assert_array_equal(free, tiered)


def test_at_a_cap_of_zero_whales_meet_nobody_and_the_others_have_all_the_room(
    world: World,
) -> None:
    streamer, whales = place(world, SpendCap(0, 0.2)), world.whales(0.2)[USERS]

    assert (streamer[whales] == -1).all()
    np.testing.assert_array_equal(streamer[~whales], place(world, CapacityGreedy(), USERS[~whales]))


def test_a_lower_cap_is_never_worth_more_to_whales(world: World) -> None:
    def worth(spend_cap: float) -> float:
        streamer = place(world, SpendCap(spend_cap, 0.2))
        rows = np.flatnonzero(world.whales(0.2)[USERS] & (streamer >= 0))
        return float(ev_of(world)[rows, streamer[rows]].sum())

    worths = [worth(cap) for cap in (0, 20, 40, 80, 160, 1000)]
    assert worths == sorted(worths)
    assert worths[0] < worths[-1]


def test_rounds_of_whales_alone_and_of_none_are_played(world: World) -> None:
    poorest, richest = np.argsort(world.wealth)[:20], np.argsort(-world.wealth)[:20]

    assert (place(world, SpendCap(100, 0.1), poorest) >= 0).all()
    assert len(place(world, SpendCap(100, 0.1), richest)) == 20


def test_a_replay_under_a_spend_cap_is_the_same_twice(world: World) -> None:
    def played() -> Replay:
        draws = SequentialDraws(np.random.default_rng(3), world.n_users, 60)
        return replay_policy(world, SpendCap(40, 0.2), draws, 6)

    first, second = played(), played()

    np.testing.assert_array_equal(first.amounts, second.amounts)
    assert first.whale_cap is None
    assert not first.binding.any()


@pytest.mark.parametrize(("arguments", "field"), [
    ((-1,), "spend_cap"),
    ((np.nan,), "spend_cap"),
    (("100",), "spend_cap"),
    ((True,), "spend_cap"),
    ((100, 0), "whale_share"),
    ((100, 1.5), "whale_share"),
])  # fmt: skip
def test_bad_settings_are_refused_with_their_field(
    arguments: tuple[object, ...], field: str
) -> None:
    with pytest.raises(InputError) as error:
        SpendCap(*arguments)  # type: ignore[arg-type]

    assert error.value.field == field
