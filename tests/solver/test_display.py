"""How public objects show themselves: in a line, as a summary in both languages, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from solver import (
    Candidates,
    Problem,
    SpendProblem,
    allocate,
    allocate_within_spend,
    certify,
    sensitivity,
)
from solver.display import Displayed, Row

N_USERS, N_STREAMERS = 3_000, 40
EV = np.random.default_rng(0).random((N_USERS, N_STREAMERS))
PROBLEM = Problem(EV, whales=np.arange(N_USERS) < 500, whale_cap=20, capacity=100)


def public_objects() -> list[Any]:
    limited = Problem(
        [[9.0, 1.0], [8.0, 7.0]],
        whale_cap=[1, 2],
        min_users=1,
        whale_penalty=[0.0, 3.0],
        max_streamers_per_user=2,
        allow_negative_ev=True,
    )
    allocation = allocate(PROBLEM)
    within = allocate_within_spend(EV[:50], 3.0)
    empty = Candidates([], [], [], (2, 3))
    return [
        PROBLEM,
        limited,
        empty,
        Problem(empty),
        allocation,
        allocate(limited),
        allocate(Problem(empty)),
        allocation.certificate,
        certify(PROBLEM, np.zeros(N_USERS, np.int64), allocation.shadow_prices),
        certify(PROBLEM, allocation.assignment[:-1], allocation.shadow_prices),
        allocation.shadow_prices,
        sensitivity(PROBLEM, largest_cap=3),
        SpendProblem(EV[:50], [3.0] * 39 + [np.inf]),
        within,
        within.prices,
    ]


OBJECTS = public_objects()
by_type = pytest.mark.parametrize("shown", OBJECTS, ids=lambda each: type(each).__name__)


@by_type
def test_repr_is_one_short_line_without_arrays(shown: Any) -> None:
    text = repr(shown)

    assert text.startswith(f"{type(shown).__name__}(")
    assert "\n" not in text
    assert "array" not in text
    assert len(text) < 200


@by_type
@pytest.mark.parametrize("language", ["en", "zh"])
def test_summaries_are_a_few_lines(shown: Any, language: str) -> None:
    lines = shown.summary(language).split("\n")

    assert 1 <= len(lines) <= 12
    separator = ": " if language == "en" else "："
    assert all(separator in line for line in lines)


@by_type
def test_notebooks_get_a_table(shown: Any) -> None:
    table = shown._repr_html_()

    assert table.startswith(f"<table><caption>{type(shown).__name__}</caption><tr><th>")
    assert table.count("<tr>") == len(shown.summary().split("\n"))


def test_tables_are_escaped() -> None:
    class Hostile(Displayed):
        def _rows(self) -> Iterator[Row]:
            yield "users", "<script>"

    assert Hostile()._repr_html_() == (
        "<table><caption>Hostile</caption><tr><th>users</th><td>&lt;script&gt;</td></tr></table>"
    )


def test_a_problem_shows_its_sizes_and_limits() -> None:
    assert repr(PROBLEM) == (
        "Problem(3,000 users × 40 streamers, 500 whales, whale_cap=20, capacity=100)"
    )


def test_a_summary_is_in_the_language_asked_for() -> None:
    assert PROBLEM.summary("zh").split("\n")[0] == "用户：3,000，其中鲸鱼 500 位"
