"""Whales without a streamer: their number, and the reasons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.text.shortage import slots_reason, whales_left_out
from messages import Message
from solver import Candidates, Problem

from .problems import NamedProblem

_FULL = "streamers_full"


def find_left_out(problem: Problem, streamer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the whales without a streamer in an allocation, (N,) or (N, b) int64; (n,) int64."""
    allocated = (streamer.reshape(problem.n_users, -1) >= 0).any(axis=1)
    return np.flatnonzero(problem.whales & ~allocated)


def warn_of_shortage(case: NamedProblem, streamer: NDArray[np.int64]) -> Message | None:
    """Return a message on the whales without a streamer, None if there are none."""
    problem = case.problem
    users = find_left_out(problem, streamer)
    if not len(users):
        return None
    n_whales = int(np.count_nonzero(problem.whales))
    reasons = _reasons(problem, streamer, users)
    slots = int(_slots(problem).sum())
    messages = {code: Message(code) for code in reasons}
    if slots < n_whales and _FULL in reasons:
        whale_cap = problem.whale_cap if case.capped else None
        messages[_FULL] = slots_reason(whale_cap, problem.capacity)
    return whales_left_out(
        len(users), n_whales, [(messages[code], count) for code, count in reasons.items()]
    )


def _slots(problem: Problem) -> NDArray[np.int64]:
    """Return the whale slots of each streamer, (S,) int64."""
    return np.minimum(np.minimum(problem.whale_cap, problem.capacity), problem.n_users)


def _reasons(
    problem: Problem, streamer: NDArray[np.int64], users: NDArray[np.int64]
) -> dict[str, int]:
    """Return the number of users, (n,) int64, for each reason, by code of message."""
    tally = problem.tally(streamer)
    slots = _slots(problem)
    with_room = (tally.whale_load < slots) & (tally.load < problem.capacity)
    explained = np.zeros(len(users), dtype=np.bool_)
    reasons = {}
    for reason, non_negative, streamers in (
        ("no_candidate", False, np.ones_like(with_room)),
        ("streamers_closed", False, slots > 0),
        ("ev_negative", True, slots > 0),
        (_FULL, True, with_room),
    ):
        unmatched = ~_has_pair(problem, users, non_negative, streamers)
        if (unmatched & ~explained).any():
            reasons[reason] = int(np.count_nonzero(unmatched & ~explained))
        explained |= unmatched
    if not explained.all():
        reason = "penalty_too_high" if len(problem.limits.whale_penalty) else "solver_stopped"
        reasons[reason] = int(np.count_nonzero(~explained))
    return reasons


def _has_pair(
    problem: Problem, users: NDArray[np.int64], non_negative: bool, streamers: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which users have a pair with streamers of a mask, `non_negative` or of any EV."""
    ev = problem.ev
    if isinstance(ev, Candidates):
        candidates = ev.select_users(users)
        fits = streamers[candidates.streamers] & (candidates.ev >= 0 if non_negative else True)
        has_pair: NDArray[np.bool_] = np.bincount(candidates.users[fits], minlength=len(users)) > 0
        return has_pair
    rows = ev[users][:, streamers]
    return np.asarray((rows >= 0 if non_negative else rows > -np.inf).any(axis=1))
