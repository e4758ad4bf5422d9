"""Settings: dataclasses whose annotations say what each value may be.

A bound stands once, in the annotation of its field, with the types of `annotated_types`::

    @dataclass(frozen=True)
    class Config:
        rounds: Annotated[int, Ge(1), Le(1000)] = 50
        shares: Annotated[tuple[Share, ...], MinLen(1), Distinct()] = (0.1,)

        def __post_init__(self) -> None:
            check_settings(self)

`check_settings` checks the values by them. JSON Schema and the OpenAPI document are made from the
same annotations, by pydantic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le, MaxLen, MinLen

from messages import Message
from solver import InputError
from solver.errors import quote, quote_name

LARGEST = 10**9
"""Largest whole number a configuration may hold: far beyond any world that fits in memory."""

Count = Annotated[int, Ge(1), Le(LARGEST)]
"""A number of things, at least one."""

Share = Annotated[float, Gt(0), Le(1)]
"""A share of a whole, above 0."""


class Distinct:
    """Marks a list whose values all differ."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Callable[[Any], Any]) -> Any:
        """Return the JSON Schema of the list."""
        return handler(schema) | {"uniqueItems": True}


def check_settings(settings: Any, prefix: str = "") -> None:
    """Check every field of a dataclass by its annotation, and store it in the declared type.

    Parameters
    ----------
    settings : dataclass
        It may be frozen: this is part of its construction.
    prefix : str
        What names of fields begin with in errors, for example ``"world."``.

    Raises
    ------
    solver.InputError
        With the field and, in a list, the position at fault.
    """
    settings_class: Any = type(settings)
    for name, kind in _annotations(settings_class).items():
        value = check(f"{prefix}{name}", getattr(settings, name), kind)
        object.__setattr__(settings, name, value)


def check_names(mapping: object, settings: type, prefix: str = "") -> Mapping[str, Any]:
    """Return a mapping whose keys are all settings of a class.

    Raises
    ------
    solver.InputError
        If it is not a mapping, or has an unknown key.
    """
    if not isinstance(mapping, Mapping):
        raise InputError("config", Message("setting_mapping", received=quote(mapping)))
    names = [each.name for each in fields(settings)]
    for key in mapping:
        if key not in names:
            name = f"{prefix}{quote_name(key)}"
            raise InputError(name, Message("setting_unknown", known=names, received=name))
    return mapping


def check(field: str, value: Any, kind: Any) -> Any:
    """Return a value in the type that an annotation declares.

    Raises
    ------
    solver.InputError
        Where it is of another type, or outside the annotation's bounds.
    """
    kind, metadata = _split_annotation(kind)
    origin = get_origin(kind)
    if origin is Literal:
        return check_choice(field, value, get_args(kind))
    if origin in (Union, UnionType):
        return _check_union(field, value, get_args(kind))
    if origin is tuple:
        return _check_list(field, value, get_args(kind)[0], metadata)
    if kind is bool:
        return _check_bool(field, value)
    if kind is int:
        return _check_bounds(field, _check_whole(field, value), value, metadata)
    if kind is float:
        return _check_bounds(field, _check_number(field, value), value, metadata)
    if isinstance(value, Mapping):
        return kind(**check_names(value, kind, f"{field}."))
    if not isinstance(value, kind):
        raise InputError(field, Message("setting_mapping_in", field=field, received=quote(value)))
    return value


def check_choice(field: str, value: Any, names: Sequence[Any]) -> Any:
    """Return a value that is one of the known; True is not 1 here."""
    for choice in names:
        if type(value) is type(choice) and value == choice:
            return choice
    words = [str(choice) for choice in names]
    raise InputError(
        field, Message("setting_one_of", field=field, known=words, received=quote(value))
    )


@cache
def _annotations(settings: type) -> dict[str, Any]:
    hints = get_type_hints(settings, include_extras=True)
    return {each.name: hints[each.name] for each in fields(settings)}


def _split_annotation(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return a type without its annotations, and these."""
    metadata: tuple[Any, ...] = ()
    while get_origin(kind) is Annotated:
        inner, *further = get_args(kind)
        kind, metadata = inner, (*further, *metadata)
    return kind, metadata


def _check_union(field: str, value: Any, kinds: Sequence[Any]) -> Any:
    """Check a value that is one number or None, or a list."""
    if value is None and type(None) in kinds:
        return None
    is_list = isinstance(value, list | tuple)
    for kind in kinds:
        if kind is not type(None) and is_list == (get_origin(_split_annotation(kind)[0]) is tuple):
            return check(field, value, kind)
    return check(field, value, kinds[0])


def _check_list(field: str, values: Any, kind: Any, metadata: Sequence[Any]) -> tuple[Any, ...]:
    if not isinstance(values, list | tuple):
        raise InputError(field, Message("setting_list", field=field, received=quote(values)))
    if not values and any(isinstance(each, MinLen) for each in metadata):
        raise InputError(field, Message("setting_empty", field=field))
    most = next((each.max_length for each in metadata if isinstance(each, MaxLen)), math.inf)
    if len(values) > most:
        raise InputError(
            field, Message("setting_too_many", field=field, most=most, received=len(values))
        )
    checked: list[Any] = []
    distinct = any(isinstance(each, Distinct) for each in metadata)
    for position, value in enumerate(values):
        try:
            item = check(field, value, kind)
        except InputError as error:
            raise InputError(field, error.message, (position,)) from error
        if distinct and item in checked:
            message = Message("setting_repeated", field=field, received=quote_name(value))
            raise InputError(field, message, (position,))
        checked.append(item)
    return tuple(checked)


def _check_bool(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        known = ("true", "false")
        message = Message("setting_one_of", field=field, known=known, received=quote(value))
        raise InputError(field, message)
    return value


def _check_whole(field: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(field, Message("setting_whole", field=field, received=quote(value)))
    return value


def _check_number(field: str, value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise InputError(field, Message("setting_number", field=field, received=quote(value)))
    return float(value)


def _check_bounds(field: str, value: Any, received: Any, metadata: Sequence[Any]) -> Any:
    """Return a number that is within the bounds of an annotation."""
    bounds: dict[str, Any] = {}
    for each in metadata:
        if isinstance(each, Ge):
            bounds["least"] = each.ge
        elif isinstance(each, Gt):
            bounds["above"] = each.gt
        elif isinstance(each, Le):
            bounds["most"] = each.le
    too_low = value < bounds.get("least", -math.inf) or value <= bounds.get("above", -math.inf)
    if too_low or value > bounds.get("most", math.inf):
        raise InputError(field, _bounds_message(field, str(received), value, bounds, too_low))
    return value


def _bounds_message(
    field: str, received: str, value: Any, bounds: Mapping[str, Any], too_low: bool
) -> Message:
    """Return what the bounds are: of whole numbers, the one that was broken."""
    texts = {name: f"{bound:.15g}" for name, bound in bounds.items()}
    if isinstance(value, int):
        name = "least" if too_low else "most"
        code = "setting_at_least" if too_low else "setting_at_most"
        return Message(code, field=field, bound=texts[name], received=received)
    code = "setting_between" if "least" in bounds else "setting_above"
    return Message(code, field=field, received=received, **texts)
