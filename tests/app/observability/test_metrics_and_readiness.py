"""What those who run the service see of it: logs, metrics, readiness, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from messages import Message
from tests.app.server import COMMAND, ROOT, Server, free_port, server, unready_reason, wait_until

pytestmark = pytest.mark.slow  # starts processes

PROBLEM = {"ev": [[9.0, 1.0], [8.0, 7.0]], "k": 1, "whales": ["0", "1"]}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("watched")


@pytest.fixture(scope="module")
def watched(directory: Path) -> Iterator[Server]:
    """A server whose log is in its directory."""
    with server(directory) as one:
        yield one


def lines(directory: Path) -> list[dict[str, Any]]:
    """Return the log, every line of which is JSON."""
    whole, _, _ = (directory / "log").read_text().rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]


def test_each_request_is_one_line_of_json_under_the_id_that_its_answer_has(
    watched: Server, directory: Path
) -> None:
    answer = watched.client.post("/allocate", json=PROBLEM)
    id_ = answer.headers["x-request-id"]
    while not (found := [line for line in lines(directory) if line["request_id"] == id_]):
        pass  # it is written once the answer has gone out
    (line,) = found

    assert answer.status_code == 200
    assert (line["level"], line["method"], line["route"], line["status"]) == (
        "INFO", "POST", "/allocate", 200,
    )  # fmt: skip
    assert line["milliseconds"] > 0
    assert line["time"]


@pytest.mark.parametrize("given", ["7b3f-trace.1", "a" * 128])
def test_an_id_that_a_caller_gives_is_kept(watched: Server, given: str) -> None:
    answer = watched.client.get("/healthz", headers={"X-Request-ID": given})

    assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "a" * 129, '"}', "é"])
def test_an_id_that_could_break_a_line_is_replaced(watched: Server, given: str) -> None:
    answer = watched.client.get("/healthz", headers={"X-Request-ID": given.encode("latin-1")})

    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_metrics_count_requests_by_route_and_stages_of_answers(watched: Server) -> None:
    def count(what: str) -> float:
        text = watched.client.get("/metrics").text
        found = re.search(rf"^{re.escape(what)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    ours = 'whale_requests_total{method="POST",route="/allocate",status="200"}'
    other = 'whale_requests_total{method="GET",route="other",status="404"}'
    stage = 'whale_stage_seconds_count{route="/allocate",stage="whale_tier"}'
    gap = "whale_certified_gap_count"
    arcs = 'whale_arcs_sum{screening="before"}'
    watched_for = (ours, other, stage, gap, arcs)
    before = [count(each) for each in watched_for]
    watched.client.post("/allocate", json=PROBLEM)
    watched.client.get("/a-path-that-somebody-made-up")
    watched.client.get("/another")

    after = [count(each) for each in watched_for]
    pairs_of_whales = 2 * 2
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 2, 1, 1, pairs_of_whales]
    assert "made-up" not in watched.client.get("/metrics").text


def test_a_refusal_is_counted_by_its_route_and_says_how_long_it_took() -> None:
    app = create_app(Settings(api_keys="a key that nobody brings"))  # type: ignore[arg-type]
    refused = TestClient(app).post("/allocate", json=PROBLEM)

    assert refused.status_code == 401
    assert re.fullmatch(r"total;dur=[0-9.]+", refused.headers["server-timing"])
    counted = 'whale_requests_total{method="POST",route="/allocate",status="401"} 1.0'
    assert counted in app.state.metrics.as_text().decode()


def test_metrics_count_experiments_by_state(watched: Server) -> None:
    body = {
        "simulations": 1, "rounds": 1, "users_per_round": 5,
        "world": {"n_users": 50, "n_streamers": 5},
    }  # fmt: skip
    watched.client.post("/experiments/whale-sweep", json=body)

    text = watched.client.get("/metrics").text
    assert re.search(r'^whale_experiments\{state="done"\} [1-9]', text, re.MULTILINE)
    assert "whale_requests_waiting 0.0" in text


def test_sigterm_ends_a_service_that_compiles_and_all_its_processes(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(port)], cwd=tmp_path, stdout=file, stderr=file,
            env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")}, start_new_session=True,
        )  # fmt: skip
    wait_until(lambda: "Compiling" in log.read_text())
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)

    assert process.wait(60) == 0
    assert "Traceback" not in log.read_text()
    assert "Serving" not in log.read_text()
    while session(process.pid):
        time.sleep(0.05)


def session(leader: int) -> list[int]:
    """Return the processes of a session that have not ended."""
    members = []
    for each in psutil.process_iter():
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            if os.getsid(each.pid) == leader and each.status() != psutil.STATUS_ZOMBIE:
                members.append(each.pid)
    return members


def test_sigterm_drains_and_ends_with_0(tmp_path: Path) -> None:
    """Not ready at once; what runs is answered; then the end, by the service's own will."""
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(port)], cwd=tmp_path, stdout=log, stderr=log,
            env=os.environ | {"WHALE_DRAIN_SECONDS": "50"},  # a busy machine replays slowly
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    until_ready(url, process)
    answers: list[httpx.Response] = []
    body = {"simulations": 60, "rounds": 20}

    def ask() -> None:
        answers.append(httpx.post(f"{url}/experiments/whale-sweep", json=body, timeout=60))

    asking = threading.Thread(target=ask)
    asking.start()
    wait_until(lambda: bool(httpx.get(f"{url}/experiments").json()["experiments"]))
    process.send_signal(signal.SIGTERM)

    wait_until(lambda: httpx.get(f"{url}/readyz").status_code == 503)
    ready = httpx.get(f"{url}/readyz")
    assert process.poll() is None
    assert ready.status_code == 503
    assert unready_reason(ready) == Message("shutting_down")
    asking.join(60)
    assert [answer.status_code for answer in answers] == [200]
    assert process.wait(60) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_bound_to_all_addresses_the_service_makes_a_key_and_says_it_once(tmp_path: Path) -> None:
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [COMMAND, "serve", "--host", "0.0.0.1".replace("1", "0"), "--port", str(port)],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        said = ""
        while "Bearer" not in said:
            said += process.stdout.readline()
        (key,) = set(re.findall(r"(?:key=|Bearer )(\S+)", said))
        url = f"http://127.0.0.1:{port}"
        until_ready(url, process)

        assert httpx.post(f"{url}/allocate", json=PROBLEM).status_code == 401
        assert httpx.get(f"{url}/metrics").status_code == 401
        bearer = {"Authorization": f"Bearer {key}"}
        assert httpx.post(f"{url}/allocate", json=PROBLEM, headers=bearer).status_code == 200
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=60)
    assert key not in rest + (tmp_path / "log").read_text()


def until_ready(url: str, process: subprocess.Popen[Any]) -> None:
    def is_ready() -> bool:
        assert process.poll() is None
        try:
            return httpx.get(f"{url}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    wait_until(is_ready)


def test_the_documentation_has_every_setting_with_its_default() -> None:
    page = (ROOT / "docs/production.md").read_text()
    table = dict(re.findall(r"^\| `WHALE_([A-Z_]+)` \| ([^|]*) \|", page, re.MULTILINE))

    assert sorted(table) == sorted(name.upper() for name in Settings.model_fields)
    for name, field in Settings.model_fields.items():
        assert f"| {' '.join((field.description or '').split())} |" in page, name
        if field.default_factory is None:
            default = field.get_default()
            shown = str(default) if not name.endswith("_keys") else ""
            plain = table[name.upper()].strip().strip("`").replace(",", "")
            assert plain in (shown, {"": "none", "None": "none"}.get(shown)), name


def test_an_open_stream_of_events_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with server(tmp_path, drain_seconds=300, unready_seconds=0) as one:
        one.wait_until_ready()  # a process that is starting is waited for
        address = one.submit({"simulations": 2000})
        with one.client.stream("GET", f"{address}/events") as stream:
            told = stream.iter_lines()
            next(told)
            ending = threading.Thread(target=one.terminate)
            ending.start()
            for _ in told:
                pass  # to its end
        ending.join(60)
        assert not ending.is_alive()
