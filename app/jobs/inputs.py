"""Inputs of experiments: bodies of requests, stored in parts.

Only one part is in memory at a time, whatever the size of the body.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, insert, select

from app.http.body import Body
from app.http.spool import INLINE_BYTES, open_unnamed_file, path_of

from .database_tables import INPUTS

PART_BYTES = 2**20
"""Size of a part."""


def size_of(content: bytes | Path | None) -> int:
    """Return the size of an input in bytes."""
    return 0 if content is None else Body(content).size


def write_input(connection: Connection, number: int, content: bytes | Path) -> None:
    """Write the input of an experiment unless it exists already."""
    existing = select(INPUTS.c.experiment).where(INPUTS.c.experiment == number).limit(1)
    if connection.scalar(existing) is not None:
        return
    for part, piece in enumerate(Body(content).chunks(PART_BYTES)):
        connection.execute(insert(INPUTS).values(experiment=number, part=part, body=piece))


def read_input(connection: Connection, number: int) -> Iterator[bytes]:
    """Yield the parts of an experiment's input, if it has one."""
    query = select(INPUTS.c.body).where(INPUTS.c.experiment == number)
    part = 0
    while (piece := connection.scalar(query.where(INPUTS.c.part == part))) is not None:
        yield piece
        part += 1


class OpenInput:
    """An experiment's input in memory or in an unnamed file, which workers can open.

    Parameters
    ----------
    parts : iterator of bytes
    directory : Path
        Directory of the file of a large input.
    """

    def __init__(self, parts: Iterator[bytes], directory: Path) -> None:
        self._file: IO[bytes] | None = None
        first = next(parts, None)
        if first is None or len(first) <= INLINE_BYTES:  # a part that is not full is the only one
            self.content: bytes | Path | None = first
            return
        self._file = open_unnamed_file(directory)
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
        """Close the file, which deletes it."""
        if self._file is not None:
            self._file.close()
