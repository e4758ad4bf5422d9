"""Text in the reader's language: by Accept-Language, or --language of the command line."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from app.cli import Language
from app.formats import arrow
from app.text.language import language_of
from app.text.members import translate
from messages import LANGUAGES, Message, render
from simulator.study.result_json import answer_json, read_messages
from tests.app.conftest import Run

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
PROBLEM: dict[str, Any] = {"ev": [[9.0, 1.0], [8.0, 7.0]], "k": 1, "whales": ["0", "1"]}
ENGLISH_WORD = re.compile("[a-z]{3,} [a-z]{3,}")


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ([], "en"),
        ([(b"accept-language", b"zh")], "zh"),
        ([(b"accept-language", b"fr, zh-TW;q=0.4, en;q=0.3")], "zh"),
        ([(b"accept-language", b"zh;q=0.3, en")], "en"),
        ([(b"accept-language", b"en;q=x, zh;q=0.1")], "zh"),
        ([(b"accept-language", b"zh;q=x")], "zh"),
        ([(b"accept-language", b"zh;q=nan, en;q=0.001")], "en"),
        ([(b"accept-language", b"zh;q=0")], "en"),
        ([(b"accept-language", b"zh ; Q=0.2, en; q=0.1")], "zh"),
        ([(b"cookie", b"whale-language=zh"), (b"accept-language", b"en")], "zh"),
        ([(b"cookie", b"whale-language=xx"), (b"accept-language", b"zh")], "zh"),
    ],
)
def test_the_language_is_the_cookies_or_the_first_accepted(
    headers: list[tuple[bytes, bytes]], language: str
) -> None:
    assert language_of({"type": "http", "headers": headers}) == language


def test_a_stored_answer_is_translated_with_its_parts() -> None:
    parts = [Message("answer_in_setting", setting="x", answer=each) for each in ("1", "2")]
    stored = answer_json(Message("answers", answers=parts))
    assert stored is not None

    assert translate({"answer": stored}, "zh")["answer"] == answer_json(
        Message("answers", answers=parts), "zh"
    )


@pytest.mark.parametrize(
    "stored",
    [
        {"code": "answer_of_another_release", "parameters": {}},
        {"code": "answer_no_effect", "parameters": {"who": "k = 1"}},
    ],
)
def test_a_message_of_another_release_keeps_its_text(stored: dict[str, Any]) -> None:
    answer = {**stored, "text": "No."}
    findings = {"findings": ["Nothing."], "finding_messages": [stored]}

    assert translate({"answer": answer, **findings}, "zh") == {"answer": answer, **findings}
    assert read_messages(findings, "finding") == (Message("stored_text", text="Nothing."),)


def test_a_problem_document_is_in_the_language_of_the_request(client: TestClient) -> None:
    body = {"k": 1.5, "typo": 1, "whale_share": 0.5}
    english = client.post("/allocate", json=body)
    chinese = client.post("/allocate", json=body, headers=CHINESE)

    assert {"Accept-Language", "Cookie"} <= {*chinese.headers["vary"].split(", ")}
    one, other = english.json(), chinese.json()
    assert one["reason"] == other["reason"]
    assert (other["title"], other["detail"]) == ("值无效", str(other["errors"][0]["message"]))
    for first, second in zip(one["errors"], other["errors"], strict=True):
        message = Message.from_mapping(first["reason"])
        assert (first["message"], second["message"]) == (render(message), render(message, "zh"))
    assert not ENGLISH_WORD.search(other["detail"])


@pytest.mark.parametrize(
    ("path", "method"),
    [("/nothing", "GET"), ("/allocate", "GET"), ("/experiments?limit=0", "GET")],
)
def test_refusals_of_the_framework_are_in_chinese_too(
    client: TestClient, path: str, method: str
) -> None:
    refused = client.request(method, path, headers=CHINESE).json()

    assert re.search("[一-龥]", refused["title"])
    assert re.search("[一-龥]", refused["detail"])


def test_notes_are_in_the_language_of_the_request_and_data_are_the_same(
    client: TestClient,
) -> None:
    english = client.post("/allocate", json=PROBLEM).json()
    chinese = client.post("/allocate", json=PROBLEM, headers=CHINESE).json()

    assert chinese["note_messages"] == english["note_messages"]
    messages = [Message.from_mapping(each) for each in chinese["note_messages"]]
    assert chinese["notes"] == [render(each, "zh") for each in messages]
    assert english["notes"] == [render(each) for each in messages]


def test_a_stored_result_is_read_in_the_language_of_who_reads_it(client: TestClient) -> None:
    for accept in ("application/json", arrow.MEDIA_TYPE):
        headers = {"Prefer": "respond-async, wait=60", "Accept": accept}
        at = client.post("/allocate", json=PROBLEM, headers=headers).headers["content-location"]
        english, chinese = (client.get(f"{at}/result", headers=each) for each in ({}, CHINESE))
        one, other = (
            arrow.metadata(pa.ipc.open_stream(each.content).read_all())
            if accept == arrow.MEDIA_TYPE
            else each.json()
            for each in (english, chinese)
        )
        messages = [Message.from_mapping(each) for each in one["note_messages"]]
        assert one["notes"] == [render(each) for each in messages]
        assert other["notes"] == [render(each, "zh") for each in messages]


def test_the_command_line_offers_every_language() -> None:
    assert {*Language.__args__} == {*LANGUAGES}  # type: ignore[attr-defined]


def test_commands_speak_the_language_that_is_chosen(
    run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ("curve", "--table", "no.csv", "--output", "a.txt")
    english = run_here(*call).stderr
    chinese = run_here("--language", "zh", *call).stderr
    monkeypatch.setenv("WHALE_LANGUAGE", "zh")

    assert english.startswith("Expected output to end in ")
    assert chinese.startswith("output 应以 ")
    assert run_here(*call).stderr == chinese
    monkeypatch.delenv("WHALE_LANGUAGE")
    assert run_here(*call, "--language", "zh").stderr == chinese
    assert run_here(call[0], "--language=zh", *call[1:]).stderr == chinese


def test_a_search_is_read_in_the_language_of_who_reads_it(client: TestClient) -> None:
    body = {
        "k_values": [1, 2], "simulations": 2, "rounds": 2, "users_per_round": 20,
        "world": {"n_users": 60, "n_streamers": 6},
    }  # fmt: skip
    english = client.post("/experiments/find-settings", json=body)
    chinese = client.get(f"/experiments/{english.json()['id']}", headers=CHINESE).json()["result"]

    for one, other in (
        (english.json(), chinese),
        (english.json()["search"], chinese["search"]),
    ):
        assert one["finding_messages"] == other["finding_messages"]
        messages = [Message.from_mapping(each) for each in one["finding_messages"]]
        assert one["findings"] == [render(each) for each in messages]
        assert other["findings"] == [render(each, "zh") for each in messages]
