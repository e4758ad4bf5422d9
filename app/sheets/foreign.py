"""Files that are not tables but are often mistaken for them."""

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
"""The first characters of each, after white space."""

_LONGEST = 200
"""Number of bytes that are examined."""


def find_kind(data: memoryview) -> str | None:
    """Return the kind of a file that is not a table, None if it may be one."""
    start = bytes(data[:_LONGEST]).removeprefix(codecs.BOM_UTF8).lstrip()
    return next((kind for begins, kind in _KINDS if begins.match(start)), None)
