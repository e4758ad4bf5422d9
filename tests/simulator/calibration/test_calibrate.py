"""Calibration: a log drawn from a known world gives that world again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, pareto

from messages import Message
from simulator import (
    Calibration,
    GiftLog,
    Greedy,
    Replay,
    SequentialDraws,
    SweepConfig,
    WorldConfig,
    calibrate,
    draw_world,
    gini,
    replay_policy,
)
from simulator.calibration.gift_log import tail_index
from simulator.calibration.gift_rate import _log_likelihood, _wealth_grid
from simulator.calibration.price_tiers import MOST_TIERS, PriceTiers
from simulator.world.gifts import Tiers
from simulator.world.mean_amount import mean_tier
from solver import InputError

KNOWN = WorldConfig(
    n_users=2000,
    n_streamers=30,
    gift_intercept=-6.0,
    wealth_slope=0.8,
    wealth_tail_index=1.2,
    tiers=(1.0, 5.0, 20.0, 80.0),
    tier_weights=(0.5, 0.3, 0.15, 0.05),
    capacity_top10=500,
    capacity_middle=500,
    capacity_tail=500,
)
"""Prices without big gifts, and room for all: amounts come as they are drawn."""


@pytest.fixture(scope="module")
def played() -> Replay:
    rng = np.random.default_rng(5)
    draws = SequentialDraws(rng, KNOWN.n_users, 200)
    return replay_policy(draw_world(KNOWN, rng), Greedy(), draws, rounds=300)


@pytest.fixture(scope="module")
def fit(played: Replay) -> Calibration:
    log = GiftLog.of_replay(played)
    return calibrate(log, len(log.amounts) / len(played.amounts), 2000, 30)


def test_a_log_of_a_known_world_gives_its_parameters_again(fit: Calibration) -> None:
    """From 4,000 gifts. Popularity pulls too weakly for its index to be found from so few."""
    world = fit.config.world

    assert world.n_users == 2000
    assert world.n_streamers == 30
    assert world.tiers == KNOWN.tiers
    assert world.tier_weights == pytest.approx(KNOWN.tier_weights, rel=0.2)
    assert world.gift_intercept == pytest.approx(KNOWN.gift_intercept, abs=0.5)
    assert world.wealth_slope == pytest.approx(KNOWN.wealth_slope, abs=0.15)
    assert world.wealth_tail_index == pytest.approx(KNOWN.wealth_tail_index, abs=0.3)


def test_the_fitted_world_gives_as_the_log_does(fit: Calibration) -> None:
    for name, target, fitted in fit.table():
        if name != "amount_p50":  # between two tiers, half of the gifts at or below the lower
            assert fitted == pytest.approx(target, rel=0.15), name
    assert fit.config.rounds * fit.config.users_per_round == pytest.approx(60_000, rel=0.01)


def test_a_calibration_is_the_same_for_the_same_seed(played: Replay) -> None:
    few = GiftLog(played.users[:300] % 50, played.streamers[:300], np.ones(300))

    one, same = calibrate(few, 0.1, seed=3), calibrate(few, 0.1, seed=3)

    assert one == same
    assert SweepConfig.from_mapping(one.config.as_mapping()) == one.config


def test_figures_of_a_log_are_those_counted_by_hand() -> None:
    log = GiftLog([7, 7, 9, 4], [1, 2, 2, 2], [1.0, 2, 10, 87])
    figures = log.figures()

    assert figures.amount_mean == 25
    assert figures.amount_p50 == 6
    assert figures.user_gini == pytest.approx(gini(np.array([3.0, 10, 87])))
    assert figures.streamer_gini == pytest.approx(gini(np.array([1.0, 99])))
    assert figures.top1_user_share == 0.87
    assert figures.gifts_per_giver == pytest.approx(4 / 3)
    assert figures.wealth_tail is None  # of three givers


@pytest.mark.parametrize("index", [0.8, 1.5, 3.0])
def test_the_tail_index_of_a_pareto_variable_is_its_own(index: float) -> None:
    values = pareto.rvs(index, size=100_000, random_state=1)

    assert tail_index(values) == pytest.approx(index, rel=0.05)  # 5,000 values: 1.4 % a sigma


def test_equal_values_have_no_tail() -> None:
    assert tail_index(np.full(100, 5.0)) is None


def test_the_likelihood_is_that_of_binomial_counts_over_the_population() -> None:
    """SciPy's binomial, averaged over a drawn population instead of ranks, coefficient off."""
    config = WorldConfig(n_users=200_000, pareto_share=0.3)
    wealth, weight = _wealth_grid(config, 1.5)
    counts, rounds = np.array([0, 1, 3, 12]), 20

    def chance(log_wealth: np.ndarray) -> np.ndarray:
        return 0.5 / (1 + np.exp(4 - 0.6 * log_wealth))

    drawn = np.log1p(draw_world(config, np.random.default_rng(1)).wealth)
    expected = [binom.pmf(count, rounds, chance(drawn)).mean() for count in counts]
    got = np.exp(_log_likelihood(counts, rounds, chance(wealth), weight))
    coefficient = binom.pmf(counts, rounds, 0.5) / 0.5**rounds
    assert weight.sum() == pytest.approx(1)
    np.testing.assert_allclose(got * coefficient, expected, rtol=0.03)


def test_few_prices_are_the_tiers_as_they_are() -> None:
    tiers = PriceTiers.of(np.array([5.0, 1, 1, 5, 1, 9]))

    assert tiers.prices.tolist() == [1, 5, 9]
    assert tiers.shares.tolist() == [3 / 6, 2 / 6, 1 / 6]


def test_many_prices_become_few_tiers_of_the_same_mean() -> None:
    amounts = np.random.default_rng(1).lognormal(1, 2, 20_000)
    tiers = PriceTiers.of(amounts)

    assert len(tiers.prices) <= MOST_TIERS
    assert (np.diff(tiers.prices) > 0).all()
    assert tiers.shares.sum() == pytest.approx(1)
    assert tiers.prices @ tiers.shares == pytest.approx(amounts.mean())
    # Amounts without a catalogue become steps: a percentile is at a step, within a factor of 2.
    shown = np.repeat(tiers.prices, np.rint(20_000 * tiers.shares).astype(int))
    for percentile in (50, 90, 99):
        ratio = np.percentile(shown, percentile) / np.percentile(amounts, percentile)
        assert 0.5 < ratio < 2


def test_prices_that_matter_stay_tiers_when_small_ones_are_merged() -> None:
    """A catalogue, and a few gifts at discounts of each price."""
    rng = np.random.default_rng(1)
    catalogue, shares = (
        [1.0, 2, 10, 30, 88, 1488, 13140],
        [0.4, 0.3, 0.14, 0.05, 0.09, 0.019, 0.001],
    )
    full = np.repeat(catalogue, np.rint(10_000 * np.array(shares)).astype(int))
    amounts = np.where(rng.random(10_000) < 0.05, full / 1.05, full)
    tiers = PriceTiers.of(amounts)

    assert len(np.unique(amounts)) > MOST_TIERS
    for price in catalogue:
        assert np.abs(tiers.prices / price - 1).min() < 0.01


def test_chances_of_tiers_have_the_mean_that_a_recommender_expects() -> None:
    config = WorldConfig(ev_model="drawn")
    tiers = PriceTiers(np.array(config.tiers), np.array(config.tier_weights))
    log_wealth, liking = np.array([0.5, 3.0, 12.0]), np.array([-0.2, 0.0, 0.7])

    chances = tiers.chances(tiers.shares, log_wealth, liking)
    expected = mean_tier(Tiers.of(config.tiers, config.tier_weights), log_wealth, liking)

    np.testing.assert_allclose(chances.sum(axis=1), 1)
    np.testing.assert_allclose(chances @ tiers.prices, expected, rtol=1e-9)


BAD_LOGS: list[tuple[Any, tuple[int, ...]]] = [
    (([], [], []), ()),  # nothing
    (([1], [1, 2], [1.0]), ()),  # of other lengths
    (([1, 2], [1, 2], [1.0, -2]), (1,)),  # negative
    (([1, 2], [1, 2], [0.0, 2]), (0,)),  # no gift
    (([1], [1], [np.nan]), (0,)),  # no number
    (([1], [1], [np.inf]), (0,)),  # beyond any price
    ((["a"], [1], [1.0]), ()),  # text
    (([[1]], [1], [1.0]), ()),  # two dimensions
]


@pytest.mark.parametrize(("columns", "position"), BAD_LOGS)
def test_a_bad_log_is_refused(columns: Any, position: tuple[int, ...]) -> None:
    with pytest.raises(InputError) as refused:
        GiftLog(*columns)

    assert (refused.value.field, refused.value.position) == ("gifts", position)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"gift_rate": 0.0}, "gift_rate"),  # never
        ({"gift_rate": 1.5}, "gift_rate"),  # more than always
        ({"gift_rate": 1e-9}, "gift_rate"),  # more interactions than can be replayed
        ({"n_users": 1}, "users"),  # fewer than gave
        ({"n_streamers": 1}, "streamers"),  # fewer than got
        ({"seed": -1}, "seed"),  # no seed of NumPy's
    ],
)
def test_a_bad_setting_is_refused_by_name(settings: dict[str, Any], field: str) -> None:
    log = GiftLog(np.arange(100), np.arange(100), np.ones(100))

    with pytest.raises(InputError) as refused:
        calibrate(log, **settings)

    assert refused.value.field == field


@pytest.mark.parametrize("users", [1, 10, 100])
def test_logs_of_one_price_and_one_streamer_have_a_world_too(users: int) -> None:
    log = GiftLog(np.arange(100) % users, np.zeros(100), np.full(100, 3.0))
    world = calibrate(log, 0.5).config.world

    assert (world.tiers, world.tier_weights) == ((3.0,), (1.0,))
    assert (world.n_users, world.n_streamers) == (2 * users, 1)


def test_a_log_of_next_to_nothing_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        calibrate(GiftLog([1, 2], [3, 4], [1.0, 2.0]))

    assert refused.value.message == Message("calibration_too_few", least=100, received=2)
