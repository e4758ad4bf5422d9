"""Policies keep their caps, quirk included."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import Greedy, Placement, Tiered, World, expected_value
from simulator.policies import QUIRK_STREAMER

USERS = np.random.default_rng(1).permutation(300)[:60]


def place(world: World, policy: Greedy | Tiered, users: np.ndarray = USERS) -> Placement:
    no_gifts_yet = np.zeros(world.n_streamers, dtype=np.int64)
    return policy.place(world, users, expected_value(world, users, no_gifts_yet))


def loads(world: World, streamers: np.ndarray) -> np.ndarray:
    return np.bincount(streamers[streamers >= 0], minlength=world.n_streamers)


def test_greedy_takes_the_best_streamer_whatever_its_capacity(world: World) -> None:
    no_gifts_yet = np.zeros(world.n_streamers, dtype=np.int64)

    placed = place(world, Greedy()).streamer

    np.testing.assert_array_equal(placed, expected_value(world, USERS, no_gifts_yet).argmax(axis=1))
    assert (loads(world, placed) > world.capacity).any()


@pytest.mark.parametrize("algorithm", ["min-cost-flow", "greedy-edges", "greedy-swaps"])
@pytest.mark.parametrize("k", [0, 1, 2, 9])
def test_no_streamer_takes_more_than_k_whales_or_its_capacity(
    world: World, k: int, algorithm: str
) -> None:
    placement = place(world, Tiered(k, 0.2, algorithm))  # type: ignore[arg-type]

    whale_loads = loads(world, placement.streamer[placement.whales])
    assert (whale_loads <= np.minimum(k, world.capacity)).all()
    others = np.arange(world.n_streamers) != QUIRK_STREAMER
    assert (loads(world, placement.streamer) <= world.capacity)[others].all()


def test_normal_users_without_room_go_to_streamer_0_and_whales_to_none(world: World) -> None:
    everybody = np.arange(world.n_users)

    placement = place(world, Tiered(1, 0.2), everybody)

    assert placement.whales.sum() == 60
    assert (placement.streamer[placement.whales] == -1).sum() == 60 - world.n_streamers
    assert (placement.streamer[~placement.whales] >= 0).all()
    left = world.n_users - 60 - (world.capacity.sum() - world.n_streamers)
    quirk_load = loads(world, placement.streamer)[QUIRK_STREAMER]
    assert quirk_load == world.capacity[QUIRK_STREAMER] + left


def test_whales_are_the_wealthiest_of_the_whole_population(world: World) -> None:
    poorest = np.argsort(world.wealth)[:50]
    richest = np.argsort(-world.wealth)[:3]

    assert not place(world, Tiered(1, 0.01), poorest).whales.any()
    assert place(world, Tiered(1, 0.01), richest).whales.all()


def test_the_demand_is_what_whales_want_without_caps(world: World) -> None:
    greedy, tiered = place(world, Greedy(0.2)), place(world, Tiered(1, 0.2))

    np.testing.assert_array_equal(tiered.whale_demand, greedy.whale_demand)
    assert tiered.whale_demand.max() > 1
    assert tiered.whale_demand.sum() == tiered.whales.sum()


def test_min_cost_flow_is_worth_at_least_greedy_edges(world: World) -> None:
    no_gifts_yet = np.zeros(world.n_streamers, dtype=np.int64)
    ev = expected_value(world, USERS, no_gifts_yet)

    def value(algorithm: str) -> float:
        placement = place(world, Tiered(1, 0.2, algorithm))  # type: ignore[arg-type]
        rows = np.flatnonzero(placement.whales & (placement.streamer >= 0))
        return float(ev[rows, placement.streamer[rows]].sum())

    assert value("min-cost-flow") >= value("greedy-swaps") >= value("greedy-edges")
