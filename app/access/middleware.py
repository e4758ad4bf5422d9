"""Middleware that refuses requests: keys, concurrency, and kernels that are being compiled."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from app.asgi import HttpMiddleware
from app.errors.problem_details import problem
from messages import Message

from .browsers import refuse_foreign
from .keys import FINGERPRINT_LENGTH, KeyCounts, Keys
from .root_path import route_path


class KeyCheck(HttpMiddleware):
    """Refuse requests without a valid key, except on open paths.

    If no keys are configured, only requests over loopback are answered. The address of the socket
    decides, not a header of the request.

    Parameters
    ----------
    app : ASGI application
    keys : Keys
    open_paths : collection of str
        Paths that need no key. A path that ends in ``/`` includes all paths below it.
    origins : collection of str
        Other origins whose pages may call the service while it has no keys.
    """

    def __init__(
        self,
        app: ASGIApp,
        keys: Keys,
        open_paths: Collection[str],
        origins: Collection[str] = (),
    ) -> None:
        super().__init__(app)
        self._keys = keys
        self._origins = frozenset(origins)
        self._open_prefixes = tuple(
            each for each in open_paths if each.endswith("/") and each != "/"
        )
        self._open_paths = frozenset(open_paths) - frozenset(self._open_prefixes)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the key, or the origin of a request over loopback."""
        if self._is_open(route_path(scope)):
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
            state["key"], state["owner"] = digest[:FINGERPRINT_LENGTH], digest
            await self._app(scope, receive, send)
            return
        challenge = 'Bearer realm="whale-matching"'
        if authorizations:
            challenge += ', error="invalid_token"'
        refusal = problem(*self._reason(authorizations), headers={"WWW-Authenticate": challenge})
        await refusal(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        return path in self._open_paths or path.startswith(self._open_prefixes)

    def _reason(self, authorizations: list[bytes]) -> tuple[str, Message]:
        """Return code and message of the refusal."""
        if not self._keys.digests:
            return "service-without-keys", Message("service_without_keys")
        if not authorizations:
            return "key-missing", Message("key_missing")
        return "key-unknown", Message("key_unknown")


class ConcurrencyLimit(HttpMiddleware):
    """Limit concurrent requests: of each key, and of all requests without a key together.

    Parameters
    ----------
    app : ASGI application
    limit : int
    exempt_paths : collection of str
        Paths that are not counted, so that monitoring is always answered.
    """

    def __init__(self, app: ASGIApp, limit: int, exempt_paths: frozenset[str]) -> None:
        super().__init__(app)
        self._limit = limit
        self._exempt_paths = exempt_paths
        self._active = KeyCounts()

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request while it is active, or refuse it."""
        if route_path(scope) in self._exempt_paths:
            await self._app(scope, receive, send)
            return
        key = scope.get("state", {}).get("key", "")
        if self._active[key] >= self._limit:
            refusal = problem(
                "too-many-requests",
                Message("too_many_requests", most=self._limit),
                headers={"Retry-After": "1"},
            )
            await refusal(scope, receive, send)
            return
        with self._active.count(key):
            await self._app(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    """Return whether a request was received over loopback or a Unix socket."""
    if scope.get("server") is None:
        return False
    host = scope["server"][0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:  # the path of a Unix socket, or the host name of a test client
        return True
    ipv4 = getattr(address, "ipv4_mapped", None)
    return bool((ipv4 or address).is_loopback)


class CompilationCheck(HttpMiddleware):
    """Refuse requests that need a process while kernels are being compiled."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request with 503 if it needs a process that has not started."""
        app: ASGIApp = self._app
        if _needs_process(scope):
            compilation = getattr(scope["app"].state, "compilation", None)
            if compilation is not None and not compilation.finished.is_set():
                app = problem(
                    "not-ready",
                    Message("not_ready", reasons=(compilation.progress,)),
                    headers={"Retry-After": "5"},
                )
        await app(scope, receive, send)


def _needs_process(scope: Scope) -> bool:
    """Return whether a request is answered by a process of the pool."""
    return scope["method"] == "POST" or any(part in scope["path"] for part in _DRAWING_PATHS)


_DRAWING_PATHS = ("/figures/", "/report")
"""Parts of the paths whose answers are drawn in a process."""
