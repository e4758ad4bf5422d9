"""Functions and types that the texts of the catalogues may use.

Imported with the first message that is rendered: Fluent and Babel take a tenth of a second.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel import Locale
from babel.lists import format_list
from fluent.runtime.types import FluentType

LONGEST_TEXT = 2000
"""Characters of a text that a message repeats. Fluent refuses texts of more than 2,500."""


class WordList(FluentType):
    """A list of words, written as the language writes lists: "1, 2 and 5".

    Parameters
    ----------
    words : sequence of str
    """

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def format(self, locale: Locale, style: str = "standard") -> str:
        """Return the list in words; style "or" for alternatives, "unit" without "and"."""
        words = self.words
        if locale.language == "zh" and style != "unit" and len(words) > 1:
            words = _space_conjunction(words)
        return shorten(format_list(words, style=style, locale=locale))  # type: ignore[arg-type]


def _space_conjunction(words: list[str]) -> list[str]:
    """Return the words with a space between a Latin letter or figure and the Chinese "and"."""
    *others, before, after = words
    return [
        *others,
        f"{before} " if before[-1:].isascii() else before,
        f" {after}" if after[:1].isascii() else after,
    ]


def shorten(text: str) -> str:
    """Return a text, or its beginning where it is longer than `LONGEST_TEXT`."""
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def write_plain(value: float, digits: float, sign: str = "-") -> str:
    """Return a number with so many significant digits and no exponent: 0.000093, not 9.3e-05."""
    if value == 0:
        return "0"
    rounded = Decimal(format(value, f"{sign}.{int(digits) - 1}e"))
    return format(rounded, f"{sign}f")


def functions(locale: str) -> dict[str, Any]:
    """Return the functions of the catalogues by name.

    ``FORMAT($value, "+.3g")`` writes a number by Python's format specification.
    ``PLAIN($value, 2)`` writes a number with so many significant digits and no exponent, and
    ``PLAIN($value, 2, "+")`` its sign besides.
    ``LIST($words, "or")`` writes a list of alternatives.
    ``JOIN($words, "; ")`` writes a list with a separator of its own.
    """
    parsed = Locale.parse(locale, sep="-")

    def write_list(words: WordList, style: str) -> str:
        return words.format(parsed, style)

    def join(words: WordList, separator: str) -> str:
        return shorten(str(separator).join(words.words))

    return {"FORMAT": format, "LIST": write_list, "JOIN": join, "PLAIN": write_plain}
