"""Gift logs as CSV, read in pieces: logs have millions of rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator import GiftLog
from solver import InputError

COLUMNS = ("user_id", "streamer_id", "timestamp", "gift_price")
"""Columns of the public KuaiLive data set; others are ignored."""

ROWS = 500_000
"""Rows that are read at once."""


def read_gifts(path: Path) -> tuple[GiftLog, int]:
    """Return the gifts of a CSV file, and how many rows had a price of 0, which is no gift.

    Raises
    ------
    solver.InputError
        On a missing column, a file without gifts, or a price that is none, with its line.
    """
    import pandas as pd  # takes seconds to import, and no other command needs it

    users: list[NDArray[Any]] = []
    streamers: list[NDArray[Any]] = []
    prices: list[NDArray[np.float64]] = []
    rows = free = 0
    try:
        with pd.read_csv(path, chunksize=ROWS, dtype=str, usecols=_column) as pieces:
            for piece in pieces:
                _expect_columns(path, [*piece.columns])
                price = pd.to_numeric(piece["gift_price"], errors="coerce").to_numpy(np.float64)
                _expect_prices(path, piece, price, rows)
                _expect_ids(path, piece, rows)
                rows += len(piece)
                given = price > 0
                free += int((~given).sum())
                users.append(piece["user_id"].to_numpy(object)[given])
                streamers.append(piece["streamer_id"].to_numpy(object)[given])
                prices.append(price[given])
    except pd.errors.EmptyDataError as error:
        raise InputError("gifts", f"Expected gifts in {path}; the file is empty.") from error
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise InputError("gifts", f"Expected {path} as CSV; {reason}.") from error
    if rows == free:
        raise InputError("gifts", f"Expected gifts in {path}; it has none.")
    who, whom = (pd.factorize(np.concatenate(ids))[0] for ids in (users, streamers))
    return GiftLog(who, whom, np.concatenate(prices)), free


def _column(name: str) -> bool:
    return name in COLUMNS


def _expect_columns(path: Path, columns: list[str]) -> None:
    for name in COLUMNS:
        if name not in columns:
            wish = ", ".join(COLUMNS)
            raise InputError(
                "gifts", f"Expected columns {wish} in {path}; there is no column {name}."
            )


def _expect_prices(path: Path, piece: Any, price: NDArray[np.float64], rows: int) -> None:
    bad = np.flatnonzero(~((price >= 0) & (price <= 1e9)))
    if len(bad):
        at = int(bad[0])
        raise InputError(
            "gifts",
            f"Expected gift_price from 0 to 1e9 in {path}; line {_line(rows + at)} has "
            f"{_word(piece['gift_price'].iloc[at])}.",
            (rows + at,),
        )


def _expect_ids(path: Path, piece: Any, rows: int) -> None:
    for name in ("user_id", "streamer_id"):
        missing = np.flatnonzero(piece[name].isna().to_numpy())
        if len(missing):
            at = rows + int(missing[0])
            raise InputError(
                "gifts",
                f"Expected {name} in every line of {path}; line {_line(at)} has none.",
                (at,),
            )


def _line(row: int) -> str:
    """Return the line of a row: the first is the header's."""
    return f"{row + 2:,}"


def _word(value: Any) -> str:
    """Return a cell as a sentence names it, short."""
    text = str(value) if isinstance(value, str) else "none"
    return text if len(text) <= 40 else f"{text[:40]}…"
