"""What experiments need besides their configurations: bodies of requests, in parts.

A body of any size is written and read with a part of it in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, insert, select

from app.http.body import Body
from app.http.spool import INLINE, open_unnamed, path_of

from .database_tables import INPUTS

PART = 2**20
"""Bytes of a part."""


def size_of(content: bytes | Path | None) -> int:
    """Return the number of bytes of an input."""
    return 0 if content is None else Body(content).size


def keep_input(connection: Connection, number: int, content: bytes | Path) -> None:
    """Write the input of an experiment, unless it is there."""
    there = select(INPUTS.c.experiment).where(INPUTS.c.experiment == number).limit(1)
    if connection.scalar(there) is not None:
        return
    for part, piece in enumerate(Body(content).chunks(PART)):
        connection.execute(insert(INPUTS).values(experiment=number, part=part, body=piece))


def read_input(connection: Connection, number: int) -> Iterator[bytes]:
    """Yield the parts of an experiment's input; none where it has no input."""
    query = select(INPUTS.c.body).where(INPUTS.c.experiment == number)
    part = 0
    while (piece := connection.scalar(query.where(INPUTS.c.part == part))) is not None:
        yield piece
        part += 1


class OpenInput:
    """An experiment's input where workers find it, until it is closed.

    Parameters
    ----------
    parts : iterator of bytes
    directory : Path
        Of the file that a large one is in, which has no name.
    """

    def __init__(self, parts: Iterator[bytes], directory: Path) -> None:
        self._file: IO[bytes] | None = None
        first = next(parts, None)
        if first is None or len(first) <= INLINE:  # a part that is not full is the only one
            self.content: bytes | Path | None = first
            return
        self._file = open_unnamed(directory)
        try:
            self._file.write(first)
            for piece in parts:
                self._file.write(piece)
            self._file.flush()
        except BaseException:
            self._file.close()
            raise
        self.content = path_of(self._file)

    def close(self) -> None:
        """Forget the file."""
        if self._file is not None:
            self._file.close()
