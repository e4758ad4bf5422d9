"""What is wrong with some input, in one sentence."""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from solver import InputError


class DetailedInputError(InputError):
    """Input that is refused, with more to say than a sentence.

    Parameters
    ----------
    field, message, position
        As of any input error.
    members : dict
        Extension members of the problem document.
    """

    def __init__(
        self, field: str, message: str, position: tuple[int, ...], members: dict[str, Any]
    ) -> None:
        super().__init__(field, message, position)
        self.members = members

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), (self.field, self.message, self.position, self.members)


def from_schema(error: ValidationError) -> InputError:
    """Return the first of a schema's complaints as one sentence."""
    first = error.errors(include_url=False)[0]
    field = ".".join(part for part in first["loc"] if isinstance(part, str)) or "body"
    position = tuple(part for part in first["loc"] if isinstance(part, int))
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        return InputError(cause.field or field, cause.message, cause.position or position)
    return InputError(field, sentence(first, field, position), position)


def sentence(error: ErrorDetails, field: str, position: tuple[int, ...]) -> str:
    """Return one of a schema's complaints as a sentence."""
    place = field + "".join(f"[{index}]" for index in position)
    match error["type"]:
        case "missing":
            return f"Expected {place} in the request; got none."
        case "extra_forbidden":
            return f"Expected only known fields in the request; got {place}."
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"Expected {place} as a JSON object; got {shortened(error['input'])}."
        case _:
            wish = error["msg"].removeprefix("Input should be ")
            word = "" if wish.startswith(("greater", "less")) else "as "
            return f"Expected {place} {word}{wish}; got {shortened(error['input'])}."


def shortened(value: object) -> str:
    """Return a value as a request has it, or its beginning."""
    if value is None or isinstance(value, bool):
        return orjson.dumps(value).decode()  # null, true: as the request has it
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
