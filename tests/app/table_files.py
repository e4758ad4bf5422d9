"""Tables as files of every format, for the tests of whoever reads them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import xlsxwriter

from app.sheets.origin import Origin
from app.tables.options import Options
from app.tables.reading import Bounds, preview_table, read_table
from app.tables.table import Preview, Table
from messages import Message

LONG_AGO = datetime(2000, 1, 1)
"""When every workbook was made: the same rows are the same bytes in every run."""

BOUNDS = Bounds(pairs=1_000_000, expanded_bytes=2**30)

Rows = Sequence[Sequence[Any]]


def read(
    content: bytes | str,
    columns: dict[str, Any] | None = None,
    header: bool | None = None,
    name: str = "x.csv",
    bounds: Bounds = BOUNDS,
) -> Table:
    """Return the table of a file."""
    data = content.encode() if isinstance(content, str) else content
    options = Options.checked(columns, header)
    return read_table(memoryview(data), Origin(name, "table"), bounds, options)


def preview(
    content: str, columns: dict[str, Any] | None = None, header: bool | None = None
) -> Preview:
    """Return what is understood of a file."""
    options = Options.checked(columns, header)
    data = memoryview(content.encode())
    return preview_table(data, Origin("x.csv", "table"), BOUNDS, options)


def as_csv(rows: Rows, encoding: str = "utf-8", **dialect: Any) -> bytes:
    """Return rows as Python's own module writes them."""
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Rows, *others: Rows) -> bytes:
    """Return rows as a workbook, each table on a sheet of its own."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"created": LONG_AGO})
        for each in (rows, *others):
            sheet = book.add_worksheet()
            for at, row in enumerate(each):
                for column, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(at, column, cell)
    return file.getvalue()


def as_npy(array: np.ndarray[Any, Any]) -> bytes:
    """Return an array as NumPy writes it."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def as_arrow(table: pa.Table, **options: Any) -> bytes:
    """Return a table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table, **options)
    return bytes(sink.getvalue())


def ids(table: Table) -> tuple[Any, Any]:
    """Return the ids of users and of streamers as lists."""
    return tuple(  # type: ignore[return-value]
        None if each is None else each.to_pylist() for each in (table.user_ids, table.streamer_ids)
    )


def expect_message(message: Message, expected: Message) -> None:
    """Hold a message against another, which need not have all of its parameters."""
    assert message.code == expected.code
    parameters = {name: message.parameters.get(name) for name in expected.parameters}
    assert parameters == dict(expected.parameters)
