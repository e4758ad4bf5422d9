"""What a problem document says, RFC 9457."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ProblemDetails(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str = Field(description="one sentence: what was expected and what came")
    field: str | None = Field(None, description="field of the request at fault")
    position: list[int] = Field([], description="where in the field, outermost index first")
    streamers: list[str] | None = Field(
        None, description="ids of streamers whose min_users cannot be met together"
    )
    needed: int | None = Field(None, description="users that they are guaranteed in all")
    possible: int | None = Field(None, description="most users that can be shown to them")
