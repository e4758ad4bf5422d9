"""Statistics of simulations that are paired by seed: intervals, tests, and many tests at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from simulator.study.result import Estimate

RESAMPLES = 2000
"""Bootstrap resamples behind an interval."""

EXACT = 12
"""Up to so many pairs, every pattern of signs is tried: 4,096 of them."""

LEAST_FLIPS = 10_000
"""Patterns of signs beyond that, the observed one included."""

FLIPS_PER_TEST = 40
"""With so many patterns for each test of a family, Holm leaves a p of 1 / 40 within reach."""

ROUNDING = 1e-12
"""Two figures this close, relatively, are equal: a sum of the same gifts in another order."""

_FLIPS = 2
"""Purpose of the stream of sign patterns; resamples use the stream of the seed alone."""

_BLOCK = 100
"""Patterns of signs that are tried at once: so few that BLAS multiplies them in one thread. Its
threads take longer to start than such a product, the more so where processes share the cores."""


def paired_differences(
    values: NDArray[np.float64], base: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return `values` - `base`, and exactly 0 where the two differ by rounding only."""
    same = np.isclose(values, base, rtol=ROUNDING, atol=0.0)
    return np.where(same, 0.0, values - base)


def resampling_weights(n: int, seed: int) -> NDArray[np.float64]:
    """Return (RESAMPLES, n) float64: how much each of n seeds weighs in each resample's mean."""
    drawn_seeds = np.random.default_rng(seed).integers(n, size=(RESAMPLES, n))
    drawn_seeds += n * np.arange(RESAMPLES)[:, None]
    counts = np.bincount(drawn_seeds.ravel(), minlength=n * RESAMPLES)
    return counts.reshape(RESAMPLES, n) / n


def estimates(values: NDArray[np.float64], weights: NDArray[np.float64]) -> list[Estimate]:
    """Return mean, standard deviation and 95 % interval of each column.

    The interval is the percentile bootstrap interval of the mean (B. Efron and R. J. Tibshirani,
    "An Introduction to the Bootstrap", 1993, ch. 13). From few seeds it is too narrow: of n normal
    values, about √((n - 1) / n) · 1.96 / t_(n - 1, 0.975) of the width of Student's, 0.53 at n = 4
    and 0.91 at n = 20.

    Parameters
    ----------
    values : (n, q) float64
        A row for each seed. NaN where a figure does not exist.
    weights : (RESAMPLES, n) float64
        See `resampling_weights`. Columns of different calls are resampled alike.

    Returns
    -------
    list of Estimate
    """
    # From the first row, so that equal values have their own mean, no deviation and an interval
    # of no width, rather than ones of rounding.
    n, first, deviations = len(values), values[0], values - values[0]
    low, high = first.copy(), first.copy()
    varies = (deviations != 0).any(axis=0)
    if varies.any():
        resampled = np.percentile(weights @ deviations[:, varies], [2.5, 97.5], axis=0)
        low[varies], high[varies] = first[varies] + resampled
    columns = zip(first + deviations.mean(axis=0), deviations.std(axis=0), low, high, strict=True)
    return [
        Estimate(none_if_nan(mean), none_if_nan(std), _interval(lower, upper, n), n)
        for mean, std, lower, upper in columns
    ]


def none_if_nan(value: float) -> float | None:
    """Return a number; None in the place of NaN."""
    return None if np.isnan(value) else float(value)


def _interval(low: float, high: float, n: int) -> tuple[float, float] | None:
    return None if n == 1 or np.isnan(low) else (float(low), float(high))


def significance(differences: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Return p-values for "the mean difference is 0", plain and corrected.

    Parameters
    ----------
    differences : (m, n, q) float64
        Of m configurations, n seeds and q metrics. A metric of a configuration that is NaN
        anywhere is not tested.
    seed : int
        Of the patterns of signs, where not all are tried. All tests share them.

    Returns
    -------
    (m, q, 2) float64
        p of `sign_flip_test`; and p after `holm` over the m configurations, for each metric
        apart. NaN where nothing was tested.
    """
    m, n, q = differences.shape
    columns = differences.transpose(1, 0, 2).reshape(n, m * q)
    tested = ~np.isnan(columns).any(axis=0)
    p = np.full(m * q, np.nan)
    flips = max(LEAST_FLIPS, FLIPS_PER_TEST * m)
    p[tested] = sign_flip_test(columns[:, tested], np.random.default_rng([seed, _FLIPS]), flips)
    by_metric = p.reshape(m, q)
    corrected = np.apply_along_axis(holm, 0, by_metric)
    return np.stack([by_metric, corrected], axis=-1)


def correct_in_families(
    differences: NDArray[np.float64], families: Sequence[Hashable], seed: int
) -> NDArray[np.float64]:
    """Return p-values for "the mean difference is 0", plain and corrected in each family.

    Differences that are all 0 have p = 1 and do not count in the family. That is valid: the test
    is conditional on the sizes of the differences, which say beforehand that it cannot reject.

    Parameters
    ----------
    differences : (m, n, q) float64
        Of m changes, n seeds and q metrics. A metric of a change that is NaN anywhere is not
        tested.
    families : sequence of hashable
        The family of each change.
    seed : int

    Returns
    -------
    (m, q, 2) float64
        As of `significance`.
    """
    p = significance(differences, seed)[:, :, 0]
    counted = np.where((differences == 0).all(axis=1), np.nan, p)
    corrected = np.empty_like(p)
    for family in set(families):
        rows = [row for row, name in enumerate(families) if name == family]
        corrected[rows] = np.apply_along_axis(holm, 0, counted[rows])
    corrected = np.where(np.isnan(counted), p, corrected)
    return np.stack([p, corrected], axis=-1)


def sign_flip_test(
    differences: NDArray[np.float64], rng: np.random.Generator, flips: int = LEAST_FLIPS
) -> NDArray[np.float64]:
    """Return two-sided p-values for "the mean paired difference is 0", a column each.

    The paired permutation test (R. A. Fisher, "The Design of Experiments", 1935, §21): had the
    two sides of each pair been labelled by coin, how often would the mean be as far from 0 as it
    is? All patterns are tried up to `EXACT` pairs, else random ones besides the one observed, which
    keeps p valid and above 0 (B. Phipson and G. K. Smyth, "Permutation P-values should never be
    zero", 2010). Of n pairs, p is at least 2^(1 - n); of equal pairs, it is 1.

    Parameters
    ----------
    differences : (n, q) float64
        A row for each pair, n ≥ 1.
    rng : numpy.random.Generator
        Draws nothing where all patterns are tried.
    flips : int
        Number of patterns where not all are tried, that observed included.

    Returns
    -------
    (q,) float64
        In (0, 1].
    """
    n = len(differences)
    # Sums that are equal may round apart.
    least_sum = np.abs(differences.sum(axis=0)) - ROUNDING * np.abs(differences).sum(axis=0)
    n_as_far = np.zeros(differences.shape[1], dtype=np.int64)
    n_tried = 0
    for signs in _every_pattern(n) if n <= EXACT else _random_patterns(n, flips, rng):
        n_as_far += (np.abs(signs @ differences) >= least_sum).sum(axis=0)
        n_tried += len(signs)
    p: NDArray[np.float64] = n_as_far / n_tried
    return p


def _every_pattern(n: int) -> Iterator[NDArray[np.float64]]:
    """Yield the patterns whose first sign is +: the others have the same distance from 0."""
    yield np.array([(1.0, *rest) for rest in product((1.0, -1.0), repeat=n - 1)])


def _random_patterns(n: int, flips: int, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Yield the observed pattern, then random ones, in blocks."""
    yield np.ones((1, n))
    for start in range(1, flips, _BLOCK):
        yield rng.choice([-1.0, 1.0], size=(min(_BLOCK, flips - start), n))


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p-values corrected for having tested all of them.

    Holm's step-down correction (S. Holm, "A simple sequentially rejective multiple test
    procedure", 1979): the i-th least of m is multiplied by m - i + 1, and none is less than one
    before it. Rejecting where the corrected p is at most 0.05 rejects anything falsely in at most
    5 % of experiments, however the tests depend on each other.

    Parameters
    ----------
    p : (m,) float64
        NaN where nothing was tested; such entries stay, and do not count.

    Returns
    -------
    (m,) float64
    """
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    corrected = p.copy()
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(factors * p[order]))
    return corrected
