"""Ids at the edges, positions inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from messages import Message
from solver import InputError
from solver.errors import quote

Among = Literal["users", "streamers", "user_ids", "streamer_ids"]
"""Among which ids another one should be: parameter `among` of messages."""

Id = str | int
"""An id as a request has it: text, or a whole number of 64 bits."""


class Positions(Sequence[str]):
    """Positions as ids, "0", "1", …, made on access."""

    def __init__(self, count: int) -> None:
        self._positions = range(count)

    def __len__(self) -> int:
        return len(self._positions)

    def __iter__(self) -> Iterator[str]:
        return map(str, self._positions)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        chosen = self._positions[at]
        return str(chosen) if isinstance(chosen, int) else [*map(str, chosen)]


def expect_ids(ids: Sequence[Id] | None, field: str, count: int) -> Sequence[Id]:
    """Return one id for each of `count` users or streamers; by default "0", "1", ….

    Raises
    ------
    solver.InputError
        On another number of ids, or an id that comes twice.
    """
    if ids is None:
        return Positions(count)
    if len(ids) != count:
        raise InputError(
            field, Message("ids_count", expected=count, field=field, received=len(ids))
        )
    _refuse_twins(ids, field)
    return ids


def mask_of_ids(
    chosen: Sequence[Id], field: str, ids: Sequence[Id], among: Among
) -> NDArray[np.bool_]:
    """Return the mask of the chosen ids, (N,) bool.

    Raises
    ------
    solver.InputError
        On an id that is none of `ids`, or comes twice.
    """
    _refuse_twins(chosen, field)
    position_of = positions_by_text(ids)
    chosen_mask = np.zeros(len(ids), dtype=np.bool_)
    for position, each in enumerate(map(str, chosen)):
        if each not in position_of:
            raise InputError(
                field,
                Message("id_unknown", field=field, among=among, received=quote(chosen[position])),
                (position,),
            )
        chosen_mask[position_of[each]] = True
    return chosen_mask


def values_by_position(
    values: Mapping[str, float], field: str, ids: Sequence[Id], among: Among
) -> NDArray[np.float64]:
    """Return values given by id as (n,) float64, 0 where none is given.

    Raises
    ------
    solver.InputError
        On an id that is none of `ids`.
    """
    array = np.zeros(len(ids))
    if not values:
        return array
    position_of = positions_by_text(ids)
    for each, value in values.items():
        if each not in position_of:
            raise InputError(
                f"{field}.{each}",
                Message("price_id_unknown", field=field, among=among, received=quote(each)),
            )
        array[position_of[each]] = value
    return array


def positions_by_text(ids: Sequence[Id]) -> dict[str, int]:
    """Return where each id is. 17 and "17" are one id: JSON has numbers as text in some places."""
    return {each: position for position, each in enumerate(map(str, ids))}


def are_all_integers(ids: Sequence[Id]) -> bool:
    """Return whether all ids are numbers."""
    return not isinstance(ids, Positions) and {*map(type, ids)} == {int}


def _refuse_twins(ids: Sequence[Id], field: str) -> None:
    one_kind = len({*map(type, ids)}) < 2
    if len({*(ids if one_kind else map(str, ids))}) == len(ids):
        return
    first: dict[str, int] = {}
    for position, each in enumerate(map(str, ids)):
        if each in first:
            before, here = ids[first[each]], ids[position]
            places = {"first": str(first[each]), "second": str(position)}
            message = Message("id_twice", field=field, id=quote(here), **places)
            if before != here:
                message = Message(
                    "ids_equal_as_text", field=field, id=quote(before), other=quote(here), **places
                )
            raise InputError(field, message, (position,))
        first[each] = position
