"""The auction's instance: the choices of a tier's users and the scale of their EVs."""

from __future__ import annotations

from dataclasses import dataclass

from ..kernels import CandidateRows, Rows, rounding_noise
from .shortlists import ListedRows, Lists


@dataclass(frozen=True, eq=False)
class AuctionInstance:
    """Choices of a tier's users, in the form that kernels take.

    Parameters
    ----------
    rows : Rows
    lists : Lists, optional
        Short lists of a matrix's users. None for candidates.
    largest : float
        The largest EV, the scale of rounding errors.
    """

    rows: Rows
    lists: Lists | None
    largest: float

    @property
    def choices(self) -> CandidateRows | ListedRows:
        """The choices in the form that the auctions' kernels take."""
        if isinstance(self.rows, CandidateRows):
            return self.rows
        assert self.lists is not None  # noqa: S101
        return ListedRows(self.rows.wide, self.rows.narrow, *self.lists)

    @property
    def size(self) -> int:
        """Number of pairs."""
        return self.rows.ev.size if isinstance(self.rows, CandidateRows) else self.rows.matrix.size

    @property
    def noise(self) -> float:
        """Rounding error of a sum of profits that cancel, currency units."""
        return rounding_noise(self.largest)

    def allow_price_drop(self, drop: float) -> None:
        """Raise the bounds of the short lists before prices decrease by up to `drop`."""
        if self.lists is not None:
            self.lists.bound[:] += drop
