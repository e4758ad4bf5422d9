"""What is wrong with a table, with its place: file, line, column and value."""

from __future__ import annotations

from dataclasses import dataclass

from messages import Message
from solver import InputError

LONGEST = 40
"""Characters of a value that a sentence repeats."""


@dataclass(frozen=True)
class Origin:
    """Where a table comes from, as people call it.

    Parameters
    ----------
    file : str
        Name of the file; of a part without one, of the part.
    field : str
        Field of the request, or option of the command, that gives it.
    """

    file: str
    field: str

    def refuse(
        self, message: Message, position: tuple[int, ...] = (), code: str = "invalid-value"
    ) -> InputError:
        """Return the refusal of this table."""
        return InputError(self.field, message, position, code)

    def unreadable(self, message: Message, position: tuple[int, ...] = ()) -> InputError:
        """Return the refusal of bytes that are not what they should be."""
        return self.refuse(message, position, "unreadable-data")

    def too_large(self, most_bytes: int) -> InputError:
        """Return the refusal of what takes too much memory."""
        return self.refuse(
            Message("table_too_large", file=self.file, most=most_bytes),
            code="limit-exceeded",
        )


def quote_value(value: object) -> str | Message:
    """Return a value in quotes and short, or a message where there is none."""
    text = str(value)
    if not text:
        return Message("nothing")
    return f"'{text}'" if len(text) <= LONGEST else f"'{text[:LONGEST]}…'"


def name_heading(name: str) -> str | Message:
    """Return a heading as messages name it: as it is where it is one word, else in quotes."""
    plain = name.replace("_", "").replace("-", "").isalnum() and len(name) <= LONGEST
    return name if plain else quote_value(name)
