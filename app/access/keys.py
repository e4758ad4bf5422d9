"""Bearer keys, of which the service knows digests only."""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request

from messages import Message
from solver import InputError

HASHED = re.compile(r"sha256:([0-9a-f]{64})")
"""A key as its digest: what ``printf %s KEY | sha256sum`` prints, after the name of the hash."""

FINGERPRINT = 8
"""Hexadecimal digits of a digest that tell keys apart in logs and metrics."""

LEAST_LENGTH = 16
"""Characters of a key: one that is guessed in a day locks nothing."""


def key_of(request: Request) -> str:
    """Return the fingerprint of the key of a request; "" where it has none."""
    key: str = getattr(request.state, "key", "")
    return key


@dataclass(frozen=True)
class Keys:
    """The keys that open the door.

    Parameters
    ----------
    digests : tuple of bytes
        SHA-256 of each. Keys are random and long, so that a fast hash serves: there is no
        dictionary to try.
    """

    digests: tuple[bytes, ...]

    @classmethod
    def of(cls, listed: str) -> Keys:
        """Return the keys of a setting: plain or as ``sha256:…``, with commas between.

        Raises
        ------
        solver.InputError
            With a message that does not repeat the key at fault.
        """
        digests = []
        for place, key in enumerate(filter(None, map(str.strip, listed.split(","))), start=1):
            hashed = HASHED.fullmatch(key)
            if key.startswith("sha256:") and hashed is None:
                raise InputError("", Message("key_not_hashed", place=place))
            if hashed is None and (len(key) < LEAST_LENGTH or not key.isascii()):
                raise InputError("", Message("key_too_short", place=place, least=LEAST_LENGTH))
            digests.append(bytes.fromhex(hashed[1]) if hashed else sha256(key.encode()).digest())
        return cls(tuple(digests))

    def as_setting(self) -> str:
        """Return the keys as a setting may have them, by their digests."""
        return ",".join(f"sha256:{digest.hex()}" for digest in self.digests)

    def fingerprint(self, key: str) -> str | None:
        """Return what names a key in logs, or None if it opens nothing; in constant time."""
        digest = self.digest(key)
        return None if digest is None else digest[:FINGERPRINT]

    def digest(self, key: str) -> str | None:
        """Return the digest of a key, or None if it opens nothing; in constant time."""
        digest = sha256(key.encode("latin-1", "replace")).digest()
        known = False
        for each in self.digests:  # all of them, whichever it is
            known |= hmac.compare_digest(digest, each)
        return digest.hex() if known else None


def new_key() -> str:
    """Return a random key."""
    return secrets.token_urlsafe(32)


def hashed(key: str) -> str:
    """Return a key as a setting may have it."""
    return f"sha256:{sha256(key.encode()).hexdigest()}"


def is_loopback(host: str) -> bool:
    """Return whether nobody but this machine reaches a server that is bound to an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
