"""What is wrong with some input, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from solver import InputError
from solver.errors import quote, quote_name


class DetailedInputError(InputError):
    """Input that is refused, with more to say than a sentence.

    Parameters
    ----------
    field, message, position, code
        As of any input error.
    members : dict
        Extension members of the problem document.
    """

    def __init__(
        self,
        field: str,
        message: str,
        position: tuple[int, ...],
        code: str,
        members: dict[str, Any],
    ) -> None:
        super().__init__(field, message, position, code)
        self.members = members

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), (self.field, self.message, self.position, self.code, self.members)


class SeveralInputErrors(InputError):  # noqa: N818 - it is several
    """Input that is wrong in several places. It speaks as the first of them.

    Parameters
    ----------
    errors : sequence of InputError
        At least one; `MOST_ERRORS` are kept.
    """

    def __init__(self, errors: Sequence[InputError]) -> None:
        first = errors[0]
        super().__init__(first.field, first.message, first.position, first.code)
        self.errors = tuple(errors[:MOST_ERRORS])

    def __reduce__(self) -> tuple[type, tuple[tuple[InputError, ...]]]:
        return type(self), (self.errors,)


MOST_ERRORS = 20
"""Errors that one refusal lists."""


def from_schema(error: ValidationError) -> InputError:
    """Return a schema's complaints as sentences, one a field that is wrong."""
    found = [_complaint(each) for each in error.errors(include_url=False)]
    first_of = {(each.field, each.position): each for each in reversed(found)}  # unions say more
    kept = [each for each in found if first_of[each.field, each.position] is each]
    return kept[0] if len(kept) == 1 else SeveralInputErrors(kept)


def of_parameters(errors: Sequence[ErrorDetails]) -> InputError:
    """Return what is wrong with the parameters of a path, a query or the headers."""
    named = [(each, str(each["loc"][-1])) for each in errors]
    return SeveralInputErrors([InputError(name, sentence(each, name, ())) for each, name in named])


def _complaint(error: ErrorDetails) -> InputError:
    field = ".".join(quote_name(part) for part in error["loc"] if isinstance(part, str)) or "body"
    position = tuple(part for part in error["loc"] if isinstance(part, int))
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        at = cause.position or position
        return InputError(cause.field or field, cause.message, at, cause.code)
    code = _CODES.get(error["type"], "invalid-value")
    return InputError(field, sentence(error, field, position), position, code)


_CODES = {"missing": "missing-field", "extra_forbidden": "unknown-field"}
"""By what a schema calls its complaint; of all others, a value is invalid."""


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
    return quote(value)
