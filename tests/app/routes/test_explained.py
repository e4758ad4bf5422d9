"""POST /allocate/explained, through the real app."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.allocations.explained import LEAST_DRAWN, MOST_DRAWN, answer_explained
from app.allocations.explained_schema import ExplainedAnswer
from app.allocations.requests import AllocateRequest
from app.observability.timings import Timings
from app.settings import Settings
from tests.app.conftest import answer
from tests.profiles import examples

PROBLEM = {
    "ev": [[9.0, 1.0], [8.0, 7.0], [6.0, None], [4.0, 3.0], [5.0, 2.0]],
    "user_ids": ["u0", "u1", "u2", "u3", "u4"], "streamer_ids": ["s0", "s1"],
    "k": 1, "capacity": [2, 3], "whales": ["u0", "u1", "u2"],
}  # fmt: skip


@pytest.fixture(scope="module")
def explained(client: TestClient) -> dict[str, Any]:
    return answer(client, PROBLEM, "/allocate/explained")


def test_it_is_the_allocation_with_more_to_it(
    client: TestClient, explained: dict[str, Any]
) -> None:
    plain = answer(client, PROBLEM)
    del plain["timings_ms"]

    assert {name: explained[name] for name in plain} == plain
    assert ExplainedAnswer.model_validate(explained)


def test_who_is_displaced_is_named_with_what_it_costs(explained: dict[str, Any]) -> None:
    displaced = explained["displaced"]

    assert [
        (each["user"], each["whale"], each["wanted"], each["got"], each["cost"])
        for each in displaced["largest"]
    ] == [("u2", True, "s0", None, 6.0), ("u4", False, "s0", "s1", 3.0),
          ("u1", True, "s0", "s1", 1.0)]  # fmt: skip
    assert (displaced["whales"], displaced["whale_cost"]) == (2, 7.0)
    assert (displaced["users"], displaced["cost"]) == (3, 10.0)


def test_the_worth_of_places_adds_up(explained: dict[str, Any]) -> None:
    assert explained["ev"] == {"u0": 9.0, "u1": 7.0, "u2": 0.0, "u3": 4.0, "u4": 2.0}
    assert sum(explained["ev"].values()) == explained["objective"]["total"]


def test_every_streamer_has_its_load_its_limits_and_its_prices(explained: dict[str, Any]) -> None:
    assert explained["streamers"] == {
        "count": 2,
        "listed": [
            {"streamer": "s0", "whales": 1, "users": 2, "wanted": 3, "k": 1, "capacity": 2,
             "price_k": 6.0, "price_capacity": 0.0},
            {"streamer": "s1", "whales": 1, "users": 2, "wanted": 0, "k": 1, "capacity": 3,
             "price_k": 0.0, "price_capacity": 0.0},
        ],
    }  # fmt: skip


def test_the_picture_has_forbidden_pairs_as_null(explained: dict[str, Any]) -> None:
    picture = explained["picture"]

    assert picture["whales"] == ["u0", "u1", "u2"]
    assert picture["ev"] == [[9.0, 1.0], [8.0, 7.0], [6.0, None]]
    assert picture["wanted"] == ["s0"] * 3
    assert picture["got"] == ["s0", "s1", None]


def test_users_whom_nobody_tried_to_place_are_not_displaced(client: TestClient) -> None:
    explained = answer(client, PROBLEM | {"fill": "none"}, "/allocate/explained")

    assert [each["user"] for each in explained["displaced"]["largest"]] == ["u2", "u1"]


def test_the_picture_of_many_is_cut_and_says_so(client: TestClient) -> None:
    ev = [[float((7 * u + 3 * s) % 11) for s in range(30)] for u in range(60)]
    problem = {"ev": ev, "k": 1, "whales": [str(u) for u in range(60)]}
    picture = answer(client, problem, "/allocate/explained")["picture"]

    assert (len(picture["whales"]), picture["of_whales"]) == (40, 60)
    assert (len(picture["streamers"]), picture["of_streamers"]) == (30, 30)
    assert {*picture["got"]} - {None} <= {*picture["streamers"]}


@given(shape=st.tuples(st.integers(1, 70), st.integers(1, 90)), k=st.integers(1, 3),
       seed=st.integers(0, 99))  # fmt: skip
@examples(25)
def test_every_drawn_whale_has_its_streamer_in_the_picture(
    shape: tuple[int, int], k: int, seed: int
) -> None:
    ev = np.random.default_rng(seed).random(shape).round(1)
    request = AllocateRequest(ev=ev, whales=[*map(str, range(shape[0]))], k=k)
    picture = answer_explained(request, Settings(), Timings())["picture"]

    streamers = picture["streamers"]
    assert len(picture["whales"]) == min(shape[0], MOST_DRAWN)
    assert {*picture["got"]} - {None} <= {*streamers}
    assert len({*streamers}) == len(streamers) <= MOST_DRAWN
    assert len(streamers) >= min(shape[1], LEAST_DRAWN)


def test_several_streamers_a_user_are_refused(client: TestClient) -> None:
    refused = client.post("/allocate/explained", json=PROBLEM | {"max_streamers_per_user": 2})

    assert refused.status_code == 422
    assert refused.json()["field"] == "max_streamers_per_user"
