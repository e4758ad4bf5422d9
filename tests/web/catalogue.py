"""The matching of `translate.js` in Python: templates as regular expressions, phrase by phrase."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

PLACE = re.compile(r"\{([a-z]+)(\d*)\}")

_NUMBER = r"[+\-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+\-−]?\d+)?"

AS_IS = {
    "n": _NUMBER,
    "id": r"\S(?:.*?\S)?",
    "any": ".+?",
    "field": r"[\w.[\]]+",
    "variable": "[A-Z_]+",
}
"""Placeholders that stay as they are; all others are kinds of phrases."""


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return the templates by kind: English to Chinese."""
    read: dict[str, dict[str, str]] = orjson.loads(
        (files("app.web") / "texts" / "sentences.zh.json").read_bytes()
    )
    return read


def places(template: str) -> list[str]:
    """Return the names of a template's placeholders."""
    return [kind + number for kind, number in PLACE.findall(template)]


def translation(text: str, kind: str = "sentence") -> str | None:
    """Return a text in Chinese; None where any of its sentences has no template."""
    plain = text.replace("\u00a0", " ")
    whole = phrase(plain, kind)
    if whole is not None:
        return whole
    sentences = [phrase(each, kind) for each in re.split(r"(?<=\.) (?=[^a-z])", plain)]
    return "".join(each for each in sentences if each) if None not in sentences else None


def phrase(text: str, kind: str) -> str | None:
    """Return the translation by the first template of the kind that matches all of a text."""
    return next(readings(text, kind), None)


def readings(text: str, kind: str) -> Iterator[str]:
    """Yield the translations by every template of the kind that matches."""
    for expected, other in _compiled(kind):
        found = expected.fullmatch(text)
        if found is None:
            continue
        values: dict[str, str | None] = {}
        for name, value in found.groupdict().items():
            inner = name.rstrip("0123456789")
            values[name] = value if inner in AS_IS else phrase(value, inner)
        if None not in values.values():
            yield PLACE.sub(lambda place, given=values: str(given[place[0][1:-1]]), other)  # type: ignore[misc]


def _pattern(template: str, place: Callable[[str, str], str]) -> str:
    parts = re.split(r"(\{[a-z]+\d*\})", template)
    for at in range(1, len(parts), 2):
        kind, number = PLACE.fullmatch(parts[at]).groups()  # type: ignore[union-attr]
        parts[at] = place(kind, kind + number)
    return "".join(part if at % 2 else re.escape(part) for at, part in enumerate(parts))


def _recursive(kind: str, above: tuple[str, ...] = ()) -> bool:
    inner = {name for each in catalogue()[kind] for name, _ in PLACE.findall(each)} - AS_IS.keys()
    return kind in above or any(_recursive(each, (*above, kind)) for each in inner)


def _shape(kind: str, _: str = "") -> str:
    if kind in AS_IS:
        return AS_IS[kind]
    if _recursive(kind):
        return ".+?"
    return f"(?:{'|'.join(_pattern(each, _shape) for each in catalogue()[kind])})"


@cache
def _compiled(kind: str) -> list[tuple[Any, str]]:
    def place(inner: str, name: str) -> str:
        return f"(?P<{name}>{_shape(inner)})"

    return [
        (re.compile(_pattern(template, place)), other)
        for template, other in catalogue()[kind].items()
    ]
