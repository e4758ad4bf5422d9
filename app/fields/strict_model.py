"""Base class of requests, and their validation."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from app.errors.schema_errors import errors_from_schema

Request = TypeVar("Request", bound=BaseModel)


class StrictModel(BaseModel):
    """A request: unknown fields and other types are refused."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )


def validate(model: type[Request], value: Any) -> Request:
    """Return a value as a request.

    Raises
    ------
    solver.InputError
        With the first invalid field.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise errors_from_schema(error, model) from error
