"""What a fair allocation is, with its proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..display import Displayed, Row, count_placed, placed_row, show_number
from ..duality import ShadowPrices
from .certificate import FairCertificate


@dataclass(frozen=True, eq=False, repr=False)
class FairAllocation(Displayed):
    """An allocation that weighs equality against the total, and what is proven of it.

    Parameters
    ----------
    assignment : (N,) int64, or (N, b) if users are shown to up to b > 1 streamers
        Streamers of each user, best first, -1 for none.
    revenue : (S,) float64
        EV of the users that count, at each streamer, with what it had before, currency units.
    objective : float
        Total EV of these users less the penalties of their whales, currency units.
    normal_objective : float
        Total EV of normal users who filled the remaining capacity, currency units.
    optimum : float
        Greatest objective of any allocation, currency units.
    weights : (S,) float64
        ω: what a unit of revenue is worth at each streamer.
    prices : ShadowPrices
        Of the limits, at the EVs ω_s EV.
    certificate : FairCertificate

    Examples
    --------
    >>> from whale_matching import Problem, allocate_fair
    >>> problem = Problem([[5.0, 3.0], [5.0, 4.0], [5.0, 4.0]], whale_cap=3)
    >>> allocation = allocate_fair(problem, max_loss=0.1)
    >>> allocation.assignment, allocation.gini
    (array([0, 1, 0]), 0.21428571428571427)
    """

    assignment: NDArray[np.int64]
    revenue: NDArray[np.float64]
    objective: float
    normal_objective: float
    optimum: float
    weights: NDArray[np.float64]
    prices: ShadowPrices
    certificate: FairCertificate

    def _parts(self) -> Iterator[str]:
        yield f"{count_placed(self.assignment):,} of {len(self.assignment):,} users placed"
        yield f"objective={show_number(self.objective)}"
        yield f"loss={self.loss:.3%}"
        yield f"gini={self.gini:.4f}"
        yield f"certificate={self.certificate!r}"

    def _rows(self) -> Iterator[Row]:
        yield placed_row(self.assignment)
        yield "objective", show_number(self.objective)
        yield "optimum", show_number(self.optimum)
        yield "loss", f"{self.loss:.3%}"
        yield "gini", f"{self.gini:.4f}"
        yield from self.certificate.proof_rows()

    @property
    def total(self) -> float:
        """Revenue of all streamers, with what they had before, currency units."""
        return self.certificate.total

    @property
    def gini(self) -> float:
        """Gini coefficient of the streamers' revenues."""
        return self.certificate.gini

    @property
    def theta(self) -> float | None:
        """θ of the welfare; None if its measure is "alpha"."""
        return self.certificate.parameter if self.certificate.measure == "gini" else None

    @property
    def alpha(self) -> float | None:
        """α of the welfare; None if its measure is "gini"."""
        return self.certificate.parameter if self.certificate.measure == "alpha" else None

    @property
    def loss(self) -> float:
        """Share of the optimum that was given up, from 0 to 1."""
        return max(0.0, 1.0 - self.objective / self.optimum) if self.optimum > 0 else 0.0
