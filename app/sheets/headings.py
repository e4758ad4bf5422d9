"""Detects whether the first line of a text has headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from messages import Message

from .origin import Origin, name_heading
from .synonyms import is_unnamed, role_of

_WHOLE = re.compile(r"-?(0|[1-9]\d*)")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Headings:
    """Headings of columns.

    Parameters
    ----------
    names : list of str
        "" for a column without a heading.
    in_file : bool
        Whether they are the first line; otherwise there are none.
    warnings : tuple of Message
    """

    names: list[str]
    in_file: bool
    warnings: tuple[Message, ...] = ()


def find_headings(top: Sequence[Sequence[str]], header: bool | None, origin: Origin) -> Headings:
    """Return the headings of a table.

    Parameters
    ----------
    top : sequence of sequences of str
        Its first line, and the second if there is one.
    header : bool or None
        Whether the first line has them; None for the rules of the package.
    origin : Origin
    """
    first = [each.strip() for each in top[0]]
    warnings: tuple[Message, ...] = ()
    if header is None:
        header, warnings = _detect(first)
    if header and len(top) < 2:
        raise origin.refuse(Message("headings_alone", file=origin.file))
    if not header:
        first = [""] * _width(first, top)
    while header and first and not first[-1]:
        first.pop()
    if not first:
        raise origin.refuse(Message("table_empty", file=origin.file, part="first_line"))
    if not header:
        return Headings(first, in_file=False, warnings=warnings)
    return Headings(first, in_file=True, warnings=warnings)


def _width(first: Sequence[str], top: Sequence[Sequence[str]]) -> int:
    """Return the number of columns of lines without headings; trailing empty ones do not count."""
    return max(
        max((index + 1 for index, cell in enumerate(row) if cell.strip()), default=0)
        for row in (first, *top[1:])
    )


def _detect(first: Sequence[str]) -> tuple[bool, tuple[Message, ...]]:
    """Return whether the first line has headings, and warnings if that is doubtful."""
    if any(role_of(each) for each in first if each):
        return True, ()
    others = [each for each in first[1:] if each]
    if not others or not all(map(_NUMBER.fullmatch, others)):
        return True, ()
    if is_unnamed(first[0]):
        return True, ()
    ids = len({*others}) == len(others) and all(map(_WHOLE.fullmatch, others))
    if ids and not _NUMBER.fullmatch(first[0]):
        return True, (Message("header_of_numbers_after", name=name_heading(first[0])),)
    return False, (Message("header_of_numbers"),)
