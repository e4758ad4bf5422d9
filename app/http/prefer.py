"""What a request would rather have: RFC 7240, and a key that makes it safe to repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

MOST_WAIT = 3600
"""Longest wait that is heeded, seconds."""


@dataclass(frozen=True)
class Preferences:
    """How the answer to long work is to be given.

    Parameters
    ----------
    respond_async : bool
        Answer 202 rather than hold the connection.
    wait : int
        Seconds to wait for the answer even so.
    idempotency_key : str, optional
    """

    respond_async: bool
    wait: int
    idempotency_key: str | None

    @property
    def applied(self) -> str:
        """What of it has been heeded where the answer is 202, as a header says it."""
        return f"respond-async, wait={self.wait}" if self.wait else "respond-async"


def parse_preferences(
    request: Request,
    prefer: Annotated[  # noqa: ARG001 - a string for the document: generators know no header lists
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
    """Return the preferences of a request; what it does not say or nobody knows is left out."""
    return read_preferences(request.headers.getlist("prefer"), idempotency_key)


def read_preferences(headers: list[str], idempotency_key: str | None = None) -> Preferences:
    """Return the preferences that the values of the header Prefer state (RFC 7240)."""
    named: dict[str, str] = {}
    for part in ",".join(headers).split(","):
        name, _, value = part.split(";")[0].partition("=")
        named.setdefault(name.strip().lower(), value.strip().strip('"'))  # the first one counts
    wait = named.get("wait", "")
    return Preferences(
        "respond-async" in named,
        min(int(wait), MOST_WAIT) if wait.isascii() and wait.isdecimal() and len(wait) < 9 else 0,
        idempotency_key,
    )


Preferred = Annotated[Preferences, Depends(parse_preferences)]
