"""Revenue that streamers had before: one number per streamer, in a .npy file or in a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.files import read_array
from app.formats.base import ReadOptions
from app.formats.registry import read_sheet
from app.sheets.ids import factorize_ids
from app.sheets.memory import guard_reading
from app.sheets.origin import Origin, quote_value
from app.sheets.sheet import Sheet
from app.sheets.streamer_revenue import StreamerRevenue
from app.sheets.synonyms import role_of
from messages import Message

from .columns import Expected, expect_numbers, read_ids, read_numbers

HEADINGS = ("revenue", "base", "收入")
"""Headings of the column of revenue, in this order."""


def read_streamer_revenue(path: Path, most_bytes: int) -> StreamerRevenue:
    """Return the revenue that a file has.

    Parameters
    ----------
    path : Path
        A .npy file with one number per streamer, or a table with the columns streamer and revenue
        in any format that tables have.
    most_bytes : int
        Maximum of additional memory.

    Raises
    ------
    solver.InputError
        With file, line, column and value.
    """
    if path.suffix == ".npy":
        return StreamerRevenue(str(path), read_array(path, "base"))
    origin = Origin(str(path), "base")
    with guard_reading(origin, most_bytes):
        sheet = read_sheet(
            memoryview(path.read_bytes()), origin, ReadOptions(header=None, most_bytes=most_bytes)
        )
        return _read(sheet, _find_columns(sheet, origin), origin)


def _find_columns(sheet: Sheet, origin: Origin) -> tuple[int, int]:
    """Return the columns of streamers and of their revenue."""
    names = [name.strip().lower() for name in sheet.names]
    streamer = [index for index, name in enumerate(names) if role_of(name) == "streamer"]
    revenue = [names.index(heading) for heading in HEADINGS if heading in names]
    if len(streamer) != 1 or not revenue:
        message = Message("revenue_columns_expected", file=origin.file, columns=sheet.listed())
        raise origin.refuse(message)
    return streamer[0], revenue[0]


def _read(sheet: Sheet, columns: tuple[int, int], origin: Origin) -> StreamerRevenue:
    streamer, revenue = columns
    ids, values = [], []
    for block in (each.filled(streamer) for each in sheet.blocks()):
        ids.append(read_ids(sheet, block, streamer, origin))
        numbers = read_numbers(sheet, block, [revenue], origin)
        valid = np.isfinite(numbers)
        expect_numbers(sheet, block, [revenue], valid, Expected("number"), origin)
        values.append(numbers[:, 0])
    positions, names = factorize_ids(ids, sheet.typed)
    counts = np.bincount(positions)
    if len(counts) and counts.max() > 1:
        name = quote_value(str(names[int(counts.argmax())].as_py()))
        raise origin.refuse(Message("revenue_twice", file=origin.file, streamer=name))
    return StreamerRevenue(origin.file, np.concatenate(values), names.to_pylist())
