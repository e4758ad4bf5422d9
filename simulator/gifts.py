"""Gifts as they are drawn: whether a user gives, and how much.

`log_wealth` is log(1 + wealth) of the user, and `affinity` the inner product of the user's
preference and the streamer's content, between -1 and 1. The kernels share one file because Numba's
cache recompiles a kernel when its own file changes, not when a file it calls into does.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

BIG_GIFT = 100.0
"""An amount above this makes a streamer's next gifts rarer and smaller, currency units."""

SPREAD = 0.5
"""Standard deviation of the log amount in amount model 1."""

TAIL_SHARE = 0.10
"""Amount model 2: share of gifts from the Pareto tail."""
TAIL_START, TAIL_INDEX, TAIL_END = 88.0, 0.55, 100_000.0
BODY_MEAN, BODY_SPREAD = 0.693, 2.96

TIERS = np.array([1.0, 2, 10, 52, 100, 520, 1000, 1314, 5200, 13140])
"""Amount model 3: prices of the gifts there are, currency units."""
TIER_WEIGHTS = np.array([0.38, 0.32, 0.15, 0.08, 0.035, 0.022, 0.008, 0.003, 0.0015, 0.0005])
TIER_WEIGHTS += 1e-10  # as published, inside the logarithm of the tier probabilities
_LOG_TIER_WEIGHTS = np.log(TIER_WEIGHTS)


@njit(cache=True)
def play_gifts(  # type: ignore[no-untyped-def]
    rng, amount_model, log_wealth, liking, streamers, popularity, crowding, big_gifts, amounts
):
    """Draw gifts in the order of users: each sees the big gifts of those before it."""
    for user in range(len(streamers)):
        s = streamers[user]
        amounts[user] = 0.0
        if s < 0:
            continue
        chance = _probability(log_wealth[user], liking[user], popularity[s], big_gifts[s])
        if rng.random() >= chance:
            continue
        amount = draw_amount(rng, amount_model, log_wealth[user], liking[user])
        amount *= 1 / (1 + 0.05 * big_gifts[s])
        amount *= 1 / (1 + 0.5 * crowding[s])
        amounts[user] = amount
        if amount > BIG_GIFT:
            big_gifts[s] += 1


@njit(cache=True)
def _probability(log_wealth, affinity, popularity, big_gifts):  # type: ignore[no-untyped-def]
    """Return the probability that one user gives one streamer something."""
    pull = -5 + 0.5 * log_wealth + 1.0 * affinity + 0.3 * popularity - 0.1 * big_gifts
    return 1 / (1 + math.exp(-pull))


@njit(cache=True)
def draw_amount(rng, amount_model, log_wealth, affinity):  # type: ignore[no-untyped-def]
    """Draw the amount of one gift, currency units, before any discount."""
    if amount_model == 1:
        return max(1.0, math.exp(2 + 0.8 * log_wealth + 0.5 * affinity + rng.normal(0, SPREAD)))
    if amount_model == 2:
        if rng.random() < TAIL_SHARE:
            base = min(TAIL_START * max(rng.random(), 1e-10) ** (-1 / TAIL_INDEX), TAIL_END)
        else:
            base = min(math.exp(rng.normal(BODY_MEAN, BODY_SPREAD)), TAIL_START)
        taste = min(max(1 + 0.05 * (log_wealth / 5 - 1) + 0.02 * affinity, 0.5), 2.0)
        return max(1.0, base * taste)
    return TIERS[_draw_tier(rng.random(), log_wealth, affinity)]


@njit(cache=True)
def _draw_tier(uniform, log_wealth, affinity):  # type: ignore[no-untyped-def]
    """Look a uniform number up in the distribution of tiers, as `Generator.choice` does."""
    tilt = 0.10 * min(max((log_wealth - 3) / 3, -1.0), 2.0)
    logits = np.empty(len(TIERS))
    for tier in range(len(TIERS)):
        logits[tier] = _LOG_TIER_WEIGHTS[tier] + tilt * tier + 0.05 * affinity * tier
    weights = np.exp(logits - logits.max())
    cumulative = np.cumsum(weights / weights.sum())
    return np.searchsorted(cumulative / cumulative[-1], uniform, side="right")
