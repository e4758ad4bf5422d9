"""Price tiers of a log: what gifts cost, and how often each is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_TIERS = 12
"""Up to so many different prices, each is a tier. A world shifts the choice by tiers, as many per
unit of wealth whatever they cost, and was made for about ten."""

RANKS = np.array([0.2, 0.4, 0.6, 0.75, 0.85, 0.95, 0.98, 0.985, 0.995, 0.9985])
"""Where more prices than that are cut into groups: finest in the tail, which holds most of the
amount, and with the percentiles that are reported in the middle of a group."""


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

        A group costs the mean of its gifts, so that the mean of all gifts stays what it is.

        Parameters
        ----------
        amounts : (G,) float64
            At least one, above 0.
        """
        prices, counts = np.unique(amounts, return_counts=True)
        if len(prices) > MOST_TIERS:
            middle = (np.cumsum(counts) - counts / 2) / len(amounts)
            group = np.searchsorted(RANKS, middle)
            total = np.bincount(group, weights=prices * counts)
            counts = np.bincount(group, weights=counts)
            prices = total[counts > 0] / counts[counts > 0]
            counts = counts[counts > 0]
        return cls(prices, counts / len(amounts))

    def shares_of(self, amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return which share of other gifts is nearest to each price, (n,) float64."""
        between = np.sqrt(self.prices[1:] * self.prices[:-1])
        counts = np.bincount(np.searchsorted(between, amounts), minlength=len(self.prices))
        return np.asarray(counts / max(1, len(amounts)))
