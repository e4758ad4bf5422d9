"""Names that a JSON object has twice: which of the two counts differs from reader to reader.

Fast readers take the last and say nothing. So the text's names are counted: outside of strings, a
colon stands behind each name and nowhere else.
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
    """Refuse a JSON text that has a name twice in one object.

    Parameters
    ----------
    body : bytes
        The text, which is JSON.
    value : Any
        What a reader that takes the last made of it; long lists may be arrays.

    Raises
    ------
    solver.InputError
        With the path to the name.
    """
    # A colon within a string makes the left side larger, and so does a name that is there twice
    # or in an object that is not counted here: where both are equal, there is none of them.
    if body.count(b":") == sum(map(len, _objects(value, in_lists=False))):
        return
    if _STRING.sub(b"", body).count(b":") == sum(map(len, _objects(value, in_lists=True))):
        return
    path = _path_to_the_first(body)[:_LONGEST_PATH]
    message = Message("json_key_twice", path=path or Message("a_name"))
    raise InputError(path or "body", message, code="duplicate-key")


def _objects(value: Any, *, in_lists: bool) -> Iterator[dict[str, Any]]:
    """Yield the objects in a value; those in lists only if `in_lists`."""
    ahead = [value]
    while ahead:
        each = ahead.pop()
        if isinstance(each, dict):
            yield each
            ahead.extend(each.values())
        elif in_lists and isinstance(each, list) and not {*map(type, each)}.isdisjoint(_NESTING):
            ahead.extend(each)


_NESTING = (dict, list)


class _Repeating(dict[str, Any]):
    """An object that has a name twice."""

    repeated = ""


def _marked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    names = [name for name, _ in pairs]
    marked = _Repeating(fields)
    marked.repeated = next(name for index, name in enumerate(names) if name in names[:index])
    return marked


def _path_to_the_first(body: bytes) -> str:
    """Return the path to a name that is there twice, such as `rows[3].k`; "" if unknown."""
    try:
        value = json.loads(body, object_pairs_hook=_marked)
    except RecursionError:  # nested too deep for a path that anybody would read
        return ""
    ahead = [("", value)]
    while ahead:
        path, each = ahead.pop()
        if isinstance(each, _Repeating):
            return f"{path}.{each.repeated}".lstrip(".")
        if isinstance(each, dict):
            ahead.extend((f"{path}.{name}"[-_LONGEST_PATH:], inner) for name, inner in each.items())
        elif isinstance(each, list) and not {*map(type, each)}.isdisjoint((*_NESTING, _Repeating)):
            ahead.extend((f"{path}[{index}]", inner) for index, inner in enumerate(each))
    return ""
