"""Names and values as parameters of messages."""

from __future__ import annotations

from collections.abc import Sequence

from messages import Message
from messages.message import Parameter

MOST_NAMED = 8
"""Names that a message lists before it only counts the rest."""


def first_names(names: Sequence[str | Message]) -> Parameter:
    """Return names as a parameter: all of few; of many the first, and how many more."""
    if len(names) <= MOST_NAMED:
        return tuple(names)
    return Message("names_and_more", names=names[:MOST_NAMED], more=len(names) - MOST_NAMED)


def error_text(error: Exception) -> str:
    """Return the text of a library's error as a part of a sentence; it stays English."""
    return " ".join(str(error).split())[:200].rstrip(".")
