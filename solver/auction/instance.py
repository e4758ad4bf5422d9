"""What the users of a tier may choose, and the scale of their bids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kernels import CandidateRows, Rows, rounding_noise
from .shortlists import ListedRows, Lists

EPSILON_SHARE = 3e-5
"""Least rise of a bid, as a share of the mean favourite's EV."""


@dataclass(frozen=True, eq=False)
class AuctionInstance:
    """What a tier's users may choose, as the kernels read it.

    Parameters
    ----------
    rows : Rows
    lists : short lists of a matrix's users, see `solver.auction.shortlists`; None with candidates
    largest : float
        The largest EV: what is computed is rounded to its scale.
    """

    rows: Rows
    lists: Lists | None
    largest: float

    @property
    def choices(self) -> CandidateRows | ListedRows:
        """What users choose from in an auction; see `solver.auction.bidding.choose_streamer`."""
        if isinstance(self.rows, CandidateRows):
            return self.rows
        assert self.lists is not None  # noqa: S101
        return ListedRows(self.rows.wide, self.rows.narrow, *self.lists)

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return self.rows.ev.size if isinstance(self.rows, CandidateRows) else self.rows.matrix.size

    @property
    def noise(self) -> float:
        """How far from 0 a sum of profits that cancel may end, currency units."""
        return rounding_noise(self.largest)

    def allow_price_drop(self, drop: float) -> None:
        """Keep the short lists' promises true where prices fall by so much, currency units."""
        if self.lists is not None:
            self.lists.bound[:] += drop


def choose_min_epsilon(favourite_ev: NDArray[Any], tolerance: float = 0.0) -> float:
    """Return the least rise of a bid, currency units; any rise ends an auction of zeros.

    An auction ends within a rise a user of the optimum, and where choices are tied it comes no
    nearer. So a rise below the tolerance, a share of the total EV, ends it there; no repair of
    the many ties is needed then.
    """
    wanted = np.maximum(favourite_ev, 0)
    share = min(EPSILON_SHARE, tolerance / 2) if tolerance else EPSILON_SHARE
    epsilon = share * float(wanted.mean(dtype=np.float64))
    return epsilon or float(wanted.max()) or 1.0
