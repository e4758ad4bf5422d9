"""What a configuration's numbers must be, said in one sentence where they are not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from solver import InputError
from solver.errors import quote

LARGEST = 10**9
"""Largest whole number a configuration may hold: far beyond any world that fits in memory."""


def whole(field: str, value: Any, least: int, most: int = LARGEST) -> int:
    """Return a whole number from `least` to `most`; refuse anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(field, f"Expected {field} as a whole number; got {quote(value)}.")
    if value < least:
        raise InputError(field, f"Expected {field} ≥ {least}; got {value}.")
    if value > most:
        raise InputError(field, f"Expected {field} ≤ {most}; got {value}.")
    return value


def number(field: str, value: Any) -> float:
    """Return a finite number; refuse anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise InputError(field, f"Expected {field} as a number; got {quote(value)}.")
    return float(value)


def within(field: str, value: Any, least: float, most: float) -> float:
    """Return a number from `least` to `most`; refuse anything else."""
    checked = number(field, value)
    if not least <= checked <= most:
        raise InputError(field, f"Expected {field} from {least:g} to {most:g}; got {value}.")
    return checked


def share(field: str, value: Any, zero: bool = False) -> float:
    """Return a share of a whole, above 0 (or from 0 on, with `zero`) and at most 1."""
    checked = number(field, value)
    if not (0 <= checked <= 1 if zero else 0 < checked <= 1):
        least = "from 0" if zero else "above 0"
        raise InputError(field, f"Expected {field} {least} and at most 1; got {value}.")
    return checked


def one_of(field: str, value: Any, known: Sequence[Any]) -> Any:
    """Return a value that is one of the known; True is not 1 here."""
    for choice in known:
        if type(value) is type(choice) and value == choice:
            return choice
    expected = ", ".join(str(choice) for choice in known)
    raise InputError(field, f"Expected {field} as one of {expected}; got {quote(value)}.")
