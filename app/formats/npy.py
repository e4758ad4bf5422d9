"""Arrays of NumPy's, .npy: a matrix without ids, or wealth by position."""

from __future__ import annotations

from app.errors.input_errors import message_of
from app.sheets.array_blocks import ArrayBlock
from app.sheets.origin import Origin
from app.sheets.sheet import HEAD, Sheet
from messages import Message
from solver import InputError

from .npy_arrays import read_npy

MAGIC = b"\x93NUMPY"


def read(data: memoryview, origin: Origin) -> Sheet:
    """Return the table of an array in one or two dimensions.

    Raises
    ------
    solver.InputError
        Where it is none.
    """
    try:
        array = read_npy(data, origin.file)
    except InputError as error:
        raise origin.unreadable(message_of(error)) from error
    if array.ndim not in (1, 2) or not array.size:
        raise origin.refuse(Message("npy_shape_expected", file=origin.file, shape=str(array.shape)))
    names = ["wealth"] if array.ndim == 1 else [""] * array.shape[1]
    block = ArrayBlock(array.reshape(len(array), -1))
    return Sheet("NumPy", names, ArrayBlock(block.array[:HEAD]), lambda: iter((block,)))
