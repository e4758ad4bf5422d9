"""How much memory an allocation takes, before any is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .row_groups import RowGroup
from .sides import Side
from .threads import AHEAD

LIBRARIES = 400 * 2**20
"""Bytes of a process that has only just begun."""

PER_USER = 90
"""Bytes that each user takes while it is allocated, besides its id: where it is, its bid, its place
in queues."""

PER_READ_PAIR = 40
"""Bytes a pair takes while its row group is read."""


@dataclass(frozen=True)
class Footprint:
    """What an allocation takes, bytes.

    Parameters
    ----------
    users : int
        All but the candidates.
    pair : int
        Of each candidate in memory.
    pairs : int
        Of all candidates.
    """

    users: int
    pair: int
    pairs: int

    @staticmethod
    def of(groups: Sequence[RowGroup], users: Side, dtype: type) -> Footprint:
        """Return what candidates in these row groups take, and whose they are."""
        pair = 4 + np.dtype(dtype).itemsize
        n_pairs = sum(each.n_rows for each in groups)
        reading = AHEAD * PER_READ_PAIR * max(each.n_rows for each in groups)
        of_users = PER_USER * users.count + (0 if users.ids is None else users.ids.nbytes)
        return Footprint(LIBRARIES + reading + of_users, pair, pair * n_pairs)
