"""Sizes and estimated times of allocation problems, without solving them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.observability.timings import Timings
from app.settings import Settings
from solver import Candidates

from .allocation import expect_solvable
from .fairness import read_base
from .problems import NamedProblem, build_problem
from .requests import AllocateRequest

NANOSECONDS = {
    ("matrix", False): 1.2,
    ("matrix", True): 7.0,
    ("candidates", False): 30.0,
    ("candidates", True): 100.0,
}
"""Solving time per pair, by kind of EV and whether a cap binds.

Measured on two idle cores with float32 and all users whales: matrices of 1,000 × 500 to
20,000 × 1,000 (0.8 to 1.7 without binding caps, 4 to 11 with them), and 10 to 50 candidates for
10,000 to 100,000 users (22 to 38, and 73 to 128).
"""

OVERHEAD = 0.001
"""Seconds for the smallest problem."""


def answer_plan(request: AllocateRequest, limits: Settings, timings: Timings) -> dict[str, Any]:
    """Return the size of the problem of a request, ready for JSON.

    Raises
    ------
    solver.InputError
        With the field and the position at fault.
    """
    expect_solvable(request)
    case = build_problem(request, limits)
    read_base(request, case)
    timings.record("decode")
    problem = case.problem
    all_users = np.ones(problem.n_users, np.bool_)
    binding = {
        "k": case.capped
        and bool((_count_first_choices(case, problem.whales) > problem.whale_cap).any()),
        "capacity": bool((_count_first_choices(case, all_users) > problem.capacity).any()),
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
        "binds": binding,
        "estimated_seconds": _seconds(request, case, any(binding.values())),
        "timings_ms": timings.milliseconds,
    }


def _count_first_choices(case: NamedProblem, users: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the number of users whose first choice is each streamer, (S,) int64."""
    choice = case.problem.first_choices(users)
    return np.bincount(choice[choice >= 0], minlength=case.problem.n_streamers)


def _seconds(request: AllocateRequest, case: NamedProblem, binding: bool) -> float | None:
    """Return the estimated solving time; None for problems without measurements."""
    measured = request.algorithm == "min-cost-flow" and request.fairness is None
    if not measured or not case.problem.limits.has_only_caps:
        return None
    kind = "candidates" if isinstance(case.problem.ev, Candidates) else "matrix"
    return OVERHEAD + 1e-9 * NANOSECONDS[kind, binding] * case.problem.n_pairs
