"""Power: how many simulations it takes to see a difference."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from simulator.study.result import NeededSimulations, Power

from .criteria import CONCENTRATION, OVERCROWDING, REVENUE

ALPHA, POWER = 0.05, 0.80
"""Level of a two-sided test, and the share of true differences that it should detect."""

MOST_SIMULATIONS = 10**12
"""A number beyond this is no number of simulations."""


def simulations_needed(difference: float, std: float, level: float = ALPHA) -> int | None:
    """Return how many pairs show a mean difference, two-sided at a level, four times in five.

    At 5 % ::

        n = ((z_0.975 + z_0.80) σ / δ)² + z_0.975² / 2

    rounded up: the number for a normal test, and the correction of W. C. Guenther ("Sample size
    formulas for normal theory t tests", The American Statistician 35, 1981) for a σ that has to be
    estimated, which is within one of the exact number of the t test. At least what the sign-flip
    test needs (at 5 %, `LEAST_SIMULATIONS`), or one more where these would often differ in sign.

    Parameters
    ----------
    difference : float
        δ, of either sign.
    std : float
        σ of the paired differences, as a sample estimates it; NaN where there is none.
    level : float
        Below 5 % where the test is one of several that are corrected for.

    Returns
    -------
    int or None
        None where differences do not vary, where there is no difference to see, and beyond
        `MOST_SIMULATIONS`.
    """
    if not std > 0 or difference == 0:
        return None
    normal = NormalDist()
    critical = normal.inv_cdf(1 - level / 2)
    errors = (critical + normal.inv_cdf(POWER)) * std / abs(difference)
    count = errors * errors + critical**2 / 2
    if not count < MOST_SIMULATIONS:
        return None
    # So few pairs show a difference only where all of them have its sign.
    least = math.ceil(1 - math.log2(level))
    of_its_sign = normal.cdf(abs(difference) / std) ** least
    return max(least + (of_its_sign < POWER), math.ceil(count))


def power(
    overcrowded_share: NDArray[np.float64], differences: Mapping[str, NDArray[np.float64]]
) -> dict[str, Power]:
    """Return how many simulations would show the differences asked about and those observed.

    Asked about are a change of revenue by the threshold of its criterion, and the distance of the
    overcrowded share (its level, not a difference) from its threshold. Concentration has to fall by
    any amount, so no size is asked about. Observed is the mean paired difference from the baseline.

    Parameters
    ----------
    overcrowded_share : (n,) float64
        Of each seed.
    differences : mapping from str to (n,) float64
        Paired differences from the baseline of `revenue_pct`, `streamer_gini` and
        `overcrowded_share`.

    Returns
    -------
    dict of str to Power
        Of each of the three; `asked` is None of the Gini. See `simulations_needed`.
    """
    distance = float(overcrowded_share.mean()) - OVERCROWDING.threshold
    needed_by_metric = {
        REVENUE.metric: _find_needed(-REVENUE.threshold, differences[REVENUE.metric]),
        CONCENTRATION.metric: None,
        OVERCROWDING.metric: _find_needed(distance, overcrowded_share),
    }
    return {
        name: Power(each, _find_needed(differences[name].mean(), differences[name]))
        for name, each in needed_by_metric.items()
    }


def _find_needed(difference: float, values: NDArray[np.float64]) -> NeededSimulations:
    """Return the number for a difference, given values that vary as those of a sample do."""
    is_defined = not np.isnan(values).any()
    # From the first, so that equal values do not vary by rounding.
    std = float((values - values[0]).std(ddof=1)) if is_defined and len(values) > 1 else None
    return NeededSimulations(
        difference=float(difference) if is_defined else None,
        std=std,
        simulations=None if std is None else simulations_needed(difference, std),
    )
