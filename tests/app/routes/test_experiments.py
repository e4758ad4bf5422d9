"""Experiments over HTTP: accepted, followed, fetched, cancelled, deleted."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pytest

from app.http.prefer import read_preferences
from messages import Message
from simulator import SweepConfig, find_settings, read_study, run_sweep
from tests.app.reasons import has_reason
from tests.app.server import Nursery, Server, events, wait_for_the_end, wait_until

SMALL: dict[str, Any] = {
    "k_values": [1, 3],
    "whale_shares": [0.1],
    "simulations": 4,
    "rounds": 5,
    "users_per_round": 50,
    "world": {"n_users": 200, "n_streamers": 20},
}
# Some seconds for each seed, so that it is under way when something happens to it.
LONG = {**SMALL, "simulations": 50, "rounds": 3000, "users_per_round": 200}
MATRIX = {"ev": [[9.0, 1.0], [8.0, 7.0]], "wealth": [5.0, 3.0], "k_values": [1]}
PROBLEM = {"ev": [[9.0, 1.0], [8.0, 7.0]], "k": 1, "whales": ["0", "1"]}
ASYNC = {"Prefer": "respond-async"}
SWEEP = "/experiments/whale-sweep"
NOBODY = "82482845-26f8-45f8-a0f6-85f7228391db"


@pytest.fixture(scope="module")
def service(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with nursery.generation():
        yield nursery.start(tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="module")
def done(service: Server) -> str:
    """Return the address of a sweep that has ended."""
    address = service.submit(SMALL)
    *_, last = events(service.client, address)
    assert last.data["state"] == "done"
    return address


def test_long_work_is_accepted_followed_and_fetched(service: Server) -> None:
    accepted = service.client.post(SWEEP, json=SMALL, headers=ASYNC)

    assert accepted.status_code == 202
    assert accepted.headers["preference-applied"] == "respond-async"
    address = accepted.headers["location"]
    assert accepted.json()["links"]["self"] == address
    happened = [*events(service.client, address)]
    assert [event.id for event in happened] == [*range(1, 4 + 4)]
    assert [event.data["state"] for event in happened] == ["queued", *5 * ["running"], "done"]
    assert [event.data["fraction"] for event in happened] == [0, 0, 0.25, 0.5, 0.75, 1, 1]
    whole = service.client.get(address, params={"include": "runs"}).json()
    assert (whole["state"], whole["kind"]) == ("done", "whale-sweep")
    assert whole["progress"] == {"seeds_done": 4, "seeds": 4, "fraction": 1, "seconds_left": 0}
    here = json.loads(json.dumps(run_sweep(SweepConfig.from_mapping(SMALL)).as_mapping()))
    assert {name: whole["result"][name] for name in here} == here
    assert whole["config"] == here["config"]


def test_a_sweep_until_it_is_decided_stops_where_it_does_in_line(service: Server) -> None:
    body = {
        **SMALL,
        "simulations": 60,
        "until_decided": True,
        "minimum_effect": {"revenue_pct": 50, "streamer_gini": 0.9},
    }
    address = service.submit(body)
    *_, last = events(service.client, address)
    assert last.data["state"] == "done"
    assert last.data["fraction"] == 1

    whole = service.client.get(address, params={"include": "runs"}).json()

    assert whole["progress"] == {"seeds_done": 16, "seeds": 60, "fraction": 1, "seconds_left": 0}
    assert whole["result"]["stopping"]["parameters"]["simulations"] == 16
    here = json.loads(json.dumps(run_sweep(SweepConfig.from_mapping(body)).as_mapping()))
    assert {name: whole["result"][name] for name in here} == here
    chinese = service.client.get(address, headers={"Accept-Language": "zh"}).json()["result"]
    assert chinese["stopping"]["text"].startswith("最多 60 次模拟，第 16 次后已有定论")


def test_figures_of_the_last_seed_are_the_means_of_the_result(service: Server, done: str) -> None:
    *_, last_seed, _ = events(service.client, done)
    result = service.client.get(f"{done}/result").json()

    for part in ("baselines", "results"):
        for running, final in zip(last_seed.data["figures"][part], result[part], strict=True):
            for group in ("metrics", "delta"):
                for name, figure in running.get(group, {}).items():
                    assert figure["mean"] == pytest.approx(final[group][name]["mean"])
            for name in ("k", "whale_share", "capacity_scale"):
                assert running[name] == final.get(name)


@pytest.mark.parametrize("after", [0, 1, 3, 6])
def test_events_go_on_after_the_last_that_was_seen(service: Server, done: str, after: int) -> None:
    everything = [*events(service.client, done)]

    assert [*events(service.client, done, after)] == everything[after:]


def test_there_is_nothing_after_the_last_event(service: Server, done: str) -> None:
    response = service.client.get(f"{done}/events", headers={"Last-Event-ID": "7"})

    assert response.status_code == 204  # which tells a browser not to come again


def test_a_synchronous_sweep_has_an_address_too(service: Server) -> None:
    response = service.client.post(SWEEP, json=SMALL)

    address = response.headers["content-location"]
    assert response.json()["id"] == address.rpartition("/")[2]
    assert service.client.get(f"{address}/result").content == response.content


def test_find_settings_is_a_sweep_with_a_search(service: Server) -> None:
    response = service.client.post("/experiments/find-settings", json=SMALL)

    answer = response.json()
    found = find_settings(read_study(answer)).as_mapping()
    assert answer["search"] == json.loads(json.dumps(found))
    listed = service.client.get(response.headers["content-location"]).json()
    assert listed["kind"] == "find-settings"


def test_an_own_sweep_is_an_experiment(service: Server) -> None:
    waited = service.client.post("/experiments/own-sweep", json=MATRIX)
    address = service.submit(MATRIX, "/experiments/own-sweep")
    *_, last = events(service.client, address)

    fetched = service.client.get(f"{address}/result").json()
    assert last.data["state"] == "done"
    assert fetched["results"] == waited.json()["results"]
    assert fetched["id"] == address.rpartition("/")[2]


def test_an_allocation_may_be_fetched_later(service: Server) -> None:
    address = service.submit(PROBLEM, "/allocate")
    *_, last = events(service.client, address)

    fetched = service.client.get(f"{address}/result").json()
    assert last.data["state"] == "done"
    assert fetched["allocations"] == {"0": "0", "1": "1"}


def test_an_allocation_may_be_fetched_later_in_arrow(service: Server) -> None:
    arrow = "application/vnd.apache.arrow.stream"
    accepted = service.client.post("/allocate", json=PROBLEM, headers={**ASYNC, "Accept": arrow})
    address = accepted.headers["location"]
    [*events(service.client, address)]

    result = service.client.get(f"{address}/result")

    assert result.headers["content-type"] == arrow
    assert pa.ipc.open_stream(result.content).read_all()["streamer"].to_pylist() == [0, 1]
    assert service.client.get(address).json()["result"] is None


def test_a_request_may_wait_for_a_while_before_it_is_answered_202(service: Server) -> None:
    headers = {"Prefer": "respond-async, wait=30"}
    assert service.client.post(SWEEP, json=SMALL, headers=headers).status_code == 200

    headers = {"Prefer": "respond-async; foo=1, wait=1"}
    accepted = service.client.post(SWEEP, json=LONG, headers=headers)
    assert accepted.status_code == 202
    assert accepted.headers["preference-applied"] == "respond-async, wait=1"
    service.client.delete(accepted.headers["location"])


@pytest.mark.parametrize(
    ("given", "respond_async", "wait"),
    [
        (["respond-async"], True, 0),
        (["return=minimal", "Respond-Async, wait=7"], True, 7),
        (['wait="7",respond-async;x=y'], True, 7),
        (["respond-async, wait=soon"], True, 0),  # nobody knows what that is
        (["respond-async, wait=99999999999999"], True, 0),
        (["wait=7"], False, 7),
        (["respond-asynchronously"], False, 0),
        ([], False, 0),
    ],
)
def test_preferences_are_read_as_http_writes_them(
    given: list[str], respond_async: bool, wait: int
) -> None:
    read = read_preferences(given)

    assert (read.respond_async, read.wait) == (respond_async, wait)


def test_bad_input_is_refused_before_it_is_accepted(service: Server) -> None:
    before = service.client.get("/experiments").json()

    for route, body in (
        (SWEEP, {"k_values": [-1]}),
        ("/experiments/own-sweep", {**MATRIX, "wealth": [1.0]}),
        ("/allocate", {**PROBLEM, "k": -1}),
    ):
        response = service.client.post(route, json=body, headers=ASYNC)
        assert response.status_code == 422, response.text
        assert response.headers["content-type"] == "application/problem+json"

    assert service.client.get("/experiments").json() == before


def test_experiments_are_listed_newest_first_page_by_page(servers: Nursery, tmp_path: Path) -> None:
    one = servers.start(tmp_path)
    addresses = [one.submit({**SMALL, "simulations": 1}) for _ in range(5)]
    listed: list[str] = []
    page: str | None = "/experiments?limit=2"
    while page is not None:
        answer = one.client.get(page).json()
        listed += [each["links"]["self"] for each in answer["experiments"]]
        page = answer["next"]

    assert listed == addresses[::-1]


def test_figures_and_report_are_drawn_from_what_is_kept(service: Server, done: str) -> None:
    names = service.client.get(f"{done}/figures").json()

    assert {"overload-by-k", "price-of-the-cap"} <= set(names)
    svg = service.client.get(f"{done}/figures/overload-by-k.svg")
    assert (svg.headers["content-type"], svg.content[:4]) == ("image/svg+xml", b"<svg")
    png = service.client.get(f"{done}/figures/overload-by-k.png")
    assert (png.headers["content-type"], png.content[1:4]) == ("image/png", b"PNG")
    report = service.client.get(f"{done}/report")
    assert report.headers["content-type"] == "text/html; charset=utf-8"
    assert "Is the cap worth it?" in report.text
    assert report.headers["content-language"] == "en"


def test_what_is_not_there_is_said_to_be_so(service: Server, done: str) -> None:
    for path, status in (
        ("/experiments/nobody", 404),
        ("/experiments/nobody/events", 404),
        (f"{done}/figures/portrait.svg", 404),
        (f"{done}/figures/overload-by-k.gif", 422),
        ("/experiments?before=nobody", 422),
        (f"/experiments?before={NOBODY}", 404),
        (f"/experiments/{NOBODY}", 404),
        ("/experiments?limit=0", 422),
    ):
        response = service.client.get(path)
        assert response.status_code == status, path
        assert response.headers["content-type"] == "application/problem+json"
    assert service.client.delete("/experiments/nobody").status_code == 404


def test_delete_cancels_and_the_processes_are_gone(servers: Nursery, tmp_path: Path) -> None:
    one = servers.start(tmp_path)
    address = one.submit(LONG)
    working = one.find_busy_workers(2)

    response = one.client.delete(address)
    wait_for_the_end(working)  # long before the seeds would have ended

    assert (response.status_code, response.json()["state"]) == (200, "cancelled")
    *_, last = events(one.client, address)
    assert (last.data["state"], last.data["seeds_done"]) == ("cancelled", 0)
    assert one.client.get(f"{address}/result").status_code == 409
    assert one.client.get(f"{address}/report").status_code == 409
    assert one.client.delete(address).status_code == 204
    assert one.client.get(address).status_code == 404


def test_delete_at_one_replica_cancels_what_another_runs(servers: Nursery, tmp_path: Path) -> None:
    one = servers.start(tmp_path)
    address = one.submit(LONG)
    working = one.find_busy_workers(2)
    other = servers.start(tmp_path)

    assert other.client.delete(address).json()["state"] == "cancelled"

    wait_for_the_end(working)


def test_a_synchronous_sweep_ends_when_its_client_leaves_and_goes_on_when_it_returns(
    servers: Nursery, tmp_path: Path
) -> None:
    one = servers.start(tmp_path)
    body, headers = {**SMALL, "simulations": 12, "rounds": 400}, {"Idempotency-Key": "mine"}
    url = one.client.base_url
    request = one.client.build_request("POST", SWEEP, json=body, headers=headers)
    lines = [b"POST %s HTTP/1.1" % request.url.raw_path]
    lines += [b"%s: %s" % header for header in request.headers.raw]
    with socket.create_connection((url.host, url.port or 80)) as client:
        client.sendall(b"\r\n".join((*lines, b"", request.content)))
        wait_until(lambda: bool(one.client.get("/experiments").json()["experiments"]))
    (left,) = one.client.get("/experiments").json()["experiments"]
    *_, last = events(one.client, left["links"]["self"])

    assert last.data["state"] == "cancelled"
    again = one.client.post(SWEEP, json=body, headers=headers)
    assert again.json()["id"] == left["id"]
    happened = [*events(one.client, left["links"]["self"])]
    assert len([event for event in happened if event.name == "seed"]) == 12


def test_a_full_queue_answers_503(servers: Nursery, tmp_path: Path) -> None:
    one = servers.start(tmp_path, max_queue=1)
    addresses = [one.submit(LONG)]
    answers: list[httpx.Response] = []
    while not answers or answers[-1].status_code == 202:  # four run, one waits
        answers.append(one.client.post(SWEEP, json=LONG, headers=ASYNC))
        addresses.append(answers[-1].headers.get("location", addresses[0]))

    assert answers[-1].status_code == 503
    assert answers[-1].headers["retry-after"] == "5"
    assert answers[-1].headers["content-type"] == "application/problem+json"
    expected = Message("queue_full", waiting="experiments", most=1)
    assert has_reason(answers[-1].json(), expected)
    for address in addresses:
        one.client.delete(address)


def test_requests_with_one_key_at_once_are_one_experiment(service: Server) -> None:
    locations: list[str] = []

    def submit() -> None:
        headers = {**ASYNC, "Idempotency-Key": "at-once"}
        response = httpx.post(f"{service.client.base_url}{SWEEP}", json=SMALL, headers=headers)
        locations.append(response.headers["location"])

    threads = [threading.Thread(target=submit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(locations) == 6
    assert len(set(locations)) == 1
