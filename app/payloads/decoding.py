"""The body of a request to the fields of its model: JSON, or parts with arrays and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from app.payloads.checking import checked
from app.settings import Settings
from solver import InputError

from .body import Body
from .codecs import from_json
from .multipart import is_multipart, parts
from .npy import read_npy
from .tables import Side, read_table

Known = TypeVar("Known", bound=BaseModel)

ARRAYS = {
    "ev": "users × streamers, .npy of numbers; -inf = forbidden",
    "wealth": "one per user, .npy of numbers",
    "capacity": "one per streamer, .npy of whole numbers",
    "k": "one per streamer, .npy of whole numbers",
    "min_users": "one per streamer, .npy of whole numbers",
    "whale_penalty": "of the first, second, … whale, .npy of numbers",
}
"""Fields that may come as a part in .npy format, where the request has them."""

TABLE = (
    "Arrow IPC stream, Arrow IPC file or Parquet with the columns user, streamer and ev; integers "
    "are positions, strings are ids, which user_ids and streamer_ids have or which become them in "
    "the order of their first rows"
)


def parts_of(model: type[BaseModel]) -> dict[str, str]:
    """Return the parts that a request may come in besides the problem, and what each is."""
    arrays = {name: what for name, what in ARRAYS.items() if name in model.model_fields}
    return {**arrays, "candidates": TABLE}


def decoded(model: type[Known], body: Body, limits: Settings) -> Known:
    """Return the request that a body states.

    Raises
    ------
    RefusalError
        400 where the body is not what its type says.
    solver.InputError
        With the field and the position at fault.
    """
    with body.opened() as data:
        if not is_multipart(body.content_type):
            return checked(model, from_json(data))
        with parts(data, body.content_type) as given:
            fields = _fields(model, given, limits)
    return checked(model, fields)


def _fields(
    model: type[BaseModel], given: Mapping[str, memoryview], limits: Settings
) -> dict[str, Any]:
    """Return the fields that the parts give; none of them refers to the body's memory."""
    known = ["problem", *parts_of(model)]
    for name in given:
        if name not in known:
            wish = f"{', '.join(known[:-1])} and {known[-1]}"
            raise InputError(
                name[:60],
                f"Expected only the parts {wish}; got {name[:60]!r}.",
                code="unknown-field",
            )
    if "problem" not in given:
        raise InputError(
            "problem", "Expected a part named problem, in JSON; got none.", code="missing-field"
        )
    fields = from_json(given["problem"])
    if not isinstance(fields, dict):
        raise InputError("problem", "Expected the part problem as a JSON object.")
    for name in given:
        if name in fields:
            raise InputError(
                name,
                f"Expected {name} once; it is both in problem and a part.",
                code="conflicting-fields",
            )
    fields |= {name: read_npy(given[name], name) for name in ARRAYS if name in given}
    if "candidates" in given:
        _add_table(fields, given["candidates"], limits)
    return fields


def _add_table(fields: dict[str, Any], data: memoryview, limits: Settings) -> None:
    table = read_table(data, limits)
    fields["candidates"] = {
        "user": _positions(fields, "user", table.user),
        "streamer": _positions(fields, "streamer", table.streamer),
        "ev": table.ev,
    }


def _positions(fields: dict[str, Any], name: str, side: Side) -> NDArray[Any]:
    """Return the positions of one side; where the table has ids, by the request's or as its ids."""
    if side.ids is None:
        return side.positions
    field = f"{name}_ids"
    if fields.get(field) is None:
        fields[field] = side.ids
        return side.positions
    known = _positions_of(fields[field], field)
    place: NDArray[np.int64] = np.array([known.get(each, -1) for each in side.ids], np.int64)
    if (place < 0).any():
        at = int(np.flatnonzero(place[side.positions] < 0)[0])
        stranger = side.ids[int(side.positions[at])]
        raise InputError(
            f"candidates.{name}",
            f"Expected candidates.{name} among {field}; {stranger[:60]!r} is none of them.",
            (at,),
        )
    positions: NDArray[np.int64] = place[side.positions]
    return positions


def _positions_of(ids: Any, field: str) -> dict[str, int]:
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise InputError(field, f"Expected {field} as a list of strings.")
    return {each: at for at, each in enumerate(ids)}
