"""Schema of problem documents, RFC 9457."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from .codes import CODES
from .input_errors import MOST_ERRORS


class Reason(BaseModel):
    """A message as data, for programs."""

    code: str = Field(description="which message it is; it keeps its name")
    parameters: dict[str, Any] = Field(description="what its text is made with")


class FieldError(BaseModel):
    """One field that is wrong."""

    field: str
    position: list[int] = Field(description="where in the field, outermost index first")
    message: str = Field(description="one sentence, in the language of Accept-Language")
    code: str = Field(description="the kind of fault, as of the whole")
    reason: Reason = Field(description="the message as data")


class ProblemDetails(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="address of the page that explains the code: /docs/errors#code")
    title: str = Field(
        description="what the code means, in a few words, in the language of Accept-Language"
    )
    status: int
    detail: str = Field(
        description="what was expected and what was received, in the language of Accept-Language"
    )
    reason: Reason | None = Field(
        None, description="the detail as data; not in documents stored by version 0.1.0"
    )
    code: str = Field(
        description="the kind of refusal, which keeps its name; /docs/errors lists all. New codes "
        "may be added.",
        examples=sorted(CODES),
    )
    field: str | None = Field(None, description="field of the request at fault")
    position: list[int] = Field([], description="where in the field, outermost index first")
    errors: list[FieldError] | None = Field(
        None,
        description="of refused input, every field that is wrong; `field`, `position`, `detail` "
        "and `code` are those of the first",
        max_length=MOST_ERRORS,
    )
    streamers: list[str | int] | None = Field(
        None, description="ids of streamers whose min_users cannot be met together"
    )
    needed: int | None = Field(None, description="users that they are guaranteed in all")
    possible: int | None = Field(None, description="most users that can be shown to them")
    remedy: dict[str, Any] | None = Field(
        None,
        description="fields that meet all guarantees where they are set so, fill or "
        "allow_negative_ev or both; empty where none does",
    )
    nearest: dict[str, Any] | None = Field(
        None,
        description="where a Gini coefficient was not reached: theta, gini, loss, objective, "
        "optimum and certificate of the most equal allocation that was found",
    )
    gini_at_least: float | None = Field(
        None,
        description="where a Gini coefficient was not reached: no allocation within the loss has "
        "a lower one",
    )
