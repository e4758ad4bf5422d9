"""Mean amounts: what a gift is worth on average, exactly, by wealth and affinity.

`log_wealth` is log(1 + wealth) of a user, and `affinity` the inner product of a user's preference
and a streamer's content. The means are of what `simulator.world.gifts` draws, floors and caps
included, before any discount.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from solver.kernels import njit

from .gifts import (
    BODY_MEAN,
    BODY_SPREAD,
    SPREAD,
    TAIL_END,
    TAIL_INDEX,
    TAIL_SHARE,
    TAIL_START,
    Tiers,
)
from .population import World


def mean_amount(
    world: World, log_wealth: NDArray[np.float64], affinity: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean amount of a gift as it is drawn in a world, before any discount.

    Parameters
    ----------
    world : World
    log_wealth, affinity : float64
        Of the users and of the pairs; they broadcast.

    Returns
    -------
    float64
        Currency units, in the shape that both broadcast to.
    """
    model = world.config.amount_model
    if model == 3:
        return mean_tier(world.tiers, log_wealth, affinity)
    return (_mean_lognormal, _mean_body_and_tail)[model - 1](log_wealth, affinity)


def taste(log_wealth: NDArray[np.float64], affinity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the factor by which amount model 2 follows wealth and affinity."""
    return np.clip(1 + 0.05 * (log_wealth / 5 - 1) + 0.02 * affinity, 0.5, 2)


def _mean_lognormal(
    log_wealth: NDArray[np.float64], affinity: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean of amount model 1, the least amount of 1 included."""
    mean: NDArray[np.float64] = _floored_lognormal_mean(
        2 + 0.8 * log_wealth + 0.5 * affinity, SPREAD
    )
    return mean


def _mean_body_and_tail(
    log_wealth: NDArray[np.float64], affinity: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean of amount model 2.

    An amount x of the body is capped at h, and counts at least 1: max(1, f · min(x, h)).
    """
    factor = taste(log_wealth, affinity)
    log_cap = math.log(TAIL_START)
    uncapped = _floored_lognormal_mean(BODY_MEAN + np.log(factor), BODY_SPREAD)
    body = uncapped - factor * _lognormal_excess(BODY_MEAN, BODY_SPREAD, log_cap)
    index = TAIL_INDEX
    ratio = TAIL_END / TAIL_START
    # A Pareto variable with index < 1 has a mean only because it is capped.
    tail = TAIL_START * (1 + (ratio ** (1 - index) - 1) / (1 - index))
    mean: NDArray[np.float64] = (1 - TAIL_SHARE) * body + TAIL_SHARE * tail * factor
    return mean


def mean_tier(
    tiers: Tiers, log_wealth: NDArray[np.float64], affinity: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean of amount model 3: tier i weighs its base probability times ratio^i."""
    ratio = np.exp(0.10 * np.clip((log_wealth - 3) / 3, -1, 2) + 0.05 * affinity)
    mean = _polynomial(tiers.weight * tiers.price, ratio)
    mean /= _polynomial(tiers.weight, ratio)
    return mean


def _polynomial(coefficients: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Σ coefficients[i] x^i as `numpy.polyval` does, in one array."""
    total = np.full(x.shape, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total *= x
        total += coefficient
    return total


def _floored_lognormal_mean(mean: NDArray[np.float64], spread: float) -> NDArray[np.float64]:
    """Return E max(1, exp(X)) for X normal, by its mean."""
    floored = np.empty(mean.shape)
    _write_floored_means(np.ravel(mean), spread, np.ravel(floored))
    return floored


@njit(cache=True)
def _write_floored_means(mean, spread, floored):  # type: ignore[no-untyped-def]
    for i in range(len(mean)):
        above = math.erfc(-(mean[i] + spread**2) / spread / math.sqrt(2)) / 2
        below = math.erfc(mean[i] / spread / math.sqrt(2)) / 2
        floored[i] = below + math.exp(mean[i] + spread**2 / 2) * above


def _lognormal_excess(mean: float, spread: float, log_cap: float) -> float:
    """Return E max(0, exp(X) - exp(log_cap)) for X normal."""
    above = math.erfc((log_cap - mean - spread**2) / spread / math.sqrt(2)) / 2
    beyond = math.erfc((log_cap - mean) / spread / math.sqrt(2)) / 2
    return math.exp(mean + spread**2 / 2) * above - math.exp(log_cap) * beyond
