"""Metrics of a replay small enough to count by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import Metrics, Replay, World, gini, measure
from simulator.replay.metrics import PERMUTATIONS, chance_gini

AMOUNTS = st.lists(st.floats(0, 1e6), min_size=1, max_size=40)


@given(AMOUNTS)
def test_gini_is_half_the_relative_mean_absolute_difference(amounts: list[float]) -> None:
    values = np.array(amounts)
    differences = np.abs(values[:, None] - values[None, :]).mean()
    expected = differences / (2 * values.mean()) if values.mean() > 1e-300 else 0

    assert gini(values) == pytest.approx(expected, abs=1e-12)


def test_gini_of_equal_values_is_0_and_of_one_owner_all_but_1() -> None:
    assert gini(np.full(10, 3.0)) == pytest.approx(0, abs=1e-15)
    assert gini(np.array([0.0] * 9 + [5.0])) == pytest.approx(0.9)
    assert gini(np.zeros(4)) == 0
    assert gini(np.zeros(0)) == 0


@pytest.fixture
def by_hand(world: World) -> Metrics:
    """Four streamers of capacity 1, two of them new; two rounds; users 7 and 8 are whales.

    Round 0: users 5, 6 and 7 at streamer 0, user 8 at streamer 1.
    Round 1: user 5 at streamer 1, users 7 and 8 at streamer 2.
    """
    four = replace(
        world,
        popularity=np.ones(4),
        content=world.content[:4],
        new=np.array([False, True, False, True]),
        capacity=np.ones(4, dtype=np.int64),
    )
    return measure(
        four,
        Replay(
            rounds=np.array([0, 0, 0, 0, 1, 1, 1]),
            users=np.array([5, 6, 7, 8, 5, 7, 8]),
            streamers=np.array([0, 0, 0, 1, 1, 2, 2]),
            amounts=np.array([10.0, 0, 20, 0, 2, 0, 68]),
            expected=np.array([4.0, 4, 8, 8, 2, 16, 20]),
            loads=np.array([[3, 1, 0, 0], [0, 1, 2, 0]]),
            whale_loads=np.array([[1, 1, 0, 0], [0, 0, 2, 0]]),
            whales_seen=np.array([2, 2]),
            whales_wanted=np.array([1, 2]),
            whale_cap=2,
        ),
    )


def test_metrics_of_a_replay_are_those_counted_by_hand(by_hand: Metrics) -> None:
    whale_shares = np.array([1, 1, 2]) / 4
    expected = Metrics(
        revenue=100,
        gifts=4,
        gift_rate=4 / 7,
        amount_mean=25,
        amount_p50=15,
        amount_p90=20 + 0.7 * 48,
        amount_p99=20 + 0.97 * 48,
        overcrowded_share=5 / 7,
        overload_rate=2 / 8,
        streamer_gini=gini(np.array([30.0, 2, 68, 0])),
        user_gini=gini(np.array([12.0, 20, 68])),
        top1_user_share=0.68,
        top10_streamer_share=0.68,
        coverage=3 / 4,
        cold_start_success=1 / 2,
        new_streamer_revenue=2,
        mean_concurrency=(3 * 3 + 1 + 1 + 2 * 2) / 7,
        max_concurrency=3,
        whale_entropy=float(-(whale_shares * np.log(whale_shares)).sum()),
        streamers_with_whales=3,
        max_whales_per_streamer=2,
        expected_revenue=62,
        expected_streamer_gini=gini(np.array([16.0, 10, 36, 0])),
        expected_top10_streamer_share=36 / 62,
        expected_new_streamer_revenue=10,
        chance_streamer_gini=pytest.approx(0.6056, abs=0.06),
    )

    for name, value in vars(expected).items():
        assert getattr(by_hand, name) == pytest.approx(value), name


def test_the_two_definitions_of_overload_differ(by_hand: Metrics) -> None:
    assert by_hand.overcrowded_share > 0.7  # of the interactions
    assert by_hand.overload_rate == 0.25  # of the streamers


def test_a_replay_in_which_nothing_happens_has_figures_all_the_same(world: World) -> None:
    none = np.zeros(0, dtype=np.int64)
    nobody = np.zeros((1, world.n_streamers), dtype=np.int64)
    one_round = np.zeros(1, dtype=np.int64)
    played = Replay(
        none,
        none,
        none,
        np.zeros(0),
        np.zeros(0),
        nobody,
        nobody,
        one_round,
        one_round,
        whale_cap=0,
    )

    assert set(vars(measure(world, played)).values()) == {0}


@given(st.lists(st.integers(1, 50), min_size=1, max_size=4), st.integers(1, 4))
def test_gini_by_chance_is_the_mean_over_all_ways_in_which_gifts_can_fall(
    gifts: list[int], n_streamers: int
) -> None:
    amounts = np.array(gifts, dtype=np.float64)
    ways = [
        gini(np.bincount(way, amounts, n_streamers))
        for way in product(range(n_streamers), repeat=len(gifts))
    ]
    rng = np.random.default_rng(0)
    drawn = [chance_gini(amounts, n_streamers, rng) for _ in range(60)]

    error = np.std(ways) / np.sqrt(60 * PERMUTATIONS)
    assert np.mean(drawn) == pytest.approx(np.mean(ways), abs=5 * error + 1e-12)


def test_without_gifts_there_is_no_gini_by_chance() -> None:
    assert chance_gini(np.zeros(0), 5, np.random.default_rng(0)) == 0
