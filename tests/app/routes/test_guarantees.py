"""POST /allocate with guarantees, penalties, several streamers a user, warm or approximate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from messages import Message
from tests.app.conftest import answer
from tests.app.reasons import has_reason

THREE = {
    "ev": [[9.0, 1.0], [8.0, 7.0], [4.0, 3.0]],
    "user_ids": ["u0", "u1", "u2"],
    "streamer_ids": ["s0", "s1"],
    "whales": ["u0", "u1"],
    "k": 2,
}
"""Everybody likes s0 best; moving the users to s1 costs 8, 1 and 1."""

NO_K = {name: value for name, value in THREE.items() if name != "k"}


def random_problem(n_users: int = 60, n_streamers: int = 12) -> dict[str, Any]:
    """Everybody a whale, EV heavy-tailed and without ties."""
    rng = np.random.default_rng(3)
    ev = rng.pareto(2, n_streamers) * rng.random((n_users, n_streamers))
    return {"ev": ev.tolist(), "whales": [str(user) for user in range(n_users)], "k": 3}


# k and capacity, one per streamer


def test_a_k_of_0_closes_a_streamer_to_whales_alone(client: TestClient) -> None:
    got = answer(client, THREE | {"k": [0, 2]})

    assert got["allocations"] == {"u0": "s1", "u1": "s1", "u2": "s0"}


def test_a_capacity_of_0_closes_a_streamer_to_everybody(client: TestClient) -> None:
    got = answer(client, THREE | {"capacity": [0, 3]})

    assert got["allocations"] == {"u0": "s1", "u1": "s1", "u2": "s1"}


def test_each_streamer_keeps_its_own_k_and_its_own_capacity(client: TestClient) -> None:
    problem = random_problem()
    k, capacity = [s % 4 for s in range(12)], [7 - s % 6 for s in range(12)]
    whales = problem["whales"][:40]
    got = answer(client, problem | {"k": k, "capacity": capacity, "whales": whales})

    at = np.array([-1 if s is None else int(s) for s in got["allocations"].values()])
    of_whales = at[:40]
    assert (np.bincount(at[at >= 0], minlength=12) <= capacity).all()
    assert (np.bincount(of_whales[of_whales >= 0], minlength=12) <= k).all()
    assert got["certificate"]["proven_optimal"]


# guarantees


def test_a_guarantee_is_kept_by_the_users_whom_it_costs_least_and_has_a_price(
    client: TestClient,
) -> None:
    got = answer(client, THREE | {"min_users": [0, 2], "fill": "joint"})

    assert got["allocations"] == {"u0": "s0", "u1": "s1", "u2": "s1"}
    assert got["shadow_prices"] == {"whale_cap": {}, "capacity": {}, "min_users": {"s1": 1.0}}
    assert got["certificate"] == {
        "scope": "joint",
        "upper_bound": 19.0,
        "gap": 0.0,
        "proven_optimal": True,
    }
    assert got["notes"][1:] == [
        "A guarantee costs most at s1: one guaranteed user less would add 1"
    ]


@pytest.mark.parametrize("fill", ["greedy", "joint"])
def test_one_number_guarantees_every_streamer_as_many(client: TestClient, fill: str) -> None:
    got = answer(client, THREE | {"min_users": 1, "fill": fill})

    assert set(got["allocations"].values()) == {"s0", "s1"}
    assert set(got["shadow_prices"]) == {"whale_cap", "capacity", "min_users"}


def test_with_greedy_fill_normal_users_keep_the_guarantee_and_whales_stay(
    client: TestClient,
) -> None:
    got = answer(client, THREE | {"min_users": [0, 1]})

    assert got["allocations"] == {"u0": "s0", "u1": "s0", "u2": "s1"}


def test_a_guarantee_of_nobody_changes_nothing(client: TestClient) -> None:
    without, with_none = answer(client, THREE), answer(client, THREE | {"min_users": 0})

    del without["timings_ms"], with_none["timings_ms"]
    assert with_none == without


def remedy(name: str) -> Message:
    return Message("guarantees_remedy", remedy=name)


UNMET = [
    # together too many
    (
        {"min_users": [2, 2], "fill": "joint"},
        Message("guarantees_unmet", able="users", reason="none", remedies=""),
        {"streamers": ["s0", "s1"], "needed": 4, "possible": 3, "position": [0]},
    ),
    # one alone, whose gate lets only one whale in
    (
        {"min_users": [0, 3], "k": 1, "fill": "joint"},
        Message("guarantees_unmet", able="users", reason="none", remedies=""),
        {"streamers": ["s1"], "needed": 3, "possible": 2, "position": [1]},
    ),
    # one number has no position; both whales are at s0 already
    (
        {"min_users": 2},
        Message("guarantees_unmet", able="users", reason="greedy", remedies=""),
        {"streamers": ["s1"], "needed": 2, "possible": 1, "position": []},
    ),
    # the whale that is there already counts on both sides
    (
        {"min_users": [0, 3], "k": 1},
        Message("guarantees_unmet", able="users", reason="greedy", remedies=""),
        {"streamers": ["s1"], "needed": 3, "possible": 2, "position": [1]},
    ),
    # only whales are placed
    (
        {"min_users": [0, 3], "fill": "none"},
        Message("guarantees_unmet", able="whales", reason="only_whales", remedies=remedy("fill")),
        {
            "streamers": ["s1"],
            "needed": 3,
            "possible": 2,
            "position": [1],
            "remedy": {"fill": "joint"},
        },
    ),
    # both whales are at s0 already, which fill joint moves
    (
        {"min_users": [0, 2]},
        Message("guarantees_unmet", able="users", reason="greedy", remedies=remedy("fill")),
        {"streamers": ["s1"], "needed": 2, "possible": 1, "remedy": {"fill": "joint"}},
    ),
    # everybody is a whale, and k leaves no room
    (
        {"min_users": [0, 3], "k": 1, "whales": ["u0", "u1", "u2"]},
        Message("guarantees_unmet", able="whales", reason="none", remedies=""),
        {"streamers": ["s1"], "needed": 3, "possible": 1, "remedy": {}},
    ),
    # nobody may be shown to it
    (
        {"ev": [[9.0, None], [8.0, None], [4.0, -1.0]], "min_users": [0, 1]},
        Message("guarantees_unmet", reason="negative_greedy", remedies=remedy("allow_negative_ev")),
        {
            "streamers": ["s1"],
            "needed": 1,
            "possible": 0,
            "position": [1],
            "remedy": {"allow_negative_ev": True},
        },
    ),
    # whom only a whale may be shown to, and at a loss
    (
        {"ev": [[9.0, -2.0], [8.0, None], [4.0, None]], "min_users": [0, 1]},
        Message("guarantees_unmet", able="users", reason="greedy", remedies=remedy("both")),
        {
            "streamers": ["s1"],
            "needed": 1,
            "possible": 0,
            "remedy": {"fill": "joint", "allow_negative_ev": True},
        },
    ),
    # a closed streamer
    (
        {"min_users": 1, "capacity": [3, 0]},
        Message("guarantee_above_limit", limit="capacity", streamer="s1", needed=1, room=0),
        {"streamers": ["s1"], "needed": 1, "possible": 0, "position": []},
    ),
    # more than there are
    (
        {"min_users": [4, 0]},
        Message("guarantee_above_limit", limit="users", streamer="s0", needed=4, room=3),
        {"streamers": ["s0"], "needed": 4, "possible": 3, "position": [0]},
    ),
]


@pytest.mark.parametrize(("limits", "reason", "members"), UNMET)
def test_guarantees_that_cannot_be_met_together_are_refused_with_the_streamers_ids(
    client: TestClient, limits: dict[str, Any], reason: Message, members: dict[str, Any]
) -> None:
    response = client.post("/allocate", json=THREE | limits)
    problem = response.json()

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["field"] == "min_users"
    assert has_reason(problem, reason)
    assert {name: problem[name] for name in members} == members


@pytest.mark.parametrize("limits", [limits for limits, *_ in UNMET])
def test_what_a_refusal_names_as_remedy_meets_all_guarantees(
    client: TestClient, limits: dict[str, Any]
) -> None:
    body = THREE | limits
    remedy = client.post("/allocate", json=body).json()["remedy"]

    if remedy:
        answer(client, body | remedy)
    else:
        allowed = {"fill": "joint", "allow_negative_ev": True}
        assert client.post("/allocate", json=body | allowed).status_code == 422


def test_every_streamer_gets_its_guaranteed_users_at_the_least_total_distance(
    client: TestClient,
) -> None:
    """The pairs of least distance are (1, 1) and (0, 0); the last user is left out."""
    body = {"ev": [[-1.5, -4.0], [-2.0, -0.5], [-3.0, -2.5]], "k": 3, "min_users": 1,
            "allow_negative_ev": True, "whales": ["0", "1", "2"]}  # fmt: skip

    got = answer(client, body)

    assert got["allocations"] == {"0": "0", "1": "1", "2": None}
    assert got["objective"] == {"whale": -2.0, "normal": 0.0, "total": -2.0}
    assert got["certificate"]["proven_optimal"]
    assert got["shadow_prices"]["min_users"] == {"0": 1.5, "1": 0.5}
    assert got["metrics"]["streamer_gini"] is None
    assert got["notes"][0] == (
        "1 of 3 whales has no streamer: their EV is below 0 at every streamer they may go to"
    )


def test_users_whom_a_guarantee_places_at_a_loss_are_explained(client: TestClient) -> None:
    body = THREE | {"ev": [[9.0, 1.0], [8.0, 7.0], [-3.0, -4.0]], "min_users": [0, 1],
                    "allow_negative_ev": True}  # fmt: skip

    response = client.post("/allocate/explained", json=body)

    got = response.json()
    assert got["allocations"]["u2"] == "s1"
    assert got["displaced"]["largest"][0] == {
        "user": "u2", "whale": False, "wanted": None, "got": "s1",
        "wanted_ev": 0.0, "ev": -4.0, "cost": 4.0,
    }  # fmt: skip


@pytest.mark.parametrize("allowed", [False, True])
def test_a_curve_takes_guarantees_at_negative_ev_where_it_is_told_to(
    client: TestClient, allowed: bool
) -> None:
    body = {"candidates": {"user": [0, 1], "streamer": [0, 1], "ev": [-1.0, 5.0]}, "k_max": 2,
            "min_users": [1, 0], "allow_negative_ev": allowed, "whales": ["0", "1"]}  # fmt: skip

    response = client.post("/allocate/curve", json=body)

    if allowed:
        assert response.json()["objective"] == [4.0, 4.0]
    else:
        assert response.status_code == 422
        expected = Message(
            "guarantees_unmet", goal="curve", k_max=2, streamers=["0"], needed=1, possible=0,
            reason="negative", remedies=remedy("allow_negative_ev"),
        )  # fmt: skip
        assert has_reason(response.json(), expected)


def test_many_penalties_are_cut_to_the_whales_there_are(client: TestClient) -> None:
    short = answer(client, NO_K | {"whale_penalty": [0, 0.5, 1]})
    long = answer(client, NO_K | {"whale_penalty": [0, 0.5, *range(1, 10**5)]})

    del short["timings_ms"], long["timings_ms"]
    assert long == short


def test_of_many_streamers_the_sentence_names_some_and_the_document_all(
    client: TestClient,
) -> None:
    body = {"ev": [[1.0] * 12] * 11, "whales": [], "k": 1, "min_users": 1}
    problem = client.post("/allocate", json=body).json()

    assert problem["streamers"] == [str(s) for s in range(12)]
    named = Message("names_and_more", names=[str(s) for s in range(8)], more=4)
    assert has_reason(problem, Message("guarantees_unmet", streamers=named, count=12, needed=12))


# penalties


def test_a_penalty_holds_a_whale_off_where_it_costs_more_than_it_brings(
    client: TestClient,
) -> None:
    dear = answer(client, NO_K | {"whale_penalty": [0, 5]})
    cheap = answer(client, NO_K | {"whale_penalty": [0, 0.5]})

    assert dear["allocations"] == {"u0": "s0", "u1": "s1", "u2": "s0"}
    assert dear["objective"] == {"whale": 16.0, "normal": 4.0, "penalty": 0.0, "total": 20.0}
    assert dear["notes"] == ["No penalty is paid: no streamer has more than 1 whale"]
    assert cheap["allocations"] == {"u0": "s0", "u1": "s0", "u2": "s0"}
    assert cheap["objective"] == {"whale": 17.0, "normal": 4.0, "penalty": 0.5, "total": 20.5}
    assert cheap["shadow_prices"] == {"whale_cap": {}, "capacity": {}, "whale_penalty": {"s0": 0.5}}
    assert cheap["notes"] == ["Penalties come to 0.5, for 1 whale beyond a streamer's first"]
    assert cheap["metrics"]["streamers_at_whale_cap"] == 0


def test_without_k_any_number_of_whales_may_be_anywhere(client: TestClient) -> None:
    problem = random_problem() | {"whale_penalty": [0, 0, 0.01, 0.02]}
    unbounded = answer(client, problem | {"k": None})
    wide = answer(client, problem | {"k": 60})

    assert unbounded["objective"] == wide["objective"]
    assert unbounded["metrics"] == wide["metrics"]
    assert wide["notes"][0].startswith("k = 60 never binds")
    assert unbounded["notes"] == wide["notes"][1:]


def test_the_last_price_goes_on_and_all_penalties_are_added_up(client: TestClient) -> None:
    ev = [[9.0], [9.0], [9.0], [9.0]]
    body = {"ev": ev, "whales": ["0", "1", "2", "3"], "whale_penalty": [1, 2]}
    got = answer(client, body)

    assert got["objective"] == {"whale": 36.0, "normal": 0.0, "penalty": 7.0, "total": 29.0}
    assert got["notes"] == ["Penalties come to 7, for 4 whales"]


def test_k_stays_a_hard_cap_beside_a_penalty(client: TestClient) -> None:
    got = answer(client, THREE | {"k": 1, "whale_penalty": [0, 0.25]})

    assert got["metrics"]["max_whales_per_streamer"] == 1
    assert got["shadow_prices"]["whale_cap"] == {"s0": 0.75}
    assert got["shadow_prices"]["whale_penalty"] == {"s0": 0.25}


def test_a_whale_whom_penalties_leave_nothing_is_left_out(client: TestClient) -> None:
    got = answer(client, NO_K | {"whale_penalty": [10], "fill": "none"})

    assert got["allocations"] == {"u0": None, "u1": None, "u2": None}
    assert got["notes"] == [
        "2 of 2 whales have no streamer: one more whale costs more than they are worth wherever "
        "there is room",
        "No penalty is paid: no whale is allocated",
    ]


def test_a_penalty_of_nothing_is_said_to_be_none(client: TestClient) -> None:
    got = answer(client, NO_K | {"whale_penalty": [0, 0]})

    assert got["objective"]["penalty"] == 0.0
    assert got["notes"] == [
        "No penalty is paid: every price in whale_penalty that whales can reach is 0"
    ]


# several streamers a user


def test_users_are_shown_to_several_different_streamers_best_first(client: TestClient) -> None:
    ev = [[9.0, 1.0, 3.0], [8.0, 7.0, -1.0], [4.0, 5.0, 6.0], [None, None, -2.0]]
    body = {"ev": ev, "whales": ["0", "1"], "k": 1, "max_streamers_per_user": 2}
    got = answer(client, body)

    assert got["allocations"] == {"0": ["0", "2"], "1": ["1"], "2": ["2", "1"], "3": []}
    assert got["objective"] == {"whale": 19.0, "normal": 11.0, "total": 30.0}
    assert got["metrics"] == {
        "overload_rate": 0.0,
        "streamer_gini": pytest.approx(1 / 15),  # 9, 12 and 9
        "unallocated_users": 1,
        "unallocated_whales": 0,
        "streamers_at_whale_cap": 3,
        "max_whales_per_streamer": 1,
    }
    assert got["certificate"]["proven_optimal"]


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
def test_no_user_is_at_a_streamer_twice_and_none_at_more_than_b(
    client: TestClient, fill: str
) -> None:
    problem = random_problem() | {"max_streamers_per_user": 3, "capacity": 9, "fill": fill}
    ev = np.array(problem["ev"])
    got = answer(client, problem | {"whales": problem["whales"][:30]})

    for user, streamers in got["allocations"].items():
        at = [int(s) for s in streamers]
        assert len({*at}) == len(at) <= 3
        assert at == sorted(at, key=lambda s: -ev[int(user), s])
    assert got["certificate"]["proven_optimal"]


@pytest.mark.parametrize("fill", ["greedy", "joint"])
def test_a_guaranteed_place_is_listed_by_its_worth_too(client: TestClient, fill: str) -> None:
    body = {"ev": [[5.0, 7.0]], "whales": [], "k": 1, "max_streamers_per_user": 2, "fill": fill}

    assert answer(client, body | {"min_users": [1, 0]})["allocations"] == {"0": ["1", "0"]}


def test_one_streamer_a_user_is_the_default(client: TestClient) -> None:
    default, said = answer(client, THREE), answer(client, THREE | {"max_streamers_per_user": 1})

    del default["timings_ms"], said["timings_ms"]
    assert said == default


def test_more_streamers_a_user_than_there_are_means_all_of_them(client: TestClient) -> None:
    got = answer(client, THREE | {"max_streamers_per_user": 99})

    assert {*map(tuple, got["allocations"].values())} == {("s0", "s1")}


# where to begin and when to stop

EVERYTHING = {"min_users": 2, "whale_penalty": [0, 0, 0.05], "max_streamers_per_user": 2}


@pytest.mark.parametrize("limits", [{}, *({name: EVERYTHING[name]} for name in EVERYTHING)])
@pytest.mark.parametrize("fill", ["none", "joint"])
def test_a_warm_start_gives_the_same_answer(
    client: TestClient, limits: dict[str, Any], fill: str
) -> None:
    problem = random_problem() | limits | {"fill": fill}
    cold = answer(client, problem)
    far_off = {"whale_cap": {"0": 1e6, "5": 0.1}, "capacity": {"1": 3}, "whale_penalty": {"2": 9}}

    for prices in (cold["shadow_prices"], far_off, {}):
        warm = answer(client, problem | {"prices": prices})
        assert warm["allocations"] == cold["allocations"]
        assert warm["objective"] == pytest.approx(cold["objective"], rel=1e-12)
        assert warm["certificate"]["proven_optimal"]


def test_a_tolerance_bounds_the_gap_and_stopping_early_is_said(client: TestClient) -> None:
    problem = random_problem(n_users=300, n_streamers=20) | {"k": 15}
    exact = answer(client, problem | {"tolerance": 0})
    for tolerance in (0.001, 0.5, 1):
        got = answer(client, problem | {"tolerance": tolerance})
        certificate, total = got["certificate"], got["objective"]["total"]

        assert certificate["gap"] <= tolerance * total
        assert total <= exact["objective"]["total"] <= certificate["upper_bound"] + 1e-9
        said = [note for note in got["notes"] if note.startswith(f"tolerance = {tolerance:g} ")]
        assert len(said) == (not certificate["proven_optimal"])
        for note in said:
            share = 100 * certificate["gap"] / certificate["upper_bound"]
            assert f"({share:.3g} %) below the upper bound" in note


def test_everything_at_once_is_proven_optimal(client: TestClient) -> None:
    got = answer(client, random_problem() | EVERYTHING | {"fill": "joint", "capacity": 8})

    assert got["certificate"]["proven_optimal"]
    assert got["objective"]["total"] == pytest.approx(
        got["objective"]["whale"] - got["objective"]["penalty"]
    )
    assert set(got["shadow_prices"]) == {"whale_cap", "capacity", "min_users", "whale_penalty"}
