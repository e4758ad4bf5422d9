"""Files of the command line: read whole or refused, written whole or not at all."""

from __future__ import annotations

import errno
import glob
import os
import re
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import orjson
import yaml
from numpy.typing import NDArray

from messages import Message
from solver import InputError
from solver.errors import quote

_PARTIAL = ".partial"

_LEFT = 86_400.0
"""Seconds; no file takes so long to be written."""


class UnreadableError(InputError):
    """A file that a command has nothing to say about, for it cannot read it."""


def system_error(error: OSError, path: Path | None = None) -> Message:
    """Return the message of an error of the operating system.

    Parameters
    ----------
    error : OSError
    path : Path, optional
        The file; by default, that of the error.
    """
    problem = Message(
        "system_error",
        name=errno.errorcode.get(error.errno or 0, "other"),
        text=(error.strerror or str(error)).partition(" (while")[0],  # sockets add their address
    )
    file = error.filename if path is None else path
    return problem if file is None else Message("file_error", problem=problem, path=str(file))


def expect_writable(path: Path) -> None:
    """Refuse an output that could not be written, before any work is done for it.

    Raises
    ------
    OSError
        Where the path is a directory, or its directory cannot be made or written to.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that, whatever happens, the old or the new content is there, never a part.

    Raises
    ------
    OSError
        Where the directory cannot be written to.
    """
    _remove_left(path)
    descriptor, name = tempfile.mkstemp(f"{_PARTIAL}", f".{path.name}.", path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())  # mkstemp's files are for their owner only
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _remove_left(path: Path) -> None:
    """Remove what runs that were killed while they wrote a file left beside it a day ago."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{_PARTIAL}"):
        with suppress(OSError):
            if left.is_file() and time.time() - left.stat().st_mtime > _LEFT:
                left.unlink()


def read_array(path: Path, field: str) -> NDArray[Any]:
    """Return the array of a `.npy` file; a pickle is never loaded.

    Raises
    ------
    solver.InputError
        Where it holds no array.
    """
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise InputError(field, Message("npy_file_expected", path=str(path))) from error
    if not isinstance(array, np.ndarray):
        raise InputError(field, Message("npy_file_of_several", path=str(path)))
    return array


def read_arrays(path: Path, field: str, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return the named arrays of a `.npz` file; a pickle is never loaded.

    Raises
    ------
    solver.InputError
        Where it is no archive of exactly these arrays.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            if isinstance(archive, np.lib.npyio.NpzFile) and {*archive.files} == {*names}:
                return {name: archive[name] for name in names}
    except (ValueError, EOFError, BadZipFile, TypeError, AttributeError) as error:
        raise InputError(
            field, Message("npz_file_expected", path=str(path), names=names)
        ) from error
    raise InputError(field, Message("npz_file_of_others", path=str(path), names=names))


def read_yaml(path: Path) -> Any:
    """Return what a YAML file says; 1e-1 is a number, as in YAML 1.2.

    Raises
    ------
    solver.InputError
        Where it is not YAML, or has a key twice, with line and column.
    """
    content = path.read_bytes()
    try:
        return yaml.load(content, _Loader)  # noqa: S506 - it is a SafeLoader
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(path, content, error) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            "config", Message("yaml_expected", path=str(path)), code="unreadable-data"
        ) from error


def _not_yaml(path: Path, content: bytes, error: yaml.MarkedYAMLError) -> InputError:
    """Return where a file stops being YAML, and what is there."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return InputError(
            "config", Message("yaml_expected", path=str(path)), code="unreadable-data"
        )
    line, column = mark.line + 1, mark.column + 1
    lines = content.decode("utf-8", "replace").splitlines()
    found = lines[mark.line][mark.column :].strip() if mark.line < len(lines) else ""
    if isinstance(error, _KeyTwiceError):
        fault = Message("yaml_key_twice", key=repr(error.key), line=error.line)
    elif found:
        fault = Message("yaml_unexpected", found=quote(found))
    else:
        fault = Message("yaml_unclosed")
    return InputError(
        "config",
        Message("yaml_wrong_at", path=str(path), line=line, column=column, fault=fault),
        (line, column),
        "unreadable-data",
    )


class _KeyTwiceError(yaml.constructor.ConstructorError):
    """A key that is in a mapping already, in an earlier line."""

    def __init__(self, key: str, line: int, mark: yaml.Mark) -> None:
        super().__init__(problem_mark=mark)
        self.key, self.line = key, line


class _Loader(yaml.SafeLoader):
    """YAML as people write it: a key once, and numbers as in JSON."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping; refuse a key that is there twice."""
        seen: dict[Any, yaml.Node] = {}
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge" or not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                first = seen[key.value].start_mark.line + 1
                raise _KeyTwiceError(key.value, first, key.start_mark)
            seen[key.value] = key
        return super().construct_mapping(node, deep)


# YAML 1.1 wants a point and a sign in it: 1e-1 would be a string.
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)[eE][-+]?\d+$"),
    [*"-+.0123456789"],
)


def read_json(path: Path) -> Any:
    """Return what a JSON file says.

    Raises
    ------
    solver.InputError
        Where it is not JSON.
    """
    try:
        return orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise InputError(
            "results",
            Message("json_wrong_at", path=str(path), line=error.lineno, column=error.colno),
            (error.lineno, error.colno),
            "unreadable-data",
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
