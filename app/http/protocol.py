"""HTTP/1.1 on the wire: uvicorn's protocol, within limits on size, time and number."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import termios
from array import array
from collections import OrderedDict
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from fcntl import ioctl
from typing import Any, ClassVar, Literal

import httptools
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from app.errors.problem_details import RefusalError, problem
from messages import Message

Phase = Literal["idle", "head", "body", "answer"]

MAX_TARGET = 8192
"""Bytes of a request's target."""

MAX_FIELDS = 256
"""Header fields of a request."""

MAX_PIPELINED = 16
"""Requests that a connection may send ahead of their answers."""

RESERVE = 64
"""Connections beyond the limit that are kept, so that whoever watches the service is answered."""

MIN_AGE = 1.0
"""Seconds that a connection may wait for its next request before a new one can take its place."""

LINGER_SECONDS = 2.0
"""How long a refused connection is read on: closed at once, its client could miss the refusal."""

LINGER_BYTES = 2**18
"""How much of a refused connection is read and thrown away."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WireLimits:
    """What a connection may take.

    Parameters
    ----------
    header_bytes : int
        Request line and header fields of a request, together.
    header_seconds : float
        From a request's first byte to the end of its header.
    body_seconds : float
        Between two reads of a body, and between two readings of an answer by its client.
    bytes_per_second : float
        Slowest mean rate of both, once `body_seconds` have passed.
    connections : int
        At a time.
    free : collection of str
        Paths that are answered beyond that number.
    """

    header_bytes: int = 2**15
    header_seconds: float = 10.0
    body_seconds: float = 60.0
    bytes_per_second: float = 1000.0
    connections: int = 1000
    free: Collection[str] = ()


class Protocol(HttpToolsProtocol):
    """Uvicorn's, but that what is no HTTP is refused as all else is, and nothing lasts for ever."""

    registry: ClassVar[Connections]

    surplus = False
    """Whether there were as many connections as may be when this one was opened."""

    since = 0.0
    """When its phase began."""

    _phase: Phase = "head"
    _fresh = False  # the header that is read began in the middle of what was received
    _head = 0  # bytes of the header so far
    _body = 0  # bytes of the body so far
    _framing = 0  # bytes since the body's last: sizes of pieces, their extensions, trailers
    _moved = 0.0  # when something was received last
    _answering: RequestResponseCycle | None = None
    _answered_early: float | None = None  # when, before the body had come
    _refused: float | None = None
    _discarded = 0
    _unsent, _sent, _sending_since = 0, 0, 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.since = self._moved = self._sending_since = self.loop.time()
        self.registry.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whatever works for this client that it has left."""
        self.registry.discard(self)
        for cycle in (self._answering, *(cycle for cycle, _ in self.pipeline)):
            if cycle is not None:
                cycle.disconnected |= not cycle.response_complete
                cycle.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse received bytes, unless they break a limit."""
        if self._refused is not None:
            self._discarded += len(data)
            if self._discarded > LINGER_BYTES:
                self.transport.abort()
            return
        self._unset_keepalive_if_required()
        self._moved = self.loop.time()
        if self._phase == "idle":
            self._enter("head")
            self._head = 0
        try:
            self._feed(data)
        except httptools.HttpParserCallbackError as error:
            if isinstance(error.__context__, RefusalError):
                self._refuse(error.__context__)
            else:
                self.send_400_response("Invalid HTTP request received.")
        except RefusalError as error:
            self._refuse(error)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        except httptools.HttpParserUpgrade:
            pass  # the service speaks no other protocol: the request is answered without upgrade

    def _feed(self, data: bytes) -> None:
        """Parse, and count what becomes neither a request nor a body."""
        room = self.registry.limits.header_bytes - self._head
        if self._phase == "head" and len(data) > room:
            if room:
                self._parse(data[:room])
            if self._phase == "head" and not self._fresh:
                raise self._too_long()
            data = data[room:]
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        body, self._fresh = self._body, False
        self.parser.feed_data(data)
        if self._phase == "head" and not self._fresh:
            self._head += len(data)
        if self._phase == "body":
            self._framing = 0 if self._body != body else self._framing + len(data)
            if self._framing > self.registry.limits.header_bytes:
                raise self._too_long()

    def _too_long(self) -> RefusalError:
        return RefusalError(
            "header-too-large",
            Message("header_too_large", most=self.registry.limits.header_bytes),
        )

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        if self._phase != "head":
            self._enter("head")
            self._head, self._fresh = 0, True

    def on_url(self, url: bytes) -> None:
        """Take more of the target."""
        super().on_url(url)
        if len(self.url) > MAX_TARGET:
            raise RefusalError("target-too-long", Message("target_too_long", most=MAX_TARGET))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header field; those after a body could contradict what was decided by."""
        if self._phase == "body":
            return
        if len(self.headers) >= MAX_FIELDS:
            raise RefusalError(
                "header-too-large", Message("too_many_header_fields", most=MAX_FIELDS)
            )
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer, or refuse where there are too many connections."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.registry.limits.header_bytes:
            raise self._too_long()
        if len(self.pipeline) >= MAX_PIPELINED:
            raise RefusalError(
                "too-many-requests",
                Message("too_many_pipelined", most=MAX_PIPELINED),
            )
        self._enter("body")
        self._body = self._framing = 0
        self._answered_early = None
        if self.surplus:
            free = self.url.partition(b"?")[0].decode("latin-1") in self.registry.limits.free
            self.app = self.config.loaded_app if free else self.registry.refuse
        super().on_headers_complete()
        if self.surplus:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Take more of the body."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request."""
        super().on_message_complete()
        self._enter("idle" if self.cycle.response_complete else "answer")

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of this one."""
        super().on_response_complete()
        if not self.cycle.response_complete:  # another, which was sent ahead
            return
        if self._phase == "answer":
            self._enter("idle")
        elif self._phase == "body":
            self._answered_early = self.loop.time()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _enter(self, phase: Phase) -> None:
        """Change the phase; who waits for a request can be replaced by who comes with one."""
        waited, waits = self._phase in ("idle", "head"), phase in ("idle", "head")
        self._phase, self.since = phase, self._moved if waits else self.loop.time()
        if phase == "idle":
            self.since = self.loop.time()
        if waits:
            self.registry.waits(self)
        elif waited:
            self.registry.waits_no_more(self)

    def check(self, now: float, elapsed: float, stalled: float) -> None:
        """End the connection if it has had its time.

        Parameters
        ----------
        now : float
            By the event loop's clock.
        elapsed : float
            Seconds since the last check.
        stalled : float
            Seconds of these in which the service itself stood still: no client's fault.
        """
        self.since += stalled
        self._moved += stalled
        self._sending_since += stalled
        if self._is_unread(now):
            _reset(self.transport)
        elif self._refused is not None:
            if now > self._refused + LINGER_SECONDS:
                self.transport.abort()
        elif self._phase == "idle":
            if now > self.since + self.timeout_keep_alive + 1:
                self.transport.close()
        elif self._phase == "head":
            self._check_header(now)
        elif self._phase == "body":
            self._check_body(now, elapsed)

    def _check_header(self, now: float) -> None:
        seconds = self.registry.limits.header_seconds
        if now <= self.since + seconds:
            return
        if self._answering is not None and not self._answering.response_complete:
            return  # that of a request before; the client waits for that first
        if self._head:
            message = Message("header_too_slow", seconds=seconds)
            self._refuse(RefusalError("header-too-slow", message))
        else:
            self.transport.close()

    def _check_body(self, now: float, elapsed: float) -> None:
        limits = self.registry.limits
        if self._answered_early is not None:
            if now > self._answered_early + limits.header_seconds:
                self.transport.close()
        elif self.flow.read_paused:  # it is the service that has no time
            self.since += elapsed
            self._moved = now
        elif now > self._moved + limits.body_seconds:
            message = Message("body_paused", seconds=limits.body_seconds)
            self._refuse(RefusalError("body-too-slow", message))
        elif self._body < limits.bytes_per_second * (now - self.since - limits.body_seconds):
            message = Message("body_too_slow", rate=limits.bytes_per_second)
            self._refuse(RefusalError("body-too-slow", message))

    def _is_unread(self, now: float) -> bool:
        """Return whether an answer waits for a client that reads nothing, or next to nothing."""
        limits, unsent = self.registry.limits, self.transport.get_write_buffer_size()
        if unsent:
            unsent += _unacknowledged(self.transport)
        self._sent += max(0, self._unsent - unsent)
        self._unsent = unsent
        if unsent and now < self._sending_since + limits.body_seconds:
            return False
        unread = bool(unsent) and self._sent < limits.bytes_per_second * limits.body_seconds
        self._sent, self._sending_since = 0, now
        return unread

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, and end the connection: where it ends is anybody's guess.

        Parameters
        ----------
        msg : str
            As uvicorn logs it.
        """
        self._refuse(RefusalError("malformed-http", Message("malformed_http", problem=msg)))

    def _refuse(self, refused: RefusalError) -> None:
        """Answer in the place of the app, and end the connection."""
        self._refused = self.loop.time()
        self.registry.waits_no_more(self)
        _log.info("Refused a connection with %d: %s", refused.status, refused)
        begun = bool(self.pipeline)
        for cycle in (self._answering, self.cycle):
            if cycle is not None and not cycle.response_complete:
                begun |= cycle.response_started or cycle is not self.cycle
                cycle.disconnected = True
                cycle.message_event.set()
        if begun:  # an answer is on its way, and a refusal would become a part of it
            self.transport.abort()
            return
        refusal = problem(refused.code, refused.message)
        refusal.write_for({"type": "http", "headers": getattr(self, "headers", [])})
        headers = [*refusal.raw_headers, (b"x-content-type-options", b"nosniff")]
        lines = [b"%s: %s\r\n" % each for each in (*headers, (b"connection", b"close"))]
        self.transport.write(b"".join((STATUS_LINE[refused.status], *lines, b"\r\n", refusal.body)))
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.flow.resume_reading()
        else:
            self.transport.close()


def _unacknowledged(transport: asyncio.Transport) -> int:
    """Return how many bytes the system holds that the other side has not taken yet.

    The system takes megabytes at a time from the service: by what is left here, a client that
    reads slowly would seem to read nothing for a minute.
    """
    connection, count = transport.get_extra_info("socket"), array("i", [0])
    with suppress(OSError):
        ioctl(connection.fileno(), termios.TIOCOUTQ, count)
    return count[0]


def _reset(transport: asyncio.Transport) -> None:
    """End a connection at once: the system forgets, too, what the other side has not taken."""
    with suppress(OSError):
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class Connections:
    """The connections of a server.

    Parameters
    ----------
    limits : WireLimits
    """

    def __init__(self, limits: WireLimits) -> None:
        self.limits = limits
        self._all: set[Protocol] = set()
        self._waiting: OrderedDict[Protocol, None] = OrderedDict()
        self._surplus: OrderedDict[Protocol, None] = OrderedDict()
        self._pause = min(0.5, limits.header_seconds / 4, limits.body_seconds / 4)
        self._checked = 0.0
        self._due: asyncio.TimerHandle | None = None

    def add(self, protocol: Protocol) -> None:
        """Take a new connection in, in the place of another where there are too many."""
        if len(self._all) - len(self._surplus) >= self.limits.connections:
            protocol.surplus = not self._give_a_place(protocol.since)
        self._all.add(protocol)
        if protocol.surplus:
            self._surplus[protocol] = None
            if len(self._surplus) > RESERVE:
                oldest = next(iter(self._surplus))
                self.discard(oldest)
                oldest.transport.abort()
        self.waits(protocol)
        if self._due is None:
            self._checked = protocol.since
            self._wait_for_the_next_check(protocol.loop)

    def discard(self, protocol: Protocol) -> None:
        """Forget a connection."""
        self._all.discard(protocol)
        self._surplus.pop(protocol, None)
        self._waiting.pop(protocol, None)

    def waits(self, protocol: Protocol) -> None:
        """Note that a connection waits for a request, from now on."""
        if protocol in self._all and not protocol.surplus:
            self._waiting[protocol] = None
            self._waiting.move_to_end(protocol)

    def waits_no_more(self, protocol: Protocol) -> None:
        """Note that a connection has a request."""
        self._waiting.pop(protocol, None)

    async def refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request on one connection too many; an ASGI application."""
        refusal = problem(
            "too-many-connections",
            Message("too_many_connections", most=self.limits.connections),
            headers={"Retry-After": "1"},
        )
        await refusal(scope, receive, send)

    def _give_a_place(self, now: float) -> bool:
        """End the connection that has waited longest for a request, if any has for long."""
        for oldest in self._waiting:
            if oldest.since > now - MIN_AGE:
                break
            self.discard(oldest)
            oldest.transport.close()
            return True
        return False

    def _wait_for_the_next_check(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = loop.call_later(self._pause, self._check, loop)

    def _check(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        elapsed, self._checked = now - self._checked, now
        stalled = max(0.0, elapsed - 2 * self._pause)
        for each in [*self._all]:
            each.check(now, elapsed, stalled)
        self._due = None
        if self._all:
            self._wait_for_the_next_check(loop)


def limited_protocol(limits: WireLimits) -> type[Protocol]:
    """Return the protocol of one server, whose connections share limits."""
    return type("LimitedProtocol", (Protocol,), {"registry": Connections(limits)})
