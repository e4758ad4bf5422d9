"""Numbers and names as sentences say them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

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


def without_streamer(number: int, whales: int, reasons: Sequence[tuple[str, int]]) -> str:
    """Return the sentence that so many of all whales have no streamer, and why.

    Parameters
    ----------
    number, whales : int
    reasons : sequence of (str, int)
        Each with the whales that it holds for; none where nothing is known.
    """
    said = f"{number:,} of {count(whales, 'whale')} {'has' if number == 1 else 'have'} no streamer"
    if not reasons:
        return said
    if len(reasons) == 1:
        return f"{said}: {reasons[0][0]}"
    largest_first = sorted(reasons, key=lambda each: -each[1])
    return f"{said}: " + ", ".join(f"{each:,} because {reason}" for reason, each in largest_first)


def slots_reason(whale_cap: NDArray[np.int64] | None, capacity: NDArray[np.int64]) -> str:
    """Return how many whales fit, and which limits say so.

    Parameters
    ----------
    whale_cap : (S,) int64 or None
        None where it is unlimited.
    capacity : (S,) int64
    """
    if whale_cap is None or (capacity <= whale_cap).all():
        return f"capacity adds up to {count(int(capacity.sum()), 'slot')}"
    slots = count(int(np.minimum(whale_cap, capacity).sum()), "slot")
    if (capacity < whale_cap).any():
        return f"k and capacity leave {slots}"
    if (whale_cap == whale_cap[0]).all():
        return f"k · streamers = {slots}"
    return f"k adds up to {slots}"
