"""The body of a request to the fields of its model: JSON, or parts with arrays and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from solver import InputError

from .body import Body
from .codecs import from_json
from .multipart import is_multipart, parts
from .npy import read_npy
from .schemas import checked
from .settings import Settings
from .tables import Side, read_table

Known = TypeVar("Known", bound=BaseModel)

ARRAYS = ("ev", "wealth", "capacity", "k", "min_users", "whale_penalty")
"""Fields that may come as a part in .npy format, where the request has them."""


def decoded(model: type[Known], body: Body, limits: Settings) -> Known:
    """Return the request that a body states.

    Raises
    ------
    HTTPException
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
    arrays = [name for name in ARRAYS if name in model.model_fields]
    known = ["problem", *arrays, "candidates"]
    for name in given:
        if name not in known:
            wish = f"{', '.join(known[:-1])} and {known[-1]}"
            raise InputError(name[:60], f"Expected only the parts {wish}; got {name[:60]!r}.")
    if "problem" not in given:
        raise InputError("problem", "Expected a part named problem, in JSON; got none.")
    fields = from_json(given["problem"])
    if not isinstance(fields, dict):
        raise InputError("problem", "Expected the part problem as a JSON object.")
    for name in given:
        if name in fields:
            raise InputError(name, f"Expected {name} once; it is both in problem and a part.")
    fields |= {name: read_npy(given[name], name) for name in arrays if name in given}
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
