"""CSV with commas, semicolons or tabs; it is written with commas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pyarrow as pa

from app.sheets.arrow_types import is_text
from app.sheets.cells import split_records
from app.sheets.encoding import Text, decode_text
from app.sheets.headings import find_headings
from app.sheets.origin import Origin
from app.sheets.sheet import HEAD, Sheet
from app.sheets.text_block import TextBlock, as_rectangle, find_decimal_mark
from messages import Message

from .base import Format, Output, ReadOptions
from .formulas import escape_formulas

DELIMITERS = ("\t", ";", ",")
"""Supported delimiters, in the order in which they are tried."""

_LINES_TRIED = 100
_QUOTED = re.compile(rb'"[^"]*+"')
_HINT = re.compile(rb'"?sep=([,;\t])"?(\r\n|\r|\n)', re.IGNORECASE)
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_START = 1 << 20
"""Number of bytes that rules look at."""


def read(data: memoryview, origin: Origin, options: ReadOptions) -> Sheet:
    """Return the table of a text file.

    Raises
    ------
    solver.InputError
        If it is not a table, or a quote is misplaced.
    """
    text = decode_text(data, origin)
    text, delimiter = _without_hint(text)
    delimiter = delimiter or _delimiter(text.content)
    lines = split_records(text.content, delimiter, origin)
    top = [*islice((each.row(index) for each in lines for index in range(min(2, len(each)))), 2)]
    if not top:
        raise origin.unreadable(Message("table_empty", file=origin.file, part="file"))
    heads = find_headings(top, options.header, origin)
    width = len(heads.names)

    def blocks() -> Iterator[TextBlock]:
        skip = heads.in_file
        for each in split_records(text.content, delimiter, origin):
            block = as_rectangle(each, heads.names, "line", origin)
            yield _from(block, 1) if skip else block
            skip = False

    head = next(blocks())
    head = replace(head, cells=head.cells.slice(0, HEAD * width), rows=head.rows[:HEAD])
    decimal = find_decimal_mark(head)
    warnings = list(heads.warnings)
    if text.guessed:
        warnings.append(Message("encoding_guessed", encoding=text.encoding))
    return Sheet(
        format="CSV",
        names=heads.names,
        head=replace(head, decimal=decimal),
        blocks=lambda: (replace(block, decimal=decimal) for block in blocks()),
        place="line",
        typed=False,
        header=heads.in_file,
        encoding=text.encoding,
        delimiter=delimiter,
        decimal=decimal,
        warnings=tuple(warnings),
    )


def _without_hint(text: Text) -> tuple[Text, str | None]:
    """Return a text without a first line like sep=; for Excel, and its delimiter."""
    hint = _HINT.match(text.content)
    if hint is None:
        return text, None
    rest = b"\n" + text.content[hint.end() :]  # an empty line keeps line numbers
    return replace(text, content=rest), hint[1].decode()


def _from(block: TextBlock, row: int) -> TextBlock:
    return replace(block, cells=block.cells.slice(row * block.width), rows=block.rows[row:])


def _delimiter(content: bytes) -> str:
    """Return the delimiter, by the rules of the package."""
    start = content[:_START]
    if len(content) > _START:
        end = max(start.rfind(b"\n"), start.rfind(b"\r"))
        start = start[: end + 1] if end >= 0 else content
    widths = {}
    for each in DELIMITERS:
        if each.encode() not in start:
            continue
        widths[each] = _widths(start, each)
    for each, counts in widths.items():
        if counts and counts[0] >= 2 and {*counts} == {counts[0]}:
            return each
    return max(widths, key=lambda each: widths[each][:1], default=",")


def _widths(start: bytes, delimiter: str) -> list[int]:
    """Return the number of cells of the first lines."""
    bare = _QUOTED.sub(b"q", start) if b'"' in start else start
    lines = (each for each in _LINE_ENDS.split(bare) if each)
    return [1 + line.count(delimiter.encode()) for line in islice(lines, _LINES_TRIED)]


def write(output: Output) -> bytes:
    """Return the first table as CSV, RFC 4180, in UTF-8; nothing in it runs in a spreadsheet."""
    from pyarrow import csv

    table = output.main
    columns = [
        escape_formulas(column) if is_text(column.type) else column for column in table.columns
    ]
    sink = pa.BufferOutputStream()
    options = csv.WriteOptions(quoting_style="needed", quoting_header="none")
    csv.write_csv(pa.table(columns, table.column_names), sink, options)
    content: bytes = sink.getvalue().to_pybytes()
    return content


FORMAT = Format(
    name="CSV",
    label="CSV",
    media_type="text/csv",
    suffixes=(".csv", ".tsv", ".txt"),
    read=read,
    write=write,
)
