"""Mixed traffic from a process of its own: python -m tests.app.traffic PORT RATE SECONDS."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass
from itertools import count

import numpy as np
import orjson
import pyarrow as pa

from .hostile import PARTS, multipart
from .payloads import npy, stream

CONNECTIONS = 16


@dataclass(frozen=True)
class Call:
    """A request, how often it comes in a hundred, and the status that it should have."""

    share: int
    route: str
    status: int = 200
    content: bytes | None = None
    content_type: str = "application/json"


@dataclass(frozen=True)
class Seen:
    """What became of a request; times are seconds since the traffic began."""

    due: float
    ended: float
    route: str
    as_expected: bool


def calls() -> list[Call]:
    """Return what platforms ask: mostly small allocations, now and then large ones or mistakes."""
    rng = np.random.default_rng(1)
    small = {"ev": rng.gamma(2.0, 10.0, (200, 50)).round(3).tolist(), "k": 3,
             "wealth": rng.pareto(1.2, 200).tolist(), "whale_share": 0.3}  # fmt: skip
    sweep = {"simulations": 2, "rounds": 2, "users_per_round": 20, "k_values": [1],
             "world": {"n_users": 300, "n_streamers": 20}}  # fmt: skip
    parts = {"problem": b'{"k": 12, "whale_share": 1.0}',
             "ev": npy(rng.gamma(2.0, 10.0, (1_000, 100)).astype(np.float32)),
             "wealth": npy(rng.pareto(1.2, 1_000))}  # fmt: skip
    pairs = pa.table({"user": np.repeat(np.arange(2_000), 5),
                      "streamer": (np.arange(10_000) * 7919) % 101,
                      "ev": rng.gamma(2.0, 10.0, 10_000)})  # fmt: skip
    table = {"problem": b'{"k": 20, "whales": ["0", "5"]}', "candidates": stream(pairs)}
    body = orjson.dumps(small)
    return [
        Call(68, "/allocate", content=body),
        Call(6, "/allocate", content=multipart(parts), content_type=PARTS),
        Call(5, "/allocate", content=multipart(table), content_type=PARTS),
        Call(5, "/allocate?validate_only=true", content=body),
        Call(3, "/allocate/curve", content=orjson.dumps({**small, "k_max": 5})),
        Call(5, "/allocate", 422, content=b'{"ev": [[1, 2], [3]], "k": 1, "whales": ["0"]}'),
        Call(2, "/allocate", 400, content=body[:-9]),
        Call(3, "/healthz"),
        Call(2, "/experiments?limit=5"),
        Call(1, "/experiments/whale-sweep", content=orjson.dumps(sweep)),
    ]


def traffic(port: int, rate: float, seconds: float) -> list[Seen]:
    """Send `rate` requests a second, whether or not those before are answered.

    A rate of 0 sends the next as soon as one is answered, on `CONNECTIONS` connections.
    """
    of = calls()
    order = np.random.default_rng(2).permutation(
        np.repeat(np.arange(len(of)), [c.share for c in of])
    )
    turns, seen = count(), list[Seen]()
    begun = time.perf_counter()

    def send() -> None:
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (turn := next(turns)) is not None:
            now = time.perf_counter() - begun
            due = turn / rate if rate else now
            if due >= seconds:
                break
            time.sleep(max(0.0, due - now))
            call = of[order[turn % len(order)]]
            method = "GET" if call.content is None else "POST"
            try:
                wire.request(method, call.route, call.content, {"Content-Type": call.content_type})
                answer = wire.getresponse()
                answer.read()
                right = answer.status == call.status
            except (OSError, http.client.HTTPException):
                wire.close()
                right = False
            seen.append(Seen(due, time.perf_counter() - begun, call.route, right))

    senders = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    return seen


if __name__ == "__main__":
    port, rate, seconds = sys.argv[1:]
    json.dump(
        [asdict(each) for each in traffic(int(port), float(rate), float(seconds))], sys.stdout
    )
