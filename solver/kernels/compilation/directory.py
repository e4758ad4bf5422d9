"""Directories of machine code: beside the kernels, or where this user may write."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core import config

ENVIRONMENTS = 4
"""Number of environments (Python version, processor) whose kernels are retained in a directory."""


@cache
def environment(codegen: Any) -> str:
    """Return a digest of versions, processor and Numba's settings."""
    settings: Any = config
    parts = (
        sys.implementation.cache_tag,
        platform.python_version(),
        numba.__version__,
        llvmlite.__version__,
        np.__version__,
        codegen.magic_tuple(),
        str(settings.OPT),
        settings.BOUNDSCHECK,
        settings.DEBUGINFO_DEFAULT,
        settings.USING_SVML,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@cache
def places(environment: str) -> tuple[Path, ...]:
    """Return the directories of an environment's kernels, in the order of preference.

    The first is NUMBA_CACHE_DIR if set, else beside the kernels. If it is not writable, the user's
    cache follows, and then a private temporary directory.
    """
    return tuple(root / environment for root in _roots())


def _roots() -> Iterator[Path]:
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(named).absolute() / "whale-matching"
    else:
        yield Path(__file__).parents[1] / "compiled"
    if (caches := _caches_of_the_user()) is not None:
        yield caches / "whale-matching" / "kernels"
    if (temporary := _temporary()) is not None and _is_private(temporary):
        yield temporary


def _caches_of_the_user() -> Path | None:
    """Return the directory of this user's caches; None for a user without a home."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named)
    with suppress(RuntimeError):
        return Path.home() / ".cache"
    return None


def _temporary() -> Path | None:
    if not hasattr(os, "getuid"):
        return None
    return Path(tempfile.gettempdir()) / f"whale-matching-kernels-{os.getuid()}"


def _is_private(directory: Path) -> bool:
    """Return whether no other user can have written machine code to a directory."""
    try:
        status = directory.lstat()
    except OSError:
        return True  # it does not exist
    ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return ours and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


@cache
def writable(environment: str) -> Path | None:
    """Return the first writable directory, created if missing; None without any."""
    return next((place for place in places(environment) if _can_write(place)), None)


def _can_write(place: Path) -> bool:
    root = place.parent
    try:
        if not place.is_dir():
            root.mkdir(mode=0o700 if root == _temporary() else 0o777, parents=True, exist_ok=True)
            if root == _temporary() and not _is_private(root):
                return False
            place.mkdir(exist_ok=True)
            _keep_newest(root)
        return os.access(place, os.W_OK)
    except OSError:
        return False


def _keep_newest(root: Path) -> None:
    """Delete the kernels of the oldest environments."""
    environments = sorted(root.iterdir(), key=lambda place: place.stat().st_mtime, reverse=True)
    for place in environments[ENVIRONMENTS:]:
        shutil.rmtree(place, ignore_errors=True)
