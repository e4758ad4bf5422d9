"""Long lists of numbers read without objects: as the plain reader has it, or not at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st

from app.formats.json_large import LARGE, parse_large_json
from tests.app.conftest import answer

NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
OTHERS = (
    st.none() | st.booleans() | st.text(max_size=4) | st.just("[") | st.lists(NUMBERS, max_size=2)
)
LISTS = st.lists(NUMBERS, max_size=4) | st.lists(NUMBERS | OTHERS, max_size=3)
MATRICES = st.integers(0, 3).flatmap(
    lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), max_size=3)
)
VALUES = st.recursive(
    NUMBERS | OTHERS | LISTS | MATRICES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["user", "streamer", "ev", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)
PAIRS = st.fixed_dictionaries(dict.fromkeys(("user", "streamer", "ev"), LISTS))
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "ev": MATRICES | VALUES,
        "wealth": LISTS | VALUES,
        "candidates": PAIRS | VALUES,
        "k": VALUES,
        "whales": st.lists(st.text(max_size=3), max_size=3),
    },
)


def same(fast: Any, read: Any) -> bool:
    """Return whether values are the same, but for arrays, which have the numbers as floats."""
    if isinstance(fast, dict):
        return fast.keys() == read.keys() and all(same(fast[name], read[name]) for name in fast)
    if isinstance(fast, np.ndarray):
        numbers = np.array(read, fast.dtype)  # of large whole ones, the nearest
        return fast.shape == numbers.shape and bool((fast == numbers).all())
    return bool(fast == read)


@example({"wealth": [2**53 + 1]}, 0, b"")
@given(BODIES, st.integers(0, 40), st.sampled_from([b"", b"[", b"]", b",", b'"', b"\\", b"1"]))
def test_what_is_read_fast_is_what_the_plain_reader_reads(
    fields: dict[str, Any], place: int, slip: bytes
) -> None:
    body = orjson.dumps(fields)
    body = body[:place] + slip + body[place:]
    fast = parse_large_json(body)

    if fast is not None:
        assert same(fast, orjson.loads(body))


@pytest.mark.parametrize(
    "body",
    [
        b'{"ev": [[1, 2], [3, [4]]]}',  # a list among numbers, which would be read as its numbers
        b'{"ev": [[1, [2]], [3, []]]}',
        b'{"ev": [[1, 2], [3]]}',  # one number that would do for a row
        b'{"ev": [[1, null]]}',
        b'{"ev": [[1, true]]}',
        b'{"ev": [[1]], "ev": [[2]]}',  # of twins, the last counts
        b'{"ev": [], "k": 1}',
        b'{"candidates": {"user": [0.0], "streamer": [0], "ev": [1]}}',
        b'{"candidates": {"user": [0], "ev": [1]}}',
        b'{"ev": [[1]], "whales": ["["]}',
        b'{"ev": [[1e999]]}',
        b"[1]",
        b'{"ev": [[1]]',
        b"\xff",
    ],
)
def test_what_is_wrong_or_uncertain_is_left_to_the_plain_reader(body: bytes) -> None:
    assert parse_large_json(body) is None


def test_long_numbers_become_arrays() -> None:
    body = b'{"ev": [[1, 2.5], [3, -4e-3]], "wealth": [1, 2.5], "k": [1], "user_ids": ["a"]}'
    got = parse_large_json(body)

    assert got is not None
    assert isinstance(got["ev"], np.ndarray)
    assert isinstance(got["wealth"], np.ndarray)
    assert same(got, orjson.loads(body))


@pytest.mark.parametrize("sparse", [False, True])
def test_a_large_body_is_answered_as_its_small_parts_would_be(
    client: TestClient, sparse: bool
) -> None:
    ev = np.random.default_rng(2).random((80, 40))
    user, streamer = ev.nonzero()
    lists = {"user": user.tolist(), "streamer": streamer.tolist(), "ev": ev.ravel().tolist()}
    body = {"k": 1, "wealth": list(range(80)), "whale_share": 0.6}
    body |= {"candidates": lists} if sparse else {"ev": ev.tolist()}
    spelled = body | {"user_ids": [f"[{at}" for at in range(80)]}  # for the plain reader
    assert len(orjson.dumps(body)) > LARGE

    assert answer(client, body)["objective"] == answer(client, spelled)["objective"]
    body["wealth"] = ["1"] * 80
    refused = client.post("/allocate", json=body).json()
    assert refused["detail"] == "Expected numbers in wealth; position 0 is '1'."
