"""Excel workbooks, .xlsx; the first non-empty sheet is read."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from app.sheets.cells import Records
from app.sheets.headings import find_headings
from app.sheets.origin import Origin, quote_value
from app.sheets.sheet import HEAD, Sheet
from app.sheets.text_block import TextBlock, as_rectangle, find_decimal_mark
from messages import Message
from solver import InputError

from .base import Format, Output, ReadOptions

MOST_ROWS = 1_048_575
"""Maximum number of rows of a sheet, without its heading."""

_OLD = b"\xd0\xcf\x11\xe0"
"""First bytes of workbooks of Excel before 2007, and of those with a password."""

_NEEDED = re.compile(r"(xl/(worksheets/.*|sharedStrings|styles|workbook)\.xml|.*\.rels|\[.*)")
"""Files of the archive that are read: no pictures, charts or macros."""

_CELL = re.compile(rb"""<c\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^>]*>""")
_ROW = re.compile(rb"""<row\b[^>]*?\br=["'](\d{1,7})["']""")
_ERROR = re.compile(rb"""<c\b(?=[^>]*\bt=["']e["'])[^>]*?\br=["']([A-Z]+\d+)["']""")

_BYTES_EACH = 100
"""Memory per cell while a sheet is read; it is read as a rectangle, empty cells included."""

_MOST_DIGITS = 10**15
"""Excel keeps 15 digits of a number, so longer ids have been changed."""


def expect_readable(data: memoryview, origin: Origin) -> None:
    """Refuse a workbook of Excel before 2007, or one with a password.

    Raises
    ------
    solver.InputError
    """
    if bytes(data[:4]) == _OLD:
        raise origin.unreadable(Message("workbook_old", file=origin.file))


def read(data: memoryview, origin: Origin, options: ReadOptions) -> Sheet:
    """Return the table of a workbook.

    Raises
    ------
    solver.InputError
        If it is not a workbook, expands to too many bytes, or has cells with errors.
    """
    unpacked = _decompress(data, origin, options.most_bytes)
    try:
        workbook = CalamineWorkbook.from_filelike(unpacked)
        sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
        filled = [sheet for sheet in sheets if sheet.height]
        rows = filled[0].to_python() if filled else []
    except CalamineError as error:
        raise origin.unreadable(
            Message("workbook_unreadable", file=origin.file, problem="unreadable")
        ) from error
    if not rows:
        raise origin.refuse(Message("table_empty", file=origin.file, part="sheets"))
    warnings = _warnings(rows, filled)
    records = _records(rows, filled[0])
    top = [records.row(index) for index in range(min(2, len(records)))]
    heads = find_headings(top, options.header, origin)
    block = as_rectangle(records, heads.names, "row", origin)
    if heads.in_file:
        block = TextBlock(block.cells.slice(block.width), block.width, block.rows[1:])
    decimal = find_decimal_mark(block)
    block = TextBlock(block.cells, block.width, block.rows, decimal)
    return Sheet(
        format="Excel",
        names=heads.names,
        head=TextBlock(
            block.cells.slice(0, HEAD * block.width), block.width, block.rows[:HEAD], decimal
        ),
        blocks=lambda: iter((block,)),
        typed=False,
        header=heads.in_file,
        decimal=decimal if decimal == "," else None,
        warnings=(*heads.warnings, *warnings),
    )


def _decompress(data: memoryview, origin: Origin, most_bytes: int) -> io.BytesIO:
    """Return the workbook without compression, after a check of its expanded size."""
    unpacked = io.BytesIO()
    most_expanded = most_bytes // 2
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            needed = [each for each in archive.infolist() if _NEEDED.fullmatch(each.filename)]
            if not any(each.filename == "xl/workbook.xml" for each in needed):
                raise origin.unreadable(
                    Message("workbook_unreadable", file=origin.file, problem="archive")
                )
            if sum(each.file_size for each in needed) > most_expanded:
                raise origin.too_large(most_bytes)
            with zipfile.ZipFile(unpacked, "w", zipfile.ZIP_STORED) as stored:
                for each in needed:
                    # This reads no more than the size in the archive, and verifies the checksum.
                    content = archive.read(each)
                    if each.filename.startswith("xl/worksheets/"):
                        _expect_cells(content, origin, most_bytes)
                    stored.writestr(each.filename, content)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise origin.unreadable(
            Message("workbook_unreadable", file=origin.file, problem="damaged")
        ) from error
    unpacked.seek(0)
    return unpacked


def _expect_cells(xml: bytes, origin: Origin, most_bytes: int) -> None:
    """Refuse a sheet whose rectangle is too large, or one with the error of a formula."""
    error = _ERROR.search(xml)
    if error is not None:
        raise origin.unreadable(Message("workbook_error", file=origin.file, cell=error[1].decode()))
    rows = [int(each) for each in _ROW.findall(xml)]
    columns = {letters for letters, _ in _CELL.findall(xml)}
    height = max(rows, default=1) - min(rows, default=1) + 1
    width = max(map(_column, columns), default=1)
    if height * width * _BYTES_EACH > most_bytes:
        raise origin.too_large(most_bytes)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _records(rows: list[list[Any]], sheet: CalamineSheet) -> Records:
    width = len(rows[0])
    first = 1 + (sheet.start[0] if sheet.start else 0)
    non_empty = [index for index, row in enumerate(rows) if any(cell != "" for cell in row)]
    cells = pa.array(
        [each for index in non_empty for each in map(_text, rows[index])], pa.large_string()
    )
    counts = np.full(len(non_empty), width, np.int64)
    return Records(cells, counts, first + np.array(non_empty, np.int64))


def _text(cell: Any) -> str | None:
    """Return a cell as text; numbers are without currency or percent signs."""
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**63:
        return str(int(cell))
    return str(cell)


def _warnings(rows: list[list[Any]], filled: list[CalamineSheet]) -> list[Message]:
    warnings = []
    if len(filled) > 1:
        others = [quote_value(sheet.name) for sheet in filled[1:4]]
        warnings.append(Message("sheets_ignored", sheet=quote_value(filled[0].name), others=others))
    numbers = (cell for row in rows for cell in row[:2] if isinstance(cell, float))
    if any(abs(cell) >= _MOST_DIGITS for cell in numbers):
        warnings.append(Message("excel_digits"))
    return warnings


def write(output: Output) -> bytes:
    """Return all tables as sheets of an Excel file; text never becomes a formula or a link.

    Raises
    ------
    solver.InputError
        If a table has more rows than a sheet can have.
    """
    import xlsxwriter

    for table in output.tables.values():
        if table.num_rows > MOST_ROWS:
            raise InputError(
                "output",
                Message("excel_rows_limited", most=MOST_ROWS, received=table.num_rows),
            )
    sink = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(sink, plain) as book:
        bold = book.add_format({"bold": True})
        for name, table in output.tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.column_names, bold)
            for index, column in enumerate(table.columns):
                sheet.write_column(1, index, column.to_pylist())
            sheet.autofit()
    return sink.getvalue()


FORMAT = Format(
    name="Excel",
    label="Excel (.xlsx)",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    suffixes=(".xlsx",),
    begins=(b"PK\x03\x04",),
    read=read,
    write=write,
)
