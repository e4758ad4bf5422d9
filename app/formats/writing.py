"""The formats of an answer: JSON with all of it; CSV, Parquet and Excel with its tables."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from app.files import to_json_file
from messages import Message
from solver import InputError

from .formulas import escape_formulas

MOST_EXCEL_ROWS = 1_048_575
"""Rows of a sheet, its heading not counted."""


@dataclass(frozen=True)
class Written:
    """An answer, and the same as tables.

    Parameters
    ----------
    answer : mapping
        All of it, as JSON writes it.
    tables : mapping of str to pyarrow.Table
        By the name of the sheet; the first is what CSV and Parquet have.
    """

    answer: Mapping[str, Any]
    tables: Mapping[str, pa.Table]

    @property
    def main(self) -> pa.Table:
        """The first table."""
        return next(iter(self.tables.values()))


def to_csv(written: Written) -> bytes:
    """Return the first table as CSV, RFC 4180, in UTF-8; nothing in it runs in a spreadsheet."""
    from pyarrow import csv

    table = written.main
    columns = [
        escape_formulas(column) if _is_text(column.type) else column for column in table.columns
    ]
    sink = pa.BufferOutputStream()
    options = csv.WriteOptions(quoting_style="needed", quoting_header="none")
    csv.write_csv(pa.table(columns, table.column_names), sink, options)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def to_parquet(written: Written) -> bytes:
    """Return the first table as Parquet; its schema's metadata has the rest, JSON."""
    from pyarrow import parquet

    sink = pa.BufferOutputStream()
    parquet.write_table(written.main, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def to_excel(written: Written) -> bytes:
    """Return all tables as the sheets of an Excel file; no text in it becomes a formula or link.

    Raises
    ------
    solver.InputError
        Where a table has more rows than a sheet.
    """
    import xlsxwriter

    for table in written.tables.values():
        if table.num_rows > MOST_EXCEL_ROWS:
            raise InputError(
                "output",
                Message("excel_rows_limited", most=MOST_EXCEL_ROWS, received=table.num_rows),
            )
    sink = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(sink, plain) as book:
        bold = book.add_format({"bold": True})
        for name, table in written.tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.column_names, bold)
            for at, column in enumerate(table.columns):
                sheet.write_column(1, at, column.to_pylist())
            sheet.autofit()
    return sink.getvalue()


FORMATS: Mapping[str, Callable[[Written], bytes]] = {
    ".json": lambda written: to_json_file(written.answer),
    ".csv": to_csv,
    ".parquet": to_parquet,
    ".xlsx": to_excel,
}
"""By the suffix that asks for each."""


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
