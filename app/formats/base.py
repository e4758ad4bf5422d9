"""The description of a format, for the service and the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow as pa

from app.sheets.origin import Origin
from app.sheets.sheet import Sheet


@dataclass(frozen=True)
class Output:
    """The output of a command, as JSON and as tables.

    Parameters
    ----------
    answer : mapping
        The whole output, ready for JSON.
    tables : mapping of str to pyarrow.Table
        By the name of the sheet; formats of one table contain the first.
    """

    answer: Mapping[str, Any]
    tables: Mapping[str, pa.Table]

    @property
    def main(self) -> pa.Table:
        """The first table."""
        return next(iter(self.tables.values()))


@dataclass(frozen=True)
class ReadOptions:
    """Options for reading a table.

    Parameters
    ----------
    header : bool or None
        Whether the first line has headings; None to detect it.
    most_bytes : int
        Maximum memory of the table.
    """

    header: bool | None
    most_bytes: int


Reader: TypeAlias = Callable[[memoryview, Origin, ReadOptions], Sheet]
Writer: TypeAlias = Callable[[Output], bytes]


@dataclass(frozen=True)
class Format:
    """A format of tables and results. `registry.FORMATS` lists all.

    Parameters
    ----------
    name : str
        As previews of tables call it.
    label : str
        As messages and documentation list it.
    media_type : str
    suffixes : tuple of str
        Of files; the first is that of files that commands write.
    begins : tuple of bytes
        First bytes of files, by which tables are recognized; empty for text.
    read : callable, optional
        Reads a table; None if the format is written only.
    write : callable, optional
        Writes the output of a command; None if the format is read only.
    answers : bool
        Whether `POST /allocate` answers in it where Accept has its media type.
    """

    name: str
    label: str
    media_type: str
    suffixes: tuple[str, ...]
    begins: tuple[bytes, ...] = ()
    read: Reader | None = None
    write: Writer | None = None
    answers: bool = False


def essence(content_type: str) -> str:
    """Return the type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()
