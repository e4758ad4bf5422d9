"""What the users of a tier may choose, and the scale of their bids."""

from __future__ import annotations

from dataclasses import dataclass

from ..kernels import CandidateRows, Rows, rounding_noise
from .shortlists import ListedRows, Lists


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
