"""Input errors as problem documents."""

from __future__ import annotations

from typing import Any

from solver import InputError

from .details import problem_document
from .sentences import DetailedInputError, SeveralInputErrors


def input_problem(error: InputError) -> dict[str, Any]:
    """Return the problem document of an input error; `errors` has everything that is wrong."""
    several = error.errors if isinstance(error, SeveralInputErrors) else (error,)
    members = error.members if isinstance(error, DetailedInputError) else {}
    listed = [
        {
            "field": each.field,
            "position": list(each.position),
            "message": str(each),
            "code": each.code,
        }
        for each in several
    ]
    return problem_document(
        error.code, str(error), error.field, error.position, {**members, "errors": listed}
    )
