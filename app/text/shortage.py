"""Messages on whales that have no streamer, and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from messages import Message


def whales_left_out(number: int, whales: int, reasons: Sequence[tuple[Message, int]]) -> Message:
    """Return the message that so many of all whales have no streamer, and why.

    Parameters
    ----------
    number, whales : int
    reasons : sequence of (Message, int)
        Each with the number of whales that it holds for; none where nothing is known.
    """
    if not reasons:
        return Message("whales_left_out", count=number, whales=whales)
    if len(reasons) == 1:
        (reason, _) = reasons[0]
        return Message("whales_left_out_because", count=number, whales=whales, reason=reason)
    largest_first = sorted(reasons, key=lambda each: -each[1])
    parts = [Message("number_because", count=count, reason=why) for why, count in largest_first]
    return Message("whales_left_out_several", count=number, whales=whales, reasons=parts)


def slots_reason(whale_cap: NDArray[np.int64] | None, capacity: NDArray[np.int64]) -> Message:
    """Return how many whales fit, and by which limits.

    Parameters
    ----------
    whale_cap : (S,) int64 or None
        None where it is unlimited.
    capacity : (S,) int64
    """
    if whale_cap is None or (capacity <= whale_cap).all():
        return Message("slots_of_capacity", slots=capacity.sum())
    slots = np.minimum(whale_cap, capacity).sum()
    if (capacity < whale_cap).any():
        return Message("slots_of_both", slots=slots)
    if (whale_cap == whale_cap[0]).all():
        return Message("slots_of_equal_k", slots=slots)
    return Message("slots_of_k", slots=slots)
