"""What an allocation would have to solve, without solving it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.observability.timings import Timings
from app.settings import Settings
from solver import Candidates

from .allocation import expect_limit
from .problems import NamedProblem, build_problem
from .requests import AllocateRequest

NANOSECONDS = {
    ("matrix", False): 1.2,
    ("matrix", True): 7.0,
    ("candidates", False): 30.0,
    ("candidates", True): 100.0,
}
"""By kind of EV, and whether a cap binds: solving time for each pair.

Measured once, on two idle cores, float32, everybody a whale: 1,000 × 500 to 20,000 × 1,000 (0.8 to
1.7 free, 4 to 11 tight) and 10 to 50 candidates for 10,000 to 100,000 users
(22 to 38, and 73 to 128).
"""

OVERHEAD = 0.001
"""Seconds that the smallest problem takes."""


def answer_plan(request: AllocateRequest, limits: Settings, timings: Timings) -> dict[str, Any]:
    """Return the size of the problem that a request states, as JSON writes it.

    Raises
    ------
    solver.InputError
        With the field and the position at fault.
    """
    expect_limit(request)
    named = build_problem(request, limits)
    timings.record("decode")
    problem = named.problem
    everybody = np.ones(problem.n_users, np.bool_)
    binds = {
        "k": named.capped and bool((_wanted(named, problem.whales) > problem.whale_cap).any()),
        "capacity": bool((_wanted(named, everybody) > problem.capacity).any()),
    }
    whales = int(problem.whales.sum())
    timings.record("plan")
    return {
        "users": problem.n_users,
        "streamers": problem.n_streamers,
        "pairs": problem.n_pairs,
        "whales": whales,
        "whale_slots": int(np.minimum(problem.whale_cap, problem.capacity).sum()),
        "slots": int(problem.capacity.sum()),
        "binds": binds,
        "estimated_seconds": _seconds(request, named, any(binds.values())),
        "timings_ms": timings.milliseconds,
    }


def _wanted(named: NamedProblem, users: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many of the users have each streamer among their best, were there no caps."""
    choice = named.problem.first_choices(users)
    return np.bincount(choice[choice >= 0], minlength=named.problem.n_streamers)


def _seconds(request: AllocateRequest, named: NamedProblem, binds: bool) -> float | None:
    """Return about how long solving takes; None where nothing has been measured."""
    if request.algorithm != "min-cost-flow" or not named.problem.limits.has_only_caps:
        return None
    kind = "candidates" if isinstance(named.problem.ev, Candidates) else "matrix"
    return OVERHEAD + 1e-9 * NANOSECONDS[kind, binds] * named.problem.n_pairs
