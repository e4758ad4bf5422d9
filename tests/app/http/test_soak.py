"""An hour of a platform in a minute, with nuisances: no error, no slower in the end, no fuller."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.app.server import ROOT, Server, server
from tests.app.traffic import Seen

SECONDS = 60
WARM_SECONDS = 13
WINDOW = 10
SHARE = 0.8
"""Of what the service can do beside the nuisances, as measured just before."""

MOST_GROWTH = 2**26
"""Bytes that experiments and allocators may have added: 3 kB for each request."""


@pytest.mark.soak
def test_a_minute_at_four_fifths_of_capacity_has_no_error_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    with server(tmp_path, unready_seconds=0) as one:
        one.wait_until_ready()
        with _nuisances(one):
            flat_out = _sent(one, 0, WARM_SECONDS)
        capacity = _capacity(flat_out)
        before = _memory(one)
        with _nuisances(one):
            seen = _sent(one, SHARE * capacity, SECONDS)
        after = _memory(one)

    wrong = [each for each in (*flat_out, *seen) if not each.as_expected]
    p99 = _p99_by_window(seen)
    half = len(p99) // 2
    print(
        f"{capacity:.0f} requests/s at most; {len(seen)} at {SHARE:.0%} of that; p99 by ten "
        f"seconds, ms: {', '.join(f'{1000 * each:.0f}' for each in p99)}; "
        f"memory {before / 2**20:.0f} MiB, then {after / 2**20:.0f} MiB"
    )
    assert wrong == []
    assert len(seen) >= SHARE * capacity * SECONDS - 1
    # Medians, for what else the machine does in one window is none of the service's.
    assert np.median(p99[half:]) <= 2 * np.median(p99[:half])
    assert after < before + MOST_GROWTH


def _capacity(seen: list[Seen]) -> float:
    """Return the requests a second of the slowest of three windows, once the service is warm."""
    ended = np.array([each.ended for each in seen])
    counts = np.histogram(ended, np.linspace(WARM_SECONDS - 9, WARM_SECONDS, 4))[0]
    return float(counts.min()) / 3


def _p99_by_window(seen: list[Seen]) -> list[float]:
    """Return the 99th percentile of the latencies, s, of each ten seconds of the traffic."""
    due = np.array([each.due for each in seen])
    taken = np.array([each.ended - each.due for each in seen])
    windows = (taken[due // WINDOW == window] for window in range(SECONDS // WINDOW))
    return [float(np.quantile(each, 0.99)) for each in windows]


def _sent(to: Server, rate: float, seconds: float) -> list[Seen]:
    """Return what a second process sent and saw."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.app.traffic", str(to.client.base_url.port), str(rate),
         str(seconds)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [Seen(**each) for each in json.loads(done.stdout)]


@contextmanager
def _nuisances(to: Server) -> Iterator[None]:
    """Have clients that mean no good beside the others."""
    seconds = 3 * (WARM_SECONDS + SECONDS)
    port = to.client.base_url.port
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.app.nuisances", str(port), str(seconds)], cwd=ROOT
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _memory(of: Server, enough: int = 0) -> int:
    """Return the least that all its processes took for a while, as a large body may be under way.

    It waits for a minute, on a busy machine, if that is what it takes to have no more than enough.
    """
    least = sys.maxsize
    for look in range(600):
        least = min(least, _memory_now(of))
        if look >= 30 and (least < enough or not enough):
            break
        time.sleep(0.1)
    return least


def _memory_now(of: Server) -> int:
    whole = psutil.Process(of.pid)
    total = 0
    for each in (whole, *whole.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # one may end meanwhile
            total += each.memory_full_info().pss
    return total
