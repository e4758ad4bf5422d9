"""Refusals repeat no more of what came than shows what is meant, wherever it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.errors.problem_details import LONGEST_TEXT, MOST_LISTED, problem_document
from app.errors.schema_errors import quote_json
from messages import Message
from tests.app.hostile import OWN, PROBLEM, SWEEP

LONG = "long" * 20_000
VALUES = (LONG, [LONG], {LONG: 1}, [[LONG]], {"a": LONG})


def with_long(fields: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the fields with something long in the place of each value, within it, and as a name."""
    yield "another name", fields | {LONG: 1}
    for name, value in fields.items():
        for at, long in enumerate(VALUES):
            yield f"{name} {at}", fields | {name: long}
        if isinstance(value, list):
            yield f"{name}[0]", fields | {name: [LONG, *value[1:]]}
            yield f"{name}[0][0]", fields | {name: [[LONG], *value[1:]]}
        if isinstance(value, dict):
            yield f"{name}.x", fields | {name: value | {"x": LONG}}
            yield f"{name}.long", fields | {name: value | {LONG: LONG}}
            for inner in value:
                yield f"{name}.{inner}", fields | {name: value | {inner: LONG}}
                yield f"{name}.{inner}.x", fields | {name: value | {inner: {LONG: LONG}}}


def is_short(answer: Any) -> bool:
    """Return whether an answer is none, or a refusal that repeats little, and ends."""
    if answer.status_code < 400:
        return True
    problem = answer.json()
    said = [problem["detail"], *(error["message"] for error in problem.get("errors", []))]
    return (
        len(answer.content) < 2_500
        and LONG[:250] not in answer.text
        and all(each.startswith(("Expected", "The ")) and len(each) < 500 for each in said)
    )


@pytest.mark.parametrize(
    ("route", "fields"),
    [
        ("/allocate", PROBLEM),
        ("/allocate/curve", {"ev": PROBLEM["ev"], "whales": ["0"], "k_max": 2}),
        ("/experiments/whale-sweep", SWEEP),
        ("/experiments/own-sweep", OWN),
    ],
)
def test_what_is_long_in_a_body_is_cut(
    client: TestClient, route: str, fields: dict[str, Any]
) -> None:
    long = {}
    for name, body in with_long(fields):
        answer = client.post(route, json=body, headers={"Prefer": "respond-async"})
        if not is_short(answer):
            long[name] = answer.text[:300]

    assert long == {}


@pytest.mark.parametrize(
    "request_of",
    [
        {"content": f'{{"ev": {LONG}'.encode()},
        {"content": f'"{LONG}"'.encode()},
        {"content": f"[{LONG[:5000]}"},
        {"files": {LONG: b"1"}},
        {"files": {"problem": (LONG, b"{}"), LONG: b"1"}},
        {"files": {"problem": b"{}", "ev": b"x"}},
        {"files": {"problem": orjson.dumps({"columns": {LONG: LONG}}), "table": LONG.encode()}},
        {
            "files": {
                "problem": b"{}",
                "table": (LONG[:3000] + ".csv", f"{LONG},{LONG}\n1".encode()),
            }
        },
        {"files": {"problem": b"{}", "candidates": LONG.encode()}},
        {"content": b"{}", "headers": {"content-type": LONG[:9000]}},
        {"content": b"{}", "headers": {"content-encoding": LONG[:9000]}},
        {"content": b"{}", "headers": {"content-type": f"multipart/form-data; boundary={LONG}"}},
        {"json": {}, "params": {"validate_only": LONG[:9000]}},
        {"json": {}, "headers": {"idempotency-key": LONG[:9000], "prefer": LONG[:9000]}},
        {"json": {}, "headers": {"origin": f"http://{LONG[:9000]}"}},
    ],
)
def test_what_is_long_in_another_place_is_cut(
    client: TestClient, request_of: dict[str, Any]
) -> None:
    for route in ("/allocate", "/experiments/own-sweep", "/experiments/whale-sweep"):
        assert is_short(client.post(route, **request_of))


@pytest.mark.parametrize(
    "path", [LONG[:5000], f"experiments/{LONG[:5000]}", "experiments?before=" + LONG[:5000]]
)
def test_what_is_long_in_a_path_is_cut(client: TestClient, path: str) -> None:
    for method in ("GET", "DELETE"):
        assert is_short(client.request(method, f"/{path}{LONG[:5000]}"))


@given(
    st.recursive(
        st.text() | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_value_is_repeated_whole_or_in_its_beginning(value: Any) -> None:
    said = quote_json(value)

    assert len(said) <= 61
    if len(said) <= 60 and not isinstance(value, bool | None):
        assert said in (repr(value), said.replace("…", ""))


def test_a_document_is_bounded_whatever_is_in_it() -> None:
    document = problem_document(
        "invalid-value",
        Message("unknown_path", path=LONG),
        LONG,
        (),
        {"streamers": [LONG] * 5_000, "errors": [{"field": LONG}]},
    )

    assert len(document["detail"]) == len(document["field"]) == LONGEST_TEXT + 1
    assert len(document["reason"]["parameters"]["path"]) == LONGEST_TEXT + 1
    assert len(document["streamers"]) == MOST_LISTED
    assert len(document["errors"][0]["field"]) == LONGEST_TEXT + 1
