"""POST /allocate/curve, through the real app."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from messages import Message
from tests.app.conftest import ON_THE_WAY, answer
from tests.app.reasons import has_reason

RIVALS = {
    "ev": [[9.0, 1.0], [8.0, 7.0], [6.0, 2.0]],
    "user_ids": ["u0", "u1", "u2"],
    "streamer_ids": ["s0", "s1"],
    "whales": ["u0", "u1", "u2"],
}
"""Three whales who all like s0 best."""


def curve(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    return answer(client, body, "/allocate/curve")


def test_a_curve_says_what_each_k_is_worth_and_where_it_flattens(client: TestClient) -> None:
    got = curve(client, RIVALS | {"k": 1, "k_max": 4})

    assert set(got.pop("timings_ms")) == {"decode", "curve"} | ON_THE_WAY
    assert got == {
        "k": [1, 2, 3, 4],
        "objective": [16.0, 22.0, 23.0, 23.0],
        "marginal": [16.0, 6.0, 1.0, 0.0],
        "slot_gain": {"s0": 6.0, "s1": 2.0},
        "notes": [
            "From k = 3 on, a larger k adds nothing",
            "k = 3 is worth 7 more than k = 1: half of that is reached at k = 2, 90 % at k = 3",
            "One more slot is worth most at s0: 6",
        ],
        "note_messages": [
            Message("curve_flat_from", k=3).as_mapping(),
            Message("curve_gain", k=3, gain=7.0, half=2, most=3).as_mapping(),
            Message("dearest_slot", streamer="s0", gain=6.0).as_mapping(),
        ],
    }


EV = np.random.default_rng(5).random((40, 6)) * np.array([5, 3, 2, 1, 1, 1])
WHALES = [str(user) for user in range(0, 40, 2)]


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"capacity": [0, 3, 9, 9, 9, 9]},
        {"capacity": [0, 0, 0, 0, 20, 1]},  # more whales at 4 than would want any
        {"whale_penalty": [0, 0.1, 0.4]},
        {"min_users": [0, 0, 1, 0, 0, 1], "capacity": 6},
        {"max_streamers_per_user": 2},
        {"k": [0, 1, 2, 3, 4, 5]},
    ],
)
@pytest.mark.parametrize("sparse", [False, True])
def test_a_curve_is_what_separate_allocations_are_worth(
    client: TestClient, limits: dict[str, Any], sparse: bool
) -> None:
    user, streamer = (EV > 0.5).nonzero()
    pairs = {"user": user, "streamer": streamer, "ev": EV[user, streamer]}
    lists = {"candidates": {name: values.tolist() for name, values in pairs.items()}}
    sizes = {"user_ids": [str(u) for u in range(40)], "streamer_ids": [str(s) for s in range(6)]}
    problem = {"whales": WHALES, **(lists | sizes if sparse else {"ev": EV.tolist()}), **limits}

    got = curve(client, problem | {"k_max": 20})
    one_by_one = [
        answer(client, problem | {"k": k, "fill": "none"})["objective"]["total"] for k in got["k"]
    ]

    assert got["k"] == [*range(1, 21)]
    assert got["objective"] == pytest.approx(one_by_one, rel=1e-9)
    assert np.cumsum(got["marginal"]) == pytest.approx(got["objective"])


def test_a_slot_gains_what_one_more_slot_adds(client: TestClient) -> None:
    k = [2, 1, 3, 4, 20, 0]
    problem = {"ev": EV.tolist(), "whales": WHALES, "fill": "none"}
    before = answer(client, problem | {"k": k})["objective"]["total"]
    added = {}
    for s in range(6):
        more = [each + (at == s) for at, each in enumerate(k)]
        added[str(s)] = answer(client, problem | {"k": more})["objective"]["total"] - before

    del problem["fill"]
    gain = curve(client, problem | {"k": k, "k_max": 1})["slot_gain"]

    assert 0 not in gain.values()
    assert {s: gain.get(s, 0.0) for s in added} == pytest.approx(added, abs=1e-9)


def test_k_counts_for_slot_gain_alone_and_is_unbounded_by_default(client: TestClient) -> None:
    without, narrow = curve(client, RIVALS), curve(client, RIVALS | {"k": [0, 1]})

    assert without["k"] == [*range(1, 21)]
    assert without["objective"] == narrow["objective"]
    assert without["slot_gain"] == {}
    assert narrow["slot_gain"] != {}
    assert curve(client, RIVALS | {"capacity": [1, 3]})["slot_gain"] == {"s0": 4.0}


def test_a_curve_that_ends_while_it_rises_says_so(client: TestClient) -> None:
    assert curve(client, RIVALS | {"k_max": 2})["notes"] == ["k = 2 still adds 6 to k = 1"]
    assert curve(client, RIVALS | {"k_max": 1})["notes"] == []


def test_a_curve_without_whales_is_flat_and_says_why(client: TestClient) -> None:
    got = curve(client, RIVALS | {"whales": [], "k_max": 3})

    assert got["objective"] == [0.0, 0.0, 0.0]
    assert got["notes"] == [
        "There are no whales: nobody is named, or nobody's wealth reaches the threshold."
    ]


def test_where_nobody_competes_a_larger_k_adds_nothing_from_1_on(client: TestClient) -> None:
    got = curve(client, RIVALS | {"whales": ["u0"], "k_max": 3})

    assert got["notes"] == ["From k = 1 on, a larger k adds nothing"]


def test_guarantees_that_whales_alone_cannot_keep_are_refused_by_id(client: TestClient) -> None:
    response = client.post("/allocate/curve", json=RIVALS | {"min_users": [0, 2], "k_max": 3})
    problem = response.json()

    assert response.status_code == 422
    assert (problem["field"], problem["position"]) == ("min_users", [1])
    assert problem["streamers"] == ["s1"]
    expected = Message(
        "guarantees_unmet", goal="curve", k_max=3, streamers=["s1"], needed=2, able="whales",
        possible=1, reason="none",
    )  # fmt: skip
    assert has_reason(problem, expected)
