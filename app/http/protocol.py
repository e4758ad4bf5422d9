"""Uvicorn's HTTP/1.1 protocol with limits on size, time and number of connections."""

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
"""Maximum size of a request target in bytes."""

MAX_FIELDS = 256
"""Maximum number of header fields of a request."""

MAX_PIPELINED = 16
"""Maximum number of pipelined requests on a connection."""

RESERVE = 64
"""Connections beyond the limit that are kept open, so that health checks are answered."""

MIN_IDLE_SECONDS = 1.0
"""How long a connection must be idle before a new one may replace it."""

LINGER_SECONDS = 2.0
"""How long a refused connection is still read. If it were closed at once, its client could miss
the refusal."""

LINGER_BYTES = 2**18
"""How many bytes of a refused connection are read and discarded."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WireLimits:
    """Limits of the connections of a server.

    Parameters
    ----------
    header_bytes : int
        Maximum size of the request line and header fields together.
    header_seconds : float
        Time limit for receiving a header, from its first byte.
    body_seconds : float
        Longest pause in receiving a body, or in the client's reading of a response.
    bytes_per_second : float
        Minimum mean rate of both, after the first `body_seconds`.
    connections : int
        Maximum number of connections.
    exempt_paths : collection of str
        Paths that are answered on connections beyond that number.
    """

    header_bytes: int = 2**15
    header_seconds: float = 10.0
    body_seconds: float = 60.0
    bytes_per_second: float = 1000.0
    connections: int = 1000
    exempt_paths: Collection[str] = ()


class Protocol(HttpToolsProtocol):
    """Uvicorn's protocol with limits; malformed HTTP is refused with problem documents."""

    registry: ClassVar[Connections]

    is_surplus = False
    """Whether the number of connections was at its limit when this one was opened."""

    phase_start = 0.0
    """When the present phase began."""

    _phase: Phase = "head"
    _starts_mid_chunk = False  # the present header began within the chunk that is parsed
    _header_size = 0  # received bytes of the header
    _body_size = 0  # received bytes of the body
    _framing_size = 0  # bytes since the last one of the body: chunk sizes, extensions, trailers
    _last_received = 0.0  # time of the last received data
    _active_cycle: RequestResponseCycle | None = None
    _early_response: float | None = None  # time of a response that ended before the body
    _refusal_time: float | None = None
    _discarded_bytes = 0
    _unsent_bytes, _sent_bytes, _send_start = 0, 0, 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Register the connection and wait for a request."""
        super().connection_made(transport)
        self.phase_start = self._last_received = self._send_start = self.loop.time()
        self.registry.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the requests of this connection."""
        self.registry.discard(self)
        for cycle in (self._active_cycle, *(cycle for cycle, _ in self.pipeline)):
            if cycle is not None:
                cycle.disconnected |= not cycle.response_complete
                cycle.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse received bytes, and refuse those that exceed a limit."""
        if self._refusal_time is not None:
            self._discarded_bytes += len(data)
            if self._discarded_bytes > LINGER_BYTES:
                self.transport.abort()
            return
        self._unset_keepalive_if_required()
        self._last_received = self.loop.time()
        if self._phase == "idle":
            self._enter("head")
            self._header_size = 0
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
            pass  # no other protocol is supported: the request is answered without upgrade

    def _feed(self, data: bytes) -> None:
        """Parse bytes within the size limit of the header."""
        room = self.registry.limits.header_bytes - self._header_size
        if self._phase == "head" and len(data) > room:
            if room:
                self._parse(data[:room])
            if self._phase == "head" and not self._starts_mid_chunk:
                raise self._header_too_large()
            data = data[room:]
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        body, self._starts_mid_chunk = self._body_size, False
        self.parser.feed_data(data)
        if self._phase == "head" and not self._starts_mid_chunk:
            self._header_size += len(data)
        if self._phase == "body":
            self._framing_size = 0 if self._body_size != body else self._framing_size + len(data)
            if self._framing_size > self.registry.limits.header_bytes:
                raise self._header_too_large()

    def _header_too_large(self) -> RefusalError:
        return RefusalError(
            "header-too-large",
            Message("header_too_large", most=self.registry.limits.header_bytes),
        )

    def on_message_begin(self) -> None:
        """Start a request."""
        super().on_message_begin()
        if self._phase != "head":
            self._enter("head")
            self._header_size, self._starts_mid_chunk = 0, True

    def on_url(self, url: bytes) -> None:
        """Append to the target."""
        super().on_url(url)
        if len(self.url) > MAX_TARGET:
            raise RefusalError("target-too-long", Message("target_too_long", most=MAX_TARGET))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Append a header field. Trailers are ignored: they could contradict the header."""
        if self._phase == "body":
            return
        if len(self.headers) >= MAX_FIELDS:
            raise RefusalError(
                "header-too-large", Message("too_many_header_fields", most=MAX_FIELDS)
            )
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the response, which is a refusal if there are too many connections."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.registry.limits.header_bytes:
            raise self._header_too_large()
        if len(self.pipeline) >= MAX_PIPELINED:
            raise RefusalError(
                "too-many-requests",
                Message("too_many_pipelined", most=MAX_PIPELINED),
            )
        self._enter("body")
        self._body_size = self._framing_size = 0
        self._early_response = None
        if self.is_surplus:
            path = self.url.partition(b"?")[0].decode("latin-1")
            is_exempt = path in self.registry.limits.exempt_paths
            self.app = self.config.loaded_app if is_exempt else self.registry.refuse
        super().on_headers_complete()
        if self.is_surplus:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Append to the body."""
        self._body_size += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request."""
        super().on_message_complete()
        self._enter("idle" if self.cycle.response_complete else "answer")

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of the body."""
        super().on_response_complete()
        if not self.cycle.response_complete:  # a pipelined request
            return
        if self._phase == "answer":
            self._enter("idle")
        elif self._phase == "body":
            self._early_response = self.loop.time()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._active_cycle = cycle
        super()._start_asgi_task(cycle, app)

    def _enter(self, phase: Phase) -> None:
        """Change the phase. Connections without a complete header count as idle."""
        was_idle, is_idle = self._phase in ("idle", "head"), phase in ("idle", "head")
        self._phase = phase
        self.phase_start = self._last_received if phase == "head" else self.loop.time()
        if is_idle:
            self.registry.mark_idle(self)
        elif was_idle:
            self.registry.mark_active(self)

    def check(self, now: float, elapsed: float, stalled: float) -> None:
        """Close the connection if it exceeds a time limit.

        Parameters
        ----------
        now : float
            Time of the event loop.
        elapsed : float
            Seconds since the last check.
        stalled : float
            How many of these seconds the event loop was blocked. They do not count.
        """
        self.phase_start += stalled
        self._last_received += stalled
        self._send_start += stalled
        if self._is_unread(now):
            _reset(self.transport)
        elif self._refusal_time is not None:
            if now > self._refusal_time + LINGER_SECONDS:
                self.transport.abort()
        elif self._phase == "idle":
            if now > self.phase_start + self.timeout_keep_alive + 1:
                self.transport.close()
        elif self._phase == "head":
            self._check_header(now)
        elif self._phase == "body":
            self._check_body(now, elapsed)

    def _check_header(self, now: float) -> None:
        seconds = self.registry.limits.header_seconds
        if now <= self.phase_start + seconds:
            return
        if self._active_cycle is not None and not self._active_cycle.response_complete:
            return  # the client waits for the response to an earlier request
        if self._header_size:
            message = Message("header_too_slow", seconds=seconds)
            self._refuse(RefusalError("header-too-slow", message))
        else:
            self.transport.close()

    def _check_body(self, now: float, elapsed: float) -> None:
        limits = self.registry.limits
        if self._early_response is not None:
            if now > self._early_response + limits.header_seconds:
                self.transport.close()
        elif self.flow.read_paused:  # the service does not read, not the client's delay
            self.phase_start += elapsed
            self._last_received = now
        elif now > self._last_received + limits.body_seconds:
            message = Message("body_paused", seconds=limits.body_seconds)
            self._refuse(RefusalError("body-too-slow", message))
        elif self._body_size < limits.bytes_per_second * (
            now - self.phase_start - limits.body_seconds
        ):
            message = Message("body_too_slow", rate=limits.bytes_per_second)
            self._refuse(RefusalError("body-too-slow", message))

    def _is_unread(self, now: float) -> bool:
        """Return whether the client reads the response too slowly."""
        limits, unsent = self.registry.limits, self.transport.get_write_buffer_size()
        if unsent:
            unsent += _count_unacknowledged(self.transport)
        self._sent_bytes += max(0, self._unsent_bytes - unsent)
        self._unsent_bytes = unsent
        if unsent and now < self._send_start + limits.body_seconds:
            return False
        is_slow = self._sent_bytes < limits.bytes_per_second * limits.body_seconds
        self._sent_bytes, self._send_start = 0, now
        return bool(unsent) and is_slow

    def send_400_response(self, msg: str) -> None:
        """Refuse malformed HTTP and close the connection.

        Parameters
        ----------
        msg : str
            Uvicorn's message.
        """
        self._refuse(RefusalError("malformed-http", Message("malformed_http", problem=msg)))

    def _refuse(self, error: RefusalError) -> None:
        """Answer instead of the app, and close the connection."""
        self._refusal_time = self.loop.time()
        self.registry.mark_active(self)
        _log.info("Refused a connection with %d: %s", error.status, error)
        has_started = bool(self.pipeline)
        for cycle in (self._active_cycle, self.cycle):
            if cycle is not None and not cycle.response_complete:
                has_started |= cycle.response_started or cycle is not self.cycle
                cycle.disconnected = True
                cycle.message_event.set()
        if has_started:  # the refusal would become part of another response
            self.transport.abort()
            return
        refusal = problem(error.code, error.message)
        refusal.write_for({"type": "http", "headers": getattr(self, "headers", [])})
        headers = [*refusal.raw_headers, (b"x-content-type-options", b"nosniff")]
        lines = [b"%s: %s\r\n" % each for each in (*headers, (b"connection", b"close"))]
        self.transport.write(b"".join((STATUS_LINE[error.status], *lines, b"\r\n", refusal.body)))
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.flow.resume_reading()
        else:
            self.transport.close()


def _count_unacknowledged(transport: asyncio.Transport) -> int:
    """Return how many sent bytes the peer has not acknowledged.

    The system buffers megabytes: by the buffer of the transport alone, a client that reads slowly
    would seem to read nothing for a minute.
    """
    connection, count = transport.get_extra_info("socket"), array("i", [0])
    with suppress(OSError):
        ioctl(connection.fileno(), termios.TIOCOUTQ, count)
    return count[0]


def _reset(transport: asyncio.Transport) -> None:
    """Reset a connection: the system also discards the bytes in its send buffer."""
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
        self._idle: OrderedDict[Protocol, None] = OrderedDict()
        self._surplus: OrderedDict[Protocol, None] = OrderedDict()
        self._interval = min(0.5, limits.header_seconds / 4, limits.body_seconds / 4)
        self._last_check = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, protocol: Protocol) -> None:
        """Add a connection. At the limit, it replaces an idle one."""
        if len(self._all) - len(self._surplus) >= self.limits.connections:
            protocol.is_surplus = not self._close_idle_connection(protocol.phase_start)
        self._all.add(protocol)
        if protocol.is_surplus:
            self._surplus[protocol] = None
            if len(self._surplus) > RESERVE:
                oldest = next(iter(self._surplus))
                self.discard(oldest)
                oldest.transport.abort()
        self.mark_idle(protocol)
        if self._timer is None:
            self._last_check = protocol.phase_start
            self._schedule_check(protocol.loop)

    def discard(self, protocol: Protocol) -> None:
        """Remove a connection."""
        self._all.discard(protocol)
        self._surplus.pop(protocol, None)
        self._idle.pop(protocol, None)

    def mark_idle(self, protocol: Protocol) -> None:
        """Record that a connection waits for a request from now on."""
        if protocol in self._all and not protocol.is_surplus:
            self._idle[protocol] = None
            self._idle.move_to_end(protocol)

    def mark_active(self, protocol: Protocol) -> None:
        """Record that a connection has a request."""
        self._idle.pop(protocol, None)

    async def refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request on a surplus connection; an ASGI application."""
        refusal = problem(
            "too-many-connections",
            Message("too_many_connections", most=self.limits.connections),
            headers={"Retry-After": "1"},
        )
        await refusal(scope, receive, send)

    def _close_idle_connection(self, now: float) -> bool:
        """Close the connection that has been idle longest; return whether there is one."""
        for oldest in self._idle:
            if oldest.phase_start > now - MIN_IDLE_SECONDS:
                break
            self.discard(oldest)
            oldest.transport.close()
            return True
        return False

    def _schedule_check(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = loop.call_later(self._interval, self._check, loop)

    def _check(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        elapsed, self._last_check = now - self._last_check, now
        stalled = max(0.0, elapsed - 2 * self._interval)
        for each in [*self._all]:
            each.check(now, elapsed, stalled)
        self._timer = None
        if self._all:
            self._schedule_check(loop)


def limited_protocol(limits: WireLimits) -> type[Protocol]:
    """Return the protocol class of one server, whose connections share limits."""
    return type("LimitedProtocol", (Protocol,), {"registry": Connections(limits)})
