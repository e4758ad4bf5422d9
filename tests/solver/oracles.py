"""Slow and obvious answers to set beside the solver's: nothing here calls it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import coo_array, csr_array, vstack
from scipy.sparse.csgraph import maximum_flow

from solver import Candidates, Problem, placements

Streamer = NDArray[np.int64]


@dataclass(frozen=True)
class Best:
    """The greatest total EV there is, and the most users placed at it."""

    value: float
    placed: int
    exact: Fraction


def dense_ev(problem: Problem) -> NDArray[np.float64]:
    """Return the EV as (N, S) float64, -inf where forbidden."""
    if not isinstance(problem.ev, Candidates):
        return problem.ev.astype(np.float64, copy=False)
    ev = np.full(problem.ev.shape, -np.inf)
    ev[problem.ev.users, problem.ev.streamers] = problem.ev.ev
    return ev


def may_be_made(problem: Problem) -> NDArray[np.bool_]:
    """Return (N, S): the pairs of EV 0 or more, and any at a guarantee that may cost."""
    ev, limits = dense_ev(problem), problem.limits
    forced = limits.allow_negative_ev & (limits.min_users > 0)
    return (ev >= 0) | ((ev > -np.inf) & forced)


def needless_losses(problem: Problem, streamer: Streamer) -> bool:
    """Return whether somebody is at a negative EV where more users are than guaranteed."""
    user, at = placements(streamer)
    load = np.bincount(at, minlength=problem.n_streamers)
    beyond = load > problem.limits.min_users
    return bool((beyond[at] & (dense_ev(problem)[user, at] < 0)).any())


def whale_rooms(problem: Problem) -> NDArray[np.int64]:
    """Return (S,) int64: how many whales each streamer can take, N at most."""
    return np.minimum(np.minimum(problem.whale_cap, problem.capacity), problem.n_users)


def total_ev(problem: Problem, streamer: Streamer, users: NDArray[np.bool_]) -> float:
    """Return the total EV of the placed users in the mask, summed without rounding."""
    user, at = placements(streamer)
    counted = users[user]
    return math.fsum(dense_ev(problem)[user[counted], at[counted]])


def keeps_the_rules(problem: Problem, streamer: Streamer) -> bool:
    """Return whether caps are kept and no pair is forbidden, counted one user at a time."""
    whales, users = [0] * problem.n_streamers, [0] * problem.n_streamers
    for user, row in enumerate(streamer.reshape(problem.n_users, -1).tolist()):
        placed = [at for at in row if at >= 0]
        if len({*placed}) < len(placed):
            return False
        for at in placed:
            users[at] += 1
            whales[at] += bool(problem.whales[user])
            if dense_ev(problem)[user, at] == -np.inf:
                return False
    within_cap = all(np.array(whales) <= problem.whale_cap)
    guaranteed = all(np.array(users) >= problem.limits.min_users)
    return within_cap and guaranteed and all(np.array(users) <= problem.capacity)


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
    return Best(float(best[0]), best[1], best[0])


def best_joint_by_linear_program(problem: Problem) -> float:
    """Return the greatest worth of both tiers at once, by HiGHS on the textbook program."""
    best = best_by_linear_program(problem, np.ones(problem.n_users, dtype=np.bool_))
    assert best is not None
    return best


DWARFED = 1e6
"""Times as much as all that can be had: beside that, what can be had counts for nothing."""


def best_by_linear_program(problem: Problem, users: NDArray[np.bool_]) -> float | None:
    """Return the greatest worth of the users in the mask within all limits, None if there is none.

    A variable for each pair, and one for each whale at a streamer, which costs its penalty. The
    matrix is a network's, so the optimum is whole.
    """
    limits = problem.limits
    ev = dense_ev(problem)
    n_users, n_streamers = ev.shape
    room = np.where(problem.whales[:, None], whale_rooms(problem), problem.capacity)
    user, streamer = np.nonzero(may_be_made(problem) & users[:, None] & (room > 0))
    # HiGHS takes a worth below about 1e-7 for none: of pairs that can be made, not of others.
    scale = float(np.abs(ev[user, streamer]).max(initial=0))
    # Nor does it bear costs far apart: where a penalty dwarfs every worth, it sets the scale.
    scale = max(scale, float(problem.limits.whale_penalty.max(initial=0)) / DWARFED) or 1.0
    whale = problem.whales[user]
    most = min(n_users, int(problem.whale_cap.max()))
    number = np.tile(np.arange(1, most + 1), n_streamers)  # of the whale, at each streamer
    host = np.repeat(np.arange(n_streamers), most)
    penalty = [problem.limits.marginal_penalty(np.array([each]))[0] for each in number]
    pair, extra = np.arange(len(user)), len(user) + np.arange(len(number))
    size = len(user) + len(number)

    def rows(
        row: NDArray[np.int64], column: NDArray[np.int64], count: int, sign: int = 1
    ) -> object:
        values = np.full(len(row), float(sign))
        return coo_array((values, (row, column)), shape=(count, size)).tocsr()

    at_streamer = rows(streamer, pair, n_streamers)
    a_ub = vstack([rows(user, pair, n_users), at_streamer, -at_streamer])
    b_ub = np.concatenate([np.full(n_users, limits.per_user), problem.capacity, -limits.min_users])
    a_eq = rows(streamer[whale], pair[whale], n_streamers) - rows(host, extra, n_streamers)
    upper = np.concatenate([np.ones(len(user)), number <= problem.whale_cap[host]])
    if size == 0:
        return 0.0 if not limits.min_users.any() else None
    solved = linprog(
        np.concatenate([-ev[user, streamer] / scale, np.array(penalty) / scale]),
        A_ub=a_ub, b_ub=b_ub, A_eq=a_eq, b_eq=np.zeros(n_streamers),
        bounds=np.stack([np.zeros(size), upper], axis=1), method="highs",
    )  # fmt: skip
    if solved.status == 2:
        return None
    assert solved.status == 0, solved.message
    return -float(solved.fun) * scale


def most_guaranteed(
    problem: Problem, users: NDArray[np.bool_], at: Streamer, streamers: Sequence[int]
) -> int:
    """Return how many of the users guaranteed to some streamers these can have, by SciPy's flow.

    Users in the mask may be placed; those who are placed already, `at`, stay where they are.
    """
    n_users, n_streamers = problem.n_users, problem.n_streamers
    limits, asked = problem.limits, np.zeros(n_streamers, dtype=np.int64)
    asked[list(streamers)] = limits.min_users[list(streamers)]
    load = np.bincount(placements(at)[1], minlength=n_streamers)
    needed = np.minimum(np.maximum(asked - load, 0), np.maximum(limits.capacity - load, 0))
    source, sink = 0, 1
    user, gate, place = 2, 2 + n_users, 2 + n_users + n_streamers
    network = np.zeros((place + n_streamers,) * 2, dtype=np.int32)
    network[source, user:gate] = min(limits.per_user, n_streamers)
    for u, s in np.argwhere(may_be_made(problem) & users[:, None]):
        network[user + u, (gate if problem.whales[u] else place) + s] = 1
    for s in range(n_streamers):
        network[gate + s, place + s] = min(limits.whale_cap[s], n_users)
        network[place + s, sink] = needed[s]
    flow = maximum_flow(csr_array(network), source, sink).flow_value
    return int(flow + np.minimum(load, asked).sum())


def losses(problem: Problem, at: Streamer) -> NDArray[np.float64]:
    """Return (N, S): what each user loses against its best streamer that has room.

    Users who are placed already, `at`, fill the others. Infinite where a user may not be.
    """
    ev, load = dense_ev(problem), np.bincount(placements(at)[1], minlength=problem.n_streamers)
    possible = (ev >= 0) & (load < problem.capacity)
    best = np.where(possible, ev, 0.0).max(axis=1, keepdims=True)
    return np.where(possible, best - ev, np.inf)


def unmet_places(problem: Problem, at: Streamer) -> NDArray[np.int64]:
    """Return (S,): how many guaranteed places are still empty."""
    load = np.bincount(placements(at)[1], minlength=problem.n_streamers)
    return np.maximum(problem.limits.min_users - load, 0)


def least_loss(problem: Problem, at: Streamer) -> float:
    """Return what normal users must lose in all so that no guaranteed place is empty.

    By SciPy on one column a guaranteed place.
    """
    slots = np.repeat(losses(problem, at)[~problem.whales], unmet_places(problem, at), axis=1)
    return float(slots[linear_sum_assignment(slots)].sum())


def penalty_by_hand(problem: Problem, streamer: Streamer) -> float:
    """Return the penalty of an allocation, whale by whale."""
    prices = problem.limits.whale_penalty.tolist()
    user, at = placements(streamer)
    loads = np.bincount(at[problem.whales[user]], minlength=problem.n_streamers)
    if not prices:
        return 0.0
    return math.fsum(
        prices[min(number, len(prices) - 1)] for load in loads for number in range(load)
    )


def slow_fill(problem: Problem, streamer: Streamer) -> Streamer:
    """Return the allocation after normal users, in order, took the best streamers with room.

    Who is placed already stays; each user's streamers end up best first.
    """
    ev, filled = dense_ev(problem), streamer.copy()
    several = filled.reshape(problem.n_users, -1)
    for user in np.flatnonzero(~problem.whales):
        worth = ev[user].__getitem__
        held = [s for s in several[user].tolist() if s >= 0]
        while len(held) < several.shape[1]:
            full = np.bincount(filled[filled >= 0], minlength=len(ev[user])) >= problem.capacity
            left = [s for s in np.flatnonzero((ev[user] >= 0) & ~full).tolist() if s not in held]
            if not left:
                break
            held.append(max(left, key=worth))
            several[user, len(held) - 1] = held[-1]
        held.sort()
        held.sort(key=worth, reverse=True)
        several[user, : len(held)] = held
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
