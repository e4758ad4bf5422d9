"""The columns of candidates, and what they may hold."""

from __future__ import annotations

import pyarrow as pa

from app.sheets.arrow_types import is_number, is_text

COLUMNS = ("user", "streamer", "ev")


def expected_type(name: str, kind: pa.DataType) -> str | None:
    """Return what a column of candidates should hold, if one of this type does not."""
    if name == "ev":
        return None if is_number(kind) else "numbers"
    return None if pa.types.is_integer(kind) or is_text(kind) else "positions_or_ids"
