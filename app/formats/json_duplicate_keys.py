"""Refuses JSON objects with duplicate keys, which readers treat in different ways.

Fast readers silently keep the last value. So the keys in the text are counted: outside of strings,
every colon follows a key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from messages import Message
from solver import InputError

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')

_LONGEST_PATH = 100


def expect_unique_keys(body: bytes, value: Any) -> None:
    """Refuse a JSON text with a duplicate key in an object.

    Parameters
    ----------
    body : bytes
        The text, which is valid JSON.
    value : Any
        Its value, with the last of duplicate keys; long lists may be arrays.

    Raises
    ------
    solver.InputError
        With the path of the key.
    """
    # Colons in strings, duplicate keys and objects that are not counted here make the left side
    # larger. If both sides are equal, there are none of them.
    if body.count(b":") == sum(map(len, _objects(value, in_lists=False))):
        return
    if _STRING.sub(b"", body).count(b":") == sum(map(len, _objects(value, in_lists=True))):
        return
    path = _first_duplicate_path(body)[:_LONGEST_PATH]
    message = Message("json_key_twice", path=path or Message("a_name"))
    raise InputError(path or "body", message, code="duplicate-key")


def _objects(value: Any, *, in_lists: bool) -> Iterator[dict[str, Any]]:
    """Yield the objects in a value; those in lists only if `in_lists`."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            yield each
            stack.extend(each.values())
        elif in_lists and isinstance(each, list) and not {*map(type, each)}.isdisjoint(_NESTING):
            stack.extend(each)


_NESTING = (dict, list)


class _DuplicateKey(dict[str, Any]):
    """An object with a duplicate key."""

    key = ""


def _mark_duplicate(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    names = [name for name, _ in pairs]
    marked = _DuplicateKey(fields)
    marked.key = next(name for index, name in enumerate(names) if name in names[:index])
    return marked


def _first_duplicate_path(body: bytes) -> str:
    """Return the path of the first duplicate key, such as `rows[3].k`; "" if unknown."""
    try:
        value = json.loads(body, object_pairs_hook=_mark_duplicate)
    except RecursionError:  # nested too deeply for a readable path
        return ""
    stack = [("", value)]
    while stack:
        path, each = stack.pop()
        if isinstance(each, _DuplicateKey):
            return f"{path}.{each.key}".lstrip(".")
        if isinstance(each, dict):
            stack.extend((f"{path}.{name}"[-_LONGEST_PATH:], inner) for name, inner in each.items())
        elif isinstance(each, list) and not {*map(type, each)}.isdisjoint(
            (*_NESTING, _DuplicateKey)
        ):
            stack.extend((f"{path}[{index}]", inner) for index, inner in enumerate(each))
    return ""
