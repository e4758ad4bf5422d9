"""What the body of a request may be, by its Content-Type."""

from __future__ import annotations

from app.errors.problem_details import RefusalError
from app.formats import json, multipart
from app.formats.base import essence
from messages import Message

ENCODINGS = "gzip, zstd"

# What curl says of every body that it is given by --data, whatever that is.
_UNNAMED = ("", "application/x-www-form-urlencoded")


def expect_media_type(content_type: str, *, parts: bool) -> None:
    """Refuse a body that is neither JSON nor, where it may have any, parts.

    Parameters
    ----------
    content_type : str
        As the request says; a body that is not named is read as JSON.
    parts : bool
        Whether multipart/form-data is taken.

    Raises
    ------
    RefusalError
        415 with what is taken in the header Accept, RFC 9110 §15.5.16.
    """
    media_type = essence(content_type)
    is_json = media_type in (json.MEDIA_TYPE, *_UNNAMED) or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
    if is_json or (parts and media_type == multipart.MEDIA_TYPE):
        return
    raise RefusalError(
        "unsupported-media-type",
        Message("media_type_expected", types=_types(parts), received=content_type[:60]),
        accept_headers(parts=parts),
    )


def accept_headers(*, parts: bool) -> dict[str, str]:
    """Return the headers that say which types and encodings of a body are taken."""
    return {"Accept": ", ".join(_types(parts)), "Accept-Encoding": ENCODINGS}


def _types(parts: bool) -> list[str]:
    return [json.MEDIA_TYPE, multipart.MEDIA_TYPE] if parts else [json.MEDIA_TYPE]
