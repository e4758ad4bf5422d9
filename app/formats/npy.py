"""NumPy arrays, .npy: a matrix without ids, or wealth by position. Pickles are never loaded."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.sheets.array_blocks import ArrayBlock
from app.sheets.origin import Origin
from app.sheets.sheet import HEAD, Sheet
from messages import Message
from solver import InputError

from .base import Format, ReadOptions

_MAGIC = b"\x93NUMPY"
_LENGTH_BYTES = {(1, 0): 2, (2, 0): 4, (3, 0): 4}
"""By version: number of bytes of the length of the header."""

_LONGEST_HEADER = 4096
"""Bytes; headers that NumPy writes have 128."""

_HEADER = re.compile(
    rb"\{\s*'descr':\s*'([<>=|]?)([a-zA-Z])(\d{1,2})',\s*'fortran_order':\s*(True|False),"
    rb"\s*'shape':\s*\(((?:\d{1,12},\s*){0,2}(?:\d{1,12})?)\),?\s*\}\s*"
)
"""A dictionary with three keys, as NumPy writes it; it is matched, never evaluated."""

_NUMBERS = {b"f": (2, 4, 8), b"i": (1, 2, 4, 8), b"u": (1, 2, 4, 8)}
"""By kind: supported sizes of a number in bytes."""


def is_npy(data: memoryview) -> bool:
    """Return whether bytes begin like an .npy file, or are empty."""
    return not len(data) or bytes(data[: len(_MAGIC)]) == _MAGIC


def read_npy(data: memoryview, field: str) -> NDArray[Any]:
    """Return the numbers of an .npy file as a new array.

    Parameters
    ----------
    data : memoryview
        The file's bytes.
    field : str
        Its name in messages.

    Raises
    ------
    solver.InputError
        If the file is not .npy with numbers, or longer or shorter than its header says.
    """
    header, start = _header(data, field)
    match = _HEADER.fullmatch(header)
    if match is None:
        raise InputError(
            field,
            Message(
                "npy_header_expected",
                field=field,
                received=repr(header[:80].decode("latin-1").strip()),
            ),
            code="unreadable-data",
        )
    order, kind, size, fortran, sides = match.groups()
    if int(size) not in _NUMBERS.get(kind, ()):
        dtype_text = (order + kind + size).decode()
        raise InputError(field, Message("npy_numbers_expected", field=field, type=dtype_text))
    shape = tuple(int(side) for side in sides.replace(b",", b" ").split())
    expected, received_bytes = math.prod(shape) * int(size), len(data) - start
    if expected != received_bytes:
        raise InputError(
            field,
            Message(
                "npy_length_expected",
                field=field,
                expected=expected,
                shape=str(shape),
                received=received_bytes,
            ),
            code="unreadable-data",
        )
    dtype = np.dtype((order + kind + size).decode())
    flat = np.frombuffer(data, dtype, offset=start) if received_bytes else np.empty(0, dtype)
    own = np.array(flat, dtype.newbyteorder("="))  # aligned and writable, as kernels require
    return own.reshape(shape, order="F" if fortran == b"True" else "C")


def _header(data: memoryview, field: str) -> tuple[bytes, int]:
    """Return the header, and the offset of the numbers."""
    version = tuple(data[6:8])
    width = _LENGTH_BYTES.get((version[0], version[1])) if len(version) == 2 else None
    if bytes(data[:6]) != _MAGIC or width is None:
        raise InputError(field, Message("npy_format_expected", field=field), code="unreadable-data")
    length = int.from_bytes(data[8 : 8 + width], "little")
    start = 8 + width + length
    if length > _LONGEST_HEADER or start > len(data):
        raise InputError(
            field,
            Message(
                "npy_header_too_long",
                field=field,
                most=_LONGEST_HEADER,
                received=min(length, len(data)),
            ),
            code="unreadable-data",
        )
    return bytes(data[8 + width : start]), start


def read(data: memoryview, origin: Origin, _options: ReadOptions) -> Sheet:
    """Return the table of an array in one or two dimensions.

    Raises
    ------
    solver.InputError
        If it is not such an array.
    """
    try:
        array = read_npy(data, origin.file)
    except InputError as error:
        raise origin.unreadable(error.message) from error
    if array.ndim not in (1, 2) or not array.size:
        raise origin.refuse(Message("npy_shape_expected", file=origin.file, shape=str(array.shape)))
    names = ["wealth"] if array.ndim == 1 else [""] * array.shape[1]
    block = ArrayBlock(array.reshape(len(array), -1))
    return Sheet("NumPy", names, ArrayBlock(block.array[:HEAD]), lambda: iter((block,)))


FORMAT = Format(
    name="NumPy",
    label=".npy",
    media_type="application/octet-stream",
    suffixes=(".npy",),
    begins=(_MAGIC,),
    read=read,
)
