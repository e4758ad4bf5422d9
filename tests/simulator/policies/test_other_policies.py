"""Every policy keeps its caps, and does what its name says."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator import (
    CapacityGreedy,
    CommonDraws,
    Exposure,
    Joint,
    Policy,
    Random,
    RoundRobin,
    RoundView,
    ShadowPrice,
    Tiered,
    World,
    draw_world,
    expected_value,
    replay_policy,
)
from simulator.policies.round_view import OVERFLOW_STREAMER
from solver import Problem, allocate
from tests.profiles import examples
from tests.simulator.conftest import SMALL

USERS = np.random.default_rng(1).permutation(300)[:60]


def view(world: World, round_index: int = 0) -> RoundView:
    return RoundView(world, USERS, np.zeros(world.n_streamers, dtype=np.int64), round_index)


def total_ev(world: World, streamer: NDArray[np.int64]) -> float:
    ev = expected_value(world, USERS, np.zeros(world.n_streamers, dtype=np.int64))
    placed = np.flatnonzero(streamer >= 0)
    return float(ev[placed, streamer[placed]].sum())


POLICIES: dict[str, Policy] = {
    "capacity-greedy": CapacityGreedy(0.2),
    "joint": Joint(1, 0.2),
    "random": Random(0.2, np.random.default_rng(0)),
    "round-robin": RoundRobin(0.2),
    "shadow-price": ShadowPrice(1, 0.2),
    "exposure": Exposure(1, 0.2, 1),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_keeps_capacities_and_its_own_whale_cap(world: World, name: str) -> None:
    policy = POLICIES[name]

    for round_index in range(3):
        streamer = policy.place(view(world, round_index))

        load = np.bincount(streamer[streamer >= 0], minlength=world.n_streamers)
        others = np.arange(world.n_streamers) != OVERFLOW_STREAMER
        assert (load <= world.capacity)[others].all()
        if policy.whale_cap is not None:
            whales = streamer[world.whales(0.2)[USERS] & (streamer >= 0)]
            assert np.bincount(whales).max(initial=0) <= policy.whale_cap


def test_the_joint_policy_is_the_joint_optimum_and_no_tiered_one_beats_it(world: World) -> None:
    ev = expected_value(world, USERS, np.zeros(world.n_streamers, dtype=np.int64))
    whales = world.whales(0.2)[USERS]
    problem = Problem(ev, whales=whales, whale_cap=1, capacity=world.capacity)
    optimum = allocate(problem, fill="joint")
    inside = optimum.assignment >= 0

    streamer = Joint(1, 0.2).place(view(world))

    assert total_ev(world, np.where(inside, streamer, -1)) == pytest.approx(optimum.objective)
    tiered = Tiered(1, 0.2).place(view(world))
    assert total_ev(world, tiered) <= total_ev(world, streamer) * (1 + 1e-12)


def test_round_robin_goes_through_the_streamers_in_turn(world: World) -> None:
    streamer = RoundRobin().place(view(world))

    load = np.bincount(streamer, minlength=world.n_streamers)
    whole_turns = len(USERS) // world.n_streamers
    assert (load >= np.minimum(world.capacity, whole_turns)).all()


def deal_one_by_one(capacity: NDArray[np.int64], first: int, n_users: int) -> list[int]:
    """Return the streamers that users get in turn, dealt one by one."""
    room = capacity.tolist()
    dealt: list[int] = []
    at = first
    while len(dealt) < n_users and any(room):
        if room[at % len(room)]:
            room[at % len(room)] -= 1
            dealt.append(at % len(room))
        at += 1
    return dealt


@examples(60)
@given(
    capacity=st.lists(st.integers(0, 9), min_size=20, max_size=20),
    n_users=st.integers(0, 150),
    round_index=st.integers(0, 5),
)
def test_round_robin_deals_as_one_by_one_does(
    capacity: list[int], n_users: int, round_index: int
) -> None:
    room = np.array(capacity)
    world = draw_world(SMALL, np.random.default_rng(7))
    few = replace(world, capacity=room)
    dealt = deal_one_by_one(room, round_index * n_users, n_users)

    streamer = RoundRobin().place(
        RoundView(few, np.arange(n_users), np.zeros(len(room), dtype=np.int64), round_index)
    )

    assert streamer[: len(dealt)].tolist() == dealt
    assert (streamer[len(dealt) :] == OVERFLOW_STREAMER).all()


@pytest.mark.parametrize("capacity_scale", [1e5, 1e12])
def test_round_robin_takes_no_more_memory_where_capacities_are_huge(
    world: World, capacity_scale: float
) -> None:
    huge = world.with_capacity_scale(capacity_scale)
    needed = replace(world, capacity=np.minimum(huge.capacity, len(USERS)))
    expected = RoundRobin().place(view(needed))

    tracemalloc.start()
    try:
        streamer = RoundRobin().place(view(huge))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    np.testing.assert_array_equal(streamer, expected)
    assert peak < 200 * (len(USERS) + world.n_streamers)


def test_random_places_differ_by_seed_and_are_the_same_for_one(world: World) -> None:
    first, again, other = (
        Random(rng=np.random.default_rng(seed)).place(view(world)) for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_shadow_prices_lead_users_away_from_where_slots_were_scarce(world: World) -> None:
    policy = ShadowPrice(1, 0.2)
    policy.place(view(world, 0))  # no prices yet: as capacity-greedy, but for the whale cap

    priced = policy.place(view(world, 1))

    assert total_ev(world, priced) <= total_ev(world, Joint(1, 0.2).place(view(world))) * (
        1 + 1e-12
    )


@dataclass(frozen=True)
class NewcomersFirst:
    """The example of `simulator.policies`."""

    whale_share: float = 0.01
    whale_cap: int | None = None

    def place(self, view: RoundView) -> NDArray[np.int64]:
        ev = np.where(view.world.new, view.ev, 0.5 * view.ev)
        return ev.argmax(axis=1)


def test_a_policy_of_ones_own_is_replayed(world: World) -> None:
    draws = CommonDraws.of_seed(7, world.n_users, 5, 60)

    own = replay_policy(world, NewcomersFirst(), draws, 5)
    tiered = replay_policy(world, Tiered(1), draws, 5)

    assert world.new[own.streamers].mean() > world.new[tiered.streamers].mean()
    np.testing.assert_array_equal(np.unique(own.users), np.unique(tiered.users))


@pytest.mark.parametrize("k", [1, 2, 60])
@pytest.mark.parametrize("big_gifts", [0, 3])
def test_joint_is_the_optimum_whatever_was_found_before_in_the_same_world(
    world: World, k: int, big_gifts: int
) -> None:
    """Optima are kept by the state of a round: neither other gifts nor other caps may share one."""
    many = np.full(world.n_streamers, big_gifts)
    for capacity_scale in (1.0, 0.5, 1.0):
        here = world.with_capacity_scale(capacity_scale)
        for gifts in (np.zeros_like(many), many):
            round_now = RoundView(here, USERS, gifts)
            streamer = Joint(k, 0.3).place(round_now)
            problem = Problem(
                round_now.ev, whales=round_now.whales(0.3), whale_cap=k, capacity=here.capacity
            )
            alone = allocate(problem, fill="joint")
            placed = alone.assignment >= 0
            got = round_now.ev[placed, streamer[placed]].sum()
            assert got == pytest.approx(alone.objective, rel=1e-12)
