"""Every mistake in a request: one sentence, the field, the position, and never a 500."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from messages import Message
from tests.app.reasons import has_reason

TWO = {"ev": [[1.0, 2.0], [3.0, 4.0]], "k": 1, "whales": ["0"]}
"""A good request, for its mistakes."""

PAIRS = {"user": [0, 1], "streamer": [0, 0], "ev": [1.0, 2.0]}


def without(*fields: str) -> dict[str, Any]:
    return {name: value for name, value in TWO.items() if name not in fields}


SPARSE = without("ev")

MISTAKES: list[tuple[Any, str, list[int], Message]] = [
    # the matrix
    (
        {**TWO, "ev": [[1, 2], [3]]},
        "ev",
        [1],
        Message("rows_of_different_lengths", field="ev", expected=2, row=1, received=1),
    ),  # ragged
    (
        {**TWO, "ev": [[1, 2], 3]},
        "ev",
        [1],
        Message("row_not_list", field="ev", row=1, received="3"),
    ),  # a row that is none
    (
        {**TWO, "ev": [[1, 2], [3, "4"]]},
        "ev",
        [1, 1],
        Message("matrix_number_expected", field="ev", row=1, column=1, received="'4'"),
    ),  # text
    (
        {**TWO, "ev": [[1, 2], [True, 4]]},
        "ev",
        [1, 0],
        Message("matrix_number_expected", field="ev", row=1, column=0, received="true"),
    ),  # true is no number
    (
        {**TWO, "ev": [[1, 2], [3, [4]]]},
        "ev",
        [1, 1],
        Message(
            "matrix_number_expected",
            field="ev",
            row=1,
            column=1,
            received=Message("list_of", count=1),
        ),
    ),  # three dimensions
    (
        {**TWO, "ev": [[1, 2], [3, 1e308]]},
        "ev",
        [1, 1],
        Message("ev_out_of_range", user=1, streamer=1, received="1e+308"),
    ),  # beyond arithmetic
    (
        {**TWO, "ev": [[1, 2], [3, -1e308]]},
        "ev",
        [1, 1],
        Message("ev_out_of_range", user=1, streamer=1, received="-1e+308"),
    ),
    (
        {**TWO, "ev": {"0": [1]}},
        "ev",
        [],
        Message("rows_expected", field="ev", received=Message("json_object")),
    ),
    ({**TWO, "ev": []}, "ev", [], Message("count_empty", side="user", most=10000000)),  # no users
    (
        {**TWO, "ev": [[], []]},
        "ev",
        [],
        Message("count_empty", side="streamer", most=1000000),
    ),  # no streamers
    # both or neither
    (
        {**TWO, "candidates": PAIRS},
        "candidates",
        [],
        Message("one_field_expected", fields=["ev", "candidates"], received=["ev", "candidates"]),
    ),
    (
        SPARSE,
        "ev",
        [],
        Message("one_field_expected", fields=["ev", "candidates"], received=Message("no_value")),
    ),
    (
        {**TWO, "wealth": [1, 2], "whale_share": 0.5},
        "whales",
        [],
        Message(
            "one_field_expected",
            fields=["whale_share", "whale_threshold", "whales"],
            received=["whale_share", "whales"],
        ),
    ),
    (
        without("whales"),
        "whale_share",
        [],
        Message(
            "one_field_expected",
            fields=["whale_share", "whale_threshold", "whales"],
            received=Message("no_value"),
        ),
    ),
    # candidates
    (
        {**SPARSE, "candidates": {**PAIRS, "user": [0]}},
        "candidates",
        [],
        Message("candidate_lengths_differ", users=1, streamers=2, values=2),
    ),
    (
        {**SPARSE, "candidates": {**PAIRS, "user": [0, 0]}},
        "candidates",
        [1],
        Message("candidate_twice", user=0, streamer=0, first=0, second=1),
    ),
    (
        {**SPARSE, "candidates": {**PAIRS, "user": [0, -1]}},
        "candidates.user",
        [1],
        Message("candidate_position_out_of_range", side="user", last=0, candidate=1, received=-1),
    ),
    (
        {**SPARSE, "candidates": {**PAIRS, "user": [0, 0.5]}},
        "candidates.user",
        [1],
        Message("item_expected", field="user", items="whole_numbers", position=1, received="0.5"),
    ),
    (
        {**SPARSE, "candidates": {**PAIRS, "ev": [0, None]}},
        "candidates.ev",
        [1],
        Message("item_expected", field="ev", items="numbers", position=1, received="null"),
    ),
    (
        {**SPARSE, "candidates": {**PAIRS, "ev": [0, 1e308]}},
        "candidates.ev",
        [1],
        Message("candidate_ev_out_of_range", candidate=1, received="1e+308", is_forbidden=False),
    ),
    (
        {**SPARSE, "candidates": {"user": [0]}},
        "candidates.streamer",
        [],
        Message("field_missing", field="candidates.streamer"),
    ),
    (
        {**SPARSE, "candidates": [[0, 0, 1.0]]},
        "candidates",
        [],
        Message("object_expected", field="candidates", received="[[0, 0, 1.0]]"),
    ),
    (
        {**SPARSE, "candidates": {**PAIRS, "streamer": [0, 10**15]}},
        "candidates.streamer",
        [],
        Message(
            "count_limited",
            side="streamer",
            most=1000000,
            received=1000000000000001,
            setting="WHALE_MAX_STREAMERS",
        ),
    ),  # would make a petabyte of streamers
    (
        {**SPARSE, "candidates": {**PAIRS, "streamer": [0, 7]}, "streamer_ids": ["a"]},
        "candidates.streamer",
        [1],
        Message(
            "candidate_position_out_of_range", side="streamer", last=0, candidate=1, received=7
        ),
    ),
    # caps
    (without("k"), "k", [], Message("k_or_penalty_missing")),
    ({**TWO, "k": None}, "k", [], Message("k_or_penalty_missing")),
    (
        {**TWO, "k": -1},
        "k",
        [],
        Message("cap_out_of_range", field="k", bound="least", received="-1"),
    ),
    (
        {**TWO, "k": [1, -2]},
        "k",
        [1],
        Message("streamer_cap_out_of_range", field="k", bound="least", received="-2", streamer=1),
    ),
    (
        {**TWO, "k": [1]},
        "k",
        [],
        Message("one_or_each_expected", field="k", streamers=2, shape="(1,)"),
    ),
    ({**TWO, "k": 1.5}, "k", [], Message("cap_expected", field="k", received="1.5")),
    (
        {**TWO, "k": [1, 1.5]},
        "k",
        [1],
        Message("item_expected", field="k", items="whole_numbers", position=1, received="1.5"),
    ),
    ({**TWO, "k": True}, "k", [], Message("cap_expected", field="k", received="true")),
    (
        {**TWO, "k": 2**64 - 1},
        "k",
        [],
        Message("cap_out_of_range", field="k", bound="most", received="18446744073709551615"),
    ),
    (
        {**TWO, "capacity": -1},
        "capacity",
        [],
        Message("cap_out_of_range", field="capacity", bound="least", received="-1"),
    ),
    (
        {**TWO, "capacity": [1, 1, 1]},
        "capacity",
        [],
        Message("one_or_each_expected", field="capacity", streamers=2, shape="(3,)"),
    ),
    (
        {**TWO, "capacity": "many"},
        "capacity",
        [],
        Message("cap_expected", field="capacity", received="'many'"),
    ),
    # guarantees
    (
        {**TWO, "min_users": -1},
        "min_users",
        [],
        Message("cap_out_of_range", field="min_users", bound="least", received="-1"),
    ),
    (
        {**TWO, "min_users": [0, -2]},
        "min_users",
        [1],
        Message(
            "streamer_cap_out_of_range", field="min_users", bound="least", received="-2", streamer=1
        ),
    ),
    (
        {**TWO, "min_users": [1, 1, 1]},
        "min_users",
        [],
        Message("one_or_each_expected", field="min_users", streamers=2, shape="(3,)"),
    ),
    (
        {**TWO, "min_users": 0.5},
        "min_users",
        [],
        Message("cap_expected", field="min_users", received="0.5"),
    ),
    (
        {**TWO, "min_users": "some"},
        "min_users",
        [],
        Message("cap_expected", field="min_users", received="'some'"),
    ),
    (
        {**TWO, "min_users": 2**53},
        "min_users",
        [],
        Message(
            "guarantee_above_limit", limit="users", streamer="0", needed=9007199254740992, room=2
        ),
    ),
    # penalties
    (
        {**TWO, "whale_penalty": []},
        "whale_penalty",
        [],
        Message("penalty_list_expected", dimensions=1, type="float64", values=0),
    ),
    (
        {**TWO, "whale_penalty": 5},
        "whale_penalty",
        [],
        Message("list_expected", field="whale_penalty", items="numbers", received="5"),
    ),
    (
        {**TWO, "whale_penalty": [0, None]},
        "whale_penalty",
        [1],
        Message(
            "item_expected", field="whale_penalty", items="numbers", position=1, received="null"
        ),
    ),
    (
        {**TWO, "whale_penalty": [0, [1]]},
        "whale_penalty",
        [1],
        Message(
            "item_expected",
            field="whale_penalty",
            items="numbers",
            position=1,
            received=Message("list_of", count=1),
        ),
    ),
    (
        {**TWO, "whale_penalty": [0, -1]},
        "whale_penalty",
        [1],
        Message("penalty_out_of_range", whale=2, received="-1.0"),
    ),  # a bonus
    (
        {**TWO, "whale_penalty": [0, 1e300]},
        "whale_penalty",
        [1],
        Message("penalty_out_of_range", whale=2, received="1e+300"),
    ),  # beyond arithmetic
    (
        {**TWO, "whale_penalty": [0, 5, 2]},
        "whale_penalty",
        [2],
        Message("penalty_not_convex", whale=3, price=2.0, before=5.0),
    ),  # not convex
    # several streamers a user
    (
        {**TWO, "max_streamers_per_user": 0},
        "max_streamers_per_user",
        [],
        Message(
            "bound_expected",
            field="max_streamers_per_user",
            bound="at_least",
            limit=1,
            received="0",
        ),
    ),
    (
        {**TWO, "max_streamers_per_user": 1.5},
        "max_streamers_per_user",
        [],
        Message("type_expected", field="max_streamers_per_user", type="integer", received="1.5"),
    ),
    (
        {**TWO, "max_streamers_per_user": [1, 2]},
        "max_streamers_per_user",
        [],
        Message("type_expected", field="max_streamers_per_user", type="integer", received="[1, 2]"),
    ),
    (
        {**TWO, "max_streamers_per_user": True},
        "max_streamers_per_user",
        [],
        Message("type_expected", field="max_streamers_per_user", type="integer", received="true"),
    ),
    (
        {**TWO, "max_streamers_per_user": None},
        "max_streamers_per_user",
        [],
        Message("type_expected", field="max_streamers_per_user", type="integer", received="null"),
    ),
    (
        {
            **SPARSE,
            "candidates": {**PAIRS, "user": [0, 9**7], "streamer": [0, 999]},
            "max_streamers_per_user": 2**40,
        },
        "max_streamers_per_user",
        [],
        Message("places_limited", most=100000000, received=4782970000),
    ),  # would make 40 GB of places
    # a warm start
    (
        {**TWO, "prices": {"whale_cap": {"9": 1}}},
        "prices.whale_cap.9",
        [],
        Message("price_id_unknown", field="prices.whale_cap", among="streamers", received="'9'"),
    ),
    (
        {**TWO, "prices": {"capacity": {"s0": 1}}, "streamer_ids": ["a", "b"]},
        "prices.capacity.s0",
        [],
        Message("price_id_unknown", field="prices.capacity", among="streamer_ids", received="'s0'"),
    ),
    (
        {**TWO, "prices": {"whale_cap": {"0": -1}}},
        "prices.whale_cap.0",
        [],
        Message(
            "bound_expected", field="prices.whale_cap.0", bound="at_least", limit=0.0, received="-1"
        ),
    ),
    (
        {**TWO, "prices": {"whale_cap": {"0": "1"}}},
        "prices.whale_cap.0",
        [],
        Message("type_expected", field="prices.whale_cap.0", type="number", received="'1'"),
    ),
    (
        {**TWO, "prices": {"whale_cap": {"0": None}}},
        "prices.whale_cap.0",
        [],
        Message("type_expected", field="prices.whale_cap.0", type="number", received="null"),
    ),
    (
        {**TWO, "prices": {"whale_cap": [1]}},
        "prices.whale_cap",
        [],
        Message("object_expected", field="prices.whale_cap", received="[1]"),
    ),
    (
        {**TWO, "prices": {"k": {"0": 1}}},
        "prices.k",
        [],
        Message("field_unknown", field="prices.k"),
    ),  # the answer's names
    (
        {**TWO, "prices": [1, 2]},
        "prices",
        [],
        Message("object_expected", field="prices", received="[1, 2]"),
    ),
    # when to stop
    (
        {**TWO, "tolerance": -0.1},
        "tolerance",
        [],
        Message("bound_expected", field="tolerance", bound="at_least", limit=0.0, received="-0.1"),
    ),
    (
        {**TWO, "tolerance": 1.5},
        "tolerance",
        [],
        Message("bound_expected", field="tolerance", bound="at_most", limit=1.0, received="1.5"),
    ),  # as a percentage
    (
        {**TWO, "tolerance": "1 %"},
        "tolerance",
        [],
        Message("type_expected", field="tolerance", type="number", received="'1 %'"),
    ),
    # whales
    (
        {**without("whales"), "whale_share": 0.5},
        "wealth",
        [],
        Message("wealth_missing", rule="whale_share"),
    ),
    (
        {**without("whales"), "whale_threshold": 5},
        "wealth",
        [],
        Message("wealth_missing", rule="whale_threshold"),
    ),
    (
        {**without("whales"), "wealth": [1, 2], "whale_share": 0},
        "whale_share",
        [],
        Message("bound_expected", field="whale_share", bound="above", limit=0.0, received="0"),
    ),
    (
        {**without("whales"), "wealth": [1, 2], "whale_share": 1.01},
        "whale_share",
        [],
        Message("bound_expected", field="whale_share", bound="at_most", limit=1.0, received="1.01"),
    ),
    (
        {**without("whales"), "wealth": [1], "whale_share": 0.5},
        "wealth",
        [],
        Message("wealth_count", users=2, received=1),
    ),
    (
        {**without("whales"), "wealth": [1, None], "whale_share": 0.5},
        "wealth",
        [1],
        Message("item_expected", field="wealth", items="numbers", position=1, received="null"),
    ),
    (
        {**TWO, "whales": ["9"]},
        "whales",
        [0],
        Message("id_unknown", field="whales", among="users", received="'9'"),
    ),
    (
        {**TWO, "whales": ["0", "0"]},
        "whales",
        [1],
        Message("id_twice", field="whales", id="'0'", first="0", second="1"),
    ),
    (
        {**TWO, "whales": [0.5]},
        "whales",
        [0],
        Message("item_expected", field="whales", items="ids", position=0, received="0.5"),
    ),
    (
        {**TWO, "whales": [True]},
        "whales",
        [0],
        Message("item_expected", field="whales", items="ids", position=0, received="true"),
    ),
    # ids
    (
        {**TWO, "user_ids": ["0"]},
        "user_ids",
        [],
        Message("ids_count", expected=2, field="user_ids", received=1),
    ),
    (
        {**TWO, "user_ids": ["0", "0"]},
        "user_ids",
        [1],
        Message("id_twice", field="user_ids", id="'0'", first="0", second="1"),
    ),
    (
        {**TWO, "streamer_ids": ["a", "b", "c"]},
        "streamer_ids",
        [],
        Message("ids_count", expected=2, field="streamer_ids", received=3),
    ),
    (
        {**TWO, "streamer_ids": ["a", "a"]},
        "streamer_ids",
        [1],
        Message("id_twice", field="streamer_ids", id="'a'", first="0", second="1"),
    ),
    # choices
    (
        {**TWO, "algorithm": "magic"},
        "algorithm",
        [],
        Message(
            "choice_expected",
            field="algorithm",
            choices=["'min-cost-flow'", "'greedy-edges'", "'greedy-swaps'"],
            received="'magic'",
        ),
    ),
    (
        {**TWO, "fill": "half"},
        "fill",
        [],
        Message(
            "choice_expected",
            field="fill",
            choices=["'greedy'", "'joint'", "'none'"],
            received="'half'",
        ),
    ),
    (
        {**TWO, "fill": "joint", "algorithm": "greedy-edges"},
        "fill",
        [],
        Message("joint_fill_unavailable", algorithm="greedy-edges"),
    ),
    *[
        (
            {**TWO, **limit, "algorithm": "greedy-edges"},
            "algorithm",
            [],
            Message("limits_unavailable", algorithm="greedy-edges"),
        )
        for limit in ({"min_users": 1}, {"whale_penalty": [1]}, {"max_streamers_per_user": 2})
    ],
    ({**TWO, "whale_cap": 2}, "whale_cap", [], Message("field_unknown", field="whale_cap")),
    (
        {**TWO, "k_max": 2},
        "k_max",
        [],
        Message("field_unknown", field="k_max"),
    ),  # that is for the curve
    (
        [TWO],
        "body",
        [],
        Message(
            "object_expected",
            field="body",
            received="[{'ev': [[1.0, 2.0], [3.0, 4.0]], 'k': 1, 'whales': ['0']}]",
        ),
    ),
    (7, "body", [], Message("object_expected", field="body", received="7")),
]


CURVE_MISTAKES: list[tuple[Any, str, list[int], Message]] = [
    (
        {**TWO, "k_max": 0},
        "k_max",
        [],
        Message("bound_expected", field="k_max", bound="at_least", limit=1, received="0"),
    ),
    (
        {**TWO, "k_max": 1001},
        "k_max",
        [],
        Message("k_max_limited", most=1000, received=1001),
    ),  # beyond the setting
    (
        {**TWO, "k_max": 2.5},
        "k_max",
        [],
        Message("type_expected", field="k_max", type="integer", received="2.5"),
    ),
    (
        {**TWO, "k_max": [1, 2]},
        "k_max",
        [],
        Message("type_expected", field="k_max", type="integer", received="[1, 2]"),
    ),
    (
        {**TWO, "k_max": None},
        "k_max",
        [],
        Message("type_expected", field="k_max", type="integer", received="null"),
    ),
    (
        {**TWO, "k": -1},
        "k",
        [],
        Message("cap_out_of_range", field="k", bound="least", received="-1"),
    ),
    (
        {**TWO, "whale_penalty": [2, 1]},
        "whale_penalty",
        [1],
        Message("penalty_not_convex", whale=2, price=1.0, before=2.0),
    ),
    (
        {**TWO, "ev": [[1, 2], [3]]},
        "ev",
        [1],
        Message("rows_of_different_lengths", field="ev", expected=2, row=1, received=1),
    ),
    (
        without("whales"),
        "whale_share",
        [],
        Message(
            "one_field_expected",
            fields=["whale_share", "whale_threshold", "whales"],
            received=Message("no_value"),
        ),
    ),
    # the curve is of the whale tier, and exact
    ({**TWO, "fill": "joint"}, "fill", [], Message("field_unknown", field="fill")),
    (
        {**TWO, "algorithm": "min-cost-flow"},
        "algorithm",
        [],
        Message("field_unknown", field="algorithm"),
    ),
    ({**TWO, "prices": {}}, "prices", [], Message("field_unknown", field="prices")),
    ({**TWO, "tolerance": 0.1}, "tolerance", [], Message("field_unknown", field="tolerance")),
    (
        [TWO],
        "body",
        [],
        Message(
            "object_expected",
            field="body",
            received="[{'ev': [[1.0, 2.0], [3.0, 4.0]], 'k': 1, 'whales': ['0']}]",
        ),
    ),
]


@pytest.mark.parametrize(
    ("route", "body", "field", "position", "reason"),
    [("/allocate", *mistake) for mistake in MISTAKES]
    + [("/allocate/curve", *mistake) for mistake in CURVE_MISTAKES],
)
def test_a_mistake_is_answered_with_its_field_position_and_one_sentence(
    client: TestClient, route: str, body: Any, field: str, position: list[int], reason: Message
) -> None:
    response = client.post(route, json=body)
    problem = response.json()

    assert response.status_code == 422, problem
    assert response.headers["content-type"] == "application/problem+json"
    assert (problem["field"], problem["position"]) == (field, position)
    assert problem["reason"] == reason.as_mapping()
    assert problem["status"] == 422


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Message("json_malformed")),
        (b"hello", Message("json_malformed")),
        (b'{"ev": [[1, NaN]]}', Message("json_without_nan")),
        (b'{"ev": [[1, -Infinity]]}', Message("json_without_nan")),
        (b'{"ev": [[1, 1e999]]}', Message("json_without_nan")),
        (b'{"ev": [[1]]', Message("json_malformed")),
        (b'{"user_ids": ["\xff"]}', Message("json_not_utf8", place=16, byte="0xff")),
        (b'{"user_ids": ["\\ud800"]}', Message("json_malformed")),
        (b"[" * 5000, Message("json_malformed")),
    ],
)
def test_a_body_that_is_not_json_is_a_bad_request(
    client: TestClient, body: bytes, reason: Message
) -> None:
    response = client.post("/allocate", content=body)

    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert has_reason(response.json(), reason)


def test_a_body_beyond_the_limit_is_refused(client: TestClient) -> None:
    announced = client.post("/allocate", content=b" " * 1_000_001)
    streamed = client.post("/allocate", content=(b" " * 100_000 for _ in range(11)))

    for response in (announced, streamed):
        assert response.status_code == 413
        assert has_reason(response.json(), Message("body_too_large", most=1_000_000))


@pytest.mark.parametrize(
    ("body", "field", "position", "reason"),
    [
        ({"simulations": 0}, "simulations", [], Message("setting_at_least", bound="1")),
        ({"k_values": []}, "k_values", [], Message("setting_empty")),
        ({"k_values": [1, -1]}, "k_values", [1], Message("setting_at_least", bound="0")),
        ({"k_values": 3}, "k_values", [], Message("setting_list", received="3")),
        ({"whale_shares": [0]}, "whale_shares", [0], Message("setting_above", above="0")),
        (
            {"algorithms": ["magic"]},
            "algorithms",
            [0],
            Message("setting_one_of", received="'magic'"),
        ),
        (
            {"users_per_round": 20_000},
            "users_per_round",
            [],
            Message("setting_at_most", bound="10000"),
        ),
        ({"rounds": "many"}, "rounds", [], Message("setting_whole", received="'many'")),
        ({"colour": "red"}, "colour", [], Message("setting_unknown", received="colour")),
        (
            {"world": {"colour": "red"}},
            "world.colour",
            [],
            Message("setting_unknown", received="world.colour"),
        ),
        (
            {"world": {"n_users": 10**9}},
            "world.n_users",
            [],
            Message("sweep_pairs", most=10_000_000),
        ),
        ({"simulations": 10**9}, "simulations", [], Message("sweep_most_simulations", most=10_000)),
        (
            {"simulations": 10_000, "rounds": 10_000},
            "simulations",
            [],
            Message("sweep_scored_pairs"),
        ),
        ([], "config", [], Message("setting_mapping", received="[]")),
        (
            {"minimum_effect": 1},
            "minimum_effect",
            [],
            Message("setting_mapping_in", field="minimum_effect", received="1"),
        ),
    ],
)
def test_a_mistake_in_a_sweep_is_answered_the_same_way(
    client: TestClient, body: Any, field: str, position: list[int], reason: Message
) -> None:
    response = client.post("/experiments/whale-sweep", json=body)
    problem = response.json()

    assert response.status_code == 422, problem
    assert response.headers["content-type"] == "application/problem+json"
    assert (problem["field"], problem["position"]) == (field, position)
    assert has_reason(problem, reason)


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
