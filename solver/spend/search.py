"""Search for the optimum under spend caps, among the few pairs that can be part of it.

At any prices, an allocation is worth no more than the bound less what each of its pairs lacks of
its whale's best profit (its reduced cost; staying out lacks the best profit itself). Pairs that
lack as much as the gap are in no better allocation and are left out. What is left is searched in
depth, whale by whale; and where that is too much, by OR-Tools' CP-SAT.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..duality import ROUNDING, GapTerms
from ..kernels import NONE, copy_into, njit
from .problem import ALLOWANCE, SpendPrices, SpendProblem, spend_gap_terms

MAX_CHOICES = 4_000
"""Most contested choices that are searched."""

MAX_NODES = 20_000
"""Most choices that the search in depth makes: about a millisecond."""

MAX_SUM = 2**61
"""Sums of CP-SAT's whole numbers stay below this."""


class ContestedChoices(NamedTuple):
    """The pairs that an allocation better than the one in hand may make, by whale.

    Parameters
    ----------
    users : (m,) int64
        Whales, the greatest first; those for whom only staying out is left are not among them.
    start : (m + 1,) int64
        Where the choices of each whale are; the cheapest first.
    streamers : (E,) int64, worth, lack : (E,) float64
        Streamer (`NONE` for staying out), EV and reduced cost of each choice, at least.
    gain : (E,) float64
        What each choice is worth more than the one that the whale has in the allocation in hand.
    gap : float
        No allocation is worth more than the one in hand by more than this.
    slack : float
        Rounding of the sum of what is contested: no allocation better by less is looked for.
    """

    users: NDArray[np.int64]
    start: NDArray[np.int64]
    streamers: NDArray[np.int64]
    worth: NDArray[np.float64]
    lack: NDArray[np.float64]
    gain: NDArray[np.float64]
    gap: float
    slack: float


class SearchResult(NamedTuple):
    """What a search came to.

    Parameters
    ----------
    assignment : (n,) int64
        The best allocation known.
    gap : float
        No allocation is worth more than this one by more than this.
    is_optimal : bool
        Whether that is but for rounding: nothing better is left to be found.
    """

    assignment: NDArray[np.int64]
    gap: float
    is_optimal: bool


def screen_choices(
    problem: SpendProblem, prices: SpendPrices, assignment: NDArray[np.int64]
) -> ContestedChoices | None:
    """Return the choices that could make an allocation worth more than one in hand, (n,) int64.

    None where there are more than `MAX_CHOICES`.
    """
    worth = problem.worth
    n_users = len(worth)
    every = np.arange(n_users)
    gap = bound_gap(spend_gap_terms(problem, assignment, prices))
    profit = worth * (1.0 - prices.spend) - prices.slot
    first = profit.argmax(axis=1)
    best = np.maximum(profit[every, first], 0.0)
    # Rounding never drops a choice: each lacks a little less than it does.
    size = np.abs(worth) + prices.slot
    blur = 4.0 * ROUNDING * (size + size[every, first][:, None])
    lack = np.maximum(best[:, None] - profit - blur, 0.0)
    lack[worth < 0] = np.inf
    listed = lack <= gap
    if np.count_nonzero(listed) > MAX_CHOICES:
        return None
    user, streamer = np.nonzero(listed)
    to_stay_out = np.maximum(best - blur[every, first], 0.0)
    out = np.flatnonzero(to_stay_out <= gap)
    user = np.concatenate([user, out])
    streamer = np.concatenate([streamer, np.full(len(out), NONE)])
    lacks = np.where(streamer == NONE, to_stay_out[user], lack[user, streamer]) * (1 - 2.0**-40)
    value = np.where(streamer == NONE, 0.0, worth[user, streamer])
    own = np.where(assignment == NONE, 0.0, worth[every, assignment])
    taking_part = np.bincount(user[streamer != NONE], minlength=n_users) > 0
    most = worth.max(axis=1)
    ranked = np.lexsort((-most, ~taking_part))
    rank = np.empty(n_users, np.int64)
    rank[ranked] = np.arange(n_users)
    order = np.lexsort((streamer, -value, lacks, rank[user]))
    order = order[taking_part[user[order]]]
    users = ranked[: np.count_nonzero(taking_part)]
    counts = np.bincount(rank[user[order]], minlength=len(users))
    start = np.concatenate([[0], np.cumsum(counts)])
    gain = (value - own[user])[order]
    greatest = np.maximum.reduceat(value[order], start[:-1]) if len(users) else np.zeros(0)
    slack = ROUNDING * float(greatest[counts > 1].sum())
    return ContestedChoices(
        users, start, streamer[order], value[order], lacks[order], gain, gap, slack
    )


def bound_gap(found: GapTerms) -> float:
    """Return no less than the gap that the terms add up to."""
    return found.lost + 2.0 * found.blur


def search_in_depth(
    problem: SpendProblem,
    contested: ContestedChoices,
    assignment: NDArray[np.int64],
    nodes: int = MAX_NODES,
) -> SearchResult:
    """Look through the contested choices; give up after so many.

    Parameters
    ----------
    problem : SpendProblem
    contested : ContestedChoices
    assignment : (n,) int64
        The allocation in hand.
    nodes : int

    Returns
    -------
    Found
        Its bound is that of the prices where the search gave up.
    """
    choice = np.full(len(contested.users), NONE)
    done, gained = _search(
        contested.start, contested.streamers, contested.worth, contested.lack, contested.gain,
        contested.gap, contested.slack, problem.limit * (1.0 - ALLOWANCE / 2), problem.capacity,
        nodes, choice,
    )  # fmt: skip
    if gained > 0.0:
        assignment = np.full(len(assignment), NONE)
        assignment[contested.users] = contested.streamers[choice]
    if not done:
        return SearchResult(assignment, max(contested.gap - gained, 0.0) + contested.slack, False)
    return SearchResult(assignment, min(contested.gap, contested.slack), True)


@njit(cache=True)
def _search(start, streamers, worth, lack, gain, gap, slack, limit, capacity, nodes, best):
    """Search in depth; return whether all was looked at, and what `best`, (m,), gains, if any."""
    n_users = len(start) - 1
    # The least that the whales from each on lack together: 0 for all but those who cannot have it.
    rest = np.zeros(n_users + 1)
    for user in range(n_users - 1, -1, -1):
        rest[user] = rest[user + 1] + lack[start[user]]
    spend, load = np.zeros(len(limit)), np.zeros(len(limit), np.int64)
    choice = start[:-1] - 1
    lacking, total = np.zeros(n_users + 1), np.zeros(n_users + 1)
    spent = np.zeros(n_users)  # at the whale's streamer before it came: sums are restored exactly
    level, gained = 0, 0.0
    while level >= 0:
        if level == n_users:
            if total[level] > gained + slack:
                gained = total[level]
                copy_into(best, choice)
            level -= 1
            continue
        now = choice[level]
        if now >= start[level] and streamers[now] != NONE:
            spend[streamers[now]] = spent[level]
            load[streamers[now]] -= 1
        now += 1
        nodes -= 1
        if nodes < 0:
            return False, gained
        left = gap - gained - slack - lacking[level] - rest[level + 1]
        if now == start[level + 1] or lack[now] > left:
            choice[level] = start[level] - 1
            level -= 1
            continue
        choice[level] = now
        s = streamers[now]
        if s != NONE:
            spent[level] = spend[s]
            load[s] += 1
            spend[s] += worth[now]
            if load[s] > capacity[s] or spend[s] > limit[s]:
                continue
        lacking[level + 1] = lacking[level] + lack[now]
        total[level + 1] = total[level] + gain[now]
        level += 1
    return True, gained


def search_by_cp_sat(
    problem: SpendProblem, contested: ContestedChoices, assignment: NDArray[np.int64], effort: float
) -> SearchResult:
    """Solve the contested choices by OR-Tools' CP-SAT: one worker, a fixed seed, no clock.

    CP-SAT takes whole numbers. Each spend cap has a scale of its own, a power of two, so fine that
    rounding stays within `ALLOWANCE`: a sum within the cap is never refused, and none is accepted
    beyond the allowance.

    Parameters
    ----------
    problem : SpendProblem
    contested : ContestedChoices
    assignment : (n,) int64
        The allocation in hand.
    effort : float
        CP-SAT's deterministic time, about seconds, after which it gives up.

    Returns
    -------
    Found
    """
    # Loaded at the first need: it takes a second.
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    made = [model.new_bool_var("") for _ in contested.streamers]
    at_streamer: dict[int, list[int]] = {}
    for m, user in enumerate(contested.users.tolist()):
        choices = range(int(contested.start[m]), int(contested.start[m + 1]))
        model.add_exactly_one([made[pair] for pair in choices])
        for pair in choices:
            s = int(contested.streamers[pair])
            model.add_hint(made[pair], bool(assignment[user] == s))
            if s != NONE:
                at_streamer.setdefault(s, []).append(pair)
    for s, pairs in at_streamer.items():
        here = [made[pair] for pair in pairs]
        if len(pairs) > problem.capacity[s]:
            model.add(cp_model.LinearExpr.sum(here) <= int(problem.capacity[s]))
        worth, limit = contested.worth[pairs], float(problem.limit[s]) * (1.0 - ALLOWANCE / 2)
        if math.fsum(worth.tolist()) > limit:
            bits = _bits(limit * len(pairs))
            whole = [_whole(value, bits) for value in worth.tolist()]
            most = math.floor(math.ldexp(limit, bits))
            model.add(cp_model.LinearExpr.weighted_sum(here, whole) <= most)
    bits = _bits(math.fsum(np.abs(contested.gain).tolist()) or 1.0)
    gains = [_whole(value, bits) for value in contested.gain.tolist()]
    model.maximize(cp_model.LinearExpr.weighted_sum(made, gains))

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return SearchResult(assignment, contested.gap, False)
    taken = np.array([solver.boolean_value(each) for each in made], dtype=np.bool_)
    other = np.full(len(assignment), NONE)
    of_pair = np.repeat(contested.users, np.diff(contested.start))
    other[of_pair[taken]] = contested.streamers[taken]
    gained = math.fsum(contested.gain[taken].tolist())
    better = gained > 0.0 and problem.keeps_caps(other)
    claimed = math.ldexp(solver.best_objective_bound + len(contested.users), -bits)
    gap = max(min(contested.gap, claimed) - (gained if better else 0.0), 0.0)
    settled = status == cp_model.OPTIMAL and (better or gained <= contested.slack)
    return SearchResult(other if better else assignment, gap + contested.slack, settled)


def _bits(largest: float) -> int:
    """Return the power of two that brings a sum just below `MAX_SUM`."""
    return math.frexp(MAX_SUM)[1] - 1 - math.frexp(largest)[1]


def _whole(value: float, bits: int) -> int:
    return round(math.ldexp(value, bits))
