"""Large JSON bodies: long lists of numbers become arrays without a Python object per number."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import simdjson
from numpy.typing import NDArray

LARGE = 1 << 14
"""Number of bytes from which this is faster."""

MOST_FIELDS = 64
"""Maximum number of names: looking one up reads all before it. Requests have far fewer."""

_MATRIX = "ev"
_VECTORS: dict[str, Literal["i", "d"]] = {"wealth": "d"}
_PAIRS: dict[str, Literal["i", "d"]] = {"user": "i", "streamer": "i", "ev": "d"}
"""Fields that can be long, and the types of their numbers in simdjson: integer or double."""


def parse_large_json(body: bytes) -> dict[str, Any] | None:
    """Return the fields of a JSON object, with long lists of numbers as arrays.

    Apart from the arrays, the result equals that of `orjson.loads`. It is None for everything that
    this function cannot read with certainty, which includes invalid JSON.

    Returns
    -------
    dict or None
        `ev` as (N, S) float64, `wealth` as (N,) float64, `candidates` as (E,) int64 twice and
        float64. None if `orjson` has to read the body, for instance because of a null in `ev`.
    """
    try:
        document = simdjson.Parser().parse(body)
        if not isinstance(document, simdjson.Object):
            return None
        names = [*document.keys()]
        if len(names) > MOST_FIELDS or len({*names}) < len(names):
            return None
        fields, brackets = {}, 0
        for name in names:
            fields[name], n_lists = _field(name, document[name])
            brackets += n_lists
    except (
        ValueError,
        TypeError,
        RuntimeError,
        KeyError,
    ):  # invalid JSON, or numbers of another type
        return None
    # A list within a list of numbers would have been flattened. If the body has as many brackets as
    # lists were read, there is none. Brackets in strings count too, and then orjson reads the body.
    return fields if body.count(b"[") == brackets else None


def _field(name: str, value: Any) -> tuple[Any, int]:
    """Return a field, and the number of its lists."""
    if isinstance(value, simdjson.Array):
        if name == _MATRIX:
            matrix = _matrix(value)
            return matrix, 1 + len(matrix)
        if name in _VECTORS:
            return _vector(value, _VECTORS[name]).copy(), 1
    if isinstance(value, simdjson.Object) and name == "candidates":
        if sorted(value.keys()) != sorted(_PAIRS):
            raise ValueError
        return {each: _vector(value[each], kind).copy() for each, kind in _PAIRS.items()}, len(
            _PAIRS
        )
    plain = value.as_dict() if isinstance(value, simdjson.Object) else value
    plain = plain.as_list() if isinstance(plain, simdjson.Array) else plain
    return plain, _lists(plain)


def _matrix(rows: Any) -> NDArray[np.float64]:
    if not len(rows):
        raise ValueError
    matrix = np.empty((len(rows), len(rows[0])))
    for user, row in enumerate(rows):
        if len(row) != matrix.shape[1]:
            raise ValueError
        matrix[user] = _vector(row, "d")
    return matrix


def _vector(values: Any, kind: Literal["i", "d"]) -> NDArray[Any]:
    if not isinstance(values, simdjson.Array) or not len(values):
        raise ValueError
    dtype = np.int64 if kind == "i" else np.float64
    return np.frombuffer(values.as_buffer(of_type=kind), dtype)


def _lists(value: Any) -> int:
    """Return the number of lists in a value, itself included."""
    if isinstance(value, dict):
        return sum(map(_lists, value.values()))
    if isinstance(value, list):
        return 1 + sum(_lists(each) for each in value if isinstance(each, dict | list))
    return 0
