"""Welfare of revenues: their total less what it counts for that they are unequal.

A welfare here is symmetric, concave and homogeneous of degree 1 in the revenues. So it is the
least of ``ω·R`` over a convex set of weights ω, and each of these weights is a linear upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ..kernels import njit

Measure = Literal["gini", "alpha"]

ROUNDING = 2.0**-52
"""Relative error of an operation, twice over."""

MAX_PROJECTION_STEPS = 60
"""Steps of the Illinois method that project weights; ten suffice."""


def gini(revenue: NDArray[np.float64]) -> float:
    """Return the Gini coefficient of revenues ≥ 0; 0 if all are 0.

    Parameters
    ----------
    revenue : (S,) float64
        Revenue of each streamer, currency units.

    Examples
    --------
    >>> import numpy as np
    >>> gini(np.array([1.0, 1.0])), gini(np.array([0.0, 2.0]))
    (0.0, 0.5)
    """
    ordered, size = np.sort(revenue), len(revenue)
    total = float(ordered.sum())
    if not total > 0:
        return 0.0
    rank = 2.0 * np.arange(1, size + 1) - size - 1
    return max(0.0, float(rank @ ordered) / (size * total))


class Welfare(Protocol):
    """How equality counts beside the total."""

    @property
    def measure(self) -> Measure:
        """Name of the index of inequality."""

    @property
    def parameter(self) -> float:
        """How much equality counts: θ or α."""

    def scaled(self, factor: float) -> Welfare:
        """Return the welfare with the parameter times a factor, within its range."""

    def inequality(self, revenue: NDArray[np.float64]) -> float:
        """Return the index of inequality I of revenues, (S,) float64: 0 if all are equal."""

    def value(self, revenue: NDArray[np.float64]) -> float:
        """Return the welfare of revenues, (S,) float64, currency units."""

    def project(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the nearest weights that bound the welfare."""

    def tightness(self, weights: NDArray[np.float64]) -> float:
        """Return a ρ with ``ρ · value(R) ≤ weights · R`` for all R ≥ 0.

        The largest one, less its rounding error. 0 if the weights bound nothing.
        """


@dataclass(frozen=True)
class GiniWelfare:
    """Sen's welfare: the total less θ times the Gini coefficient's share of it.

    ``W = T (1 - θ G) = Σ c_i R_(i)``, revenues ascending, ``c_i = 1 - θ + θ (2 (S - i) + 1) / S``
    (A. Sen, "Real national income", Review of Economic Studies 43, 1976).

    Parameters
    ----------
    theta : float
        From 0, the total alone, to 1. A point of Gini is worth about θ percent of the total.

    Examples
    --------
    >>> import numpy as np
    >>> GiniWelfare(0.5).value(np.array([0.0, 2.0]))
    1.5
    """

    theta: float

    measure: Measure = "gini"

    @property
    def parameter(self) -> float:
        """θ."""
        return self.theta

    def scaled(self, factor: float) -> GiniWelfare:
        """Return the welfare with θ times a factor, at most 1."""
        return replace(self, theta=min(1.0, factor * self.theta))

    def inequality(self, revenue: NDArray[np.float64]) -> float:
        """Return the Gini coefficient of revenues, (S,) float64."""
        return gini(revenue)

    def value(self, revenue: NDArray[np.float64]) -> float:
        """Return T (1 - θ G), currency units."""
        return float(revenue.sum()) * (1.0 - self.theta * gini(revenue))

    def rank_weights(self, n_streamers: int) -> NDArray[np.float64]:
        """Return the c_i, (S,) float64, falling: that of the least revenue is first."""
        i = np.arange(1, n_streamers + 1)
        return (1.0 - self.theta) + self.theta * (2.0 * (n_streamers - i) + 1.0) / n_streamers

    def project(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project weights on the convex hull of the permutations of the c_i.

        By isotonic regression of the sorted weights (C. H. Lim and S. J. Wright, "Efficient
        Bregman projections onto the permutahedron and related polytopes", 2016).
        """
        order = np.argsort(-weights, kind="stable")
        projected = np.empty_like(weights)
        excess = weights[order] - self.rank_weights(len(weights))
        projected[order] = weights[order] - fit_falling(excess)
        return projected

    def tightness(self, weights: NDArray[np.float64]) -> float:
        """Return the least ratio of the sums of the j smallest weights and the j smallest c.

        With R_(0) = 0, ``ω·R ≥ Σ_i (R_(i) - R_(i-1)) (sum of the S - i + 1 smallest ω)``, and the
        same with c is the welfare.
        """
        size = len(weights)
        j = np.arange(1, size + 1)
        least = np.cumsum(np.sort(weights))
        ratio = float((least / (j * ((1.0 - self.theta) + self.theta * j / size))).min())
        return max(0.0, ratio * (1.0 - (size + 8) * ROUNDING))


@dataclass(frozen=True)
class LargeUsersWelfare(GiniWelfare):
    """Weights that bound Sen's welfare where some users are larger than most revenues.

    The bound of `GiniWelfare` holds for divisible users too, and those would be divided. Here the
    m largest users have the least weights ``c_S``, ``c_{S-1}``, …, wherever they are: an allocation
    has them whole at up to m streamers, and each of these may be given the weight of its user. So
    the weights ω of the others need only bound the welfare of S - m streamers, whichever these
    are::

        the sum of the j smallest ω  ≥  the sum of the j smallest of c_1 … c_{S-m},   j ≤ S - m

    A streamer of a large user then has a lower weight for all its users than ω, and two large users
    at one streamer lower weights than apart, so that the bound holds for each allocation.

    Parameters
    ----------
    theta : float
    large : int
        m, at least 1, below S.
    pooled : int
        Number of streamers, above m, whose weights the projection takes from the mean of the
        c_1, c_2, …: of all weights that bound, it returns the nearest among those.
    """

    large: int = 1
    pooled: int = 2

    def project(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project weights on the convex hull of the permutations of weights that bound."""
        size, m, b = len(weights), self.large, self.pooled
        c = self.rank_weights(size)
        corner = np.concatenate([np.full(b, c[: b - m].mean()), c[b - m : size - m]])
        order = np.argsort(-weights, kind="stable")
        projected = np.empty_like(weights)
        projected[order] = weights[order] - fit_falling(weights[order] - corner)
        return projected

    def tightness(self, weights: NDArray[np.float64]) -> float:
        """Return the least ratio of the sums of the j smallest weights and what they must reach."""
        size, m = len(weights), self.large
        j = np.arange(1, size - m + 1)
        least = np.cumsum(np.sort(weights)[: size - m])
        # The mean of the j smallest of c_1 … c_{S-m}.
        needed = (1.0 - self.theta) + self.theta * (2.0 * m + j) / size
        ratio = float((least / (j * needed)).min())
        return max(0.0, ratio * (1.0 - (size + 8) * ROUNDING))

    def weights_of_large(self, n_streamers: int) -> NDArray[np.float64]:
        """Return the weights of the m largest users, (m,) float64, the largest user's first."""
        return self.rank_weights(n_streamers)[::-1][: self.large]


@dataclass(frozen=True)
class AlphaWelfare:
    """α-fair welfare in currency units: S times the power mean of exponent 1 - α of the revenues.

    ``W = T (1 - A)``, with A the index of A. B. Atkinson ("On the measurement of inequality",
    Journal of Economic Theory 2, 1970). α = 1 is Nash's social welfare; α → ∞ tends to the least
    revenue.

    Parameters
    ----------
    alpha : float
        From 0, the total alone.

    Examples
    --------
    >>> import numpy as np
    >>> AlphaWelfare(1.0).value(np.array([1.0, 4.0]))
    4.0
    """

    alpha: float

    measure: Measure = "alpha"

    @property
    def parameter(self) -> float:
        """α."""
        return self.alpha

    def scaled(self, factor: float) -> AlphaWelfare:
        """Return the welfare with α times a factor."""
        return AlphaWelfare(factor * self.alpha)

    def inequality(self, revenue: NDArray[np.float64]) -> float:
        """Return Atkinson's index of revenues, (S,) float64; 0 if all are 0."""
        total = float(revenue.sum())
        return max(0.0, 1.0 - self.value(revenue) / total) if total > 0 else 0.0

    def value(self, revenue: NDArray[np.float64]) -> float:
        """Return S times the power mean, currency units; 0 if α ≥ 1 and a revenue is 0."""
        return len(revenue) * power_mean(revenue, 1.0 - self.alpha)

    def project(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project weights on those whose power mean of exponent 1 - 1/α is at least 1."""
        if self.alpha == 0.0:
            return np.maximum(weights, 1.0)
        projected: NDArray[np.float64] = project_power_mean(weights, self.alpha)
        return projected

    def tightness(self, weights: NDArray[np.float64]) -> float:
        """Return the power mean of exponent 1 - 1/α of the weights.

        The reverse inequality of Hölder: ``ω·R ≥ S M_p(R) M_q(ω)`` for p = 1 - α and 1/p + 1/q = 1.
        """
        if self.alpha == 0.0:
            return max(0.0, float(weights.min()))
        mean = power_mean(weights, 1.0 - 1.0 / self.alpha)
        return mean * (1.0 - (len(weights) + 64) * ROUNDING * max(1.0, self.alpha))


def power_mean(values: NDArray[np.float64], exponent: float) -> float:
    """Return the power mean of values ≥ 0; the geometric mean for an exponent of 0."""
    least, most = float(values.min()), float(values.max())
    if most <= 0.0 or (exponent <= 0.0 and least <= 0.0):
        return 0.0
    scale = least if exponent < 0.0 else most
    ratio = np.full(len(values), -np.inf)
    np.log(values / scale, where=values > 0, out=ratio)
    if abs(exponent) < 1e-12:
        return scale * float(np.exp(ratio.mean()))
    return scale * float(np.exp(np.log(np.exp(exponent * ratio).mean()) / exponent))


@njit(cache=True)
def fit_falling(values):
    """Return the nearest non-increasing values, (n,) float64: pool adjacent violators."""
    size = len(values)
    level, width, pools = np.empty(size), np.empty(size, np.int64), 0
    for i in range(size):
        level[pools], width[pools] = values[i], 1
        pools += 1
        while pools > 1 and level[pools - 2] < level[pools - 1]:
            left, right = width[pools - 2], width[pools - 1]
            total = level[pools - 2] * left + level[pools - 1] * right
            level[pools - 2], width[pools - 2] = total / (left + right), left + right
            pools -= 1
    fitted, at = np.empty(size), 0
    for pool in range(pools):
        for _ in range(width[pool]):
            fitted[at] = level[pool]
            at += 1
    return fitted


@njit(cache=True)
def project_power_mean(weights, alpha):
    """Return the nearest weights whose power mean of exponent 1 - 1/α is 1, or those above it.

    Each solves ``x - κ x^(-1/α) = weight``, and κ makes the mean 1: the Illinois method.
    """
    exponent = 1.0 - 1.0 / alpha
    found = np.maximum(weights, 1e-9)
    if _log_power_mean(found, exponent) >= 0.0:
        return found
    low, high, of_low = 0.0, 1e-3, _log_power_mean(found, exponent)
    while True:
        _solve_each(weights, alpha, high, found)
        of_high = _log_power_mean(found, exponent)
        if of_high >= 0.0:
            break
        low, high, of_low = high, 8.0 * high, of_high
    is_near = of_high < 1e-12
    for _ in range(MAX_PROJECTION_STEPS):
        if is_near or high - low <= 1e-15 * high:
            break
        between = low - of_low * (high - low) / (of_high - of_low)
        _solve_each(weights, alpha, between, found)
        mean = _log_power_mean(found, exponent)
        is_near = 0.0 <= mean < 1e-12
        if mean >= 0.0:
            high, of_high, of_low = between, mean, 0.5 * of_low
        else:
            low, of_low, of_high = between, mean, 0.5 * of_high
    _solve_each(weights, alpha, high, found)
    return found


@njit(inner=True)
def _log_power_mean(values, exponent):
    total = 0.0
    if abs(exponent) < 1e-12:
        for value in values:
            total += np.log(value)
        return total / len(values)
    for value in values:
        total += value**exponent
    return np.log(total / len(values)) / exponent


@njit(inner=True)
def _solve_each(weights, alpha, kappa, found):
    """Write the root x > 0 of x - κ x^(-1/α) = weight for each weight."""
    for i in range(len(weights)):
        # Newton in the logarithm of x, from the last root.
        x = found[i]
        for _ in range(200):
            power = kappa * x ** (-1.0 / alpha)
            step = (x - power - weights[i]) / (x + power / alpha)
            x *= np.exp(-min(2.0, max(-2.0, step)))
            if abs(step) < 1e-8:  # the next one would be its square
                break
        found[i] = x
