"""Notes beside the machine code: that all of an edition is there."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba.core.registry import cpu_target

from . import directory

_KEPT = 8


def is_complete(edition: str) -> bool:
    """Return whether `mark_complete` was called for an edition, on a processor like this one."""
    return any((place / _name(edition)).exists() for place in directory.places(_environment()))


def mark_complete(edition: str) -> None:
    """Note that every kernel of an edition is on disk; where nothing can be written, do nothing."""
    place = directory.writable(_environment())
    if place is None:
        return
    with suppress(OSError):
        (place / _name(edition)).touch()
        notes = sorted(place.glob(_name("*")), key=_age, reverse=True)
        for note in notes[_KEPT:]:
            note.unlink(missing_ok=True)


def kernels_on_disk() -> set[str]:
    """Return the names of kernels of which any version is on disk, for a processor like this."""
    names = set()
    for place in directory.places(_environment()):
        with suppress(OSError):
            names |= {file.partition("-")[0] for file in os.listdir(place) if "-" in file}
    return names


def _name(edition: str) -> str:
    return f"complete-{edition}"


def _age(note: Path) -> float:
    return note.stat().st_mtime


def _environment() -> str:
    context: Any = cpu_target.target_context
    return directory.environment(context.codegen())
