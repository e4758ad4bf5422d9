"""Numbers and names as sentences say them."""

from __future__ import annotations

from collections.abc import Sequence

MOST_NAMED = 8
"""Names that a sentence lists before it only counts the rest."""


def reason(error: Exception) -> str:
    """Return what an error says as a part of a sentence."""
    return " ".join(str(error).split())[:200].rstrip(".")


def count(number: int, word: str) -> str:
    """Return "1 whale", "2,000 whales"."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"; of many the first, and how many more."""
    if len(names) == 1:
        return names[0]
    if len(names) <= MOST_NAMED:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED:,} more"
