"""Names and notes that readers give to experiments."""

from __future__ import annotations

from typing import Annotated
from unicodedata import category

from pydantic import ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from app.fields.strict_model import StrictModel
from messages import Message
from solver import InputError

MOST_NAME, MOST_NOTE = 100, 2000
"""Most characters of a name and of a note."""

_LINES = "\n\r\t"
"""Control characters that a note may have."""


class LabelsRequest(StrictModel):
    """What to change of an experiment's labels; what is absent stays as it is."""

    name: Annotated[str, StringConstraints(max_length=MOST_NAME)] | None = Field(
        None,
        description="one line; null or empty removes it",
        json_schema_extra={"pattern": r"^[^\u0000-\u001F\u007F-\u009F]*$"},
    )
    note: Annotated[str, StringConstraints(max_length=MOST_NOTE)] | None = Field(
        None,
        description="null or empty removes it",
        json_schema_extra={"pattern": r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$"},
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Smaller rooms", "note": "Does k = 1 hold at half capacity?"}]
        }
    )

    @field_validator("name", "note")
    @classmethod
    def _expect_text(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Refuse control characters, which no reader sees and PostgreSQL may not store.

        The patterns of the schema say the same. Space around a text is left out.
        """
        field = str(info.field_name)
        allowed = _LINES if field == "note" else ""
        for place, character in enumerate(value or ""):
            if category(character) in ("Cc", "Cs") and character not in allowed:
                message = Message(
                    "text_with_control_character",
                    field=field,
                    place=place + 1,
                    character=f"U+{ord(character):04X}",
                )
                raise InputError(field, message)
        return (value or "").strip() or None

    def changes(self) -> dict[str, str | None]:
        """Return the labels to change, by name."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}
