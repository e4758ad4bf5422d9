"""POST /allocate, through the real app."""

from __future__ import annotations

import numpy as np
import pytest
from fastapi.testclient import TestClient
from scipy.optimize import linear_sum_assignment

from messages import Message
from tests.app.conftest import ON_THE_WAY, answer

DESIGN = {
    "ev": [[85.3, 12.0], [40.1, None]],
    "k": 2,
    "wealth": [52340.5, 18.2],
    "whale_share": 0.01,
    "user_ids": ["u0", "u1"],
    "streamer_ids": ["s0", "s1"],
}
"""The example of the design."""

RIVALS = {"ev": [[9.0, 1.0], [8.0, 7.0]], "k": 1, "whales": ["0", "1"]}
"""Two whales who both want streamer 0; moving the second costs 1."""


NEVER_BINDS = Message("k_never_binds", k=Message("k_equal", k=2), most=1)


def test_the_example_of_the_design_is_answered_as_designed(client: TestClient) -> None:
    got = answer(client, DESIGN)

    steps = {"decode", "whale_tier", "normal_tier", "certificate"}
    assert set(got.pop("timings_ms")) == steps | ON_THE_WAY
    assert got == {
        "allocations": {"u0": "s0", "u1": "s0"},
        "whales": ["u0"],
        "objective": {"whale": 85.3, "normal": 40.1, "total": 125.4},
        "certificate": {
            "scope": "whale",
            "upper_bound": 85.3,
            "gap": 0.0,
            "proven_optimal": True,
        },
        "shadow_prices": {"whale_cap": {}, "capacity": {}},
        "screening": {"arcs": 2, "contested_arcs": 0},
        "metrics": {
            "overload_rate": 0.0,
            "streamer_gini": 0.5,
            "unallocated_users": 0,
            "unallocated_whales": 0,
            "streamers_at_whale_cap": 0,
            "max_whales_per_streamer": 1,
        },
        "notes": ["k = 2 never binds: the largest number of whales that want one streamer is 1"],
        "note_messages": [NEVER_BINDS.as_mapping()],
    }


def test_a_cap_that_binds_moves_the_whale_whom_it_costs_least_and_has_a_price(
    client: TestClient,
) -> None:
    got = answer(client, RIVALS)

    assert got["allocations"] == {"0": "0", "1": "1"}
    assert got["shadow_prices"] == {"whale_cap": {"0": 1.0}, "capacity": {}}
    assert got["certificate"]["proven_optimal"]
    assert got["metrics"]["streamers_at_whale_cap"] == 2
    binds = Message("k_binds", k=Message("k_equal", k=1), streamers=1, most="0", wanted=2)
    slot = Message("dearest_whale_slot", streamer="0", price=1.0)
    assert got["note_messages"] == [binds.as_mapping(), slot.as_mapping()]


def test_candidates_are_answered_as_the_matrix_they_list(client: TestClient) -> None:
    candidates = {"user": [1, 0, 1, 0], "streamer": [1, 0, 0, 1], "ev": [7.0, 9.0, 8.0, 1.0]}
    sparse = answer(client, {"candidates": candidates, "k": 1, "whales": ["0", "1"]})
    dense = answer(client, RIVALS)

    del sparse["timings_ms"], dense["timings_ms"]
    assert sparse == dense


def test_candidates_count_users_and_streamers_that_no_pair_names(client: TestClient) -> None:
    body = {
        "candidates": {"user": [0], "streamer": [0], "ev": [5.0]},
        "k": [1, 1, 1],
        "wealth": [1.0, 2.0],
        "whale_share": 0.5,
    }
    got = answer(client, body)

    assert got["allocations"] == {"0": "0", "1": None}
    assert got["whales"] == ["1"]
    assert got["metrics"]["streamer_gini"] == pytest.approx(2 / 3)


def test_whales_are_those_at_least_as_wealthy_as_the_threshold(client: TestClient) -> None:
    body = {"ev": [[1], [1], [1]], "k": 3, "wealth": [5, 10, 15], "whale_threshold": 10}

    assert answer(client, body)["whales"] == ["1", "2"]


def test_a_whole_share_makes_everybody_a_whale_and_needs_no_wealth(client: TestClient) -> None:
    rivals = {name: value for name, value in RIVALS.items() if name != "whales"}
    got = answer(client, rivals | {"whale_share": 1})

    assert got["whales"] == ["0", "1"]
    assert got["objective"]["whale"] == 16


def test_nobody_may_be_a_whale(client: TestClient) -> None:
    got = answer(client, {"ev": [[1.0]], "k": 1, "whales": []})

    assert got["allocations"] == {"0": "0"}
    assert got["notes"] == [
        "There are no whales: nobody is named, or nobody's wealth reaches the threshold."
    ]


def test_whales_whom_nobody_can_take_are_null_and_said_to_be(client: TestClient) -> None:
    got = answer(client, {"ev": [[5.0], [-1.0], [4.0]], "k": 1, "whales": ["0", "1", "2"]})

    assert got["allocations"] == {"0": "0", "1": None, "2": None}
    assert got["metrics"]["unallocated_users"] == 2
    assert got["metrics"]["unallocated_whales"] == 2
    assert got["notes"][0] == (
        "2 of 3 whales have no streamer: 1 because their EV is below 0 at every streamer they may "
        "go to, 1 because k · streamers = 1 slot"
    )


@pytest.mark.parametrize(
    ("fill", "allocations", "scope"),
    [
        ("none", {"0": "0", "1": None, "2": None}, "whale"),
        ("greedy", {"0": "0", "1": "1", "2": None}, "whale"),
        ("joint", {"0": "0", "1": None, "2": "1"}, "joint"),
    ],
)
def test_fill_decides_what_becomes_of_normal_users(
    client: TestClient, fill: str, allocations: dict[str, str | None], scope: str
) -> None:
    ev = [[9.0, 1.0], [5.0, 2.0], [6.0, 4.0]]
    got = answer(client, {"ev": ev, "k": 1, "capacity": 1, "whales": ["0"], "fill": fill})

    assert got["allocations"] == allocations
    assert got["certificate"]["scope"] == scope


@pytest.mark.parametrize("algorithm", ["greedy-edges", "greedy-swaps"])
def test_a_greedy_rule_reports_how_far_it_is_from_the_optimum(
    client: TestClient, algorithm: str
) -> None:
    ev = [[10.0, 9.0], [9.0, 0.0]]  # greedy takes 10 and 0; the optimum is 9 and 9
    got = answer(client, {"ev": ev, "k": 1, "whales": ["0", "1"], "algorithm": algorithm})

    optimum = {"greedy-edges": 10.0, "greedy-swaps": 18.0}[algorithm]
    assert got["objective"]["whale"] == optimum
    assert got["certificate"]["upper_bound"] == 18.0
    assert got["certificate"]["proven_optimal"] == (algorithm == "greedy-swaps")
    greedy_notes = [note for note in got["notes"] if note.startswith(algorithm)]
    assert greedy_notes == (
        ["greedy-edges is 8 (44.4 %) below the upper bound of 18"]
        if algorithm == "greedy-edges"
        else []
    )


def test_a_problem_of_some_size_has_the_optimum_of_scipy(client: TestClient) -> None:
    rng = np.random.default_rng(3)
    ev = rng.pareto(2, 40) * rng.random((60, 40))
    body = {"ev": ev.tolist(), "k": 2, "whales": [str(user) for user in range(60)]}
    columns = np.repeat(ev, 2, axis=1)
    rows, chosen = linear_sum_assignment(columns, maximize=True)

    got = answer(client, body)

    assert got["objective"]["whale"] == pytest.approx(columns[rows, chosen].sum(), rel=1e-12)
    assert got["certificate"]["proven_optimal"]
    assert got["metrics"]["max_whales_per_streamer"] == 2


def test_a_problem_at_once_in_many_requests_has_one_answer(client: TestClient) -> None:
    answers = [answer(client, RIVALS)["allocations"] for _ in range(20)]

    assert all(each == answers[0] for each in answers)
