"""Users whose EVs are far above all others': brought down to the scale of the rest.

What is computed of prices is rounded to the scale of the largest EV. A user who is worth more at
its favourite than anybody else anywhere is there, or nearly as well off, in every optimal
allocation, as long as the favourites of all such users fit within the caps: whoever makes way for
one goes to its own favourite, or is no such user and loses no more than it is worth. So a constant
can be taken off all EVs of such a user: the optimal allocations stay what they are, and so do the
least prices.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

OUTLIER_RATIO = 2.0**16
"""How many times as large as a typical one the largest EV is before anything is done about it."""

OUTLIER_GAP = 2.0**8
"""Least factor between the users who are brought down and all others."""

SAMPLE_SIZE = 16
"""Users who show what is typical."""


def has_outliers(best_ev: NDArray[Any], largest: float) -> bool:
    """Return whether the largest EV is out of proportion to what most users are worth."""
    sample = sorted(best_ev[:: max(1, len(best_ev) // SAMPLE_SIZE)].tolist())
    return bool(largest > OUTLIER_RATIO * max(sample[(len(sample) - 1) // 2], 0.0))


def find_outliers(
    best_ev: NDArray[Any], fit: Callable[[NDArray[np.int64]], bool]
) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """Return the users to bring down and what to take off their EVs, None where there are none.

    Parameters
    ----------
    best_ev : (n,) float
        The greatest EV of each user.
    fit : callable
        Says of some users whether all find room at their favourites at once.
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
