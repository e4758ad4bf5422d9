"""Clients that mean no good, in their own process: python -m tests.app.nuisances PORT SECONDS.

None of them needs a key. Bombs take a share of the processor, as large uploads of anybody do; the
others take nothing.
"""

from __future__ import annotations

import gzip
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

BOMB = gzip.compress(bytes(2**28), 9)
POST = b"POST /allocate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def endless_header(wire: socket.socket) -> None:
    wire.sendall(b"GET / HTTP/1.1\r\nX: ")
    while True:
        wire.sendall(b"a" * 1_000)
        time.sleep(0.1)


def slow_header(wire: socket.socket) -> None:
    wire.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
    while True:
        wire.sendall(b"a")
        time.sleep(0.5)


def stalled_upload(wire: socket.socket) -> None:
    wire.sendall(POST + b"Content-Length: 200000000\r\n\r\n" + b"1" * 100_000)
    time.sleep(3_600)


def early_leaver(wire: socket.socket) -> None:
    body = b'{"ev": [[1]], "k": 1, "whales": ["0"]}'
    wire.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    time.sleep(0.3)


def slow_reader(wire: socket.socket) -> None:
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    for _ in range(16):
        wire.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
    time.sleep(3_600)


def bomber(wire: socket.socket) -> None:
    length = b"Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(
        BOMB
    )
    wire.sendall(POST + length + BOMB)
    while wire.recv(65_536):
        pass
    time.sleep(5)


NUISANCES: dict[Callable[[socket.socket], None], int] = {
    endless_header: 3,
    slow_header: 3,
    stalled_upload: 3,
    early_leaver: 3,
    slow_reader: 3,
    bomber: 1,
}
"""What they do, and on how many connections. A bomb is a body of the largest size that is taken."""


def keep_on(nuisance: Callable[[socket.socket], None], port: int, until: float) -> None:
    """Be a nuisance on one connection after the other."""
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
            nuisance(wire)
        time.sleep(0.1)


if __name__ == "__main__":
    port, seconds = sys.argv[1:]
    until = time.monotonic() + float(seconds)
    for nuisance, connections in NUISANCES.items():
        for _ in range(connections):
            each = threading.Thread(target=keep_on, args=(nuisance, int(port), until), daemon=True)
            each.start()
    time.sleep(float(seconds))
