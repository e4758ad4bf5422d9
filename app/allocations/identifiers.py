"""Ids of a request, and the positions that the solver uses instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from app.sheets.ids import positions_as_text
from messages import Message
from solver import InputError
from solver.errors import quote

Among = Literal["users", "streamers", "user_ids", "streamer_ids"]
"""The ids among which another is looked up: parameter `among` of messages."""

Id = str | int
"""An id in a request: text, or a whole number of 64 bits."""


class Positions(Sequence[str]):
    """Positions as ids, "0", "1", …, created on access."""

    def __init__(self, count: int) -> None:
        self._positions = range(count)

    def __len__(self) -> int:
        return len(self._positions)

    def __iter__(self) -> Iterator[str]:
        return map(str, self._positions)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        positions = self._positions[index]
        return str(positions) if isinstance(positions, int) else [*map(str, positions)]


def expect_ids(ids: Sequence[Id] | None, field: str, count: int) -> Sequence[Id]:
    """Return the ids of `count` users or streamers; by default "0", "1", ….

    Raises
    ------
    solver.InputError
        If the number of ids differs, or an id occurs twice.
    """
    if ids is None:
        return Positions(count)
    if len(ids) != count:
        raise InputError(
            field, Message("ids_count", expected=count, field=field, received=len(ids))
        )
    _expect_unique(ids, field)
    return ids


def mask_of_ids(
    chosen: Sequence[Id], field: str, ids: Sequence[Id], among: Among
) -> NDArray[np.bool_]:
    """Return the mask of chosen ids, (N,) bool.

    Raises
    ------
    solver.InputError
        If an id is not one of `ids`, or occurs twice.
    """
    _expect_unique(chosen, field)
    positions = positions_as_text(chosen, ids)
    unknown = np.flatnonzero(positions < 0)
    if len(unknown):
        index = int(unknown[0])
        received = quote(chosen[index])
        message = Message("id_unknown", field=field, among=among, received=received)
        raise InputError(field, message, (index,))
    mask = np.zeros(len(ids), dtype=np.bool_)
    mask[positions] = True
    return mask


def values_by_position(
    values: Mapping[str, float], field: str, ids: Sequence[Id], among: Among
) -> NDArray[np.float64]:
    """Return values by id as (n,) float64; 0 for ids without a value.

    Raises
    ------
    solver.InputError
        If an id is not one of `ids`.
    """
    array = np.zeros(len(ids))
    if not values:
        return array
    positions = positions_as_text(values, ids)
    for each, position in zip(values, positions, strict=True):
        if position < 0:
            message = Message("price_id_unknown", field=field, among=among, received=quote(each))
            raise InputError(f"{field}.{each}", message)
    array[positions] = [*values.values()]
    return array


def are_all_integers(ids: Sequence[Id]) -> bool:
    """Return whether all ids are numbers."""
    return not isinstance(ids, Positions) and {*map(type, ids)} == {int}


def _expect_unique(ids: Sequence[Id], field: str) -> None:
    one_kind = len({*map(type, ids)}) < 2
    if len({*(ids if one_kind else map(str, ids))}) == len(ids):
        return
    first: dict[str, int] = {}
    for position, each in enumerate(map(str, ids)):
        if each in first:
            first_id, second_id = ids[first[each]], ids[position]
            places = {"first": str(first[each]), "second": str(position)}
            message = Message("id_twice", field=field, id=quote(second_id), **places)
            if first_id != second_id:
                message = Message(
                    "ids_equal_as_text",
                    field=field,
                    id=quote(first_id),
                    other=quote(second_id),
                    **places,
                )
            raise InputError(field, message, (position,))
        first[each] = position
