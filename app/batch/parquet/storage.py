"""Parquet files on any file system of fsspec: listing and opening them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from app.text.names import error_text
from messages import Message
from solver import InputError


@dataclass(frozen=True, eq=False)
class File:
    """A file on any file system.

    Parameters
    ----------
    filesystem : fsspec.AbstractFileSystem
    path : str
        Path within the file system.
    """

    filesystem: Any
    path: str

    def __str__(self) -> str:
        return self.path if self.local else str(self.filesystem.unstrip_protocol(self.path))

    @property
    def local(self) -> bool:
        """Whether it is on this machine; Arrow then reads it without Python in between."""
        return isinstance(self.filesystem, LocalFileSystem)

    @contextmanager
    def open(self, metadata: pq.FileMetaData | None = None) -> Iterator[pq.ParquetFile]:
        """Open the file as Parquet.

        Parameters
        ----------
        metadata : pyarrow.parquet.FileMetaData, optional
            From an earlier opening, to save reading it again.

        Raises
        ------
        solver.InputError
            With the file's name, if it is not Parquet.
        """
        try:
            with self.source() as source, pq.ParquetFile(source, metadata=metadata) as parquet:
                yield parquet
        except pa.ArrowException as error:
            raise InputError(
                "candidates",
                Message("parquet_expected", file=str(self)),
                code="unreadable-data",
            ) from error

    @contextmanager
    def source(self) -> Iterator[Any]:
        """Open the file's bytes."""
        if self.local:
            with pa.OSFile(self.path) as source:
                yield source
        else:
            with self.filesystem.open(self.path, "rb") as source:
                yield source


def locate(url: str, field: str) -> File:
    """Return the file or directory at a path or URL.

    Raises
    ------
    solver.InputError
        If the path does not exist, or fsspec does not support it.
    """
    filesystem, path = filesystem_of(url, field)
    with _refuse_unsupported(url, field):
        exists = filesystem.exists(path)
    if not exists:
        raise InputError(field, Message("path_missing", field=field, url=url))
    return File(filesystem, path)


def filesystem_of(url: str, field: str) -> tuple[Any, str]:
    """Return the file system of a path or URL, and the path within it.

    Raises
    ------
    solver.InputError
        If fsspec does not support the path, or a package for it is missing.
    """
    with _refuse_unsupported(url, field):
        filesystem, path = fsspec.core.url_to_fs(url)
    return filesystem, path


def partitions(url: str, field: str) -> list[File]:
    """Return the Parquet files of a directory, sorted by name, or the one file at a path.

    Files whose names begin with _ or . are ignored, as usual with Parquet.

    Raises
    ------
    solver.InputError
        If there are none.
    """
    root = locate(url, field)
    if not root.filesystem.isdir(root.path):
        return [root]
    paths = root.filesystem.find(root.path)
    names = [path for path in paths if path.endswith(".parquet") and _is_visible(path, root.path)]
    if not names:
        raise InputError(field, Message("parquet_files_missing", url=url))
    return [File(root.filesystem, path) for path in sorted(names)]


@contextmanager
def _refuse_unsupported(url: str, field: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, ImportError) as error:
        message = Message("path_not_understood", field=field, url=url, problem=error_text(error))
        raise InputError(field, message) from error


def _is_visible(path: str, root: str) -> bool:
    return not any(part.startswith(("_", ".")) for part in path[len(root) :].split("/"))
