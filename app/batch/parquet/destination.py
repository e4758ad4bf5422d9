"""Directories of results that appear only when they are complete, local or through fsspec."""

from __future__ import annotations

import errno
import fcntl
import glob
import os
import shutil
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from app.text.names import error_text
from messages import Message
from solver import InputError

from .storage import filesystem_of

MANIFEST = "manifest.json"

_PROBE = ".writable"
_LOCK = ".lock"
_PARTIAL = ".partial"
_TEMPORARY = "whale-matching-"

_ABANDONED_AFTER = 86_400.0
"""Seconds without a change after which the next run removes a directory of a killed run. A live run
also holds a lock, but on shared disks a lock may be visible on one machine only."""


@contextmanager
def create_directory(output: str, last: str = MANIFEST) -> Iterator[Destination]:
    """Yield a destination whose files become a result together, if no error occurs.

    Parameters
    ----------
    output : str
        Path or URL of the directory to create.
    last : str
        The file that is written last. On stores that cannot rename, it marks a complete result.

    Raises
    ------
    solver.InputError
        If the path exists, or cannot be written to.
    OSError
    """
    destination = _destination(output, last)
    destination.expect_nothing()
    try:
        destination.begin()
        with destination.alive():
            yield destination
            destination.commit()
    except BaseException:
        destination.discard()
        raise


class Destination(ABC):
    """A directory that is being written. It can be sent to workers, which then write to it too."""

    @abstractmethod
    def expect_nothing(self) -> None:
        """Refuse a path that exists.

        Raises
        ------
        solver.InputError
        """

    @abstractmethod
    def begin(self) -> None:
        """Create the directory and check that it can be written to.

        Raises
        ------
        solver.InputError
        OSError
        """

    def alive(self) -> AbstractContextManager[None]:
        """Mark the directory as being written while this context is open."""
        return nullcontext()

    @abstractmethod
    def commit(self) -> None:
        """Give the directory its final name."""

    @abstractmethod
    def discard(self) -> None:
        """Remove what was written, as far as possible; never raise."""

    @abstractmethod
    def names(self) -> set[str]:
        """Return the names of all files in the directory, those of other writers included."""

    @abstractmethod
    def writing(self, name: str) -> AbstractContextManager[Path]:
        """Yield a local path to write to; the file then appears under its name, complete.

        Parameters
        ----------
        name : str
            Path within the directory.

        Raises
        ------
        solver.InputError
            With the file's name, if it cannot be written.
        """

    def write_table(self, name: str, table: pa.Table, **options: Any) -> None:
        """Write a table as Parquet, with options of `pyarrow.parquet.write_table`."""
        with self.writing(name) as path:
            pq.write_table(table, path, **options)

    def write_bytes(self, name: str, content: bytes) -> None:
        """Write a file."""
        with self.writing(name) as path:
            path.write_bytes(content)


@dataclass(frozen=True)
class LocalDirectory(Destination):
    """A directory on this machine, or on a disk that workers share.

    It is written under a hidden name beside its final one, and renamed at the end. A killed
    process leaves a name that begins with a dot.

    Parameters
    ----------
    path : Path
    partial : Path
        Its name until it is complete.
    """

    path: Path
    partial: Path

    @classmethod
    def for_path(cls, path: Path) -> LocalDirectory:
        """Return the destination for a final path."""
        beside = path.parent.resolve()  # workers have other working directories
        return cls(path, beside / f".{path.name}.{uuid4().hex[:8]}{_PARTIAL}")

    def expect_nothing(self) -> None:
        """Refuse a path that exists."""
        if self.path.exists():
            raise InputError("output", Message("output_exists", path=str(self.path)))

    def begin(self) -> None:
        """Create the partial directory and its parents."""
        parent = self.path.parent
        parent.mkdir(parents=True, exist_ok=True)
        if not os.access(parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(parent))
        for abandoned in parent.resolve().glob(f".{glob.escape(self.path.name)}.*{_PARTIAL}"):
            remove_if_abandoned(abandoned)
        self.partial.mkdir()

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Hold a lock file in the directory."""
        with (self.partial / _LOCK).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def commit(self) -> None:
        """Sync all files to disk, then give the directory its final name."""
        for hidden in self.partial.rglob(".*"):  # of workers that were lost while writing
            hidden.unlink(missing_ok=True)
        _sync(self.partial)
        self.partial.rename(self.path)

    def discard(self) -> None:
        """Remove the directory and its files."""
        shutil.rmtree(self.partial, ignore_errors=True)

    def names(self) -> set[str]:
        """Return the names of all files in it."""
        return set(os.listdir(self.partial))

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Yield a hidden path, which is renamed once the file is written."""
        path = self.partial / name
        hidden = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
        with _refuse_unwritable(name):
            if path.parent != self.partial:
                path.parent.mkdir(exist_ok=True)
            yield hidden
            hidden.rename(path)


@dataclass(frozen=True)
class RemoteDirectory(Destination):
    """A directory on a store that cannot rename; it is complete once its last file exists.

    Every file is written locally and uploaded when it is complete.

    Parameters
    ----------
    filesystem : fsspec.AbstractFileSystem
    root : str
        Path within the file system.
    last : str
        Name of the last file.
    """

    filesystem: Any
    root: str
    last: str

    def __str__(self) -> str:
        return str(self.filesystem.unstrip_protocol(self.root))

    def expect_nothing(self) -> None:
        """Refuse a path with a result, or with the files of a killed run."""
        with _refuse_unwritable(str(self), Exception):
            exists = self.filesystem.exists(self.root)
            names = self.names() if exists and self.filesystem.isdir(self.root) else set()
        if names and self.last not in names:
            raise InputError(
                "output",
                Message("output_left_by_a_killed_run", path=str(self), last=self.last),
            )
        if exists:
            raise InputError("output", Message("output_exists", path=str(self)))

    def begin(self) -> None:
        """Write and remove a file, so that missing permissions show before any work is done."""
        for abandoned in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
            remove_if_abandoned(abandoned)
        with _refuse_unwritable(str(self), Exception):
            self.filesystem.mkdir(self.root, create_parents=False)  # never create a bucket
        self.write_bytes(_PROBE, b"")
        with suppress(Exception):
            self.filesystem.rm_file(self._path(_PROBE))

    def commit(self) -> None:
        """Do nothing: the last file has completed the directory."""

    def discard(self) -> None:
        """Remove the last file first: without it, remaining files are no result."""
        with suppress(Exception):
            if self.last in self.names():
                self.filesystem.rm_file(self._path(self.last))
            self._remove_all()

    def names(self) -> set[str]:
        """Return the names of all files in it, read from the store."""
        self.filesystem.invalidate_cache()  # workers write there too
        return {path.rsplit("/", 1)[-1] for path in self.filesystem.ls(self.root, detail=False)}

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Yield a temporary path; the file is uploaded once it is written."""
        path = self._path(name)
        with tempfile.TemporaryDirectory(prefix=_TEMPORARY) as directory:
            local = Path(directory, "file")
            with _refuse_unwritable(f"{self}/{name}"):
                yield local
            with _refuse_unwritable(
                f"{self}/{name}", Exception
            ):  # stores have their own exceptions
                if "/" in name:
                    self.filesystem.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
                self.filesystem.put_file(str(local), path)

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"

    def _remove_all(self) -> None:
        """Remove file by file: `rm` would treat a * in a name as a pattern."""
        for path in self.filesystem.find(self.root):
            with suppress(Exception):
                self.filesystem.rm_file(path)
        for path in reversed([folder for folder, _, _ in self.filesystem.walk(self.root)]):
            with suppress(Exception):
                self.filesystem.rmdir(path)


def _destination(output: str, last: str) -> Destination:
    if "://" not in output:
        return LocalDirectory.for_path(Path(output))
    filesystem, root = filesystem_of(output, "output")
    if isinstance(filesystem, LocalFileSystem):
        return LocalDirectory.for_path(Path(root))
    return RemoteDirectory(filesystem, root, last)


@contextmanager
def _refuse_unwritable(name: str, *kinds: type[Exception]) -> Iterator[None]:
    """Convert errors of writing into a refusal that names the file."""
    try:
        yield
    except (OSError, pa.ArrowException, *kinds) as error:
        problem = error_text(error) or type(error).__name__
        message = Message("output_unwritable", name=name, problem=problem)
        raise InputError("output", message) from error


def remove_if_abandoned(directory: Path) -> None:
    """Remove the directory of a killed run if nothing in it has changed for a day."""
    try:
        paths = [directory, *directory.rglob("*")]
        newest = max(each.lstat().st_mtime for each in paths)
        if time.time() - newest < _ABANDONED_AFTER:
            return
        with suppress(FileNotFoundError), (directory / _LOCK).open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # its run is alive, or another user owns it
        return
    shutil.rmtree(directory, ignore_errors=True)


def _sync(directory: Path) -> None:
    """Wait until every file is on disk, so that the rename comes last."""
    for folder, _, files in os.walk(directory):
        for name in (*files, "."):
            descriptor = os.open(Path(folder, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
