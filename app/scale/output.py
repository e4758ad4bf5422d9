"""Directories that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from solver import InputError


def expect_no_output(output: str) -> Path:
    """Refuse an output that is there already, or could not be made, before any work is done.

    Raises
    ------
    solver.InputError
    OSError
    """
    path = Path(output)
    if "://" in output:
        raise InputError("output", f"Expected output as a directory on this machine; got {output}.")
    if path.exists():
        raise InputError("output", f"Expected output as a directory yet to be made; {path} exists.")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))
    return path


@contextmanager
def whole_directory(output: str) -> Iterator[Path]:
    """Yield a new directory beside `output`, which takes its name once all went well.

    Whatever else happens, nothing has the name; what a killed process leaves begins with a dot.

    Raises
    ------
    solver.InputError
    OSError
    """
    path = expect_no_output(output)
    made = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent))
    try:
        yield made
        _to_disk(made)
        made.chmod(0o777 & ~_umask())
        made.rename(path)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def write_table(table: pa.Table, path: Path, **options: Any) -> None:
    """Write a table as Parquet.

    Parameters
    ----------
    table : pyarrow.Table
    path : Path
    options
        Of `pyarrow.parquet.write_table`.

    Raises
    ------
    solver.InputError
        Where the disk takes no more, or not this file.
    """
    with writing(path):
        pq.write_table(table, path, **options)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Refuse, by the file's name, what cannot be written."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        said = " ".join(str(error).split())[:200].rstrip(".")
        raise InputError(
            "output", f"Expected room and leave to write {path.name}; {said}."
        ) from error


def _to_disk(directory: Path) -> None:
    """Wait until every file is on the disk: only then may the directory have its name."""
    for at, _, files in os.walk(directory):
        for name in (*files, "."):
            descriptor = os.open(Path(at, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
