"""Candidates on disk, read into memory at once or block by block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass

from messages import Message
from solver import Candidates

from .blocks import Block, read_blocks
from .gather import gather
from .row_groups import RowGroup
from .sides import Side

Bar = Callable[[Message, int | None], AbstractContextManager[Callable[[int, int], None]]]
"""Returns the progress bar of a step, given its title and its total, None if that is unknown."""


@dataclass(frozen=True, eq=False)
class Disk:
    """Candidates on disk; every reading starts again from the first row group.

    Parameters
    ----------
    groups : sequence of RowGroup
    users, streamers : Side
    pool : Executor
        Of threads.
    bar : callable
        Returns the progress bar of a reading.
    """

    groups: Sequence[RowGroup]
    users: Side
    streamers: Side
    pool: Executor
    bar: Bar

    def all(self) -> Candidates:
        """Return all candidates."""
        with self.bar(Message("progress_read"), len(self.groups)) as progress:
            return gather(self.groups, self.users, self.streamers, self.pool, progress)

    def each(self, title: Message, work: Callable[[Block], None]) -> None:
        """Call `work` with every block, in order."""
        with self.bar(title, self.users.count) as progress:
            for block in read_blocks(self.groups, self.users, self.streamers, self.pool):
                work(block)
                progress(block.first + block.pairs.shape[0], self.users.count)
