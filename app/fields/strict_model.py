"""Requests by their schemas: the first fault in one sentence."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from app.errors.schema_errors import errors_from_schema

Request = TypeVar("Request", bound=BaseModel)


class StrictModel(BaseModel):
    """A request: only known fields, of the right types."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )


def validate(model: type[Request], value: Any) -> Request:
    """Return what was given as a request.

    Raises
    ------
    solver.InputError
        With the first field that is wrong.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise errors_from_schema(error, model) from error
