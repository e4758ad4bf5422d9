"""The language of a reader: of an HTTP request, or of the command line."""

from __future__ import annotations

from contextvars import ContextVar
from math import isfinite

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from messages import DEFAULT_LANGUAGE, LANGUAGES, Message, render

COOKIE = "whale-language"
"""Cookie of the language that a reader of the page has chosen."""

UNREADABLE = 1e-6
"""Weight of a language whose own is no number: below the least that can be written, 0.001."""

VARY = "Cookie, Accept-Language"
"""Value of the header Vary of answers that contain text."""

command_language: ContextVar[str] = ContextVar("command_language", default=DEFAULT_LANGUAGE)
"""Language of the command line: `--language`, else WHALE_LANGUAGE."""


def render_for_command(message: Message) -> str:
    """Return the text of a message in the language of the command line."""
    return render(message, command_language.get())


def language_of(scope: Scope) -> str:
    """Return the language that a request is answered in.

    The page's cookie comes first, then the languages of ``Accept-Language`` by their weights
    (RFC 9110 §12.5.4), then English.
    """
    headers = Headers(scope=scope)
    chosen = cookie_parser(headers["cookie"]).get(COOKIE) if "cookie" in headers else None
    if chosen in LANGUAGES:
        return str(chosen)
    accepted = headers.get("accept-language", "").split(",")
    ordered = sorted(accepted, key=_weight, reverse=True)  # stable: among equals the first
    codes = (
        each.partition(";")[0].strip().lower().partition("-")[0]
        for each in ordered
        if _weight(each) > 0
    )
    return next((code for code in codes if code in LANGUAGES), DEFAULT_LANGUAGE)


def _weight(entry: str) -> float:
    """Return the weight of one entry of Accept-Language; 0 is a language that is not accepted.

    A language whose weight is no number is accepted, after all the others.
    """
    _, _, weight = entry.replace(" ", "").lower().partition(";q=")
    try:
        number = float(weight) if weight else 1.0
    except ValueError:
        return UNREADABLE
    return number if isfinite(number) else UNREADABLE
