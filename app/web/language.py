"""The languages of the page, and which of them a request is answered in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import orjson
from fastapi import Request

NAMES: Mapping[str, str] = {"en": "English", "zh": "中文"}
"""Languages by their codes, as they call themselves; the first is the default."""

SENTENCES: Mapping[str, str] = {"zh": "sentences.zh.json"}
"""Catalogues of what the service says, by the languages that have one; see `translate.js`."""

COOKIE = "whale-language"

REMEMBERED_SECONDS = 365 * 24 * 3600


@cache
def texts(language: str) -> Mapping[str, str]:
    """Return the texts of a language by their names."""
    content = (files("app.web") / "texts" / f"{language}.json").read_bytes()
    read: Mapping[str, str] = orjson.loads(content)
    return read


def preferred(request: Request) -> str:
    """Return the language that a reader has chosen; else the first that the browser asks for."""
    chosen = request.cookies.get(COOKIE)
    if chosen is not None and chosen in NAMES:
        return chosen
    asked = request.headers.get("accept-language", "").split(",")
    ordered = sorted(asked, key=_weight, reverse=True)  # stable: among equals the first
    codes = (each.partition(";")[0].strip().lower().partition("-")[0] for each in ordered)
    return next((code for code in codes if code in NAMES), next(iter(NAMES)))


def _weight(asked: str) -> float:
    """Return the weight of one entry of Accept-Language, RFC 9110 §12.5.4."""
    _, _, weight = asked.partition(";q=")
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
