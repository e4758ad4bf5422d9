"""The origin of a table, and errors that name it."""

from __future__ import annotations

from dataclasses import dataclass

from messages import Message
from solver import InputError

LONGEST = 40
"""Maximum number of characters of a value in a message."""


@dataclass(frozen=True)
class Origin:
    """The file and the field that a table comes from.

    Parameters
    ----------
    file : str
        Name of the file, or of the part of a body if it has no file name.
    field : str
        Field of the request, or option of the command.
    """

    file: str
    field: str

    def refuse(
        self, message: Message, position: tuple[int, ...] = (), code: str = "invalid-value"
    ) -> InputError:
        """Return an error of this table."""
        return InputError(self.field, message, position, code)

    def unreadable(self, message: Message, position: tuple[int, ...] = ()) -> InputError:
        """Return the error of a file that cannot be read."""
        return self.refuse(message, position, "unreadable-data")

    def too_large(self, most_bytes: int) -> InputError:
        """Return the error of a table that takes too much memory."""
        return self.refuse(
            Message("table_too_large", file=self.file, most=most_bytes),
            code="limit-exceeded",
        )


def quote_value(value: object) -> str | Message:
    """Return a value in quotes and shortened, or a message if it is empty."""
    text = str(value)
    if not text:
        return Message("nothing")
    return f"'{text}'" if len(text) <= LONGEST else f"'{text[:LONGEST]}…'"


def name_heading(name: str) -> str | Message:
    """Return a heading for messages: unchanged if it is one word, else in quotes."""
    plain = name.replace("_", "").replace("-", "").isalnum() and len(name) <= LONGEST
    return name if plain else quote_value(name)
