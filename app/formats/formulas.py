"""Text that a spreadsheet would run: kept from being a formula."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
"""How text begins that a spreadsheet may take for a formula; the page has the same (page.js)."""

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
"""Plain numbers may begin so too, and do no harm."""

QUOTE = "'"
"""Before such text: spreadsheets then show it as it is, and run nothing."""


def escape_formula(text: str) -> str:
    """Return text for a cell of a CSV file, with a quote before what looks like a formula."""
    if re.match(FORMULA, text) and not re.match(NUMBER, text):
        return QUOTE + text
    return text


def escape_formulas(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of text with every cell as `escape_formula` has it."""
    text = column.cast(pa.large_string())
    begins = pc.match_substring_regex(text, FORMULA)
    is_number = pc.match_substring_regex(text, NUMBER)
    quote, nothing = (pa.scalar(each, pa.large_string()) for each in (QUOTE, ""))
    escaped = pc.binary_join_element_wise(quote, text, nothing)
    return pc.if_else(pc.and_not(begins, is_number), escaped, text)
