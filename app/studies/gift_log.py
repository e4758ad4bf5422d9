"""Gift logs, in any format that tables come in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.formats.base import ReadOptions
from app.formats.registry import read_sheet
from app.settings import Settings
from app.sheets.ids import encode_ids, factorize_ids
from app.sheets.memory import guard_reading
from app.sheets.origin import Origin, name_heading
from app.sheets.sheet import Sheet
from app.sheets.synonyms import plain, role_of
from app.tables.columns import Expected, expect_numbers, read_ids, read_numbers
from app.tables.summary import column_role, roles_of, summarize_format
from messages import Message
from simulator import GiftLog

COLUMNS = ("user_id", "streamer_id", "gift_price")
"""Columns of the public KuaiLive data set, which go by other names too; others are ignored."""

_PRICES = ("gift_price", "price", "amount", "gift_value", "礼物价格", "价格", "金额", "礼物价值")

_LARGEST_PRICE = 1e9


def read_gifts(path: Path) -> tuple[GiftLog, int, Message]:
    """Return the gifts of a file.

    Returns
    -------
    gifts : simulator.GiftLog
    free : int
        How many rows had a price of 0; these are not gifts.
    summary : Message
        Format, columns and number of gifts of the file, in one line.

    Raises
    ------
    solver.InputError
        If the file is damaged or too large, lacks a column, has no gifts or an invalid price (with
        its line).
    """
    origin = Origin(str(path), "gifts")
    data = memoryview(path.read_bytes())
    most = Settings().max_expanded_bytes
    with guard_reading(origin, most):
        return _gifts(read_sheet(data, origin, ReadOptions(None, most)), origin)


def _gifts(sheet: Sheet, origin: Origin) -> tuple[GiftLog, int, Message]:
    columns = _columns(sheet, origin)
    user, streamer, price = columns
    users: list[pa.Array] = []
    streamers: list[pa.Array] = []
    prices: list[NDArray[np.float64]] = []
    free = 0
    for whole in sheet.blocks():
        block = whole.filled(user)
        values = read_numbers(sheet, block, [price], origin)
        good = (values >= 0) & (values <= _LARGEST_PRICE)
        expect_numbers(sheet, block, [price], good, Expected("price"), origin)
        paid = values[:, 0] > 0
        free += int((~paid).sum())
        prices.append(values[paid, 0].astype(np.float64))
        for column, rows in ((user, users), (streamer, streamers)):
            ids = read_ids(sheet, block, column, origin)
            rows.append(encode_ids(ids.filter(pa.array(paid))))
    amounts: NDArray[np.float64] = np.concatenate(prices)
    if not len(amounts):
        raise origin.refuse(Message("gifts_missing", file=origin.file))
    who, _ = factorize_ids(users, sheet.typed)
    whom, _ = factorize_ids(streamers, sheet.typed)
    return GiftLog(who, whom, amounts), free, _summary(sheet, columns, len(amounts), origin)


def _summary(sheet: Sheet, columns: tuple[int, int, int], gifts: int, origin: Origin) -> Message:
    """Return "gifts.csv: CSV (UTF-8, commas), 800 gifts; users: user_id, …"."""
    roles = [
        column_role(role, name_heading(sheet.names[index]))
        for role, index in zip(("user", "streamer", "price"), columns, strict=True)
    ]
    return Message(
        "gifts_summary",
        file=origin.file,
        format=summarize_format(sheet),
        gifts=gifts,
        roles=roles_of(roles),
    )


def _columns(sheet: Sheet, origin: Origin) -> tuple[int, int, int]:
    """Return the columns of users, of streamers and of prices."""
    roles = ["price" if plain(name) in _PRICES else (role_of(name) or "") for name in sheet.names]
    for role in ("user", "streamer", "price"):
        if role not in roles:
            raise origin.refuse(
                Message(
                    "gift_columns_expected",
                    expected=COLUMNS,
                    file=origin.file,
                    columns=sheet.listed(),
                )
            )
    return roles.index("user"), roles.index("streamer"), roles.index("price")
