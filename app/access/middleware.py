"""The door: who may come in, and how many at a time."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors.problem_details import problem
from messages import Message

from .browsers import refuse_foreign
from .keys import FINGERPRINT, Keys
from .root_path import route_path


class KeyCheck:
    """Middleware: without a key that is known, only what is open is answered.

    Where no keys are set, requests are answered that come in over loopback, and no others: what
    counts is the address of the socket, not what a request says of itself.

    Parameters
    ----------
    app : ASGI application
    keys : Keys
    open_paths : collection of str
        Paths that need no key, exactly; those that end in ``/`` with all that is below.
    origins : collection of str
        Whose pages may call the service while it has no keys, beside its own.
    """

    def __init__(
        self,
        app: ASGIApp,
        keys: Keys,
        open_paths: Collection[str],
        origins: Collection[str] = (),
    ) -> None:
        self._app = app
        self._keys = keys
        self._origins = frozenset(origins)
        self._open = frozenset(path for path in open_paths if not path.endswith("/"))
        self._below = tuple(path for path in open_paths if path.endswith("/") and path != "/")
        self._open |= {"/"} & set(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http" or self._is_open(route_path(scope)):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        if not self._keys.digests and _is_local(scope):
            foreign = refuse_foreign(scope, self._origins)
            answer = self._app if foreign is None else foreign
            await answer(scope, receive, send)
            return
        authorizations = [value for name, value in scope["headers"] if name == b"authorization"]
        scheme, _, key = (
            authorizations[0].decode("latin-1").partition(" ") if authorizations else ("", "", "")
        )
        digest = self._keys.digest(key.strip()) if len(authorizations) == 1 else None
        if scheme.lower() == "bearer" and digest is not None:
            state["key"], state["owner"] = digest[:FINGERPRINT], digest
            await self._app(scope, receive, send)
            return
        challenge = 'Bearer realm="whale-matching"'
        if authorizations:
            challenge += ', error="invalid_token"'
        refusal = problem(*self._reason(authorizations), headers={"WWW-Authenticate": challenge})
        await refusal(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        return path in self._open or path.startswith(self._below)

    def _reason(self, authorizations: list[bytes]) -> tuple[str, Message]:
        """Return code and message of the refusal."""
        if not self._keys.digests:
            return "service-without-keys", Message("service_without_keys")
        if not authorizations:
            return "key-missing", Message("key_missing")
        return "key-unknown", Message("key_unknown")


class ConcurrencyLimit:
    """Middleware: so many requests at once of each key, and of all that come without one.

    Parameters
    ----------
    app : ASGI application
    most : int
    free : collection of str
        Paths that do not count: whoever watches the service is answered all the same.
    """

    def __init__(self, app: ASGIApp, most: int, free: frozenset[str]) -> None:
        self._app = app
        self._most = most
        self._free = free
        self._under_way: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a request while it is under way, or refuse it."""
        if scope["type"] != "http" or route_path(scope) in self._free:
            await self._app(scope, receive, send)
            return
        key = scope.get("state", {}).get("key", "")
        if self._under_way[key] >= self._most:
            refusal = problem(
                "too-many-requests",
                Message("too_many_requests", most=self._most),
                headers={"Retry-After": "1"},
            )
            await refusal(scope, receive, send)
            return
        self._under_way[key] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way[key] -= 1
            if not self._under_way[key]:
                del self._under_way[key]


def _is_local(scope: Scope) -> bool:
    """Return whether a request was received over loopback, a Unix socket or no socket at all."""
    if scope.get("server") is None:
        return False
    host = scope["server"][0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:  # the path of a Unix socket, or the name that a test client gives
        return True
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


class CompilationCheck:
    """Middleware: while kernels are compiled, what would have to wait for that is refused.

    Parameters
    ----------
    app : ASGI application
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        answer: ASGIApp = self._app
        if scope["type"] == "http" and _computes(scope):
            compilation = getattr(scope["app"].state, "compilation", None)
            if compilation is not None and not compilation.finished.is_set():
                answer = problem(
                    "not-ready",
                    Message("not_ready", reasons=(compilation.progress,)),
                    headers=_LATER,
                )
        await answer(scope, receive, send)


def _computes(scope: Scope) -> bool:
    """Return whether a request takes a process."""
    return scope["method"] == "POST" or any(part in scope["path"] for part in _COMPUTED)


_LATER = {"Retry-After": "5"}

_COMPUTED = ("/figures/", "/report")
"""Parts of the paths of what is drawn for a reader."""
