"""Intervals that stay valid however often one looks: confidence sequences for paired differences.

A sweep that may stop early looks at its figures many times. Ordinary intervals of 95 % miss more
and more often as looks are added. The intervals here hold at all looks at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MIXTURE = 2.0
"""c² of the mixture: effects are expected to be about 1 / c standard deviations large.

Intervals are valid for any fixed number; this one is nearly the narrowest from 16 to 64 seeds.
"""

LEAST_DIFFERING = 8
"""With fewer differences apart from the most frequent one, their spread is hardly known."""

FARTHER = 10.0
"""How many times as far as the farthest difference those may be that were not seen then."""


def always_valid_intervals(
    differences: NDArray[np.float64], alpha: float
) -> list[tuple[float, float] | None]:
    """Return an interval for the mean of each column, valid at every number of rows at once.

    Without its two guards, below, the interval at n rows is all means θ with ::

        E_n(θ) = √(c² / (n + c²)) · (1 - S² / ((n + c²) V))^(-n / 2) < 1 / α,
        S = Σ (x_i - θ),  V = Σ (x_i - θ)²

    which is the Gaussian mixture of scale-invariant likelihood ratios of H. Wang and A. Ramdas,
    "Anytime-valid t-tests and confidence sequences for Gaussian means with unknown variance",
    Sequential Analysis 44, 2025, §4, after T. L. Lai, "On confidence sequences", Annals of
    Statistics 4, 1976.

    - *Guaranteed*, for independent normal differences with any variance: the probability that the
      mean is outside at any n at all is at most α. E_n at the true mean is a martingale that
      begins at 1; the rest is Ville's inequality.
    - *Asymptotic only*, for all others of finite variance, as the first n looked at grows: there
      the interval is that of I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy and A. Ramdas,
      "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics
      52, 2024, and wider than theirs where n is small. No method has a guarantee for all of these
      at a given n (R. R. Bahadur and L. J. Savage, 1956).
    - *Measured* over all n from 16 to 256, with the guards, at α = 0.05: missed in under 2 % of
      paths for normal, t (3 degrees of freedom), two-point and moderately skewed differences, in
      3 % for exponential ones, and in 6 % where most are 0 and the others exponential. These last
      two keep less well at smaller α: 1 % and 4 % at 0.00625.

    The guards widen it, so that the guarantee stays:

    - *One outlier more.* The interval covers those of the same rows with one more, as far from
      their mean as the farthest, on either side. Few rows of a skewed distribution show too little
      of its tail.
    - *Rare differences.* Where fewer than `LEAST_DIFFERING` rows differ from the most frequent
      value, as of a cap that binds in few seeds, the rows that are missing are added instead,
      `FARTHER` times as far away.
    - *No differences.* Rows that are all equal give no interval. But rows that are all 0 give
      exactly 0: a rule that never acted. About one that acts in a share q of the seeds, n seeds of
      zeros say that q is at most 1 - α^(1 / n), and no more.

    Considered and not taken: Gaussian mixtures for symmetric differences (V. H. de la Peña, 1999;
    S. R. Howard, A. Ramdas, J. McAuliffe and J. Sekhon, "Time-uniform, nonparametric,
    nonasymptotic confidence sequences", 2021), which are exact for heavy tails but need a scale
    that is known before the first difference, and fail as these do where differences are skewed.

    Parameters
    ----------
    differences : (n, q) float64
        A row for each seed, in any unit. A column that is NaN anywhere has no interval.
    alpha : float
        In (0, 1): the probability that a mean is outside at some n. Divide it by the number of
        means that all have to be inside.

    Returns
    -------
    list of (float, float) or None
        For each column, in its unit. None where the interval is unbounded.

    Examples
    --------
    >>> import numpy as np
    >>> from simulator.inference.sequential import always_valid_intervals
    >>> differences = np.random.default_rng(0).normal([1.0, 0.0], [1.0, 0.0], (20, 2))
    >>> [(round(low, 2), round(high, 2)) for low, high in always_valid_intervals(differences, 0.05)]
    [(-0.06, 1.51), (0.0, 0.0)]
    """
    n, spread = len(differences), _Spread.of(differences)
    with np.errstate(invalid="ignore"):
        plain = np.where(
            spread.is_constant, np.inf, spread.plain * _standard_radius(np.array(n), alpha)
        )
    with_outliers = spread.widened * _standard_radius(n + spread.added, alpha) + spread.shift
    radius = spread.unit * np.maximum(plain, with_outliers)
    radius[spread.is_zero] = 0.0
    return [
        (float(centre - half), float(centre + half)) if np.isfinite(half) else None
        for centre, half in zip(spread.mean, radius, strict=True)
    ]


def always_valid_p(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p-values for "the mean is 0" that stay valid however often one looks, a column each.

    The least α whose `always_valid_intervals` has 0 outside, at most 1. Where the mean is 0, the
    probability that p is ever at most α is at most α, with the guarantee of the intervals.

    Parameters
    ----------
    differences : (n, q) float64
        A row for each seed. NaN where a column is NaN anywhere.

    Examples
    --------
    >>> import numpy as np
    >>> from simulator.inference.sequential import always_valid_p
    >>> differences = np.random.default_rng(0).normal([1.0, 0.0], [1.0, 0.0], (40, 2))
    >>> always_valid_p(differences).round(4).tolist()
    [0.0, 1.0]
    """
    n, spread = len(differences), _Spread.of(differences)
    away = np.abs(spread.mean) / spread.unit
    with np.errstate(divide="ignore", invalid="ignore"):
        plain, with_outliers = away / spread.plain, (away - spread.shift) / spread.widened
    p = np.maximum(_least_alpha(np.array(n), plain), _least_alpha(n + spread.added, with_outliers))
    p[spread.is_constant] = 1.0
    p[np.isnan(spread.mean)] = np.nan
    return p


class _Spread(NamedTuple):
    """What intervals and p-values are computed from, a number for each column.

    Parameters
    ----------
    mean, unit : (q,) float64
        Mean, and the distance of the farthest row from it; 1 where there is none.
    added : (q,) int64
        How many outliers the guards add.
    plain, widened : (q,) float64
        Standard deviation, of the rows and with the outliers, in units.
    shift : (q,) float64
        How far the outliers move the mean, in units.
    is_constant, is_zero : (q,) bool
        Whether all rows are equal, and whether all are 0.
    """

    mean: NDArray[np.float64]
    unit: NDArray[np.float64]
    added: NDArray[np.int64]
    plain: NDArray[np.float64]
    widened: NDArray[np.float64]
    shift: NDArray[np.float64]
    is_constant: NDArray[np.bool_]
    is_zero: NDArray[np.bool_]

    @classmethod
    def of(cls, differences: NDArray[np.float64]) -> _Spread:
        """Return the spread of the columns of (n, q) float64."""
        n = len(differences)
        # From the first, so that equal values have no spread from rounding.
        apart = differences - differences[0]
        mean = apart.mean(axis=0)
        farthest = np.abs(apart - mean).max(axis=0)
        unit = np.where(farthest > 0, farthest, 1.0)
        variance = (((apart - mean) / unit) ** 2).mean(axis=0)
        # Half of the values or more can only be one of the two medians.
        medians = np.sort(differences, axis=0)[[(n - 1) // 2, n // 2]]
        differing = (differences != medians[:, np.newaxis]).sum(axis=1).min(axis=0)
        missing = LEAST_DIFFERING - differing
        added = np.maximum(1, missing)
        away = np.where(missing > 0, FARTHER, 1.0)
        total = n + added
        widened = (n * variance + n * added / total * away**2) / total
        return cls(
            differences[0] + mean,
            unit,
            added,
            np.sqrt(variance),
            np.sqrt(widened),
            added * away / total,
            (apart == 0).all(axis=0),
            (differences == 0).all(axis=0),
        )


def _standard_radius(n: NDArray[np.int64], alpha: float) -> NDArray[np.float64]:
    """Return half the width at n rows whose standard deviation, over n, is 1; maybe infinite.

    The mean is θ away, in standard deviations. Then S² / V = n θ² / (1 + θ²), and E_n < 1 / α
    solved for θ is this.
    """
    total = n + MIXTURE
    least = (alpha**2 * MIXTURE / total) ** (1 / n)
    slack = least * total - MIXTURE
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(slack > 0, np.sqrt(total * (1 - least) / slack), np.inf)


def _least_alpha(n: NDArray[np.int64], distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the α whose `_standard_radius` at n rows is a distance; 1 where none is so small."""
    total = n + MIXTURE
    squared = np.clip(distance, 0.0, 1e100) ** 2
    log_least = np.log1p(squared * MIXTURE / total) - np.log1p(squared)
    alpha: NDArray[np.float64] = np.exp((np.log(total / MIXTURE) + n * log_least) / 2)
    return np.minimum(1.0, alpha)
