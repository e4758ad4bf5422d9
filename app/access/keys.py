"""Bearer keys. The service stores only their digests."""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request

from messages import Message
from solver import InputError

DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
"""A digest of a key in a setting: ``sha256:`` and the output of ``printf %s KEY | sha256sum``."""

FINGERPRINT_LENGTH = 8
"""Number of hexadecimal digits of a digest that identify a key in logs and metrics."""

MIN_KEY_LENGTH = 16
"""Minimum number of characters of a key."""


def key_of(request: Request) -> str:
    """Return the fingerprint of a request's key, or "" if it has no key."""
    key: str = getattr(request.state, "key", "")
    return key


@dataclass(frozen=True)
class Keys:
    """The valid keys.

    Parameters
    ----------
    digests : tuple of bytes
        SHA-256 of each key. A fast hash is sufficient because keys are long and random.
    """

    digests: tuple[bytes, ...]

    @classmethod
    def parse(cls, setting: str) -> Keys:
        """Return the keys of a setting: plain keys or ``sha256:…``, separated by commas.

        Raises
        ------
        solver.InputError
            If a key is invalid. The message does not contain the key.
        """
        digests = []
        for place, key in enumerate(filter(None, map(str.strip, setting.split(","))), start=1):
            digest = DIGEST.fullmatch(key)
            if key.startswith("sha256:") and digest is None:
                raise InputError("", Message("key_not_hashed", place=place))
            if digest is None and (len(key) < MIN_KEY_LENGTH or not key.isascii()):
                raise InputError("", Message("key_too_short", place=place, least=MIN_KEY_LENGTH))
            digests.append(bytes.fromhex(digest[1]) if digest else sha256(key.encode()).digest())
        return cls(tuple(digests))

    def as_setting(self) -> str:
        """Return the digests of the keys in the form of a setting."""
        return ",".join(f"sha256:{digest.hex()}" for digest in self.digests)

    def digest(self, key: str) -> str | None:
        """Return the digest of a key, or None if the key is not valid; in constant time."""
        digest = sha256(key.encode("latin-1", "replace")).digest()
        is_valid = False
        for each in self.digests:  # compare with all of them: constant time
            is_valid |= hmac.compare_digest(digest, each)
        return digest.hex() if is_valid else None


class KeyCounts(Counter[str]):
    """Number of active calls of each key."""

    @contextmanager
    def count(self, key: str) -> Iterator[None]:
        """Count a call of a key while the context is open."""
        self[key] += 1
        try:
            yield
        finally:
            self[key] -= 1
            if not self[key]:
                del self[key]


def new_key() -> str:
    """Return a random key."""
    return secrets.token_urlsafe(32)


def hash_key(key: str) -> str:
    """Return the digest of a key in the form of a setting."""
    return f"sha256:{sha256(key.encode()).hexdigest()}"


def is_loopback(host: str) -> bool:
    """Return whether a server that is bound to an address is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
