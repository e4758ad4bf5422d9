"""Candidates whose EVs are tied or alike by user or streamer: a tolerance ends them early."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from solver import Candidates, Problem, allocate
from solver.exact.column_generation import SolveOptions, allocate_by_flow

USERS, STREAMERS, EACH = 3_000, 60, 12
TOLERANCE = 1e-6

Draw = Callable[[np.random.Generator, NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]]

FAMILIES: dict[str, Draw] = {
    "all equal": lambda _, user, __: np.ones(len(user)),
    "whole units": lambda rng, user, _: rng.integers(1, 4, len(user)).astype(float),
    "none or one": lambda rng, user, _: rng.integers(0, 2, len(user)).astype(float),
    "alike by streamer": lambda rng, _, streamer: rng.gamma(1, 1, STREAMERS)[streamer],
    "alike by user": lambda rng, user, _: rng.gamma(1, 1, USERS)[user],
    "rich users, liked streamers": lambda rng, user, streamer: (
        rng.gamma(0.5, 1, USERS)[user] * rng.gamma(1, 1, STREAMERS)[streamer]
    ),
    "the same in whole units": lambda rng, user, streamer: np.ceil(
        rng.gamma(0.5, 1, USERS)[user] * rng.gamma(1, 1, STREAMERS)[streamer]
    ),
}


@pytest.mark.parametrize("slots", [0.02, 0.5, 1.1, 3.0], ids="{} slots a user".format)
@pytest.mark.parametrize("family", FAMILIES)
def test_ties_are_within_the_tolerance_by_auction_alone(family: str, slots: float) -> None:
    rng = np.random.default_rng(5)
    problem = _drawn(FAMILIES[family], slots, rng)

    result = allocate(problem, fill="none", tolerance=TOLERANCE)

    assert result.contested_arcs == 0
    assert not result.certificate.faults
    assert result.certificate.gap <= TOLERANCE * result.certificate.objective
    best = _by_flow(problem)
    assert best * (1 - TOLERANCE) <= result.objective <= best * (1 + 1e-9)


def _drawn(family: Draw, slots: float, rng: np.random.Generator) -> Problem:
    """Return a problem whose streamers are not equally often among the candidates."""
    liked = rng.pareto(1.5, STREAMERS) + 0.1
    keys = rng.exponential(size=(USERS, STREAMERS)) / liked
    streamer = np.sort(np.argsort(keys, axis=1)[:, :EACH], axis=1).ravel()
    user = np.repeat(np.arange(USERS), EACH)
    pairs = Candidates.from_sorted(user, streamer, family(rng, user, streamer), (USERS, STREAMERS))
    cap = np.maximum(rng.multinomial(int(slots * USERS), liked / liked.sum()), 1)
    return Problem(pairs, whale_cap=cap)


def _by_flow(problem: Problem) -> float:
    """Return the optimum by OR-Tools' flow."""
    everybody = np.ones(problem.n_users, dtype=np.bool_)
    streamer, _, _ = allocate_by_flow(problem, everybody, problem.limits, SolveOptions())
    return problem.tally(streamer).whale_ev
