"""Policies keep their caps, quirk included."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import Greedy, RoundView, Tiered, World, expected_value
from simulator.policies.round_view import OVERFLOW_STREAMER

USERS = np.random.default_rng(1).permutation(300)[:60]


def view(world: World, users: np.ndarray = USERS) -> RoundView:
    return RoundView(world, users, np.zeros(world.n_streamers, dtype=np.int64))


def place(world: World, policy: Greedy | Tiered, users: np.ndarray = USERS) -> np.ndarray:
    return policy.place(view(world, users))


def loads(world: World, streamers: np.ndarray) -> np.ndarray:
    return np.bincount(streamers[streamers >= 0], minlength=world.n_streamers)


def test_greedy_takes_the_best_streamer_whatever_its_capacity(world: World) -> None:
    no_gifts_yet = np.zeros(world.n_streamers, dtype=np.int64)

    placed = place(world, Greedy())

    np.testing.assert_array_equal(placed, expected_value(world, USERS, no_gifts_yet).argmax(axis=1))
    assert (loads(world, placed) > world.capacity).any()


@pytest.mark.parametrize("algorithm", ["min-cost-flow", "greedy-edges", "greedy-swaps"])
@pytest.mark.parametrize("k", [0, 1, 2, 9])
def test_no_streamer_takes_more_than_k_whales_or_its_capacity(
    world: World, k: int, algorithm: str
) -> None:
    streamer = place(world, Tiered(k, 0.2, algorithm))  # type: ignore[arg-type]

    whale_loads = loads(world, streamer[world.whales(0.2)[USERS]])
    assert (whale_loads <= np.minimum(k, world.capacity)).all()
    others = np.arange(world.n_streamers) != OVERFLOW_STREAMER
    assert (loads(world, streamer) <= world.capacity)[others].all()


def test_normal_users_without_room_go_to_streamer_0_and_whales_to_none(world: World) -> None:
    everybody = np.arange(world.n_users)

    streamer = place(world, Tiered(1, 0.2), everybody)

    whales = world.whales(0.2)
    assert whales.sum() == 60
    assert (streamer[whales] == -1).sum() == 60 - world.n_streamers
    assert (streamer[~whales] >= 0).all()
    left = world.n_users - 60 - (world.capacity.sum() - world.n_streamers)
    load = loads(world, streamer)[OVERFLOW_STREAMER]
    assert load == world.capacity[OVERFLOW_STREAMER] + left


def test_whales_are_the_wealthiest_of_the_whole_population(world: World) -> None:
    poorest = np.argsort(world.wealth)[:50]
    richest = np.argsort(-world.wealth)[:3]

    assert not view(world, poorest).whales(0.01).any()
    assert view(world, richest).whales(0.01).all()


def test_min_cost_flow_is_worth_at_least_greedy_edges(world: World) -> None:
    no_gifts_yet = np.zeros(world.n_streamers, dtype=np.int64)
    ev = expected_value(world, USERS, no_gifts_yet)

    def value(algorithm: str) -> float:
        streamer = place(world, Tiered(1, 0.2, algorithm))  # type: ignore[arg-type]
        rows = np.flatnonzero(world.whales(0.2)[USERS] & (streamer >= 0))
        return float(ev[rows, streamer[rows]].sum())

    assert value("min-cost-flow") >= value("greedy-swaps") >= value("greedy-edges")
