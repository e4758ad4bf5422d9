"""Notes on allocations, by their codes: each is made by some problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from app.allocations.notes import collect_notes
from app.allocations.problems import build_problem
from app.allocations.requests import AllocateRequest
from app.settings import Settings
from messages import Message, render
from solver import allocate

PROBLEM: dict[str, Any] = {
    "ev": [[9.0, 1.0], [8.0, 7.0], [7.0, 2.0], [4.0, 3.0], [2.0, 1.0]],
    "streamer_ids": ["Ada", "Bo: 2 whales, of all"],
    "wealth": [50.0, 40.0, 30.0, 2.0, 1.0], "whale_threshold": 10, "capacity": [4, 4], "k": 1,
}  # fmt: skip

ALLOCATED: list[dict[str, Any]] = [
    {},
    {"k": 9},
    {"k": [1, 9]},
    {"k": [1, 1], "ev": [[9.0, 1.0], [1.0, 9.0], [8.0, 0.0], [1.0, 8.0], [0.0, 0.0]]},
    {"k": 0},
    {"k": 2, "whales": ["0"], "whale_threshold": None},
    {"whale_threshold": 1000},
    {"min_users": [0, 3], "k": 9, "fill": "joint"},
    {"whale_penalty": [0, 0.5, 0.5], "k": None},
    {"whale_penalty": [0, 0, 0.5], "k": None},
    {"whale_penalty": [0.5], "k": None},
    {"whale_penalty": [0, 100], "k": None},
    {"whale_penalty": [0, 0]},
    {"whale_penalty": [100]},
    {"k": 9, "capacity": [1, 1]},
    {"k": 2, "capacity": [1, 4]},
    {"k": 1, "capacity": None, "wealth": [50.0, 40.0, 30.0, 20.0, 1.0]},
    {"k": [0, 2], "capacity": None},
    {"ev": [[9.0, None], [8.0, None], [7.0, -2.0], [4.0, 3.0], [2.0, 1.0]]},
    {"ev": [[None, None], [8.0, None], [-7.0, -2.0], [4.0, 3.0], [2.0, 1.0]]},
    {"algorithm": "greedy-edges", "ev": [[9.0, 8.0], [8.0, 1.0], [7.0, 2.0], [4.0, 3.0], [2, 1]]},
]
"""Changes of `PROBLEM`, one for each note there is."""

RARE = {"stopped_early", "solver_stopped", "number_because"}
"""Messages that take large problems."""


def notes_of(change: Mapping[str, Any]) -> list[Message]:
    request = AllocateRequest.model_validate(
        {name: value for name, value in (PROBLEM | change).items() if value is not None}
    )
    named = build_problem(request, Settings())
    allocation = allocate(named.problem, algorithm=request.algorithm, fill=request.fill)
    return collect_notes(named, allocation, request.algorithm, 0.0)


def codes(message: Message) -> Iterator[str]:
    """Yield the codes of a message and of those in its parameters."""
    yield message.code
    for each in message.parameters.values():
        for inner in each if isinstance(each, tuple) else (each,):
            if isinstance(inner, Message):
                yield from codes(inner)


def test_every_note_is_made() -> None:
    made = {code for change in ALLOCATED for note in notes_of(change) for code in codes(note)}

    assert made >= {
        "no_whales", "k_never_binds", "k_binds", "k_equal", "k_several", "dearest_whale_slot",
        "dearest_guarantee", "penalties_paid", "penalties_all_zero", "penalties_within_free",
        "penalties_no_whale", "whales_left_out_because", "below_bound", "no_candidate",
        "slots_of_equal_k", "slots_of_capacity",
    }  # fmt: skip


@pytest.mark.parametrize("change", ALLOCATED)
def test_notes_have_all_their_parameters_in_every_language(change: dict[str, Any]) -> None:
    for note in notes_of(change):
        assert render(note) != render(note, "zh")
