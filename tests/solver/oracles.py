"""Slow and obvious answers to set beside the solver's: nothing here calls it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import coo_array

from solver import Candidates, Problem

Streamer = NDArray[np.int64]


@dataclass(frozen=True)
class Best:
    """The greatest total EV there is, and the most users placed at it."""

    value: float
    placed: int


def dense_ev(problem: Problem) -> NDArray[np.float64]:
    """Return the EV as (N, S) float64, -inf where forbidden."""
    if not isinstance(problem.ev, Candidates):
        return problem.ev
    ev = np.full(problem.ev.shape, -np.inf)
    ev[problem.ev.users, problem.ev.streamers] = problem.ev.ev
    return ev


def whale_rooms(problem: Problem) -> NDArray[np.int64]:
    """Return (S,) int64: how many whales each streamer can take, N at most."""
    return np.minimum(np.minimum(problem.whale_cap, problem.capacity), problem.n_users)


def total_ev(problem: Problem, streamer: Streamer, users: NDArray[np.bool_]) -> float:
    """Return the total EV of the placed users in the mask, summed without rounding."""
    placed = np.flatnonzero(users & (streamer >= 0))
    return math.fsum(dense_ev(problem)[placed, streamer[placed]])


def keeps_the_rules(problem: Problem, streamer: Streamer) -> bool:
    """Return whether caps are kept and no pair is forbidden, counted one user at a time."""
    whales, users = [0] * problem.n_streamers, [0] * problem.n_streamers
    for user, at in enumerate(streamer.tolist()):
        if at >= 0:
            users[at] += 1
            whales[at] += bool(problem.whales[user])
            if dense_ev(problem)[user, at] == -np.inf:
                return False
    within_cap = all(np.array(whales) <= problem.whale_cap)
    return within_cap and all(np.array(users) <= problem.capacity)


def best_whale_tier(problem: Problem) -> float:
    """Return the greatest total EV of the whale tier, by SciPy on one column a slot."""
    return _best_assignment(_slots(problem)[problem.whales])


def best_joint(problem: Problem) -> float:
    """Return the greatest total EV of both tiers at once, by SciPy on one column a slot."""
    return _best_assignment(_slots(problem))


def most_placed_in_best_whale_tier(problem: Problem) -> int:
    """Return how many whales the best whale tiers place at most; EVs must be whole and small.

    Each EV is multiplied by N + 1 and each placing adds 1, so that EV goes first.
    """
    slots = _slots(problem)[problem.whales]
    step = problem.n_users + 1
    return round(_best_assignment(np.where(slots >= 0, slots * step + 1, 0.0))) % step


def _slots(problem: Problem) -> NDArray[np.float64]:
    """Return (N, slots): each streamer's EV once for each user it takes.

    Of its capacity, as many slots as its whale cap are open to all, the rest to normal users.
    """
    ev = dense_ev(problem)
    rooms = whale_rooms(problem)
    for_all = np.repeat(ev, rooms, axis=1)
    rest = np.minimum(problem.capacity, problem.n_users) - rooms
    for_normal_users = np.repeat(ev, rest, axis=1)
    for_normal_users[problem.whales] = -np.inf
    return np.hstack([for_all, for_normal_users])


def _best_assignment(slots: NDArray[np.float64]) -> float:
    """Return the greatest total when every user may stay out.

    A slot that is not worth taking counts 0, as staying out does: SciPy may hand it out, which
    then means that the user stays out.
    """
    worth = np.maximum(slots, 0.0)
    return float(worth[linear_sum_assignment(worth, maximize=True)].sum())


def every_assignment(problem: Problem, users: NDArray[np.bool_]) -> Streamer:
    """Return (M, N) int64: every way to place the users in the mask, within the rules or not."""
    ranges = [range(-1, problem.n_streamers) if takes_part else (-1,) for takes_part in users]
    grid = np.meshgrid(*ranges, indexing="ij")
    return np.stack([axis.ravel() for axis in grid], axis=1)


def best_by_enumeration(problem: Problem, users: NDArray[np.bool_]) -> Best:
    """Return the best of all assignments of the users in the mask, compared as fractions."""
    best = (Fraction(0), 0)
    for streamer in every_assignment(problem, users):
        if keeps_the_rules(problem, streamer):
            placed = np.flatnonzero(streamer >= 0)
            ev = dense_ev(problem)[placed, streamer[placed]]
            if (ev >= 0).all():
                best = max(best, (sum(map(Fraction, ev.tolist()), Fraction(0)), len(placed)))
    return Best(float(best[0]), best[1])


def best_joint_by_linear_program(problem: Problem) -> float:
    """Return the greatest total EV of both tiers at once, by HiGHS on the textbook program."""
    ev = dense_ev(problem)
    rooms = np.where(problem.whales[:, None], whale_rooms(problem), problem.capacity)
    user, streamer = np.nonzero((ev >= 0) & (rooms > 0))
    if len(user) == 0:
        return 0.0
    n_users, n_streamers = ev.shape
    pair = np.arange(len(user))
    whale = problem.whales[user]
    rows = np.concatenate([user, n_users + streamer, n_users + n_streamers + streamer[whale]])
    columns = np.concatenate([pair, pair, pair[whale]])
    uses = coo_array((np.ones(len(rows)), (rows, columns)))
    uses.resize(n_users + 2 * n_streamers, len(user))
    caps = np.minimum(np.concatenate([problem.capacity, problem.whale_cap]), n_users)
    limits = np.concatenate([np.ones(n_users), caps])
    scale = float(ev[user, streamer].max()) or 1.0
    worth = ev[user, streamer] / scale  # HiGHS' tolerances are absolute
    solved = linprog(-worth, A_ub=uses.tocsr(), b_ub=limits, method="highs")
    assert solved.status == 0, solved.message
    return -float(solved.fun) * scale


def slow_fill(problem: Problem, streamer: Streamer) -> Streamer:
    """Return the allocation after normal users, in order, took the best streamer with room."""
    filled = streamer.copy()
    for user in range(problem.n_users):
        if problem.whales[user]:
            continue
        best = -1
        for s, ev in enumerate(dense_ev(problem)[user]):
            has_room = (filled == s).sum() < problem.capacity[s]
            if has_room and ev >= 0 and (best < 0 or ev > dense_ev(problem)[user, best]):
                best = s
        filled[user] = best
    return filled


def slow_edges(problem: Problem) -> Streamer:
    """Return whales placed pair by pair, highest EV first, earlier users first among equals."""
    ev = dense_ev(problem)
    pairs = [
        (-ev[user, s], user, s)
        for user in range(problem.n_users)
        for s in range(problem.n_streamers)
        if problem.whales[user] and ev[user, s] >= 0
    ]
    streamer = np.full(problem.n_users, -1, dtype=np.int64)
    for _, user, s in sorted(pairs):
        if streamer[user] < 0 and (streamer == s).sum() < whale_rooms(problem)[s]:
            streamer[user] = s
    return streamer


def rounding(problem: Problem) -> float:
    """Return what sums of a few EVs may be apart by rounding alone, currency units.

    A streamer without a slot does not count: its EVs are part of no sum.
    """
    cap = problem.capacity
    if problem.whales.all():
        cap = np.minimum(cap, problem.whale_cap)
    return 1e-14 * float(dense_ev(problem)[:, cap > 0].max(initial=0))
