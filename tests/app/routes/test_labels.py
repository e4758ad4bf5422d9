"""Names and notes of experiments, and what lists say of their settings and results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from pydantic import ValidationError

from app.jobs.labels import MOST_NAME, MOST_NOTE, LabelsRequest
from app.jobs.outcome import changed_settings, summarize
from messages import Message, render
from simulator import SweepConfig
from tests.app.server import Nursery

SMALL: dict[str, Any] = {
    "k_values": [1, 3],
    "simulations": 2,
    "rounds": 5,
    "users_per_round": 50,
    "world": {"n_users": 200, "n_streamers": 20},
}
MATRIX = {"ev": [[9.0, 1.0], [8.0, 7.0]], "wealth": [5.0, 3.0], "k_values": [1, 2, 3, 5]}
PROBLEM = {"ev": [[9.0, 1.0], [8.0, 7.0]], "k": 1, "whales": ["0", "1"]}


@pytest.fixture(scope="module")
def client(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with nursery.generation():
        yield nursery.start(tmp_path_factory.mktemp("labels")).client


@pytest.fixture(scope="module")
def done(client: httpx.Client) -> str:
    response = client.post("/experiments/whale-sweep", json=SMALL)
    return str(response.headers["content-location"])


def read_answer(result: dict[str, Any]) -> Message:
    return Message.from_mapping(result["answer"])


def labels(answer: dict[str, Any]) -> tuple[str | None, str | None]:
    return answer["name"], answer["note"]


def test_an_experiment_has_a_name_and_a_note(client: httpx.Client, done: str) -> None:
    before = client.get(done).json()
    named = client.patch(done, json={"name": "  Small rooms ", "note": "First\n第二行 🐋"})
    noted = client.patch(done, json={"note": "Second"})
    listed = client.get("/experiments").json()["experiments"]
    cleared = client.patch(done, json={"name": "", "note": None})

    assert labels(before) == (None, None)
    assert (named.status_code, labels(named.json())) == (200, ("Small rooms", "First\n第二行 🐋"))
    assert labels(noted.json()) == ("Small rooms", "Second")
    (entry,) = (each for each in listed if each["links"]["self"] == done)
    assert labels(entry) == ("Small rooms", "Second")
    assert labels(cleared.json()) == (None, None)
    assert client.get(done).json() == before
    assert client.patch(done, json={}).json() == cleared.json()


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": "x" * (MOST_NAME + 1)}, "name", "length_expected"),
        ({"note": "x" * (MOST_NOTE + 1)}, "note", "length_expected"),
        ({"name": "two\nlines"}, "name", "text_with_control_character"),
        ({"note": "a NUL: \0"}, "note", "text_with_control_character"),
        ({"name": 7}, "name", "type_expected"),
        ({"state": "done"}, "state", "field_unknown"),
        ([], "body", "object_expected"),
    ],
)
def test_what_is_no_label_is_refused(
    client: httpx.Client, done: str, body: Any, field: str, code: str
) -> None:
    answer = client.patch(done, json=body)

    assert answer.status_code == 422, answer.text
    assert (answer.json()["field"], answer.json()["reason"]["code"]) == (field, code)
    assert labels(client.get(done).json()) == (None, None)


def test_labels_are_of_experiments_that_there_are(client: httpx.Client) -> None:
    nobody = "/experiments/82482845-26f8-45f8-a0f6-85f7228391db"

    assert client.patch(nobody, json={"name": "None"}).status_code == 404
    assert client.patch("/experiments", json={"name": "All"}).status_code == 405


def test_lists_say_what_is_special_about_a_sweep(client: httpx.Client, done: str) -> None:
    own = client.post("/experiments/own-sweep", json=MATRIX).headers["content-location"]
    later = {"Prefer": "respond-async, wait=60"}
    client.post("/allocate", json=PROBLEM, headers={"Prefer": "respond-async"})
    client.post("/experiments/find-settings", json=SMALL | {"simulations": 50}, headers=later)
    entries = {
        each["kind"] if each["kind"] != "whale-sweep" else each["links"]["self"]: each
        for each in client.get("/experiments").json()["experiments"]
    }

    assert entries[done]["settings"] == {
        "k_values": [1, 3], "simulations": 2, "rounds": 5, "users_per_round": 50,
        "world.n_users": 200, "world.n_streamers": 20,
    }  # fmt: skip
    assert "simulations" not in entries["find-settings"]["settings"]  # 50 is the default
    assert entries["own-sweep"]["settings"] == {"n_users": 2, "n_streamers": 2}
    assert entries["allocation"]["settings"] is None
    for address, kind in ((done, done), (own, "own-sweep")):
        result = client.get(f"{address}/result").json()
        answer = result.get("answer")
        assert entries[kind]["answer"] == answer
        if answer is None:
            assert entries[kind]["verdict"] == result["gate"]["verdict"]
    chinese = {"Accept-Language": "zh"}
    result = client.get(f"{done}/result", headers=chinese).json()
    assert result["answer"]["text"] == render(read_answer(result), "zh")
    listed = client.get("/experiments", headers=chinese).json()["experiments"]
    assert result["answer"] in [each["answer"] for each in listed]


def study(*results: tuple[str, float, bool]) -> bytes:
    """A result as it is stored; each configuration with verdict, capacities and whether it caps."""
    return orjson.dumps({
        "config": {}, "gate_5c": "PASS", "gate": {"verdict": "pass"},
        "answer": {"code": "answers", "parameters": {"answers": []}, "text": ""},
        "results": [
            {"verdict": verdict, "capacity_scale": scale, "users_per_round": 200,
             "effects": {"cap": {}} if capped else {"total": {}}}
            for verdict, scale, capped in results
        ],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([("worth_it", 1.0, True)], "worth_it"),
        ([("no_effect", 1.0, True), ("undecided", 1.0, True)], "undecided"),
        ([("not_worth_it", 1.0, True), ("worth_it", 1.0, False)], "not_worth_it"),
        ([("worth_it", 1.0, False)], "worth_it"),  # no policy has a cap
        ([("no_effect", 1.0, True), ("worth_it", 0.5, True)], "depends"),
        ([("no_effect", 1.0, True), ("no_effect", 0.5, True)], "no_effect"),
    ],
)
def test_a_sweep_has_the_verdict_of_its_settings(
    results: list[tuple[str, float, bool]], verdict: str
) -> None:
    outcome = orjson.loads(summarize("whale-sweep", study(*results)) or b"null")

    assert outcome["verdict"] == verdict
    assert outcome["answer"] == {"code": "answers", "parameters": {"answers": []}, "text": ""}


def test_the_default_changes_nothing() -> None:
    assert changed_settings("whale-sweep", SweepConfig().as_mapping()) == {}


@pytest.mark.parametrize("field", ["name", "note"])
def test_the_schema_refuses_the_characters_that_the_service_refuses(field: str) -> None:
    pattern = LabelsRequest.model_json_schema()["properties"][field]["pattern"]
    for code in range(0x100):
        text = f"a{chr(code)}b"
        try:
            LabelsRequest(**{field: text})
        except ValidationError:
            assert re.search(pattern, text) is None, hex(code)
        else:
            assert re.search(pattern, text), hex(code)
