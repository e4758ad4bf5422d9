"""Whole-call times: /allocate through the real app, and one full default sweep.

Run with ``make bench``. Every figure is a wall-clock time, from the request's bytes to the
answer's bytes; the client and the server share one process.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import numpy as np
import orjson
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from simulator import WorldConfig, draw_world, expected_value

SIZES = ((200, 50, 4), (1_000, 500, 2), (10_000, 500, 20))
"""(users, streamers, k): all users are whales, and k leaves no slot or hardly any to spare."""


def main() -> None:
    settings = Settings(max_body_bytes=2**30)
    print(f"{os.cpu_count()} cores\n")
    print(f"{'call':<52}{'median s':>10}{'solve s':>10}")
    with TestClient(create_app(settings)) as client:
        for n_users, n_streamers, k in SIZES:
            body = request(n_users, n_streamers, k)
            solve: list[float] = []

            def call(body: bytes = body, solve: list[float] = solve) -> None:
                answer = orjson.loads(client.post("/allocate", content=body).content)
                if not answer["certificate"]["proven_optimal"]:
                    raise SystemExit("An allocation was not proven optimal.")
                solve.append(answer["timings_ms"]["whale_tier"] / 1000)

            seconds = median_seconds(call, repeats=5)
            name = f"POST /allocate {n_users:,} × {n_streamers}, k = {k}, all whales"
            print(f"{name:<52}{seconds:>10.4f}{statistics.median(solve):>10.4f}")
        seconds = median_seconds(
            lambda: client.post("/experiments/whale-sweep", content=b"{}"), repeats=1
        )
        print(f"{'POST /experiments/whale-sweep {} (50 × 5 replays)':<52}{seconds:>10.2f}")


def request(n_users: int, n_streamers: int, k: int) -> bytes:
    """Return a request over a drawn world, seed 0."""
    rng = np.random.default_rng(0)
    world = draw_world(WorldConfig(n_users=n_users, n_streamers=n_streamers), rng)
    ev = expected_value(world, np.arange(n_users), np.zeros(n_streamers, dtype=np.int64))
    body = {"ev": ev, "k": k, "wealth": world.wealth, "whale_share": 1.0, "fill": "none"}
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)


def median_seconds(call: Callable[[], object], repeats: int) -> float:
    """Return the median wall-clock time of a call, seconds, after one call to warm up."""
    times = []
    if repeats > 1:
        call()
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
