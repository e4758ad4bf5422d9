"""Results that are there whole or not at all: on this machine, or wherever fsspec writes."""

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

_LEFT = 86_400.0
"""Seconds after which what a killed run left is removed by the next one. A run that is alive holds
a lock as well, for where files are shared, a lock may be seen on one machine only."""


@contextmanager
def create_directory(output: str, last: str = MANIFEST) -> Iterator[Destination]:
    """Yield where files go that become a result together, once all went well.

    Parameters
    ----------
    output : str
        Path or URL of the directory to make.
    last : str
        The file that is written last: where nothing can be renamed, it says that all are there.

    Raises
    ------
    solver.InputError
        Where anything is there already, or nothing can be written.
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
    """A directory in the making; it can be sent to workers, and means the same to them."""

    @abstractmethod
    def expect_nothing(self) -> None:
        """Refuse a place where anything is.

        Raises
        ------
        solver.InputError
        """

    @abstractmethod
    def begin(self) -> None:
        """Make the directory, and learn now rather than later whether it can be written to.

        Raises
        ------
        solver.InputError
        OSError
        """

    def alive(self) -> AbstractContextManager[None]:
        """Let others see, as long as this lasts, that the directory is in the making."""
        return nullcontext()

    @abstractmethod
    def commit(self) -> None:
        """Give the directory its name, if it has not got it yet."""

    @abstractmethod
    def discard(self) -> None:
        """Remove what was written, as far as that can be done; never raise."""

    @abstractmethod
    def names(self) -> set[str]:
        """Return what is in the directory, whoever wrote it."""

    @abstractmethod
    def writing(self, name: str) -> AbstractContextManager[Path]:
        """Yield a path on this machine to write to; then a file of that name is there, whole.

        Parameters
        ----------
        name : str
            In the directory, or with a / in one below it.

        Raises
        ------
        solver.InputError
            With the file's name, where it cannot be written.
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

    It is made beside its name, hidden, and takes it at the end; what a killed process leaves
    begins with a dot.

    Parameters
    ----------
    path : Path
    made : Path
        What it is called until it is whole.
    """

    path: Path
    made: Path

    @classmethod
    def for_path(cls, path: Path) -> LocalDirectory:
        """Return the directory that is to be at a path."""
        beside = path.parent.resolve()  # workers have other working directories
        return cls(path, beside / f".{path.name}.{uuid4().hex[:8]}{_PARTIAL}")

    def expect_nothing(self) -> None:
        """Refuse a name that is taken."""
        if self.path.exists():
            raise InputError("output", Message("output_exists", path=str(self.path)))

    def begin(self) -> None:
        """Make it beside its name, and the directories above."""
        parent = self.path.parent
        parent.mkdir(parents=True, exist_ok=True)
        if not os.access(parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(parent))
        for left in parent.resolve().glob(f".{glob.escape(self.path.name)}.*{_PARTIAL}"):
            remove_if_left(left)
        self.made.mkdir()

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Hold a lock in it."""
        with (self.made / _LOCK).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def commit(self) -> None:
        """Give it its name, once every file is on the disk."""
        for left in self.made.rglob(".*"):  # by a worker that was lost while it wrote
            left.unlink(missing_ok=True)
        _to_disk(self.made)
        self.made.rename(self.path)

    def discard(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.made, ignore_errors=True)

    def names(self) -> set[str]:
        """Return what is in it."""
        return set(os.listdir(self.made))

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Yield a hidden path beside the name that the file takes when it is written."""
        path = self.made / name
        hidden = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
        with _refused(name):
            if path.parent != self.made:
                path.parent.mkdir(exist_ok=True)
            yield hidden
            hidden.rename(path)


@dataclass(frozen=True)
class RemoteDirectory(Destination):
    """A directory where nothing can be renamed: it is whole as soon as its last file is there.

    Every file is written on this machine and sent when it is whole.

    Parameters
    ----------
    filesystem : fsspec.AbstractFileSystem
    root : str
        As the file system knows it.
    last : str
        Name of the last file.
    """

    filesystem: Any
    root: str
    last: str

    def __str__(self) -> str:
        return str(self.filesystem.unstrip_protocol(self.root))

    def expect_nothing(self) -> None:
        """Refuse a place with a result, or with what a killed run has left of one."""
        with _refused(str(self), Exception):
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
        """Write a file and remove it: wrong keys and rights show before any work is done."""
        for left in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
            remove_if_left(left)
        with _refused(str(self), Exception):
            self.filesystem.mkdir(self.root, create_parents=False)  # a bucket is not ours to make
        self.write_bytes(_PROBE, b"")
        with suppress(Exception):
            self.filesystem.rm_file(self._path(_PROBE))

    def commit(self) -> None:
        """Do nothing: with the last file, the directory is complete."""

    def discard(self) -> None:
        """Remove the last file first: without it, what cannot be removed is no result."""
        with suppress(Exception):
            if self.last in self.names():
                self.filesystem.rm_file(self._path(self.last))
            self._remove_all()

    def names(self) -> set[str]:
        """Return what is in it, as the store says now."""
        self.filesystem.invalidate_cache()  # others write there
        return {path.rsplit("/", 1)[-1] for path in self.filesystem.ls(self.root, detail=False)}

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Yield a temporary path; the file is sent when it is written."""
        path = self._path(name)
        with tempfile.TemporaryDirectory(prefix=_TEMPORARY) as directory:
            made = Path(directory, "made")
            with _refused(f"{self}/{name}"):
                yield made
            with _refused(f"{self}/{name}", Exception):  # of any kind, as stores have their own
                if "/" in name:
                    self.filesystem.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
                self.filesystem.put_file(str(made), path)

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"

    def _remove_all(self) -> None:
        """Remove file by file: `rm` would take a * in a name for others' names, too."""
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
def _refused(name: str, *kinds: type[Exception]) -> Iterator[None]:
    """Refuse, by its name, what cannot be written."""
    try:
        yield
    except (OSError, pa.ArrowException, *kinds) as error:
        problem = error_text(error) or type(error).__name__
        message = Message("output_unwritable", name=name, problem=problem)
        raise InputError("output", message) from error


def remove_if_left(directory: Path) -> None:
    """Remove a directory that a killed run has left, a day after anything in it changed."""
    try:
        inside = [directory, *directory.rglob("*")]
        newest = max(each.lstat().st_mtime for each in inside)
        if time.time() - newest < _LEFT:
            return
        with suppress(FileNotFoundError), (directory / _LOCK).open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # its run is alive, or it is somebody else's
        return
    shutil.rmtree(directory, ignore_errors=True)


def _to_disk(directory: Path) -> None:
    """Wait until every file is on the disk: only then may the directory have its name."""
    for folder, _, files in os.walk(directory):
        for name in (*files, "."):
            descriptor = os.open(Path(folder, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
