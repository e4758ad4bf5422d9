"""Every mistake in a request: one sentence, the field, the position, and never a 500."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

TWO = {"ev": [[1.0, 2.0], [3.0, 4.0]], "k": 1, "whales": ["0"]}
"""A good request, for its mistakes."""

PAIRS = {"user": [0, 1], "streamer": [0, 0], "ev": [1.0, 2.0]}


def without(*fields: str) -> dict[str, Any]:
    return {name: value for name, value in TWO.items() if name not in fields}


SPARSE = without("ev")

MISTAKES: list[tuple[Any, str, list[int], str]] = [
    # the matrix
    ({**TWO, "ev": [[1, 2], [3]]}, "ev", [1], "row 1 has 1"),  # ragged
    ({**TWO, "ev": [[1, 2], 3]}, "ev", [1], "row 1 is 3"),  # a row that is none
    ({**TWO, "ev": [[1, 2], [3, "4"]]}, "ev", [1, 1], "row 1, column 1 is '4'"),  # text
    ({**TWO, "ev": [[1, 2], [True, 4]]}, "ev", [1, 0], "is true"),  # true is no number
    ({**TWO, "ev": [[1, 2], [3, [4]]]}, "ev", [1, 1], "a list of 1"),  # three dimensions
    ({**TWO, "ev": [[1, 2], [3, 1e308]]}, "ev", [1, 1], "1e+308"),  # beyond arithmetic
    ({**TWO, "ev": [[1, 2], [3, -1e308]]}, "ev", [1, 1], "-1e+308"),
    ({**TWO, "ev": {"0": [1]}}, "ev", [], "an object"),
    ({**TWO, "ev": []}, "ev", [], "users; got 0"),  # no users
    ({**TWO, "ev": [[], []]}, "ev", [], "streamers; got 0"),  # no streamers
    # both or neither
    ({**TWO, "candidates": PAIRS}, "candidates", [], "ev and candidates"),
    (SPARSE, "ev", [], "got none"),
    ({**TWO, "wealth": [1, 2], "whale_share": 0.5}, "whales", [], "whale_share and whales"),
    (without("whales"), "whale_share", [], "got none"),
    # candidates
    ({**SPARSE, "candidates": {**PAIRS, "user": [0]}}, "candidates", [], "one length"),
    ({**SPARSE, "candidates": {**PAIRS, "user": [0, 0]}}, "candidates", [1], "each pair once"),
    ({**SPARSE, "candidates": {**PAIRS, "user": [0, -1]}}, "candidates.user", [1], "user -1"),
    ({**SPARSE, "candidates": {**PAIRS, "user": [0, 0.5]}}, "candidates.user", [1], "0.5"),
    ({**SPARSE, "candidates": {**PAIRS, "ev": [0, None]}}, "candidates.ev", [1], "null"),
    ({**SPARSE, "candidates": {**PAIRS, "ev": [0, 1e308]}}, "candidates.ev", [1], "1e+308"),
    ({**SPARSE, "candidates": {"user": [0]}}, "candidates.streamer", [], "got none"),
    ({**SPARSE, "candidates": [[0, 0, 1.0]]}, "candidates", [], "JSON object"),
    ({**SPARSE, "candidates": {**PAIRS, "streamer": [0, 10**15]}}, "candidates.streamer", [],
     "1,000,000 streamers"),  # would make a petabyte of streamers
    ({**SPARSE, "candidates": {**PAIRS, "streamer": [0, 7]}, "streamer_ids": ["a"]},
     "candidates.streamer", [1], "streamer 7"),
    # caps
    (without("k"), "k", [], "whale_penalty in its place; got neither"),
    ({**TWO, "k": None}, "k", [], "got neither"),
    ({**TWO, "k": -1}, "k", [], "k ≥ 0; got -1"),
    ({**TWO, "k": [1, -2]}, "k", [1], "streamer 1 has -2"),
    ({**TWO, "k": [1]}, "k", [], "one per streamer (2)"),
    ({**TWO, "k": 1.5}, "k", [], "1.5"),
    ({**TWO, "k": [1, 1.5]}, "k", [1], "1.5"),
    ({**TWO, "k": True}, "k", [], "true"),
    ({**TWO, "k": 2**64 - 1}, "k", [], "2^53"),
    ({**TWO, "capacity": -1}, "capacity", [], "got -1"),
    ({**TWO, "capacity": [1, 1, 1]}, "capacity", [], "one per streamer (2)"),
    ({**TWO, "capacity": "many"}, "capacity", [], "'many'"),
    # guarantees
    ({**TWO, "min_users": -1}, "min_users", [], "min_users ≥ 0; got -1"),
    ({**TWO, "min_users": [0, -2]}, "min_users", [1], "streamer 1 has -2"),
    ({**TWO, "min_users": [1, 1, 1]}, "min_users", [], "one per streamer (2)"),
    ({**TWO, "min_users": 0.5}, "min_users", [], "0.5"),
    ({**TWO, "min_users": "some"}, "min_users", [], "'some'"),
    ({**TWO, "min_users": 2**53}, "min_users", [], "but there are 2"),
    # penalties
    ({**TWO, "whale_penalty": []}, "whale_penalty", [], "a list of prices"),
    ({**TWO, "whale_penalty": 5}, "whale_penalty", [], "a list of numbers; got 5"),
    ({**TWO, "whale_penalty": [0, None]}, "whale_penalty", [1], "position 1 is null"),
    ({**TWO, "whale_penalty": [0, [1]]}, "whale_penalty", [1], "a list of 1"),
    ({**TWO, "whale_penalty": [0, -1]}, "whale_penalty", [1], "whale 2 has -1"),  # a bonus
    ({**TWO, "whale_penalty": [0, 1e300]}, "whale_penalty", [1], "1e+300"),  # beyond arithmetic
    ({**TWO, "whale_penalty": [0, 5, 2]}, "whale_penalty", [2],
     "whale 3 costs 2 after 5, and where an extra whale gets cheaper no flow"),  # not convex
    # several streamers a user
    ({**TWO, "max_streamers_per_user": 0}, "max_streamers_per_user", [], "1; got 0"),
    ({**TWO, "max_streamers_per_user": 1.5}, "max_streamers_per_user", [], "1.5"),
    ({**TWO, "max_streamers_per_user": [1, 2]}, "max_streamers_per_user", [], "[1, 2]"),
    ({**TWO, "max_streamers_per_user": True}, "max_streamers_per_user", [], "true"),
    ({**TWO, "max_streamers_per_user": None}, "max_streamers_per_user", [], "null"),
    ({**SPARSE, "candidates": {**PAIRS, "user": [0, 9**7], "streamer": [0, 999]},
      "max_streamers_per_user": 2**40}, "max_streamers_per_user", [],
     "100,000,000 places"),  # would make 40 GB of places
    # a warm start
    ({**TWO, "prices": {"whale_cap": {"9": 1}}}, "prices.whale_cap.9", [], "'9' is none of them"),
    ({**TWO, "prices": {"capacity": {"s0": 1}}, "streamer_ids": ["a", "b"]},
     "prices.capacity.s0", [], "among streamer_ids; 's0'"),
    ({**TWO, "prices": {"whale_cap": {"0": -1}}}, "prices.whale_cap.0", [], "0; got -1"),
    ({**TWO, "prices": {"whale_cap": {"0": "1"}}}, "prices.whale_cap.0", [], "got '1'"),
    ({**TWO, "prices": {"whale_cap": {"0": None}}}, "prices.whale_cap.0", [], "got null"),
    ({**TWO, "prices": {"whale_cap": [1]}}, "prices.whale_cap", [], "JSON object"),
    ({**TWO, "prices": {"k": {"0": 1}}}, "prices.k", [], "known fields"),  # the answer's names
    ({**TWO, "prices": [1, 2]}, "prices", [], "JSON object"),
    # when to stop
    ({**TWO, "tolerance": -0.1}, "tolerance", [], "0; got -0.1"),
    ({**TWO, "tolerance": 1.5}, "tolerance", [], "1; got 1.5"),  # as a percentage
    ({**TWO, "tolerance": "1 %"}, "tolerance", [], "'1 %'"),
    # whales
    ({**without("whales"), "whale_share": 0.5}, "wealth", [], "whale_share below 1; got none"),
    ({**without("whales"), "whale_threshold": 5}, "wealth", [], "whale_threshold; got none"),
    ({**without("whales"), "wealth": [1, 2], "whale_share": 0}, "whale_share", [], "greater"),
    ({**without("whales"), "wealth": [1, 2], "whale_share": 1.01}, "whale_share", [], "less"),
    ({**without("whales"), "wealth": [1], "whale_share": 0.5}, "wealth", [], "2 users; got 1"),
    ({**without("whales"), "wealth": [1, None], "whale_share": 0.5}, "wealth", [1], "null"),
    ({**TWO, "whales": ["9"]}, "whales", [0], "'9' is none of them"),
    ({**TWO, "whales": ["0", "0"]}, "whales", [1], "'0' is at 0 and 1"),
    ({**TWO, "whales": [0.5]}, "whales", [0], "position 0 is 0.5"),
    ({**TWO, "whales": [True]}, "whales", [0], "position 0 is true"),
    # ids
    ({**TWO, "user_ids": ["0"]}, "user_ids", [], "Expected 2 ids in user_ids; got 1"),
    ({**TWO, "user_ids": ["0", "0"]}, "user_ids", [1], "each id once"),
    ({**TWO, "streamer_ids": ["a", "b", "c"]}, "streamer_ids", [], "2 ids"),
    ({**TWO, "streamer_ids": ["a", "a"]}, "streamer_ids", [1], "each id once"),
    # choices
    ({**TWO, "algorithm": "magic"}, "algorithm", [], "'min-cost-flow'"),
    ({**TWO, "fill": "half"}, "fill", [], "'greedy'"),
    ({**TWO, "fill": "joint", "algorithm": "greedy-edges"}, "fill", [], "greedy-edges"),
    *[
        ({**TWO, **limit, "algorithm": "greedy-edges"}, "algorithm", [], "got greedy-edges")
        for limit in ({"min_users": 1}, {"whale_penalty": [1]}, {"max_streamers_per_user": 2})
    ],
    ({**TWO, "whale_cap": 2}, "whale_cap", [], "known fields"),
    ({**TWO, "k_max": 2}, "k_max", [], "known fields"),  # that is for the curve
    ([TWO], "body", [], "JSON object"),
    (7, "body", [], "JSON object"),
]  # fmt: skip


CURVE_MISTAKES: list[tuple[Any, str, list[int], str]] = [
    ({**TWO, "k_max": 0}, "k_max", [], "1; got 0"),
    ({**TWO, "k_max": 1001}, "k_max", [], "from 1 to 1,000; got 1,001"),  # beyond the setting
    ({**TWO, "k_max": 2.5}, "k_max", [], "2.5"),
    ({**TWO, "k_max": [1, 2]}, "k_max", [], "[1, 2]"),
    ({**TWO, "k_max": None}, "k_max", [], "null"),
    ({**TWO, "k": -1}, "k", [], "k ≥ 0; got -1"),
    ({**TWO, "whale_penalty": [2, 1]}, "whale_penalty", [1], "convex"),
    ({**TWO, "ev": [[1, 2], [3]]}, "ev", [1], "row 1 has 1"),
    (without("whales"), "whale_share", [], "got none"),
    # the curve is of the whale tier, and exact
    ({**TWO, "fill": "joint"}, "fill", [], "known fields"),
    ({**TWO, "algorithm": "min-cost-flow"}, "algorithm", [], "known fields"),
    ({**TWO, "prices": {}}, "prices", [], "known fields"),
    ({**TWO, "tolerance": 0.1}, "tolerance", [], "known fields"),
    ([TWO], "body", [], "JSON object"),
]


@pytest.mark.parametrize(
    ("route", "body", "field", "position", "fragment"),
    [("/allocate", *mistake) for mistake in MISTAKES]
    + [("/allocate/curve", *mistake) for mistake in CURVE_MISTAKES],
)
def test_a_mistake_is_answered_with_its_field_position_and_one_sentence(
    client: TestClient, route: str, body: Any, field: str, position: list[int], fragment: str
) -> None:
    response = client.post(route, json=body)
    problem = response.json()

    assert response.status_code == 422, problem
    assert response.headers["content-type"] == "application/problem+json"
    assert (problem["field"], problem["position"]) == (field, position)
    assert fragment in problem["detail"]
    assert problem["detail"].startswith("Expected ")
    assert problem["detail"].endswith(".")
    assert problem["status"] == 422


@pytest.mark.parametrize(
    ("body", "fragment"),
    [
        (b"", "empty"),
        (b"hello", "line 1 column 1"),
        (b'{"ev": [[1, NaN]]}', "null marks a forbidden pair"),
        (b'{"ev": [[1, -Infinity]]}', "null marks a forbidden pair"),
        (b'{"ev": [[1, 1e999]]}', "null marks a forbidden pair"),
        (b'{"ev": [[1]]', "line 1"),
        (b'{"user_ids": ["\xff"]}', "byte 16 of it, 0xff, is not UTF-8"),
        (b'{"user_ids": ["\\ud800"]}', "surrogate"),
        (b"[" * 5000, "depth"),
    ],
)
def test_a_body_that_is_not_json_is_a_bad_request(
    client: TestClient, body: bytes, fragment: str
) -> None:
    response = client.post("/allocate", content=body)

    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"].startswith("Expected a JSON body; ")
    assert fragment.lower() in response.json()["detail"].lower()


def test_a_body_beyond_the_limit_is_refused(client: TestClient) -> None:
    announced = client.post("/allocate", content=b" " * 1_000_001)
    streamed = client.post("/allocate", content=(b" " * 100_000 for _ in range(11)))

    for response in (announced, streamed):
        assert response.status_code == 413
        assert (
            response.json()["detail"]
            == "Expected a body of at most 1,000,000 bytes; got more (WHALE_MAX_BODY_BYTES)."
        )


@pytest.mark.parametrize(
    ("body", "field", "position", "fragment"),
    [
        ({"simulations": 0}, "simulations", [], "simulations ≥ 1"),
        ({"k_values": []}, "k_values", [], "at least one"),
        ({"k_values": [1, -1]}, "k_values", [1], "≥ 0"),
        ({"k_values": 3}, "k_values", [], "as a list"),
        ({"whale_shares": [0]}, "whale_shares", [0], "above 0"),
        ({"algorithms": ["magic"]}, "algorithms", [0], "one of"),
        ({"users_per_round": 20_000}, "users_per_round", [], "10000"),  # more than there are
        ({"rounds": "many"}, "rounds", [], "whole number"),
        ({"colour": "red"}, "colour", [], "settings among"),
        ({"world": {"colour": "red"}}, "world.colour", [], "settings among"),
        ({"world": {"n_users": 10**9}}, "world.n_users", [], "at most 10,000,000 pairs"),
        ({"simulations": 10**9}, "simulations", [], "at most 10,000 simulations"),
        ({"simulations": 10_000, "rounds": 10_000}, "simulations", [], "scored pairs"),
        ([], "config", [], "mapping"),
    ],
)
def test_a_mistake_in_a_sweep_is_answered_the_same_way(
    client: TestClient, body: Any, field: str, position: list[int], fragment: str
) -> None:
    response = client.post("/experiments/whale-sweep", json=body)
    problem = response.json()

    assert response.status_code == 422, problem
    assert response.headers["content-type"] == "application/problem+json"
    assert (problem["field"], problem["position"]) == (field, position)
    assert fragment in problem["detail"]


def test_an_unknown_page_and_a_wrong_method_are_problem_documents_too(client: TestClient) -> None:
    for response, status in ((client.get("/nowhere"), 404), (client.get("/allocate"), 405)):
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"


def test_an_unknown_include_is_refused(client: TestClient) -> None:
    response = client.post("/experiments/whale-sweep?include=everything", json={})

    assert response.status_code == 422
    assert response.json()["field"] == "include"


def test_every_field_that_is_wrong_is_listed(client: TestClient) -> None:
    wrong = {
        "ev": [[1.0, 1e300], [3.0, 4.0]],
        "k": [1],
        "capacity": -2,
        "min_users": [0, -1],
        "whale_penalty": [3, 1],
        "wealth": [1],
        "whale_share": 0.5,
        "user_ids": ["a", "a"],
        "streamer_ids": ["b"],
    }

    refused = client.post("/allocate", json=wrong)

    assert refused.status_code == 422
    listed = [each["field"] for each in refused.json()["errors"]]
    assert len(listed) == len(set(listed))
    assert {*listed} == wrong.keys() - {"whale_share"}
    for field in listed:  # each is told as it is where it alone is wrong
        one = {"ev": TWO["ev"], "k": 1, "whale_share": 1, field: wrong[field]}
        alone = client.post("/allocate", json=one).json()["errors"]
        assert [each["field"] for each in alone] == [field]
        assert alone[0] in refused.json()["errors"]
