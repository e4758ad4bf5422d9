"""Escapes text that a spreadsheet would run as a formula."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
"""The start of text that spreadsheets may run as a formula; page.js has the same rule."""

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
"""Plain numbers may begin in the same way and are harmless."""

QUOTE = "'"
"""The escape: spreadsheets show text after it unchanged and do not run it."""


def escape_formula(text: str) -> str:
    """Return text for a cell of a CSV file, with a quote before formulas."""
    if re.match(FORMULA, text) and not re.match(NUMBER, text):
        return QUOTE + text
    return text


def escape_formulas(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of text with `escape_formula` applied to every cell."""
    text = column.cast(pa.large_string())
    begins = pc.match_substring_regex(text, FORMULA)
    is_number = pc.match_substring_regex(text, NUMBER)
    quote, nothing = (pa.scalar(each, pa.large_string()) for each in (QUOTE, ""))
    escaped = pc.binary_join_element_wise(quote, text, nothing)
    return pc.if_else(pc.and_not(begins, is_number), escaped, text)
