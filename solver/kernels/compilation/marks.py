"""Marker files beside the machine code: all kernels of an edition are on disk."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba.core.registry import cpu_target

from . import directory

_MARKERS = 8
"""Number of markers that are retained."""


def is_complete(edition: str) -> bool:
    """Return whether `mark_complete` was called for an edition on the same kind of processor."""
    return any((place / _name(edition)).exists() for place in directory.places(_environment()))


def mark_complete(edition: str) -> None:
    """Mark that every kernel of an edition is on disk; do nothing if no directory is writable."""
    place = directory.writable(_environment())
    if place is None:
        return
    with suppress(OSError):
        (place / _name(edition)).touch()
        markers = sorted(place.glob(_name("*")), key=_age, reverse=True)
        for marker in markers[_MARKERS:]:
            marker.unlink(missing_ok=True)


def kernels_on_disk() -> set[str]:
    """Return the names of kernels with any version on disk for the same kind of processor."""
    names = set()
    for place in directory.places(_environment()):
        with suppress(OSError):
            names |= {file.partition("-")[0] for file in os.listdir(place) if "-" in file}
    return names


def _name(edition: str) -> str:
    return f"complete-{edition}"


def _age(marker: Path) -> float:
    return marker.stat().st_mtime


def _environment() -> str:
    context: Any = cpu_target.target_context
    return directory.environment(context.codegen())
