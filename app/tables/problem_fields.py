"""A table as the fields of a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.sheets.origin import Origin, quote_value
from messages import Message
from solver import InputError

from .table import Ids, Pairs, Table


def add_table(fields: dict[str, Any], table: Table, origin: Origin) -> None:
    """Add what a table says of a problem to the fields of its request, in place.

    Ids of pairs may be in `user_ids` and `streamer_ids` already, and are then among them; where
    they are not, they become them in the order of their first rows.

    Raises
    ------
    solver.InputError
        Where a field is there already, or the table is of wealth alone.
    """
    if table.ev is None:
        raise origin.refuse(Message("table_of_wealth_alone", file=origin.file))
    for name in ("ev", "candidates"):
        if fields.get(name) is not None:
            raise InputError(
                name,
                Message("field_beside_table", field=name, table=origin.field),
                code="conflicting-fields",
            )
    if isinstance(table.ev, Pairs):
        pairs = table.ev
        fields["candidates"] = {
            "user": _positions(fields, "user", pairs.user, table.user_ids, origin),
            "streamer": _positions(fields, "streamer", pairs.streamer, table.streamer_ids, origin),
            "ev": pairs.ev,
        }
    else:
        fields["ev"] = table.ev
        for side, ids in (("user", table.user_ids), ("streamer", table.streamer_ids)):
            if ids is not None:
                _set_once(fields, f"{side}_ids", _as_list(ids), origin)
    if table.wealth is not None:
        _set_once(fields, "wealth", table.wealth, origin)


def add_wealth(fields: dict[str, Any], table: Table, origin: Origin) -> None:
    """Add the wealth of a table that has nothing else, in place; by id, or by position.

    Raises
    ------
    solver.InputError
        Where it has more, or a user is missing.
    """
    if table.wealth is None or table.ev is not None:
        raise origin.refuse(Message("wealth_alone_expected", file=origin.file))
    wealth = table.wealth
    if table.user_ids is not None:
        users = fields.get("user_ids")
        if not isinstance(users, list):
            raise origin.refuse(Message("wealth_by_id_without_ids", file=origin.file))
        place = {str(each): index for index, each in enumerate(_as_list(table.user_ids))}
        index = next((index for index, each in enumerate(users) if str(each) not in place), None)
        if index is not None:
            raise origin.refuse(
                Message("user_without_wealth", file=origin.file, user=quote_value(users[index])),
                (index,),
            )
        wealth = wealth[[place[str(each)] for each in users]]
    _set_once(fields, "wealth", wealth, origin)


def _as_list(ids: Ids) -> list[Any]:
    return [*ids.as_list()]


def _set_once(fields: dict[str, Any], name: str, value: Any, origin: Origin) -> None:
    if fields.get(name) is not None:
        raise InputError(
            name,
            Message("field_also_in_table", field=name, file=origin.file),
            code="conflicting-fields",
        )
    fields[name] = value


def _positions(
    fields: dict[str, Any],
    side: str,
    positions: NDArray[np.int64],
    ids: Ids | None,
    origin: Origin,
) -> NDArray[np.int64]:
    """Return the positions of one side in the request's ids, or make those the request's."""
    if ids is None:
        return positions
    field = f"{side}_ids"
    if fields.get(field) is None:
        fields[field] = _as_list(ids)
        return positions
    known = _positions_of(fields[field], field)
    own = _as_list(ids)
    place: NDArray[np.int64] = np.array([known.get(str(each), -1) for each in own], np.int64)
    if (place < 0).any():
        index = int(np.flatnonzero(place[positions] < 0)[0])
        raise origin.refuse(
            Message(
                "table_id_unknown",
                side=side,
                file=origin.file,
                field=field,
                id=quote_value(own[positions[index]]),
            ),
            (index,),
        )
    matches: NDArray[np.int64] = place[positions]
    return matches


def _positions_of(ids: Any, field: str) -> dict[str, int]:
    if not isinstance(ids, Sequence) or not all(isinstance(each, str | int) for each in ids):
        raise InputError(field, Message("ids_expected", field=field))
    return {str(each): index for index, each in enumerate(ids)}
