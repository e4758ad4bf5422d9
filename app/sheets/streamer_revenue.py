"""Revenue that streamers had before, by id or by position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from messages import Message
from solver import InputError

from .ids import positions_as_text
from .origin import quote_value


@dataclass(frozen=True, eq=False)
class StreamerRevenue:
    """Revenue that streamers had before.

    Parameters
    ----------
    file : str
    values : (n,) float64
        Currency units.
    ids : list or None
        The streamer of each value; None if they are in the order of positions.
    """

    file: str
    values: NDArray[Any]
    ids: list[Any] | None = None

    def as_field(self) -> dict[str, float] | NDArray[Any]:
        """Return the field of a request: by streamer id, or one per streamer."""
        if self.ids is None:
            return self.values
        return dict(zip(map(str, self.ids), self.values.tolist(), strict=True))

    def by_position(self, streamers: Sequence[Any]) -> NDArray[np.float64]:
        """Return the revenue of each streamer, (S,) float64; 0 for those without a row.

        Parameters
        ----------
        streamers : sequence
            Ids by position.

        Raises
        ------
        solver.InputError
            If a streamer is unknown.
        """
        if self.ids is None:
            return self.values
        positions = positions_as_text(self.ids, streamers)
        unknown = np.flatnonzero(positions < 0)
        if len(unknown):
            name = quote_value(str(self.ids[unknown[0]]))
            raise InputError(
                "base", Message("revenue_of_unknown_streamer", file=self.file, streamer=name)
            )
        return np.bincount(positions, self.values, len(streamers)).astype(np.float64, copy=False)
