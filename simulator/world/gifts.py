"""Gifts as they are drawn: whether a user gives, and how much.

`log_wealth` is log(1 + wealth) of the user, and `affinity` the inner product of the user's
preference and the streamer's content, between -1 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.kernels import njit

BIG_GIFT = 100.0
"""An amount above this makes a streamer's next gifts rarer and smaller, currency units."""

SPREAD = 0.5
"""Standard deviation of the log amount in amount model 1."""

TAIL_SHARE = 0.10
"""Amount model 2: share of gifts from the Pareto tail."""
TAIL_START, TAIL_INDEX, TAIL_END = 88.0, 0.55, 100_000.0
BODY_MEAN, BODY_SPREAD = 0.693, 2.96

TIERS = (1.0, 2.0, 10.0, 52.0, 100.0, 520.0, 1000.0, 1314.0, 5200.0, 13140.0)
"""Amount model 3: prices of the gifts there are in the published experiment, currency units."""
TIER_WEIGHTS = (0.38, 0.32, 0.15, 0.08, 0.035, 0.022, 0.008, 0.003, 0.0015, 0.0005)
"""How often each is chosen, before wealth and affinity shift the choice."""


@dataclass(frozen=True, eq=False)
class Tiers:
    """Prices of gifts and how often each is chosen, as arrays.

    Parameters
    ----------
    price : (n,) float64
        Currency units.
    weight : (n,) float64
        Before wealth and affinity shift the choice.
    """

    price: NDArray[np.float64]
    weight: NDArray[np.float64]

    @classmethod
    def of(cls, prices: Sequence[float], weights: Sequence[float]) -> Tiers:
        """Return the tiers of a configuration."""
        # 1e-10 as published, inside the logarithm of the tier probabilities.
        return cls(np.array(prices, dtype=np.float64), np.array(weights) + 1e-10)


@njit(cache=True)
def play_sequential(  # type: ignore[no-untyped-def]
    rng, users, streamers, big_gifts, amounts, before,
    preference, content, largest_affinity, log_wealth, popularity, capacity,
    amount_model, intercept, slope, price, log_weight,
):  # fmt: skip
    """Play a round, each number drawn when it is needed, as published.

    Users go in order: each meets the big gifts of those before it.

    Parameters
    ----------
    rng : numpy.random.Generator
    users, streamers : (n,) int64
        Who meets whom; a user with streamer -1 meets nobody and draws nothing.
    big_gifts : (S,) int64
        Big gifts so far; counted on in place.
    amounts : (n,) float64
        Written: what each user gives, currency units.
    before : (n,) int64
        Written: big gifts of each user's streamer when they meet.
    preference : (N, d) float64, content : (S, d) float64
    largest_affinity : float
        No affinity is larger.
    log_wealth : (N,) float64
    popularity : (S,) float64, capacity : (S,) int64
    amount_model : int
    intercept, slope : float
        Of the log-odds of a gift, and of log-wealth in it.
    price, log_weight : (t,) float64
        Tiers of amount model 3: prices, and logarithms of their weights.
    """
    crowding = _crowding(streamers, capacity)
    for i in range(len(users)):
        s, u = streamers[i], users[i]
        amounts[i] = 0.0
        if s < 0:
            continue
        before[i] = big_gifts[s]
        chance = rng.random()
        pull = intercept + slope * log_wealth[u] + 0.3 * popularity[s] - 0.1 * big_gifts[s]
        if chance >= _probability(pull + largest_affinity):  # as most are
            continue
        liking = affinity(preference[u], content[s])
        if chance < _probability(pull + liking):
            amount = draw_amount(rng, amount_model, (price, log_weight), log_wealth[u], liking)
            amounts[i] = _receive(amount, s, crowding, big_gifts)


@njit(cache=True)
def play_common(  # type: ignore[no-untyped-def]
    chances, branches, levels, noises, users, streamers, big_gifts, amounts, before,
    preference, content, largest_affinity, log_wealth, popularity, capacity,
    amount_model, intercept, slope, price, log_weight,
):  # fmt: skip
    """Play a round with numbers that were drawn for each user whatever it meets.

    Parameters
    ----------
    chances, branches, levels : (n,) float64
        Uniform numbers: whether a user gives, and for `amount_of`.
    noises : (n,) float64
        Standard normal numbers, for `amount_of`.
    users, …, log_weight
        As in `play_sequential`.
    """
    crowding = _crowding(streamers, capacity)
    for i in range(len(users)):
        s, u = streamers[i], users[i]
        amounts[i] = 0.0
        if s < 0:
            continue
        before[i] = big_gifts[s]
        pull = intercept + slope * log_wealth[u] + 0.3 * popularity[s] - 0.1 * big_gifts[s]
        if chances[i] >= _probability(pull + largest_affinity):  # as most are
            continue
        liking = affinity(preference[u], content[s])
        if chances[i] < _probability(pull + liking):
            drawn = branches[i], levels[i], noises[i]
            amount = amount_of(amount_model, (price, log_weight), log_wealth[u], liking, *drawn)
            amounts[i] = _receive(amount, s, crowding, big_gifts)


@njit(inner=True)
def _crowding(streamers, capacity):  # type: ignore[no-untyped-def]
    """Return (S,) float64: how far each streamer is above its capacity, as a share of it."""
    crowding = np.zeros(len(capacity))
    for s in streamers:
        if s >= 0:
            crowding[s] += 1.0
    for s in range(len(capacity)):
        crowding[s] = max(0.0, crowding[s] - capacity[s]) / capacity[s]
    return crowding


@njit(inner=True)
def affinity(preference, content):  # type: ignore[no-untyped-def]
    """Return how well one user likes one streamer: the inner product of two (d,) float64."""
    product = 0.0
    for feature in range(len(preference)):
        product += preference[feature] * content[feature]
    return product


@njit(inner=True)
def _receive(amount, s, crowding, big_gifts):  # type: ignore[no-untyped-def]
    """Return what is left of an amount at streamer s, and count it there if it is big."""
    amount *= 1 / (1 + 0.05 * big_gifts[s])
    amount *= 1 / (1 + 0.5 * crowding[s])
    if amount > BIG_GIFT:
        big_gifts[s] += 1
    return amount


@njit(inner=True)
def _probability(log_odds):  # type: ignore[no-untyped-def]
    return 1 / (1 + math.exp(-log_odds))


@njit(inner=True)
def draw_amount(rng, amount_model, tiers, log_wealth, affinity):  # type: ignore[no-untyped-def]
    """Draw the amount of one gift, currency units, before any discount."""
    branch, level, noise = 0.0, 0.0, 0.0
    if amount_model == 1:
        noise = rng.normal(0.0, 1.0)
    elif amount_model == 2:
        branch = rng.random()
        if branch < TAIL_SHARE:
            level = rng.random()
        else:
            noise = rng.normal(0.0, 1.0)
    else:
        level = rng.random()
    return amount_of(amount_model, tiers, log_wealth, affinity, branch, level, noise)


@njit(inner=True)
def amount_of(  # type: ignore[no-untyped-def]
    amount_model, tiers, log_wealth, affinity, branch, level, noise
):
    """Return the amount that drawn numbers stand for, currency units, before any discount.

    The same numbers give more to whoever gives more: amounts rise with wealth and affinity.

    Parameters
    ----------
    amount_model : int
    tiers : ((t,) float64, (t,) float64)
        Of amount model 3: prices, and logarithms of their weights.
    log_wealth, affinity : float
    branch : float
        Uniform: tail or body, in amount model 2.
    level : float
        Uniform: the tier of amount model 3, the size in the tail of amount model 2.
    noise : float
        Standard normal: the log amount of amount model 1 and of the body of amount model 2.
    """
    if amount_model == 1:
        return max(1.0, math.exp(2 + 0.8 * log_wealth + 0.5 * affinity + SPREAD * noise))
    if amount_model == 2:
        if branch < TAIL_SHARE:
            base = min(TAIL_START * max(level, 1e-10) ** (-1 / TAIL_INDEX), TAIL_END)
        else:
            base = min(math.exp(BODY_MEAN + BODY_SPREAD * noise), TAIL_START)
        taste = min(max(1 + 0.05 * (log_wealth / 5 - 1) + 0.02 * affinity, 0.5), 2.0)
        return max(1.0, base * taste)
    price, log_weight = tiers
    return price[_draw_tier(level, log_weight, log_wealth, affinity)]


@njit(inner=True)
def _draw_tier(uniform, log_weight, log_wealth, affinity):  # type: ignore[no-untyped-def]
    """Look a uniform number up in the distribution of tiers, as `Generator.choice` does."""
    tilt = 0.10 * min(max((log_wealth - 3) / 3, -1.0), 2.0)
    logits = np.empty(len(log_weight))
    for tier in range(len(log_weight)):
        logits[tier] = log_weight[tier] + tilt * tier + 0.05 * affinity * tier
    weights = np.exp(logits - logits.max())
    cumulative = np.cumsum(weights / weights.sum())
    return np.searchsorted(cumulative / cumulative[-1], uniform, side="right")
