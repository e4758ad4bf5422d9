"""Tables as fields of a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.sheets.ids import positions_as_text
from app.sheets.origin import Origin, quote_value
from messages import Message
from solver import InputError

from .table import Pairs, Table


def add_table(fields: dict[str, Any], table: Table, origin: Origin) -> None:
    """Add a table of values to the fields of its request, in place.

    Ids of a table of pairs are looked up in `user_ids` and `streamer_ids` if the request has them.
    Otherwise they become the ids of the request, in the order of their first rows.

    Raises
    ------
    solver.InputError
        If the request has the fields already, an id is unknown, or the table has only wealth.
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
                _set_once(fields, f"{side}_ids", ids.to_pylist(), origin)
    if table.wealth is not None:
        _set_once(fields, "wealth", table.wealth, origin)


def add_wealth(fields: dict[str, Any], table: Table, origin: Origin) -> None:
    """Add a table of wealth to the fields of its request, in place: by id, else by position.

    Raises
    ------
    solver.InputError
        If the table has other values, or a user is missing.
    """
    if table.wealth is None or table.ev is not None:
        raise origin.refuse(Message("wealth_alone_expected", file=origin.file))
    wealth = table.wealth
    if table.user_ids is not None:
        users = fields.get("user_ids")
        if not isinstance(users, list):
            raise origin.refuse(Message("wealth_by_id_without_ids", file=origin.file))
        positions = positions_as_text(users, table.user_ids.to_pylist())
        unknown = np.flatnonzero(positions < 0)
        if len(unknown):
            index = int(unknown[0])
            raise origin.refuse(
                Message("user_without_wealth", file=origin.file, user=quote_value(users[index])),
                (index,),
            )
        wealth = wealth[positions]
    _set_once(fields, "wealth", wealth, origin)


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
    ids: pa.Array | None,
    origin: Origin,
) -> NDArray[np.int64]:
    """Return positions among the request's ids; without any, the table's become the request's."""
    if ids is None:
        return positions
    field = f"{side}_ids"
    if fields.get(field) is None:
        fields[field] = ids.to_pylist()
        return positions
    request_ids, table_ids = fields[field], ids.to_pylist()
    if not isinstance(request_ids, Sequence) or not all(
        isinstance(each, str | int) for each in request_ids
    ):
        raise InputError(field, Message("ids_expected", field=field))
    matches = positions_as_text(table_ids, request_ids)[positions]
    unknown = np.flatnonzero(matches < 0)
    if len(unknown):
        index = int(unknown[0])
        raise origin.refuse(
            Message(
                "table_id_unknown",
                side=side,
                file=origin.file,
                field=field,
                id=quote_value(table_ids[positions[index]]),
            ),
            (index,),
        )
    return matches
