"""The columns of candidates, wherever a table has them, and what they may hold."""

from __future__ import annotations

import pyarrow as pa

COLUMNS = ("user", "streamer", "ev")


def is_text(kind: pa.DataType) -> bool:
    """Return whether a column of this type holds ids."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def wish(name: str, kind: pa.DataType) -> str | None:
    """Return what a column of candidates should hold, if one of this type does not."""
    if name == "ev":
        fits = pa.types.is_floating(kind) or pa.types.is_integer(kind)
        return None if fits else "numbers"
    return None if pa.types.is_integer(kind) or is_text(kind) else "positions or ids"
