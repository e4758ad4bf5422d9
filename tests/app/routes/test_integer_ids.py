"""Ids that are whole numbers: taken everywhere, and given back as numbers where JSON has them."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messages import Message
from tests.app.conftest import answer
from tests.app.payloads import ARROW, parquet, post, stream
from tests.app.reasons import has_reason

NUMBERED = {
    "ev": [[9.0, 1.0], [8.0, 7.0], [4.0, 3.0]],
    "user_ids": [17, -4, 2**63 - 1], "streamer_ids": [501, 502], "whales": [17, -4], "k": 1,
}  # fmt: skip
"""The example of the README, by numbers."""

AS_TEXT = NUMBERED | {
    name: [*map(str, NUMBERED[name])]
    for name in ("user_ids", "streamer_ids", "whales")  # type: ignore[call-overload]
}

ids = st.integers(-(2**63), 2**63 - 1) | st.text(max_size=3)


def test_numbers_come_back_as_numbers_but_for_the_names_of_members(client: TestClient) -> None:
    got = answer(client, NUMBERED)

    assert got["allocations"] == {"17": 501, "-4": 502, str(2**63 - 1): 501}
    assert got["whales"] == [17, -4]
    assert got["shadow_prices"]["whale_cap"] == {"501": 1.0}
    assert got["notes"] == answer(client, AS_TEXT)["notes"]


def test_several_streamers_of_a_user_are_numbers_too(client: TestClient) -> None:
    got = answer(client, NUMBERED | {"max_streamers_per_user": 2, "k": 2})

    assert got["allocations"]["17"] == [501, 502]


def test_an_explanation_has_numbers(client: TestClient) -> None:
    got = client.post("/allocate/explained", json=NUMBERED).json()

    assert got["ev"] == {"17": 9.0, "-4": 7.0, str(2**63 - 1): 4.0}
    assert [got["displaced"]["largest"][0][name] for name in ("user", "wanted", "got")] == [
        -4, 501, 502,
    ]  # fmt: skip
    assert [each["streamer"] for each in got["streamers"]["listed"]] == [501, 502]
    assert got["picture"]["whales"] == [17, -4]
    assert got["picture"]["streamers"] == got["picture"]["got"] == [501, 502]


@pytest.mark.parametrize("whales", [[17, "-4"], ["17", -4], ["17", "-4"]])
def test_17_and_its_text_are_one_id(client: TestClient, whales: list[Any]) -> None:
    assert answer(client, NUMBERED | {"whales": whales})["whales"] == [17, -4]
    assert answer(client, AS_TEXT | {"whales": whales})["whales"] == ["17", "-4"]


def test_prices_of_an_answer_start_the_next(client: TestClient) -> None:
    prices = answer(client, NUMBERED)["shadow_prices"]

    assert answer(client, NUMBERED | {"prices": prices})["objective"]["total"] == 20.0


def test_the_curve_and_the_own_sweep_take_numbers(client: TestClient) -> None:
    curve = client.post("/allocate/curve", json=NUMBERED | {"k_max": 2})
    own = {"ev": NUMBERED["ev"], "wealth": [3, 2, 1], "user_ids": [17, -4, 5],
           "streamer_ids": [501, 502], "k_values": [1], "whale_shares": [0.7],
           "simulations": 2}  # fmt: skip
    sweep = client.post("/experiments/own-sweep", json=own)

    assert curve.json()["slot_gain"] == {"501": 1.0}
    assert sweep.status_code == 200, sweep.text
    assert sweep.json()["results"][0]["shadow_prices"]["whale_cap"] == {"501": 1.0}


def test_a_guarantee_that_cannot_be_met_names_numbers(client: TestClient) -> None:
    problem = client.post("/allocate", json=NUMBERED | {"min_users": [0, 4], "capacity": 9}).json()

    assert problem["streamers"] == [502]
    assert has_reason(problem, Message("guarantees_unmet", streamers=["502"], needed=4))


def test_in_arrow_numbers_are_int64_and_text_is_text(client: TestClient) -> None:
    def columns(problem: dict[str, Any]) -> pa.Table:
        response = client.post("/allocate", json=problem, headers={"Accept": ARROW})
        return pa.ipc.open_stream(io.BytesIO(response.content)).read_all()

    numbers, text = columns(NUMBERED), columns(AS_TEXT)
    mixed = columns(NUMBERED | {"user_ids": [17, -4, "u"], "capacity": [1, 1]})

    assert numbers["user"].type == numbers["streamer"].type == pa.int64()
    assert numbers["user"].to_pylist() == [17, -4, 2**63 - 1]
    assert numbers["streamer"].to_pylist() == [501, 502, 501]
    assert text["user"].to_pylist() == ["17", "-4", str(2**63 - 1)]
    assert mixed["user"].to_pylist() == ["17", "-4", "u"]
    assert mixed["streamer"].to_pylist() == [501, 502, None]


@pytest.mark.parametrize("encode", [stream, parquet])
def test_candidates_by_text_find_ids_that_are_numbers(client: TestClient, encode: Any) -> None:
    table = pa.table({"user": ["17", "-4"], "streamer": ["501", "502"], "ev": [9.0, 7.0]})
    problem = {"k": 1, "user_ids": [17, -4], "streamer_ids": [501, 502], "whales": [17]}

    got = post(client, problem, candidates=encode(table)).json()

    assert got["allocations"] == {"17": 501, "-4": 502}
    assert got["whales"] == [17]


@pytest.mark.parametrize(
    ("field", "value", "position", "reason"),
    [
        ("user_ids", [17, "17", 3], 1, Message("ids_equal_as_text", id="17", other="'17'")),
        ("user_ids", [17, 3, 17], 2, Message("id_twice", id="17", first="0", second="2")),
        ("whales", [17, "17"], 1, Message("ids_equal_as_text", id="17", other="'17'")),
        ("whales", [99], 0, Message("id_unknown", among="user_ids", received="99")),
        ("user_ids", [True, 2, 3], 0, Message("item_expected", items="ids", received="true")),
        ("user_ids", [1, 2.0, 3], 1, Message("item_expected", items="ids", received="2.0")),
        ("user_ids", [1, 2, None], 2, Message("item_expected", items="ids", received="null")),
        ("streamer_ids", [2**63, 1], 0, Message("id_beyond_64_bits", received=str(2**63))),
        (
            "streamer_ids",
            [1, [2]],
            1,
            Message("item_expected", items="ids", received=Message("list_of", count=1)),
        ),
        ("streamer_ids", 5, None, Message("list_expected", items="ids", received="5")),
    ],
)
def test_what_is_no_id_is_refused_with_its_place(
    client: TestClient, field: str, value: Any, position: int | None, reason: Message
) -> None:
    response = client.post("/allocate", json=NUMBERED | {field: value})
    problem = response.json()

    assert response.status_code == 422
    assert has_reason(problem, reason)
    assert (problem["field"], problem["position"]) == (
        field,
        [] if position is None else [position],
    )


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(users=st.lists(ids, min_size=1, max_size=6), seed=st.integers(0, 99))
def test_any_ids_that_differ_as_text_go_through_unchanged(
    client: TestClient, users: list[Any], seed: int
) -> None:
    ev = np.random.default_rng(seed).random((len(users), 2)).tolist()
    body = {"ev": ev, "k": 9, "user_ids": users, "whales": users, "streamer_ids": [8, "nine"]}

    response = client.post("/allocate", content=json.dumps(body).encode())

    if len({*map(str, users)}) < len(users):
        assert response.json()["reason"]["code"] in ("id_twice", "ids_equal_as_text")
        return
    got = response.json()
    assert got["whales"] == users
    assert [type(each) for each in got["whales"]] == [type(each) for each in users]
    assert [*got["allocations"]] == [*map(str, users)]
    best = [8 if row[0] >= row[1] else "nine" for row in ev]
    assert [*got["allocations"].values()] == best
