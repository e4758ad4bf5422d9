"""Candidates on disk, as they are read whole or block by block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from app.batch.result import Bar
from solver import Candidates

from .blocks import Block, read_blocks
from .gather import gather
from .row_groups import RowGroup
from .sides import Side


@dataclass(frozen=True, eq=False)
class Disk:
    """Candidates that are read anew each time.

    Parameters
    ----------
    groups : sequence of RowGroup
    users, streamers : Side
    pool : Executor
        Of threads.
    bar : callable
        Makes the progress bar of a reading.
    """

    groups: Sequence[RowGroup]
    users: Side
    streamers: Side
    pool: Executor
    bar: Bar

    def all(self) -> Candidates:
        """Return all candidates."""
        with self.bar("read", len(self.groups)) as progress:
            return gather(self.groups, self.users, self.streamers, self.pool, progress)

    def each(self, what: str, work: Callable[[Block], None]) -> None:
        """Do something with every block, in order."""
        with self.bar(what, self.users.count) as progress:
            for block in read_blocks(self.groups, self.users, self.streamers, self.pool):
                work(block)
                progress(block.first + block.pairs.shape[0], self.users.count)
