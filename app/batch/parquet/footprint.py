"""Estimates of the memory that an allocation takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .disk import Disk
from .threads import AHEAD

LIBRARIES = 400 * 2**20
"""Bytes of a process that has only imported its libraries."""

PER_USER = 90
"""Bytes per user during the allocation, besides its id: its assignment, bid and queue entry."""

PER_READ_PAIR = 40
"""Bytes per pair while its row group is read."""


@dataclass(frozen=True)
class Footprint:
    """Memory of an allocation, bytes.

    Parameters
    ----------
    users : int
        Everything but the candidates.
    pair : int
        Per candidate in memory.
    pairs : int
        All candidates.
    """

    users: int
    pair: int
    pairs: int

    @staticmethod
    def of(disk: Disk) -> Footprint:
        """Return the footprint of candidates and of their users."""
        groups, users = disk.groups, disk.users
        pair = 4 + np.dtype(disk.dtype).itemsize
        n_pairs = sum(each.n_rows for each in groups)
        reading = AHEAD * PER_READ_PAIR * max(each.n_rows for each in groups)
        of_users = PER_USER * users.count + (0 if users.ids is None else users.ids.nbytes)
        return Footprint(LIBRARIES + reading + of_users, pair, pair * n_pairs)
