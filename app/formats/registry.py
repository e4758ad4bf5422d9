"""The formats of tables, a file each, and which one some bytes are of."""

from __future__ import annotations

from app.formats import arrow, csv, excel, npy, parquet
from app.sheets.foreign import kind_of
from app.sheets.origin import Origin
from app.sheets.sheet import Sheet
from messages import Message

SUFFIXES = (
    ".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".arrow", ".arrows", ".feather", ".ipc", ".npy",
)  # fmt: skip
"""How files of these formats are usually called; only people read it."""


def read_sheet(data: memoryview, origin: Origin, header: bool | None, most_bytes: int) -> Sheet:
    """Return the table that some bytes hold, in the format that they begin with.

    Raises
    ------
    solver.InputError
        Where they are of none.
    pyarrow.ArrowException
        Where Arrow or Parquet cannot be read.
    """
    start = bytes(data[:8])
    if not start:
        raise origin.unreadable(Message("table_empty", file=origin.file, part="file"))
    if start.startswith(parquet.MAGIC):
        return parquet.read(data, origin)
    if start.startswith((arrow.FILE, arrow.STREAM)):
        return arrow.read(data, origin)
    if start.startswith(npy.MAGIC):
        return npy.read(data, origin)
    if start.startswith(excel.MAGIC):
        return excel.read(data, origin, header, most_bytes)
    if excel.is_old(data):
        raise origin.unreadable(Message("workbook_old", file=origin.file))
    kind = kind_of(data)
    if kind is not None:
        raise origin.unreadable(Message("table_of_other_kind", file=origin.file, kind=kind))
    return csv.read(data, origin, header)
