"""Text cut into cells: as a slow and obvious reader of RFC 4180 cuts it, and as Python's does."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sheets.cells import split_records
from app.sheets.origin import Origin
from messages import Message
from solver import InputError

ORIGIN = Origin("x.csv", "table")


def cut(text: str, block: int) -> list[tuple[int, list[str]]] | tuple[int, int]:
    """Return the lines with their numbers, or where the first fault is."""
    try:
        found = [*split_records(text.encode(), ",", ORIGIN, block)]
    except InputError as error:
        return error.position  # type: ignore[return-value]
    return [(int(each.lines[at]), each.row(at)) for each in found for at in range(len(each.counts))]


class Slowly:
    """The same, a character at a time."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1
        self.rows: list[tuple[int, list[str]]] = []

    def read(self) -> list[tuple[int, list[str]]] | tuple[int, int]:
        try:
            while self.at < len(self.text):
                began, cells = self.line, self.record()
                if cells != [""]:
                    self.rows.append((began, cells))
        except ValueError as fault:
            return fault.args  # type: ignore[return-value]
        return self.rows

    def record(self) -> list[str]:
        cells = [self.cell(1)]
        while self.next() == ",":
            self.take()
            cells.append(self.cell(len(cells) + 1))
        if self.next():
            self.take()
        return cells

    def cell(self, column: int) -> str:
        line, text = self.line, ""
        if self.next() == '"':
            text = self.quoted(line, column)
            if self.next() not in ("", ",", "\r", "\n"):
                raise ValueError(self.line, column)
        while self.next() not in ("", ",", "\r", "\n"):
            if self.next() == '"':
                raise ValueError(line, column)
            text += self.take()
        return text

    def quoted(self, line: int, column: int) -> str:
        self.take()
        text = ""
        while self.next() != '"' or self.text[self.at + 1 : self.at + 2] == '"':
            if not self.next():
                raise ValueError(line, column)
            if self.next() == '"':
                self.take()
            text += self.take()
        self.take()
        return text

    def next(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        taken = "\r\n" if self.text[self.at : self.at + 2] == "\r\n" else self.next()
        self.at += len(taken)
        self.line += taken[0] in "\r\n"
        return taken


@given(st.text(alphabet='a,"\n\r ü', max_size=30), st.integers(1, 40))
def test_cells_are_those_of_a_slow_reader_wherever_blocks_end(text: str, block: int) -> None:
    assert cut(text, block) == Slowly(text).read()


@given(
    st.lists(st.lists(st.text(alphabet='a,"\n ü;', max_size=5), min_size=2, max_size=4)),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.integers(1, 40),
)
def test_cells_are_those_that_pythons_writer_wrote(
    rows: list[list[str]], end: str, quoting: Any, block: int
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, quoting=quoting).writerows(rows)
    found = cut(text.getvalue(), block)

    assert isinstance(found, list)
    assert (
        [row for _, row in found] == rows == [*csv.reader(io.StringIO(text.getvalue(), newline=""))]
    )


@pytest.mark.parametrize(
    ("text", "rule", "received", "position"),
    [
        (
            'user,a,b\nBob "Bee" Wu,8,8"7,7\n',
            "around",
            "'Bob \"Bee\" Wu'",
            (2, 1),
        ),
        ('user,a\nu0,"1"2\n', "around", "'\"1\"2'", (2, 2)),
        ('user,a\n"two\nlines",1\nu1,8"\n', "around", "'8\"'", (4, 2)),
        ('user,a\nu0,"1\nu1,2\n', "closed", "'\"1'", (2, 2)),
    ],
)
def test_a_quote_in_the_wrong_place_is_named_with_line_column_and_value(
    text: str, rule: str, received: str, position: tuple[int, int]
) -> None:
    with pytest.raises(InputError) as refused:
        list(split_records(text.encode(), ",", ORIGIN))

    line, column = position
    assert refused.value.message == Message(
        "quote_misplaced", rule=rule, file="x.csv", line=line, column=column, received=received
    )
    assert refused.value.position == position


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sheets.cells.LONGEST_LINE", 1 << 16)

    with pytest.raises(InputError) as refused:
        list(split_records(b'user,"' + b"a" * (1 << 17), ",", ORIGIN, block=1 << 14))

    assert refused.value.message == Message("line_too_long", most=65_536, file="x.csv", line=1)
