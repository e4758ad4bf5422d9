"""Price tiers of a log: what gifts cost, and how often each is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_TIERS = 12
"""Most tiers: more prices than this are merged. Wealth shifts the choice by a number of tiers that
does not depend on their prices, and the model was designed for about ten."""

FINEST = 1_000
"""Most prices to merge one by one; more are first rounded to this many steps."""


@dataclass(frozen=True, eq=False)
class PriceTiers:
    """Prices and how often each is given.

    Parameters
    ----------
    prices : (n,) float64
        Rising, currency units.
    shares : (n,) float64
        Of all gifts, above 0; they sum to 1.
    """

    prices: NDArray[np.float64]
    shares: NDArray[np.float64]

    @classmethod
    def of(cls, amounts: NDArray[np.float64]) -> PriceTiers:
        """Return the tiers of gifts: their prices, or groups of neighbouring prices.

        Neighbours are merged two at a time, those first that it matters least for: Ward's
        criterion (J. H. Ward, "Hierarchical grouping to optimize an objective function", Journal
        of the American Statistical Association 58, 1963) on the logarithm of the price, where a
        price weighs by its share of the gifts and by its share of the amount. A group costs the
        mean of its gifts, so that the mean of all gifts stays what it is.

        Parameters
        ----------
        amounts : (G,) float64
            At least one, above 0.
        """
        prices, counts = np.unique(amounts, return_counts=True)
        if len(prices) > FINEST:
            step = np.log(prices[-1] / prices[0]) / FINEST
            fine = np.floor(np.log(prices / prices[0]) / step).astype(np.int64)
            counts, total = (np.bincount(fine, each) for each in (counts, prices * counts))
            prices, counts = total[counts > 0] / counts[counts > 0], counts[counts > 0]
        shares = counts / len(amounts)
        while len(prices) > MOST_TIERS:
            prices, shares = _merge_nearest(prices, shares)
        return cls(prices, shares)

    def chances(
        self,
        weights: NDArray[np.float64],
        log_wealth: NDArray[np.float64],
        liking: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return how likely each tier is in gifts of a world with such weights (amount model 3).

        Parameters
        ----------
        weights : (n,) float64
            Tier weights of the world.
        log_wealth, liking : (G,) float64
            Of the user of each gift; how much it likes the streamer.

        Returns
        -------
        (G, n) float64
        """
        tilt = 0.10 * np.clip((log_wealth - 3) / 3, -1, 2) + 0.05 * liking
        logits = np.log(weights + 1e-10) + tilt[:, None] * np.arange(len(weights))
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _merge_nearest(
    prices: NDArray[np.float64], shares: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return prices and shares with those two neighbours made one that differ least."""
    paid = prices * shares
    distance = np.diff(np.log(prices)) ** 2

    def pool(weight: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(weight[1:] * weight[:-1] / (weight[1:] + weight[:-1]) / weight.sum())

    at = int(np.argmin(distance * (pool(shares) + pool(paid))))
    merged = np.add.reduceat([paid, shares], np.delete(np.arange(len(prices)), at + 1), axis=1)
    return merged[0] / merged[1], merged[1]
