"""Whales without any streamer: how many, and why."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.text.shortage import slots_reason, whales_left_out
from messages import Message
from solver import Candidates, Problem

from .problems import NamedProblem

_FULL = "streamers_full"


def find_left_out(problem: Problem, streamer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the whales that an allocation, (N,) or (N, b) int64, gives no streamer, (n,) int64."""
    placed = (streamer.reshape(problem.n_users, -1) >= 0).any(axis=1)
    return np.flatnonzero(problem.whales & ~placed)


def warn_of_shortage(named: NamedProblem, streamer: NDArray[np.int64]) -> Message | None:
    """Return a message on the whales that have no streamer, None where every whale has one."""
    problem = named.problem
    users = find_left_out(problem, streamer)
    if not len(users):
        return None
    number = int(np.count_nonzero(problem.whales))
    reasons = _reasons(problem, streamer, users)
    slots = int(_slots(problem).sum())
    messages = {code: Message(code) for code in reasons}
    if slots < number and _FULL in reasons:
        whale_cap = problem.whale_cap if named.capped else None
        messages[_FULL] = slots_reason(whale_cap, problem.capacity)
    return whales_left_out(
        len(users), number, [(messages[code], count) for code, count in reasons.items()]
    )


def _slots(problem: Problem) -> NDArray[np.int64]:
    """Return how many whales each streamer takes, (S,) int64."""
    return np.minimum(np.minimum(problem.whale_cap, problem.capacity), problem.n_users)


def _reasons(
    problem: Problem, streamer: NDArray[np.int64], users: NDArray[np.int64]
) -> dict[str, int]:
    """Return why the users, (n,) int64, are left out: codes of messages, and for how many each."""
    tally = problem.tally(streamer)
    slots = _slots(problem)
    with_room = (tally.whale_load < slots) & (tally.load < problem.capacity)
    known = np.zeros(len(users), dtype=np.bool_)
    reasons = {}
    for reason, worth, streamers in (
        ("no_candidate", False, np.ones_like(with_room)),
        ("streamers_closed", False, slots > 0),
        ("ev_negative", True, slots > 0),
        (_FULL, True, with_room),
    ):
        without = ~_has_pair(problem, users, worth, streamers)
        if (without & ~known).any():
            reasons[reason] = int(np.count_nonzero(without & ~known))
        known |= without
    if not known.all():
        reason = "penalty_too_high" if len(problem.limits.whale_penalty) else "solver_stopped"
        reasons[reason] = int(np.count_nonzero(~known))
    return reasons


def _has_pair(
    problem: Problem, users: NDArray[np.int64], worth: bool, streamers: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which users have a pair with a streamer in a mask, if `worth` of EV 0 or more."""
    ev = problem.ev
    if isinstance(ev, Candidates):
        own = ev.select_users(users)
        fits = streamers[own.streamers] & (own.ev >= 0 if worth else True)
        has_pair: NDArray[np.bool_] = np.bincount(own.users[fits], minlength=len(users)) > 0
        return has_pair
    rows = ev[users][:, streamers]
    return np.asarray((rows >= 0 if worth else rows > -np.inf).any(axis=1))
