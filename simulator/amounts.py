"""Expected values: what the recommender believes of every pair before anybody gives anything.

`log_wealth` is log(1 + wealth) of a user, and `liking` the inner product of a user's preference and
a streamer's content, between -1 and 1.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, vectorize
from numpy.typing import NDArray

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
from .world import World


def affinity(
    world: World, users: NDArray[np.int64], streamers: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return (n,) float64: how well each user likes the streamer beside it, -1 … 1."""
    product: NDArray[np.float64] = np.einsum(
        "ij,ij->i", world.preference[users], world.content[streamers]
    )
    return product


def expected_value(
    world: World, users: NDArray[np.int64], big_gifts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the EV of every pair of the round: probability of a gift times expected amount.

    Parameters
    ----------
    world : World
        Its configuration says which amounts the recommender believes in (`ev_model`).
    users : (n,) int64
        Users of the round.
    big_gifts : (S,) int64
        Big gifts each streamer has had so far.

    Returns
    -------
    (n, S) float64
        Currency units.
    """
    log_wealth = np.log1p(world.wealth[users])[:, None]
    liking = _affinities(world.preference[users], world.content)
    config = world.config
    pull = 0.3 * world.popularity - 0.1 * big_gifts
    push = config.wealth_slope * log_wealth
    probability = 1 / (1 + np.exp(-config.gift_intercept - push - liking - pull))
    amount = believed_amount(world, log_wealth, liking)
    ev: NDArray[np.float64] = probability * amount / (1 + 0.05 * big_gifts)
    return ev


def believed_amount(
    world: World, log_wealth: NDArray[np.float64], liking: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the amount of a gift as the recommender expects it, currency units.

    Parameters
    ----------
    world : World
    log_wealth : (n, 1) float64
    liking : (n, S) float64
        Affinities.

    Returns
    -------
    (n, S) float64
    """
    model = world.config.amount_model
    if world.config.ev_model == "drawn":
        if model == 3:
            return _mean_tier(world.tiers, log_wealth, liking)
        drawn = (_mean_lognormal, _mean_body_and_tail)[model - 1]
        return drawn(log_wealth, liking)
    if model == 2:
        body = min(math.exp(BODY_MEAN + BODY_SPREAD**2 / 2), TAIL_START)
        tail = min(TAIL_START * 2 ** (1 / TAIL_INDEX), 10_000)  # as published: not the mean drawn
        base = (1 - TAIL_SHARE) * body + TAIL_SHARE * tail
        return np.maximum(1, base * _taste(log_wealth, liking))
    return np.maximum(1, np.exp(2 + 0.8 * log_wealth + 0.5 * liking + 0.5 * SPREAD**2))


def _taste(log_wealth: NDArray[np.float64], liking: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the factor by which amount model 2 follows wealth and affinity."""
    return np.clip(1 + 0.05 * (log_wealth / 5 - 1) + 0.02 * liking, 0.5, 2)


def _mean_lognormal(
    log_wealth: NDArray[np.float64], liking: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean of amount model 1, the least amount of 1 included."""
    mean: NDArray[np.float64] = _floored_lognormal_mean(2 + 0.8 * log_wealth + 0.5 * liking, SPREAD)
    return mean


def _mean_body_and_tail(
    log_wealth: NDArray[np.float64], liking: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean of amount model 2.

    An amount x of the body is capped at h, and counts at least 1: max(1, f · min(x, h)).
    """
    factor = _taste(log_wealth, liking)
    log_cap = math.log(TAIL_START)
    uncapped = _floored_lognormal_mean(BODY_MEAN + np.log(factor), BODY_SPREAD)
    body = uncapped - factor * _lognormal_excess(BODY_MEAN, BODY_SPREAD, log_cap)
    index = TAIL_INDEX
    ratio = TAIL_END / TAIL_START
    # A Pareto variable with index < 1 has a mean only because it is capped.
    tail = TAIL_START * (1 + (ratio ** (1 - index) - 1) / (1 - index))
    mean: NDArray[np.float64] = (1 - TAIL_SHARE) * body + TAIL_SHARE * tail * factor
    return mean


def _mean_tier(
    tiers: Tiers, log_wealth: NDArray[np.float64], liking: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean of amount model 3: tier i weighs its base probability times ratio^i."""
    ratio = np.exp(0.10 * np.clip((log_wealth - 3) / 3, -1, 2) + 0.05 * liking)
    total = np.polyval((tiers.weight * tiers.price)[::-1], ratio)
    mean: NDArray[np.float64] = total / np.polyval(tiers.weight[::-1], ratio)
    return mean


@vectorize(cache=True)  # type: ignore[no-untyped-call]
def _floored_lognormal_mean(mean, spread):  # type: ignore[no-untyped-def]
    """Return E max(1, exp(X)) for X normal."""
    above = math.erfc(-(mean + spread**2) / spread / math.sqrt(2)) / 2
    below = math.erfc(mean / spread / math.sqrt(2)) / 2
    return below + math.exp(mean + spread**2 / 2) * above


def _lognormal_excess(mean: float, spread: float, log_cap: float) -> float:
    """Return E max(0, exp(X) - exp(log_cap)) for X normal."""
    above = math.erfc((log_cap - mean - spread**2) / spread / math.sqrt(2)) / 2
    beyond = math.erfc((log_cap - mean) / spread / math.sqrt(2)) / 2
    return math.exp(mean + spread**2 / 2) * above - math.exp(log_cap) * beyond


@njit(cache=True)
def _affinities(preference, content):  # type: ignore[no-untyped-def]
    """Return ``preference @ content.T``, (n, S).

    A round is too small for BLAS to share out among threads: with a sweep on every core, its
    threads cost several times what they compute.
    """
    by_feature = content.T.copy()
    product = np.zeros((len(preference), len(content)))
    for user in range(len(preference)):
        for feature in range(len(by_feature)):
            weight = preference[user, feature]
            for s in range(len(content)):
                product[user, s] += weight * by_feature[feature, s]
    return product
