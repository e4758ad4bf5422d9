"""Schemas of previews of tables."""

from __future__ import annotations

from pydantic import BaseModel, Field

from app.errors.schema import FieldError, Reason
from app.formats.registry import TABLE_FORMATS
from app.sheets.synonyms import Role

from .roles import Shape


class ColumnAnswer(BaseModel):
    """A column of a table."""

    number: int = Field(description="from 1")
    name: str = Field(description="its heading; empty where it has none")
    role: Role


class PreviewAnswer(BaseModel):
    """The detected layout of a table."""

    file: str = Field(description="name of the file, or of the part")
    format: str = Field(json_schema_extra={"enum": [each.name for each in TABLE_FORMATS]})
    encoding: str | None = Field(description="of CSV, else null")
    delimiter: str | None = Field(description="of CSV, else null")
    decimal: str | None = Field(description="decimal mark of CSV, else null")
    header: bool | None = Field(
        description="whether the first line has headings; null where the format has them apart"
    )
    shape: Shape = Field(
        description="a row for each user and a column for each streamer, a row for each pair, or "
        "users' wealth alone"
    )
    rows: int
    users: int | None = Field(description="null where there is a fault")
    streamers: int | None = Field(description="null where there is a fault")
    n_columns: int
    columns: list[ColumnAnswer] = Field(
        description="of wide tables 50: those of users, streamers and wealth, then the first"
    )
    first_rows: list[list[str]] = Field(description="of these columns, at most 8 rows")
    warnings: list[str] = Field(description="what is doubtful, in the language of Accept-Language")
    warning_messages: list[Reason] = Field(description="the warnings as data")
    fault: FieldError | None = Field(
        description="what does not fit the roles of the columns: with it, every other route "
        "refuses the table. Other roles in `columns` may mend it. Null where nothing is wrong"
    )
    timings_ms: dict[str, float]
