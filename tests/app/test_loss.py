"""What is killed, and what is lost: nothing that was committed."""

from __future__ import annotations

import json
import random
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator import SweepConfig, sweep

from .postgres import postgres
from .server import Event, events, nursery, server

SMALL: dict[str, Any] = {
    "k_values": [1, 3],
    "whale_shares": [0.1],
    "simulations": 60,
    "rounds": 40,
    "users_per_round": 100,
    "world": {"n_users": 200, "n_streamers": 20},
}
LEASE = 0.5


def undisturbed(body: dict[str, Any]) -> dict[str, Any]:
    """Return the sweep as it is in one process, through JSON."""
    return json.loads(json.dumps(sweep(SweepConfig.from_mapping(body)).as_mapping()))  # type: ignore[no-any-return]


def result(client: httpx.Client, address: str) -> dict[str, Any]:
    answer = client.get(f"{address}/result?include=runs")
    assert answer.status_code == 200, answer.text
    return {
        name: value for name, value in answer.json().items() if name not in ("id", "timings_ms")
    }


@pytest.mark.slow
def test_killed_at_20_random_points_a_sweep_ends_as_if_undisturbed(tmp_path: Path) -> None:
    seen: list[Event] = []
    chance = random.Random(5)  # noqa: S311
    address = ""
    with nursery(tmp_path, processes=2, lease_seconds=LEASE) as start:
        for _ in range(20):
            one = start()
            address = address or one.begun(SMALL)
            for event in events(one.client, address, len(seen)):
                seen.append(event)
                if event.name == "seed" and chance.random() < 0.4:
                    break
            time.sleep(chance.random() * 0.02)  # in the middle of something, whatever it is
            one.kill()
        assert seen[-1].data["state"] == "running", "the sweep was over before the last kill"
        last = start()
        seen += events(last.client, address, len(seen))

        assert result(last.client, address) == undisturbed(SMALL)
    assert [event.id for event in seen] == [*range(1, len(seen) + 1)]
    assert sorted(event.data["seed"] for event in seen if event.name == "seed") == [*range(42, 102)]
    assert seen[-1].data["state"] == "done"
