"""The headers Prefer (RFC 7240) and Idempotency-Key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

MAX_WAIT = 3600
"""Maximum of the preference wait, in seconds."""


@dataclass(frozen=True)
class Preferences:
    """How a client wants long work to be answered.

    Parameters
    ----------
    respond_async : bool
        Whether to answer 202 instead of waiting for the result.
    wait : int
        Seconds to wait for the result before answering 202.
    idempotency_key : str, optional
    """

    respond_async: bool
    wait: int
    idempotency_key: str | None

    @property
    def applied(self) -> str:
        """Value of the header Preference-Applied of a 202 answer."""
        return f"respond-async, wait={self.wait}" if self.wait else "respond-async"


def parse_preferences(
    request: Request,
    prefer: Annotated[  # noqa: ARG001 - a string: client generators do not support header lists
        str | None,
        Header(
            description="`respond-async` answers 202 with the experiment's address at once; "
            "`respond-async, wait=10` after 10 seconds, if it has not ended by then (RFC 7240)",
            examples=["respond-async"],
        ),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="any text of your own for this request; a repeated request with the same "
            "key returns the first one's experiment",
            examples=["1f0d3a52-8a5f-4d0e-9a55-0b7a5be3c1d2"],
        ),
    ] = None,
) -> Preferences:
    """Return the preferences of a request. Unknown ones are ignored."""
    return read_preferences(request.headers.getlist("prefer"), idempotency_key)


def read_preferences(headers: list[str], idempotency_key: str | None = None) -> Preferences:
    """Return the preferences in the values of the header Prefer."""
    preferences: dict[str, str] = {}
    for part in ",".join(headers).split(","):
        name, _, value = part.split(";")[0].partition("=")
        preferences.setdefault(name.strip().lower(), value.strip().strip('"'))  # the first counts
    wait = preferences.get("wait", "")
    return Preferences(
        "respond-async" in preferences,
        min(int(wait), MAX_WAIT) if wait.isascii() and wait.isdecimal() and len(wait) < 9 else 0,
        idempotency_key,
    )


Preferred = Annotated[Preferences, Depends(parse_preferences)]
