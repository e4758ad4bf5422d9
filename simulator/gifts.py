"""Gifts as they are drawn: whether a user gives, and how much.

`log_wealth` is log(1 + wealth) of the user, and `affinity` the inner product of the user's
preference and the streamer's content, between -1 and 1. The kernels share one file because Numba's
cache recompiles a kernel when its own file changes, not when a file it calls into does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

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
def play_gifts(  # type: ignore[no-untyped-def]
    rng, amount_model, chance_of, tiers, log_wealth, liking, streamers, popularity, crowding,
    big_gifts, amounts,
):  # fmt: skip
    """Draw gifts in the order of users: each sees the big gifts of those before it.

    `chance_of` holds the intercept of the gift probability and the weight of log-wealth in it,
    `tiers` the prices of amount model 3 and the logarithms of their weights.
    """
    for user in range(len(streamers)):
        s = streamers[user]
        amounts[user] = 0.0
        if s < 0:
            continue
        chance = _probability(
            chance_of, log_wealth[user], liking[user], popularity[s], big_gifts[s]
        )
        if rng.random() >= chance:
            continue
        amount = draw_amount(rng, amount_model, tiers, log_wealth[user], liking[user])
        amount *= 1 / (1 + 0.05 * big_gifts[s])
        amount *= 1 / (1 + 0.5 * crowding[s])
        amounts[user] = amount
        if amount > BIG_GIFT:
            big_gifts[s] += 1


@njit(cache=True)
def _probability(  # type: ignore[no-untyped-def]
    chance_of, log_wealth, affinity, popularity, big_gifts
):
    """Return the probability that one user gives one streamer something."""
    intercept, slope = chance_of
    pull = intercept + slope * log_wealth + 1.0 * affinity + 0.3 * popularity - 0.1 * big_gifts
    return 1 / (1 + math.exp(-pull))


@njit(cache=True)
def draw_amount(rng, amount_model, tiers, log_wealth, affinity):  # type: ignore[no-untyped-def]
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
    price, log_weight = tiers
    return price[_draw_tier(rng.random(), log_weight, log_wealth, affinity)]


@njit(cache=True)
def _draw_tier(uniform, log_weight, log_wealth, affinity):  # type: ignore[no-untyped-def]
    """Look a uniform number up in the distribution of tiers, as `Generator.choice` does."""
    tilt = 0.10 * min(max((log_wealth - 3) / 3, -1.0), 2.0)
    logits = np.empty(len(log_weight))
    for tier in range(len(log_weight)):
        logits[tier] = log_weight[tier] + tilt * tier + 0.05 * affinity * tier
    weights = np.exp(logits - logits.max())
    cumulative = np.cumsum(weights / weights.sum())
    return np.searchsorted(cumulative / cumulative[-1], uniform, side="right")
