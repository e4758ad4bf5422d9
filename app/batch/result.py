"""What an allocation of candidates comes to, however it was made."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver import Certificate, ShadowPrices

Bar = Callable[[str, int | None], AbstractContextManager[Callable[[int, int], None]]]
"""Makes the progress bar of a step, of its name and how much there is to do, if that is known."""


@dataclass(frozen=True, eq=False)
class Result:
    """An allocation, its prices and its proof.

    Parameters
    ----------
    mode : str
        "in memory" or "out of core".
    streamer : (N,) int64
        -1 for none.
    ev : callable
        Returns the EVs of the pairs of a slice of users, (n,) float64, currency units; anything
        where there is none.
    whale_objective, normal_objective : float
        Total EV of each tier, currency units.
    prices : ShadowPrices
    certificate : Certificate
    """

    mode: str
    streamer: NDArray[np.int64]
    ev: Callable[[slice], NDArray[np.float64]]
    whale_objective: float
    normal_objective: float
    prices: ShadowPrices
    certificate: Certificate
