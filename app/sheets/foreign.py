"""Text files that people take for tables, and what they are."""

from __future__ import annotations

import codecs
import re

_KINDS = (
    (re.compile(rb"%PDF-"), "pdf"),
    (re.compile(rb"\{\\rtf"), "rtf"),
    (re.compile(rb"<(!doctype|html|\?xml|table)\b", re.IGNORECASE), "html"),
    (re.compile(rb'[{\[][\s{\[]*["}\]\d-]'), "json"),
    (re.compile(rb"\x1f\x8b|\x28\xb5\x2f\xfd|BZh|\xfd7zXZ"), "compressed"),
)
"""How each begins, but for blanks before."""

_LONGEST = 200
"""Bytes that show what a file is."""


def find_kind(data: memoryview) -> str | None:
    """Return what a file is, where it begins as no table does."""
    start = bytes(data[:_LONGEST]).removeprefix(codecs.BOM_UTF8).lstrip()
    return next((kind for begins, kind in _KINDS if begins.match(start)), None)
