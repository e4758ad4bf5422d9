"""Media types of request bodies."""

from __future__ import annotations

from app.errors.problem_details import RefusalError
from app.formats import json, multipart
from app.formats.base import essence
from messages import Message

ENCODINGS = "gzip, zstd"

# The second is what `curl --data` sends with any body.
_UNSPECIFIED = ("", "application/x-www-form-urlencoded")


def expect_media_type(content_type: str, *, parts: bool) -> None:
    """Refuse a body that is neither JSON nor, with `parts`, multipart/form-data.

    Parameters
    ----------
    content_type : str
        Content-Type of the request. A body without one is read as JSON.
    parts : bool
        Whether the route accepts multipart/form-data.

    Raises
    ------
    RefusalError
        415, with the accepted types in the header Accept (RFC 9110 §15.5.16).
    """
    media_type = essence(content_type)
    is_json = media_type in (json.MEDIA_TYPE, *_UNSPECIFIED) or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
    if is_json or (parts and media_type == multipart.MEDIA_TYPE):
        return
    raise RefusalError(
        "unsupported-media-type",
        Message("media_type_expected", types=_accepted_types(parts), received=content_type[:60]),
        accept_headers(parts=parts),
    )


def accept_headers(*, parts: bool) -> dict[str, str]:
    """Return headers with the accepted types and encodings of a body."""
    return {"Accept": ", ".join(_accepted_types(parts)), "Accept-Encoding": ENCODINGS}


def _accepted_types(parts: bool) -> list[str]:
    return [json.MEDIA_TYPE, multipart.MEDIA_TYPE] if parts else [json.MEDIA_TYPE]
