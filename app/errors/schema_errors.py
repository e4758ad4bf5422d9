"""Input errors from pydantic's errors, by their types and never by their text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

import orjson
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from messages import Message
from solver import InputError
from solver.errors import quote, quote_name

from .input_errors import SeveralInputErrors


def errors_from_schema(error: ValidationError, model: type[BaseModel] | None = None) -> InputError:
    """Return the input error of a schema's errors, one for each field that is wrong.

    Parameters
    ----------
    error : ValidationError
    model : type, optional
        The schema. With it, messages list the values that a field may have.
    """
    complaints = [_complaint(each, model) for each in error.errors(include_url=False)]
    # A union has an error for each of its members: the first is kept.
    first_of = {(each.field, each.position): each for each in reversed(complaints)}
    kept = [each for each in complaints if first_of[each.field, each.position] is each]
    return kept[0] if len(kept) == 1 else SeveralInputErrors(kept)


def errors_from_parameters(errors: Sequence[ErrorDetails]) -> InputError:
    """Return the input error of the parameters of a path, a query or the headers."""
    named = [(each, str(each["loc"][-1])) for each in errors]
    return SeveralInputErrors([InputError(name, message_of(each, name)) for each, name in named])


def _complaint(error: ErrorDetails, model: type[BaseModel] | None) -> InputError:
    field = ".".join(quote_name(part) for part in error["loc"] if isinstance(part, str)) or "body"
    position = tuple(part for part in error["loc"] if isinstance(part, int))
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        at = cause.position or position
        return InputError(cause.field or field, cause.message, at, cause.code)
    code = _CODES.get(error["type"], "invalid-value")
    place = field + "".join(f"[{index}]" for index in position)
    return InputError(field, message_of(error, place, model), position, code)


_CODES = {"missing": "missing-field", "extra_forbidden": "unknown-field"}
"""Error codes by pydantic's types of errors; all others are invalid-value."""

_TYPES = {
    "int_type": "integer",
    "int_parsing": "integer",
    "int_from_float": "integer",
    "float_type": "number",
    "float_parsing": "number",
    "finite_number": "finite",
    "bool_type": "boolean",
    "bool_parsing": "boolean",
    "string_type": "text",
    "list_type": "list",
    "uuid_parsing": "uuid",
    "uuid_type": "uuid",
}
"""Expected types, by pydantic's types of errors."""

_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at_least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at_most", "le"),
}
_LENGTHS = {
    "string_too_short": ("at_least", "min_length"),
    "string_too_long": ("at_most", "max_length"),
}
_OBJECTS = ("model_type", "model_attributes_type", "dict_type")


def message_of(error: ErrorDetails, place: str, model: type[BaseModel] | None = None) -> Message:
    """Return the message for one of pydantic's errors.

    Parameters
    ----------
    error : ErrorDetails
    place : str
        The field, with its positions.
    model : type, optional
        See `errors_from_schema`.
    """
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return Message("field_missing", field=place)
    if kind == "extra_forbidden":
        return Message("field_unknown", field=place)
    received = quote_json(error["input"])
    if kind in _OBJECTS:
        return Message("object_expected", field=place, received=received)
    if kind in _TYPES:
        return Message("type_expected", field=place, type=_TYPES[kind], received=received)
    if kind in _BOUNDS:
        bound, name = _BOUNDS[kind]
        return Message(
            "bound_expected", field=place, bound=bound, limit=context[name], received=received
        )
    if kind in _LENGTHS:
        bound, name = _LENGTHS[kind]
        return Message(
            "length_expected", field=place, bound=bound, length=context[name], received=received
        )
    if kind == "string_pattern_mismatch":
        return Message(
            "pattern_expected", field=place, pattern=context["pattern"], received=received
        )
    if kind == "literal_error":
        choices = _choices(model, error["loc"]) or (context["expected"],)
        return Message("choice_expected", field=place, choices=choices, received=received)
    return Message("schema_violated", field=place, complaint=error["msg"], received=received)


def _choices(model: type[BaseModel] | None, path: Sequence[int | str]) -> tuple[str, ...]:
    """Return the values that the field at a path may have, where they are listed."""
    names = [part for part in path if isinstance(part, str)]
    literals: list[Any] = []
    for name in names:
        if model is None or name not in model.model_fields:
            break
        annotation = model.model_fields[name].annotation
        literals = [*_literals(annotation)]
        model = _model_in(annotation)
    return tuple(dict.fromkeys(map(repr, literals)))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model of a field that is an object."""
    kinds = (annotation, *get_args(annotation))
    return next(
        (each for each in kinds if isinstance(each, type) and issubclass(each, BaseModel)), None
    )


def _literals(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for each in get_args(annotation):
            yield from _literals(each)


def quote_json(value: object) -> str:
    """Return a value as JSON writes it, or its beginning."""
    if value is None or isinstance(value, bool):
        return orjson.dumps(value).decode()  # null, true: as the request has it
    return quote(value)
