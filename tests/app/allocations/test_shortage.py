"""Whales without a streamer: the answer's first note, with the reason of each."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.allocations.identifiers import Positions
from app.allocations.problems import NamedProblem
from app.allocations.shortage import warn_of_shortage
from messages import Message
from solver import Fill, Problem, UnmetGuaranteesError, allocate
from tests.app.conftest import answer
from tests.solver.oracles import dense_ev
from tests.solver.strategies import DOZENS, NOTATIONS, in_notation, limited_problems


def named(problem: Problem, capped: bool = True) -> NamedProblem:
    ids = Positions(problem.n_users), Positions(problem.n_streamers)
    return NamedProblem(problem, *ids, capped, own_user_ids=False, own_streamer_ids=False)


def body(n_users: int, n_streamers: int, **more: Any) -> dict[str, Any]:
    ev = np.random.default_rng(1).random((n_users, n_streamers)).tolist()
    return {"ev": ev, "whales": [str(user) for user in range(n_users)]} | more


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (body(1100, 30, k=2), "1,040 of 1,100 whales have no streamer: k · streamers = 60 slots"),
        (body(4, 3, k=1), "1 of 4 whales has no streamer: k · streamers = 3 slots"),
        (body(9, 3, k=[1, 2, 3]), "3 of 9 whales have no streamer: k adds up to 6 slots"),
        (
            body(9, 3, k=2, capacity=[1, 2, 3]),
            "4 of 9 whales have no streamer: k and capacity leave 5 slots",
        ),
        (
            body(9, 3, k=9, capacity=2),
            "3 of 9 whales have no streamer: capacity adds up to 6 slots",
        ),
        (
            body(9, 3, whale_penalty=[0], capacity=2),
            "3 of 9 whales have no streamer: capacity adds up to 6 slots",
        ),
        (
            body(2, 2, k=0),
            "2 of 2 whales have no streamer: k or capacity is 0 at every streamer they may go to",
        ),
        (
            body(2, 2, k=1) | {"ev": [[1.0, None], [2.0, None]]},
            "1 of 2 whales has no streamer: every streamer where their EV is 0 or more is full",
        ),
        (
            body(2, 2, k=1) | {"ev": [[None, None], [2.0, 1.0]]},
            "1 of 2 whales has no streamer: they have no candidate",
        ),
        (
            body(2, 2, k=1) | {"ev": [[-1.0, None], [2.0, 1.0]]},
            "1 of 2 whales has no streamer: their EV is below 0 at every streamer they may go to",
        ),
        (
            body(5, 1, k=1) | {"ev": [[9.0], [8.0], [7.0], [-1.0], [None]]},
            "4 of 5 whales have no streamer: 2 because k · streamers = 1 slot, 1 because they have "
            "no candidate, 1 because their EV is below 0 at every streamer they may go to",
        ),
    ],
)
def test_the_first_note_says_how_many_whales_have_no_streamer_and_why(
    client: TestClient, given: dict[str, Any], sentence: str
) -> None:
    got = answer(client, given)

    assert got["notes"][0] == sentence
    assert got["metrics"]["unallocated_whales"] == int(sentence.split()[0].replace(",", ""))


def test_nothing_is_said_where_every_whale_has_a_streamer(client: TestClient) -> None:
    got = answer(client, body(4, 2, k=2))

    assert got["metrics"]["unallocated_whales"] == 0
    assert not any("no streamer" in note for note in got["notes"])


@pytest.mark.parametrize("notation", NOTATIONS)
@DOZENS
@given(
    problem=limited_problems(),
    fill=st.sampled_from(("greedy", "joint", "none")),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_reason_holds_for_as_many_whales_as_it_says(
    notation: str, problem: Problem, fill: Fill, seed: int
) -> None:
    """Each whale looked at by itself, pair by pair."""
    problem = in_notation(problem, notation, np.random.default_rng(seed))
    try:
        streamer = allocate(problem, fill=fill).assignment
    except UnmetGuaranteesError:
        return
    said = warn_of_shortage(named(problem), streamer)
    each = streamer.reshape(problem.n_users, -1)
    whale_load, load = (
        np.bincount(at[at >= 0], minlength=problem.n_streamers)
        for at in (each[problem.whales].ravel(), each.ravel())
    )
    reasons: list[str] = []
    for user in np.flatnonzero(problem.whales):
        if (each[user] >= 0).any():
            continue
        pairs = [s for s, ev in enumerate(dense_ev(problem)[user]) if ev > -np.inf]
        is_open = [s for s in pairs if min(problem.whale_cap[s], problem.capacity[s]) > 0]
        worth = [s for s in is_open if dense_ev(problem)[user, s] >= 0]
        room = [
            s
            for s in worth
            if whale_load[s] < problem.whale_cap[s] and load[s] < problem.capacity[s]
        ]
        reasons.append(
            "no_candidate"
            if not pairs
            else "streamers_closed"
            if not is_open
            else "ev_negative"
            if not worth
            else "full"
            if not room
            else "penalty_too_high"
        )
    if not reasons:
        assert said is None
        return
    assert said is not None
    assert said.parameters["count"] == len(reasons)
    if len({*reasons}) == 1:
        assert kind(said.parameters["reason"]) == reasons[0]
        return
    told = {
        kind(each.parameters["reason"]): each.parameters["count"]
        for each in said.parameters["reasons"]
    }
    assert told == Counter(reasons)


def kind(reason: Message) -> str:
    """Return the code of a reason; that streamers are full has several."""
    is_full = reason.code == "streamers_full" or reason.code.startswith("slots_of_")
    return "full" if is_full else reason.code
