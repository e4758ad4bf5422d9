"""Amounts of memory, such as 4GiB."""

from __future__ import annotations

import re

from messages import Message
from solver import InputError

_UNITS = {"": 1, "B": 1} | {
    f"{prefix}{'iB' if base == 1024 else 'B'}": base**power
    for base in (1000, 1024)
    for power, prefix in enumerate("KMGT", start=1)
}


def bytes_of(amount: str) -> int:
    """Return an amount such as 4GiB, 500MB or 1e9 in bytes.

    Raises
    ------
    solver.InputError
    """
    match = re.fullmatch(r"\s*([0-9.]+(?:e[0-9]+)?)\s*([A-Za-z]*)\s*", amount)
    unit = None if match is None else _UNITS.get(match[2].upper().replace("I", "i"))
    try:
        if match is not None and unit is not None:
            return int(float(match[1]) * unit)
    except (ValueError, OverflowError):
        pass
    raise InputError("memory", Message("memory_expected", received=amount))
