"""Names twice in one JSON object: refused with their path, in bodies of every size."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import orjson
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.formats.json import parse_json
from app.formats.json_large import LARGE
from solver import InputError

NAMES = st.sampled_from(["k", "ev", "user", "a:b", '":', "\\", "{", "é", ""])
LEAVES = st.none() | st.booleans() | st.integers() | NAMES
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(st.tuples(NAMES, inner), max_size=4).map(lambda pairs: Pairs(pairs))
    ),
    max_leaves=12,
)


class Pairs(list[tuple[str, Any]]):
    """An object as it is written, with every pair."""


def written(value: Any) -> str:
    """Return a value as JSON, escaped now and then."""
    if isinstance(value, Pairs):
        return "{" + ", ".join(f"{json.dumps(n)} : {written(each)}" for n, each in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value)


def repeats(value: Any) -> bool:
    """Return whether any object has a name twice; the oracle, which sees all pairs."""
    if isinstance(value, Pairs):
        names = [name for name, _ in value]
        return len({*names}) < len(names) or any(repeats(each) for _, each in value)
    return isinstance(value, list) and any(map(repeats, value))


@given(VALUES)
def test_names_are_found_to_be_twice_exactly_where_they_are(value: Any) -> None:
    text = written(value).encode()

    if repeats(value):
        with pytest.raises(InputError) as refused:
            parse_json(text)
        assert refused.value.code == "duplicate-key"
    else:
        assert parse_json(text) == orjson.loads(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (b'{"k": 1, "k": 2}', "k"),
        (b'{"k": 1, "\\u006b": 1}', "k"),
        (b'{"prices": {"capacity": {}, "capacity": {}}}', "prices.capacity"),
        (b'{"a": [0, [{"x": 1}, {"x": 1, "y": 2, "x": 3}]]}', "a[1][1].x"),
        (b'{"a": {"b": 1, "b": 2}, "a": 3}', "a"),
        (b'{"user_ids": ["a:1", "b:{2"], "k": 1, "k": 1}', "k"),
    ],
)
def test_the_path_to_a_name_is_said(text: bytes, path: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_json(text)

    assert refused.value.field == path


def test_a_path_of_any_length_is_cut() -> None:
    name = "x" * 100_000
    with pytest.raises(InputError) as refused:
        parse_json(orjson.dumps({name: 1})[:-1] + b"," + orjson.dumps({name: 2})[1:])

    assert len(str(refused.value)) < 200


def test_what_is_nested_as_deep_as_can_be_read_is_refused_too() -> None:
    for depth in (500, 1_000):
        text = b'{"a":' * depth + b'{"k": 1, "k": 2}' + b"}" * depth
        with pytest.raises(InputError) as refused:
            parse_json(text)
        assert refused.value.message.code == "json_key_twice"


LARGE_BODY = orjson.dumps({"ev": np.ones((100, 100)).tolist(), "k": 1, "whales": []})


@pytest.mark.parametrize(
    "twice",
    [
        b'"k": 2',
        b'"prices": {"capacity": {"a": 1, "a": 2}}',
        b'"ev": [[1]]',
        b'"candidates": {"user": [0], "user": [1], "streamer": [0], "ev": [1]}',
        b'"user_ids": ["a:b"], "k": 3',
    ],
)
def test_a_large_body_is_read_as_closely(twice: bytes) -> None:
    assert len(LARGE_BODY) > LARGE
    with pytest.raises(InputError) as refused:
        parse_json(LARGE_BODY[:-1] + b"," + twice + b"}")
    assert refused.value.message.code == "json_key_twice"


def test_over_http_the_answer_names_it(client: TestClient) -> None:
    body = b'{"ev": [[1]], "whales": [], "k": 1, "prices": {"whale_cap": {}, "whale_cap": {}}}'
    for answer in (
        client.post("/allocate", content=body),
        client.post("/allocate", files={"problem": (None, body, "application/json")}),
    ):
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "duplicate-key")
        assert problem["field"] == "prices.whale_cap"
    sweep = client.post("/experiments/whale-sweep", content=b'{"seed": 1, "seed": 2}')
    assert sweep.json()["code"] == "duplicate-key"
