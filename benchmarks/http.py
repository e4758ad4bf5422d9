"""Requests over HTTP, end to end: a real server, and a client in another process.

Run with ``make bench-http``; it writes ``benchmarks/HTTP.md``. Times are wall-clock times from the
client's first byte to the answer's last, medians. The bare solve is timed between the requests, in
the client's process, so that ratios hold on a machine that others load.
"""

from __future__ import annotations

import http.client
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil

from solver import Candidates, Problem, allocate, warm_up

from .inputs import Matrix, drawn, matrix, popular_candidates
from .measure import Figure, proven
from .payloads import Payload, arrow_stream, as_json, as_parts, npy
from .serving import PeakMemory, serving

RESULTS = Path(__file__).parent / "HTTP.md"
REPEATS = 9
ARROW = "application/vnd.apache.arrow.stream"
Rows = Iterator[tuple[str, list[Figure]]]


def main() -> None:
    warm_up()
    lines: list[str] = []
    with serving(2, max_body_bytes=2**30) as (host, server):
        for case, figures in _cases(host, server):
            for figure in figures:
                lines.append(figure.line(case))
                print(lines[-1], flush=True)
    load = " / ".join(f"{each:.1f}" for each in os.getloadavg())
    RESULTS.write_text(
        "# HTTP, end to end\n\n"
        "By `make bench-http`: client and server on one machine, two worker processes, medians. "
        f"{os.cpu_count()} cores; load averages at the end {load}: above their number, others "
        "computed besides, and absolute times are too long.\n\n"
        "| request | what | value | must reach | reached |\n|---|---|---|---|---|\n"
        + "\n".join(lines)
        + "\n"
    )


def _cases(host: str, server: psutil.Process) -> Rows:
    ev = matrix(drawn(), np.float32)
    yield from _large(host, server, ev)
    yield from _sparse(host, server)
    yield from _small(host, ev[:200, :50].astype(np.float64))
    yield from _alive(host, ev)


def _large(host: str, server: psutil.Process, ev: Matrix) -> Rows:
    problem, wealth = {"k": 20, "whale_share": 1.0, "fill": "none"}, np.ones(len(ev))

    def solve(values: Matrix) -> float:
        return proven(allocate(Problem(values, whale_cap=20), fill="none"))

    parts = as_parts(problem, ev=npy(ev), wealth=npy(wealth))
    whole, bare = _race(host, parts, lambda: solve(ev))
    yield (
        "10,000 × 500 float32 .npy, all whales, k tight",
        [
            Figure("end to end", 1000 * whole, "ms", at_most=150),
            Figure("bare solve, of the end-to-end time", 100 * bare / whole, "%", at_least=60),
            _memory(host, server, parts),
        ],
    )
    doubles = ev.astype(np.float64)
    body = as_json({**problem, "ev": ev, "wealth": wealth})
    whole, bare = _race(host, body, lambda: solve(doubles))
    yield (
        f"the same as JSON, {len(body.body) / 2**20:.0f} MiB",
        [
            Figure("end to end", 1000 * whole, "ms", at_most=1200),
            Figure("bare solve, of the end-to-end time", 100 * bare / whole, "%"),
            _memory(host, server, body, at_most=800),
        ],
    )


def _sparse(host: str, server: psutil.Process) -> Rows:
    drawn_pairs = popular_candidates(100_000, 1_000, 10)
    users, streamers, ev = drawn_pairs[0].ravel(), drawn_pairs[1].ravel(), drawn_pairs[2].ravel()
    problem = {"k": 120, "whale_share": 1.0, "fill": "none"}
    table = arrow_stream({"user": users, "streamer": streamers, "ev": ev})
    payload = as_parts(problem, ARROW, candidates=table, wealth=npy(np.ones(100_000)))

    def solve() -> float:
        pairs = Candidates(users, streamers, ev, (100_000, 1_000))
        return proven(allocate(Problem(pairs, whale_cap=120), fill="none"))

    whole, bare = _race(host, payload, solve)
    yield (
        "1,000,000 candidates as Arrow, 100,000 users × 10",
        [
            Figure("end to end", 1000 * whole, "ms", at_most=400),
            Figure("bare solve, of the end-to-end time", 100 * bare / whole, "%"),
            _memory(host, server, payload),
        ],
    )


def _small(host: str, ev: Matrix) -> Rows:
    fields = {"ev": ev, "wealth": np.ones(len(ev)), "k": 4, "whale_share": 1.0, "fill": "none"}
    payload, count = as_json(fields), 400
    with ThreadPoolExecutor(4) as clients:  # as many connections, which stay open
        local = threading.local()

        def one(_: int) -> None:
            if not hasattr(local, "connection"):
                local.connection = http.client.HTTPConnection(host)
            _post(local.connection, payload)

        list(clients.map(one, range(40)))
        start = time.perf_counter()
        list(clients.map(one, range(count)))
        rate = count / (time.perf_counter() - start)
    taken = _paced(host, payload, per_second=100, seconds=5)
    yield (
        "200 × 50 JSON, one server process",
        [
            Figure("requests", rate, "/s", at_least=250),
            Figure("p99 at 100/s", 1000 * _p99(taken), "ms", at_most=60),
        ],
    )


def _alive(host: str, ev: Matrix) -> Rows:
    large = np.tile(ev, (10, 2))
    payload = as_parts(
        {"k": 100, "whale_share": 1.0}, ev=npy(large), wealth=npy(np.ones(len(large)))
    )
    solving = threading.Thread(target=lambda: _post(http.client.HTTPConnection(host), payload))
    connection, taken = http.client.HTTPConnection(host), []
    solving.start()
    while solving.is_alive():
        start = time.perf_counter()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        taken.append(time.perf_counter() - start)
        time.sleep(0.005)
    yield (
        "/healthz while 100,000 × 1,000 float32 .npy is received and solved",
        [Figure("p99", 1000 * _p99(taken), "ms", at_most=50)],
    )


def _race(host: str, payload: Payload, solve: Callable[[], float]) -> tuple[float, float]:
    """Return the median times of a request and of the bare solve, by turns, seconds."""
    connection = http.client.HTTPConnection(host)
    whole, bare = [], []
    for _ in range(REPEATS):
        start = time.perf_counter()
        _post(connection, payload)
        between = time.perf_counter()
        solve()
        whole.append(between - start)
        bare.append(time.perf_counter() - between)
    return statistics.median(whole[1:]), statistics.median(bare[1:])


def _memory(
    host: str, server: psutil.Process, payload: Payload, at_most: float | None = None
) -> Figure:
    with PeakMemory(server) as peak:
        for _ in range(3):
            _post(http.client.HTTPConnection(host), payload)
    return Figure("peak memory, server and workers", peak.bytes / 2**20, "MiB", at_most=at_most)


def _paced(host: str, payload: Payload, per_second: int, seconds: int) -> list[float]:
    """Return how long requests take that are due at a steady pace, whatever the earlier ones do."""
    begin = time.perf_counter() + 0.1

    def one(turn: int) -> float:
        due = begin + turn / per_second
        time.sleep(max(0.0, due - time.perf_counter()))
        _post(http.client.HTTPConnection(host), payload)
        return time.perf_counter() - due

    with ThreadPoolExecutor(16) as clients:
        return list(clients.map(one, range(per_second * seconds)))


def _p99(taken: list[float]) -> float:
    return float(np.quantile(taken, 0.99))


def _post(connection: http.client.HTTPConnection, payload: Payload) -> None:
    connection.request("POST", "/allocate", body=payload.body, headers=dict(payload.headers))
    response = connection.getresponse()
    content = response.read()
    if response.status != 200:
        raise SystemExit(f"Expected an allocation; got {content[:300]!r}.")


if __name__ == "__main__":
    main()
