"""Machine code on disk, named by a digest of everything that determines it."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from numba.core.caching import _Cache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from . import directory
from .locks import Lock
from .recipe import recipe

GENERATIONS = 3
"""Number of editions of a kernel that are retained, for branches and releases side by side."""

_DIGEST = hashlib.sha256().digest_size


class KernelCache(_Cache):
    """The versions of one kernel on disk, a file each.

    Numba's own cache checks only the source file of a kernel, so it misses edits of kernels in
    other files, and two processes that write at once can mix up versions.

    Parameters
    ----------
    function : callable
        The kernel.
    options : dict
        Options of its compilation.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        self._function = function
        self._options = options
        self._locks: dict[str, Lock] = {}
        self._enabled = True

    @cached_property
    def _recipe(self) -> str:
        """Digest of the kernel, computed at the first call, when everything it calls is defined."""
        return f"{recipe(self._function)} {sorted(self._options.items())}"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return a version from disk, or None after acquiring the lock for compiling it.

        If another process is compiling it, wait for that.
        """
        target_context.refresh()
        if not self._enabled:
            return None
        environment, name = self._address(sig, target_context.codegen())
        payload = _read(environment, name)
        if payload is None and (place := directory.writable(environment)) is not None:
            # One that is held already is that of a compilation that failed in this process.
            lock = self._locks.setdefault(name, Lock(place / name))
            lock.acquire()
            payload = _read(environment, name)  # the lock's previous owner may have written it
            if payload is not None:
                self._locks.pop(name).release()
        if payload is None:
            return None
        return CompileResult._rebuild(target_context, *pickle.loads(payload))  # noqa: S301 - ours

    def save_overload(self, sig: Any, data: Any) -> None:
        """Write a version that was just compiled, and release the lock."""
        for environment in data._find_referenced_environments():  # of the inner kernels in it
            data.codegen.set_env(environment.env_name, environment)
        if not self._enabled:
            return
        environment, name = self._address(sig, data.codegen)
        place = directory.writable(environment)
        # Code with addresses of this process is useless to others.
        if place is not None and not data.library.has_dynamic_globals:
            with suppress(OSError):  # full disk: the kernel is compiled again next time
                _write(place / name, dumps(data._reduce()))
        if name in self._locks:
            self._locks.pop(name).release()

    def _address(self, sig: Any, codegen: Any) -> tuple[str, str]:
        """Return the environment and the file name of a version: kernel, types and digest."""
        function = self._function
        types = hashlib.sha256(repr(sig).encode()).hexdigest()[:12]
        digest = hashlib.sha256(f"{sig!r} {self._recipe}".encode()).hexdigest()[:24]
        kernel = f"{function.__module__}.{function.__name__}"
        return directory.environment(codegen), f"{kernel}-{types}-{digest}.kernel"

    @property
    def cache_path(self) -> None:
        """None, because the directory depends on the processor."""

    def enable(self) -> None:
        """Read and write versions."""
        self._enabled = True

    def disable(self) -> None:
        """Neither read nor write them."""
        self._enabled = False

    def flush(self) -> None:
        """Do nothing: outdated versions have other names."""


def _read(environment: str, name: str) -> bytes | None:
    """Return the content of a file, from the first place with an intact copy."""
    for place in directory.places(environment):
        with suppress(OSError):
            content = (place / name).read_bytes()
            digest, payload = content[:_DIGEST], content[_DIGEST:]
            if hashlib.sha256(payload).digest() == digest:
                return payload
    return None


def _write(path: Path, payload: bytes) -> None:
    """Write a file in one step, and delete the oldest editions of the same version."""
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        unfinished.write_bytes(hashlib.sha256(payload).digest() + payload)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    kernel = path.name.rpartition("-")[0]
    editions = [each for each in path.parent.glob(f"{kernel}-*") if each.suffix == path.suffix]
    editions.sort(key=lambda each: each.stat().st_mtime, reverse=True)
    for edition in editions[GENERATIONS:]:
        edition.unlink(missing_ok=True)
