"""Outliers: users whose EVs are far above all others, lowered to the scale of the rest.

Prices are computed with the rounding error of the largest EV. Suppose the favourites of all
outliers fit within the caps. Then every optimal allocation gives each outlier its favourite or a
streamer worth nearly as much: a user displaced by it either moves to its own favourite, or is not
an outlier and loses at most its own EV. A constant can therefore be subtracted from all EVs of an
outlier without changing the optimal allocations or the least prices.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

OUTLIER_RATIO = 2.0**16
"""Least ratio of the largest EV to a typical one from which outliers are looked for."""

OUTLIER_GAP = 2.0**8
"""Least ratio of the EVs of outliers to all other EVs."""

SAMPLE_SIZE = 16
"""Number of users sampled for the typical EV."""


def has_outliers(best_ev: NDArray[Any], largest: float) -> bool:
    """Return whether the largest EV is more than OUTLIER_RATIO times a typical one."""
    sample = sorted(best_ev[:: max(1, len(best_ev) // SAMPLE_SIZE)].tolist())
    return bool(largest > OUTLIER_RATIO * max(sample[(len(sample) - 1) // 2], 0.0))


def find_outliers(
    best_ev: NDArray[Any], fit: Callable[[NDArray[np.int64]], bool]
) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """Return the outliers and the amounts to subtract from their EVs, None if there are none.

    Parameters
    ----------
    best_ev : (n,) float
        The greatest EV of each user.
    fit : callable
        Returns whether the favourites of given users fit within the caps.
    """
    if not has_outliers(best_ev, float(best_ev.max())):
        return None
    values = np.sort(best_ev[best_ev > 0].astype(np.float64))
    for at in np.flatnonzero(values[1:] >= OUTLIER_GAP * values[:-1]).tolist():
        users = np.flatnonzero(best_ev > values[at])
        if fit(users):
            # A power of two, so that no difference within a row is rounded.
            ceiling = math.ldexp(1.0, math.frexp(2.0 * values[at])[1])
            return users, best_ev[users].astype(np.float64) - ceiling
    return None
