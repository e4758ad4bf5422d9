"""The registry of formats. To add one, write its module and list its `FORMAT` here."""

from __future__ import annotations

from app.sheets.encoding import NotTextError
from app.sheets.foreign import find_kind
from app.sheets.origin import Origin
from app.sheets.sheet import Sheet
from messages import Message

from . import arrow, csv, excel, json, npy, parquet
from .base import Format, ReadOptions, Writer

FORMATS: tuple[Format, ...] = (
    csv.FORMAT,
    excel.FORMAT,
    parquet.FORMAT,
    arrow.FORMAT,
    npy.FORMAT,
    json.FORMAT,
)

TABLE_FORMATS = tuple(each for each in FORMATS if each.read is not None)
"""Formats of tables that can be read."""

TABLE_LABELS = tuple(each.label for each in TABLE_FORMATS)

TABLE_SUFFIXES = tuple(suffix for each in TABLE_FORMATS for suffix in each.suffixes)
"""Suffixes of files with tables, for file dialogs."""

WRITERS: dict[str, Writer] = {
    each.suffixes[0]: each.write
    for each in sorted(FORMATS, key=lambda each: each is not json.FORMAT)
    if each.write is not None
}
"""Formats that commands write, by suffix; JSON, which has the whole output, is the first."""

ANSWER_MEDIA_TYPES = tuple(each.media_type for each in FORMATS if each.answers)
"""Media types of allocations over HTTP, besides JSON."""


def alternatives(names: tuple[str, ...]) -> str:
    """Return names as a list in words: "a, b or c"."""
    return str(Message("alternatives", names=names))


def negotiate_media_type(accept: str) -> str:
    """Return the media type of an allocation for a header Accept; JSON by default."""
    return next((each for each in ANSWER_MEDIA_TYPES if each in accept), json.FORMAT.media_type)


def read_sheet(data: memoryview, origin: Origin, options: ReadOptions) -> Sheet:
    """Return the table in some bytes. Their first bytes determine the format.

    Raises
    ------
    solver.InputError
        If the format is unknown.
    pyarrow.ArrowException
        If Arrow or Parquet cannot be read.
    """
    if not len(data):
        raise origin.unreadable(Message("table_empty", file=origin.file, part="file"))
    start = bytes(data[:8])
    for each in TABLE_FORMATS:
        if each.read is not None and each.begins and start.startswith(each.begins):
            return each.read(data, origin, options)
    excel.expect_readable(data, origin)
    kind = find_kind(data)
    if kind is not None:
        raise origin.unreadable(
            Message("table_of_other_kind", file=origin.file, formats=TABLE_LABELS, kind=kind)
        )
    try:
        return csv.read(data, origin, options)
    except NotTextError:
        raise origin.unreadable(
            Message("table_not_known", file=origin.file, formats=TABLE_LABELS)
        ) from None
