"""Short lists decide as the whole matrix does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import RoundView, World, WorldConfig, draw_world
from simulator.policies.round_view import OVERFLOW_STREAMER
from tests.profiles import examples

MODELS = [("lognormal", 1), ("lognormal", 2), ("drawn", 1), ("drawn", 2), ("drawn", 3)]


def some_world(n_streamers: int, seed: int, **settings: object) -> World:
    config = WorldConfig(
        n_users=80,
        n_streamers=n_streamers,
        capacity_top10=3,
        capacity_middle=2,
        capacity_tail=1,
        **settings,  # type: ignore[arg-type]
    )
    return draw_world(config, np.random.default_rng(seed))


def slow_fill(
    view: RoundView,
    placed: np.ndarray,
    whales: np.ndarray,
    whale_cap: int,
    price: np.ndarray,
) -> np.ndarray:
    """A serial dictatorship, user by user, over whole rows."""
    world, streamer = view.world, placed.copy()
    room = world.capacity - np.bincount(placed[placed >= 0], minlength=world.n_streamers)
    whale_room = np.full(world.n_streamers, whale_cap)
    for user in np.flatnonzero(placed < 0):
        is_open = (room > 0) & ((whale_room > 0) | ~whales[user])
        if is_open.any():
            profit = view.ev[user] - price[int(whales[user])]
            best = int(np.where(is_open, profit, -np.inf).argmax())
            streamer[user] = best
            room[best] -= 1
            whale_room[best] -= whales[user]
        elif not whales[user]:
            streamer[user] = OVERFLOW_STREAMER
    return streamer


@pytest.mark.parametrize(("ev_model", "amount_model"), MODELS)
@given(st.integers(1, 200), st.integers(0, 10**6), st.sampled_from([0, 1, 6, 40]))
@examples(25)
def test_the_best_streamer_is_that_of_the_whole_row(
    ev_model: str, amount_model: int, n_streamers: int, seed: int, gifts: int
) -> None:
    world = some_world(n_streamers, seed, ev_model=ev_model, amount_model=amount_model)
    rng = np.random.default_rng(seed)
    for _ in range(3):  # the lists stay; the gifts grow
        big_gifts = rng.integers(0, gifts + 1, size=n_streamers)
        view = RoundView(world, rng.permutation(80)[:40], big_gifts)

        np.testing.assert_array_equal(view.best, view.ev.argmax(axis=1))


@pytest.mark.parametrize(("ev_model", "amount_model"), MODELS)
@given(st.integers(1, 200), st.integers(0, 10**6), st.booleans(), st.integers(0, 2))
@examples(25)
def test_filling_is_a_serial_dictatorship_over_whole_rows(
    ev_model: str, amount_model: int, n_streamers: int, seed: int, priced: bool, whale_cap: int
) -> None:
    world = some_world(n_streamers, seed, ev_model=ev_model, amount_model=amount_model)
    rng = np.random.default_rng(seed)
    view = RoundView(world, rng.permutation(80), rng.integers(0, 4, size=n_streamers))
    whales = rng.random(80) < 0.3
    price = rng.random((2, n_streamers)) * (view.ev.mean() if priced else 0)
    placed = np.full(80, -1)
    placed[7] = rng.integers(n_streamers)

    filled = view.fill(placed, whales=whales, whale_cap=whale_cap, price=price)

    np.testing.assert_array_equal(filled, slow_fill(view, placed, whales, whale_cap, price))


def test_users_who_do_not_wait_stay_as_they_are(world: World) -> None:
    users, nobody = np.arange(60), np.zeros(world.n_streamers, dtype=np.int64)
    placed = np.full(60, -1)
    placed[:10] = 3
    waiting = np.arange(60) >= 20

    filled = RoundView(world, users, nobody).fill(placed, waiting)

    np.testing.assert_array_equal(filled[:20], placed[:20])
    assert (filled[20:] >= 0).all()


def test_equal_streamers_go_by_position(world: World) -> None:
    same = replace(
        world, popularity=np.full(20, 0.5), content=np.repeat(world.content[:1], 20, axis=0)
    )
    view = RoundView(same, np.arange(40), np.zeros(20, dtype=np.int64))

    assert (view.best == 0).all()
    expected = np.repeat(np.arange(20), world.capacity)[:40]
    assert view.fill()[: len(expected)].tolist() == expected.tolist()


def test_long_preferences_are_as_exact_as_unit_ones(world: World) -> None:
    long = replace(world, preference=7.3 * world.preference)
    view = RoundView(long, np.arange(300), np.zeros(20, dtype=np.int64))

    w = np.log1p(world.wealth)[:, None]
    m = long.preference @ world.content.T
    p = 1 / (1 + np.exp(-(-5 + 0.5 * w + m + 0.3 * world.popularity)))
    np.testing.assert_allclose(view.ev, p * np.maximum(1, np.exp(2.125 + 0.8 * w + 0.5 * m)))
    np.testing.assert_array_equal(view.best, view.ev.argmax(axis=1))


def test_worlds_that_differ_in_capacity_share_their_lists(world: World) -> None:
    nobody = np.zeros(20, dtype=np.int64)
    one = RoundView(world, np.arange(5), nobody)
    other = RoundView(world.with_capacity_scale(3), np.arange(5), nobody)

    assert one._lists[0] is other._lists[0]
    np.testing.assert_array_equal(one.best, other.best)
