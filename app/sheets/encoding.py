"""The encoding of a text, and the text in UTF-8."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from messages import Message

from .origin import Origin

_MARKS = (
    (codecs.BOM_UTF8, "UTF-8", "utf-8"),
    (codecs.BOM_UTF32_LE, "UTF-32", "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "UTF-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "UTF-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "UTF-16", "utf-16-be"),
)
"""Byte order marks, what people call the encoding, and what Python calls it."""

_SAMPLE = 1 << 16
"""Bytes that a guess is made from."""

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
"""Encodings that spreadsheets write beside Unicode and GB18030. In none of them can a delimiter, a
quote or a line end be a part of another character."""

_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class NotTextError(ValueError):
    """Bytes that are no text."""


@dataclass(frozen=True)
class Text:
    """A text in UTF-8.

    Parameters
    ----------
    content : bytes
    encoding : str
        What it was.
    guessed : bool
        Whether nothing but a guess says so.
    """

    content: bytes
    encoding: str
    guessed: bool = False


def decode_text(data: memoryview, origin: Origin) -> Text:
    """Return bytes as text, by the rules of the package.

    Raises
    ------
    NotTextError
        Where they are no text.
    solver.InputError
        Where not all of them are.
    """
    for mark, name, codec in _MARKS:
        if bytes(data[: len(mark)]) == mark:
            return _decoded(bytes(data[len(mark) :]), name, codec, origin)
    content = bytes(data)
    unmarked = _utf_16(content)
    if unmarked is not None:
        return _decoded(content, "UTF-16", unmarked, origin)
    if _CONTROLS.search(content, 0, _SAMPLE):
        raise NotTextError
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return _other(content, error, origin)
    return _printable(Text(content, "UTF-8"), origin)


def _decoded(content: bytes, name: str, codec: str, origin: Origin) -> Text:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        raise _refused(
            content[: error.start].decode(codec, "replace"), name, error, origin
        ) from None
    return _printable(Text(content if codec == "utf-8" else text.encode(), name), origin)


def _printable(text: Text, origin: Origin) -> Text:
    """Return a text that has no NUL in it."""
    index = text.content.find(b"\0")
    if index < 0:
        return text
    line = _line(text.content[:index].decode("utf-8", "replace"))
    raise origin.unreadable(Message("text_has_nul", file=origin.file, line=line))


def _utf_16(content: bytes) -> str | None:
    """Return which UTF-16 an unmarked text is: line ends, digits and delimiters have a NUL each."""
    sample = content[: _SAMPLE & ~1]
    for codec, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        zeros = sample[high::2].count(0)
        if zeros > max(len(sample) // 40, 1, 4 * sample[low::2].count(0)):
            text = sample.decode(codec, "replace")
            return None if _CONTROLS.search(text.encode()) or "\ufffd" in text[:-1] else codec
    return None


def _other(content: bytes, error: UnicodeDecodeError, origin: Origin) -> Text:
    """Return what is not UTF-8 as GB18030, or as what charset-normalizer takes it for."""
    sample = _around(content, error.start)
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        pass
    else:
        beyond = [each for each in sample.decode("gb18030", "ignore") if each > "\x7f"]
        if 2 * sum(map(_is_common, beyond)) >= len(beyond):
            return _printable(Text(text.encode(), "GB18030"), origin)
    if _mostly_utf_8(content):
        raise _refused(content[: error.start].decode(), "UTF-8", error, origin)
    for guess in from_bytes(sample, cp_isolation=_GUESSES, threshold=0.5):
        try:
            text = content.decode(guess.encoding)
        except UnicodeDecodeError:
            pass
        else:
            return _printable(Text(text.encode(), guess.encoding, guessed=True), origin)
    raise _refused(content[: error.start].decode(), "UTF-8", error, origin)


def _around(content: bytes, start: int) -> bytes:
    """Return whole lines with bytes beyond ASCII, from the first that has any."""
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
    """Return whether the characters beyond ASCII are UTF-8 but for a few."""
    beyond = [each for each in content[: 16 * _SAMPLE].decode("utf-8", "replace") if each > "\x7f"]
    return beyond.count("\ufffd") * 3 < len(beyond)


def _refused(before: str, name: str, error: UnicodeDecodeError, origin: Origin) -> Exception:
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
    """Return the number of the line that a text ends in."""
    return 1 + before.count("\n") + before.replace("\r\n", "\n").count("\r")
