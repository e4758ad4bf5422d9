"""What the recommender expects of a gift."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator import World, expected_value
from simulator.world.expected_value import believed_amount
from simulator.world.gifts import draw_amount
from solver.kernels import njit

LOG_WEALTH, LIKING = 2.0, 0.3


@njit(cache=False)
def drawn_amounts(rng, amount_model, tiers, count):  # type: ignore[no-untyped-def]
    amounts = np.empty(count)
    for i in range(count):
        amounts[i] = draw_amount(rng, amount_model, tiers, LOG_WEALTH, LIKING)
    return amounts


def test_published_ev_is_the_formula_of_the_report(world: World) -> None:
    big_gifts = np.arange(world.n_streamers)
    ev = expected_value(world, np.array([3, 8]), big_gifts)

    u, s = 8, 5
    w, m = np.log1p(world.wealth[u]), world.preference[u] @ world.content[s]
    p = 1 / (1 + np.exp(-(-5 + 0.5 * w + m + 0.3 * world.popularity[s] - 0.1 * 5)))
    amount = max(1, np.exp(2 + 0.8 * w + 0.5 * m + 0.5 * 0.5**2))
    assert ev.shape == (2, world.n_streamers)
    assert ev[1, s] == pytest.approx(p * amount / (1 + 0.05 * 5), rel=1e-12)


def test_ev_follows_the_intercept_and_the_slope_of_the_configuration(world: World) -> None:
    config = replace(world.config, gift_intercept=-3.0, wealth_slope=0.25)
    nobody_yet = np.zeros(world.n_streamers, dtype=np.int64)
    published = expected_value(world, np.array([8]), nobody_yet)
    ev = expected_value(replace(world, config=config), np.array([8]), nobody_yet)

    w, m = np.log1p(world.wealth[8]), world.content @ world.preference[8]
    before = 1 / (1 + np.exp(5 - 0.5 * w - m - 0.3 * world.popularity))
    after = 1 / (1 + np.exp(3 - 0.25 * w - m - 0.3 * world.popularity))
    np.testing.assert_allclose(ev[0] / published[0], after / before, rtol=1e-12)


def test_published_ev_of_amount_model_2_is_a_formula_of_its_own(world: World) -> None:
    world = replace(world, config=replace(world.config, amount_model=2))

    amount = believed_amount(world, np.array([[LOG_WEALTH]]), np.array([[LIKING]]))

    base = 0.9 * min(np.exp(0.693 + 2.96**2 / 2), 88) + 0.1 * min(88 * 2 ** (1 / 0.55), 10_000)
    factor = 1 + 0.05 * (LOG_WEALTH / 5 - 1) + 0.02 * LIKING
    assert amount[0, 0] == pytest.approx(base * factor, rel=1e-12)


@pytest.mark.parametrize("amount_model", [1, 2, 3])
def test_drawn_ev_is_the_mean_of_the_amounts_drawn(world: World, amount_model: int) -> None:
    config = replace(world.config, amount_model=amount_model, ev_model="drawn")
    believed = believed_amount(
        replace(world, config=config), np.array([[LOG_WEALTH]]), np.array([[LIKING]])
    )
    rng = np.random.default_rng(0)

    tiers = world.tiers.price, np.log(world.tiers.weight)
    drawn = drawn_amounts(rng, amount_model, tiers, 200_000)

    error = np.std(drawn) / np.sqrt(len(drawn))
    assert believed[0, 0] == pytest.approx(np.mean(drawn), abs=4 * error)
