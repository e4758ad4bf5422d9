"""Input errors: several at once, with more members, and as problem documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from messages import Message
from solver import InputError

from .problem_details import problem_document

MOST_ERRORS = 20
"""Most errors that one problem document lists."""


class DetailedInputError(InputError):
    """An input error with further members of the problem document.

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
        message: Message,
        position: tuple[int, ...],
        code: str,
        members: dict[str, Any],
    ) -> None:
        super().__init__(field, message, position, code)
        self.members = members

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), (self.field, self.message, self.position, self.code, self.members)


class SeveralInputErrors(InputError):  # noqa: N818 - a plural
    """Several input errors. Its own attributes are those of the first.

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


def errors_of(error: InputError) -> tuple[InputError, ...]:
    """Return the errors that an error contains, or the error itself."""
    return error.errors if isinstance(error, SeveralInputErrors) else (error,)


def input_problem(error: InputError) -> dict[str, Any]:
    """Return the problem document of an input error; `errors` lists all errors."""
    members = error.members if isinstance(error, DetailedInputError) else {}
    listed = [
        {
            "field": each.field,
            "position": list(each.position),
            "message": str(each),
            "code": each.code,
            "reason": each.message.as_mapping(),
        }
        for each in errors_of(error)
    ]
    return problem_document(
        error.code, error.message, error.field, error.position, {**members, "errors": listed}
    )
