"""Detects the encoding of a text and converts it to UTF-8."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from messages import Message

from .origin import Origin

_MARKS = (
    (codecs.BOM_UTF8, "UTF-8", "utf-8"),
    (codecs.BOM_UTF32_LE, "UTF-32", "utf-32-le"),  # before UTF-16, whose mark is a prefix of it
    (codecs.BOM_UTF32_BE, "UTF-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "UTF-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "UTF-16", "utf-16-be"),
)
"""Byte order marks, the usual names of their encodings, and Python's names."""

_SAMPLE = 1 << 16
"""Number of bytes from which an encoding is guessed."""

_GUESSES = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1257",
    "big5",
    "cp932",
    "euc_jp",
    "cp949",
]
"""Encodings that spreadsheets write besides Unicode and GB18030. In all of them, the bytes of a
delimiter, a quote or a line end are never part of another character."""

_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class NotTextError(ValueError):
    """Bytes that are not text."""


@dataclass(frozen=True)
class Text:
    """A text in UTF-8.

    Parameters
    ----------
    content : bytes
    encoding : str
        Its original encoding.
    guessed : bool
        Whether the encoding is a guess.
    """

    content: bytes
    encoding: str
    guessed: bool = False


def decode_text(data: memoryview, origin: Origin) -> Text:
    """Return bytes as text, by the rules of the package.

    Raises
    ------
    NotTextError
        If they are not text.
    solver.InputError
        If some bytes are invalid.
    """
    for mark, name, codec in _MARKS:
        if bytes(data[: len(mark)]) == mark:
            return _decode(bytes(data[len(mark) :]), name, codec, origin)
    content = bytes(data)
    unmarked = _unmarked_utf_16(content)
    if unmarked is not None:
        return _decode(content, "UTF-16", unmarked, origin)
    if _CONTROLS.search(content, 0, _SAMPLE):
        raise NotTextError
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return _decode_other(content, error, origin)
    return _expect_no_nul(Text(content, "UTF-8"), origin)


def _decode(content: bytes, name: str, codec: str, origin: Origin) -> Text:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        raise _byte_error(
            content[: error.start].decode(codec, "replace"), name, error, origin
        ) from None
    return _expect_no_nul(Text(content if codec == "utf-8" else text.encode(), name), origin)


def _expect_no_nul(text: Text, origin: Origin) -> Text:
    """Return the text; refuse one with NUL."""
    index = text.content.find(b"\0")
    if index < 0:
        return text
    line = _line(text.content[:index].decode("utf-8", "replace"))
    raise origin.unreadable(Message("text_has_nul", file=origin.file, line=line))


def _unmarked_utf_16(content: bytes) -> str | None:
    """Return the UTF-16 codec of a text without a mark, if NULs beside ASCII characters show it."""
    sample = content[: _SAMPLE & ~1]
    for codec, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        zeros = sample[high::2].count(0)
        if zeros > max(len(sample) // 40, 1, 4 * sample[low::2].count(0)):
            text = sample.decode(codec, "replace")
            return None if _CONTROLS.search(text.encode()) or "\ufffd" in text[:-1] else codec
    return None


def _decode_other(content: bytes, error: UnicodeDecodeError, origin: Origin) -> Text:
    """Decode a text that is not UTF-8 as GB18030, or as charset-normalizer guesses."""
    sample = _non_ascii_lines(content, error.start)
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        pass
    else:
        non_ascii = [each for each in sample.decode("gb18030", "ignore") if each > "\x7f"]
        if 2 * sum(map(_is_common, non_ascii)) >= len(non_ascii):
            return _expect_no_nul(Text(text.encode(), "GB18030"), origin)
    if _mostly_utf_8(content):
        raise _byte_error(content[: error.start].decode(), "UTF-8", error, origin)
    for guess in from_bytes(sample, cp_isolation=_GUESSES, threshold=0.5):
        try:
            text = content.decode(guess.encoding)
        except UnicodeDecodeError:
            pass
        else:
            return _expect_no_nul(Text(text.encode(), guess.encoding, guessed=True), origin)
    raise _byte_error(content[: error.start].decode(), "UTF-8", error, origin)


def _non_ascii_lines(content: bytes, start: int) -> bytes:
    """Return lines with non-ASCII bytes, from the first such line on."""
    begin = content.rfind(b"\n", 0, start) + 1
    lines = content[begin : begin + _SAMPLE].split(b"\n")
    return b"\n".join(line for line in lines if _BEYOND_ASCII.search(line))


def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _mostly_utf_8(content: bytes) -> bool:
    """Return whether most non-ASCII characters are valid UTF-8."""
    non_ascii = [
        each for each in content[: 16 * _SAMPLE].decode("utf-8", "replace") if each > "\x7f"
    ]
    return non_ascii.count("\ufffd") * 3 < len(non_ascii)


def _byte_error(before: str, name: str, error: UnicodeDecodeError, origin: Origin) -> Exception:
    byte = error.object[error.start]
    return origin.unreadable(
        Message(
            "byte_not_in_encoding",
            file=origin.file,
            encoding=name,
            line=_line(before),
            byte=f"{byte:#04x}",
        )
    )


def _line(before: str) -> int:
    """Return the number of the last line of a text."""
    return 1 + before.count("\n") + before.replace("\r\n", "\n").count("\r")
