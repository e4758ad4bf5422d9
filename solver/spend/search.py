"""Search for the optimum under spend caps, among the few pairs that can be part of it.

At any prices, the value of an allocation is at most the bound less the reduced costs of its pairs:
the difference of the whale's best profit and the pair's, or the best profit itself for staying out.
Pairs whose reduced cost exceeds the gap are in no better allocation and are dropped. The remaining
pairs are searched depth first, whale by whale, or by OR-Tools' CP-SAT if they are too many.
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
"""Largest number of contested choices that are searched."""

MAX_NODES = 20_000
"""Largest number of nodes of the depth-first search: about a millisecond."""

MAX_SUM = 2**61
"""Upper bound on the sums of CP-SAT's integers."""


class ContestedChoices(NamedTuple):
    """The pairs that an allocation better than the present one may contain, by whale.

    Parameters
    ----------
    users : (m,) int64
        Whales, the greatest first, without those who can only stay out.
    start : (m + 1,) int64
        Start of each whale's choices, which are sorted by reduced cost.
    streamers : (E,) int64, worth, reduced_cost : (E,) float64
        Streamer (`NONE` for staying out), EV and a lower bound on the reduced cost of each choice.
    gain : (E,) float64
        EV of each choice less that of the whale's present one.
    gap : float
        Upper bound on the gain of any allocation over the present one.
    slack : float
        Rounding error of the contested sum. Smaller gains are not searched for.
    """

    users: NDArray[np.int64]
    start: NDArray[np.int64]
    streamers: NDArray[np.int64]
    worth: NDArray[np.float64]
    reduced_cost: NDArray[np.float64]
    gain: NDArray[np.float64]
    gap: float
    slack: float


class SearchResult(NamedTuple):
    """Result of a search.

    Parameters
    ----------
    assignment : (n,) int64
        The best allocation found.
    gap : float
        Upper bound on the gain of any allocation over this one.
    is_optimal : bool
        Whether the allocation is optimal up to rounding.
    """

    assignment: NDArray[np.int64]
    gap: float
    is_optimal: bool


def screen_choices(
    problem: SpendProblem, prices: SpendPrices, assignment: NDArray[np.int64]
) -> ContestedChoices | None:
    """Return the choices that could improve an allocation, (n,) int64.

    None if there are more than `MAX_CHOICES`.
    """
    worth = problem.worth
    n_users = len(worth)
    every = np.arange(n_users)
    gap = bound_gap(spend_gap_terms(problem, assignment, prices))
    profit = worth * (1.0 - prices.spend) - prices.slot
    first = profit.argmax(axis=1)
    best = np.maximum(profit[every, first], 0.0)
    # Reduced costs are rounded down, so that rounding never drops a choice.
    size = np.abs(worth) + prices.slot
    blur = 4.0 * ROUNDING * (size + size[every, first][:, None])
    cost = np.maximum(best[:, None] - profit - blur, 0.0)
    cost[worth < 0] = np.inf
    listed = cost <= gap
    if np.count_nonzero(listed) > MAX_CHOICES:
        return None
    user, streamer = np.nonzero(listed)
    cost_of_none = np.maximum(best - blur[every, first], 0.0)
    out = np.flatnonzero(cost_of_none <= gap)
    user = np.concatenate([user, out])
    streamer = np.concatenate([streamer, np.full(len(out), NONE)])
    reduced_cost = np.where(streamer == NONE, cost_of_none[user], cost[user, streamer])
    reduced_cost *= 1 - 2.0**-40
    value = np.where(streamer == NONE, 0.0, worth[user, streamer])
    own = np.where(assignment == NONE, 0.0, worth[every, assignment])
    has_choice = np.bincount(user[streamer != NONE], minlength=n_users) > 0
    most = worth.max(axis=1)
    ranked = np.lexsort((-most, ~has_choice))
    rank = np.empty(n_users, np.int64)
    rank[ranked] = np.arange(n_users)
    order = np.lexsort((streamer, -value, reduced_cost, rank[user]))
    order = order[has_choice[user[order]]]
    users = ranked[: np.count_nonzero(has_choice)]
    counts = np.bincount(rank[user[order]], minlength=len(users))
    start = np.concatenate([[0], np.cumsum(counts)])
    gain = (value - own[user])[order]
    greatest = np.maximum.reduceat(value[order], start[:-1]) if len(users) else np.zeros(0)
    slack = ROUNDING * float(greatest[counts > 1].sum())
    return ContestedChoices(
        users, start, streamer[order], value[order], reduced_cost[order], gain, gap, slack
    )


def bound_gap(found: GapTerms) -> float:
    """Return an upper bound on the gap, given its terms."""
    return found.lost + 2.0 * found.blur


def search_in_depth(
    problem: SpendProblem,
    contested: ContestedChoices,
    assignment: NDArray[np.int64],
    nodes: int = MAX_NODES,
) -> SearchResult:
    """Search the contested choices depth first; give up after a number of nodes.

    Parameters
    ----------
    problem : SpendProblem
    contested : ContestedChoices
    assignment : (n,) int64
        The present allocation.
    nodes : int

    Returns
    -------
    SearchResult
        Its gap is that of the prices if the search gave up.
    """
    choice = np.full(len(contested.users), NONE)
    done, gained = _search(
        contested.start, contested.streamers, contested.worth, contested.reduced_cost,
        contested.gain, contested.gap, contested.slack, problem.limit * (1.0 - ALLOWANCE / 2),
        problem.capacity, nodes, choice,
    )  # fmt: skip
    if gained > 0.0:
        assignment = np.full(len(assignment), NONE)
        assignment[contested.users] = contested.streamers[choice]
    if not done:
        return SearchResult(assignment, max(contested.gap - gained, 0.0) + contested.slack, False)
    return SearchResult(assignment, min(contested.gap, contested.slack), True)


@njit(cache=True)
def _search(start, streamers, worth, reduced_cost, gain, gap, slack, limit, capacity, nodes, best):
    """Search depth first; return whether that is complete, and the gain of `best`, (m,), or 0."""
    n_users = len(start) - 1
    # Least total reduced cost of each whale and all later ones.
    rest = np.zeros(n_users + 1)
    for user in range(n_users - 1, -1, -1):
        rest[user] = rest[user + 1] + reduced_cost[start[user]]
    spend, load = np.zeros(len(limit)), np.zeros(len(limit), np.int64)
    choice = start[:-1] - 1
    cost, total = np.zeros(n_users + 1), np.zeros(n_users + 1)
    spent = np.zeros(n_users)  # spend before the whale was added, so that sums are restored exactly
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
        remaining = gap - gained - slack - cost[level] - rest[level + 1]
        if now == start[level + 1] or reduced_cost[now] > remaining:
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
        cost[level + 1] = cost[level] + reduced_cost[now]
        total[level + 1] = total[level] + gain[now]
        level += 1
    return True, gained


def search_by_cp_sat(
    problem: SpendProblem, contested: ContestedChoices, assignment: NDArray[np.int64], effort: float
) -> SearchResult:
    """Solve the contested choices by OR-Tools' CP-SAT: one worker, a fixed seed, no clock.

    CP-SAT takes integers. Each spend cap has its own scale, a power of two so large that rounding
    stays within `ALLOWANCE`: a sum within the cap is never rejected, and none beyond the allowance
    is accepted.

    Parameters
    ----------
    problem : SpendProblem
    contested : ContestedChoices
    assignment : (n,) int64
        The present allocation.
    effort : float
        CP-SAT's deterministic time, about seconds, after which it gives up.

    Returns
    -------
    SearchResult
    """
    # Imported on first use, because that takes a second.
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    is_chosen = [model.new_bool_var("") for _ in contested.streamers]
    at_streamer: dict[int, list[int]] = {}
    for m, user in enumerate(contested.users.tolist()):
        choices = range(int(contested.start[m]), int(contested.start[m + 1]))
        model.add_exactly_one([is_chosen[pair] for pair in choices])
        for pair in choices:
            s = int(contested.streamers[pair])
            model.add_hint(is_chosen[pair], bool(assignment[user] == s))
            if s != NONE:
                at_streamer.setdefault(s, []).append(pair)
    for s, pairs in at_streamer.items():
        users = [is_chosen[pair] for pair in pairs]
        if len(pairs) > problem.capacity[s]:
            model.add(cp_model.LinearExpr.sum(users) <= int(problem.capacity[s]))
        worth, limit = contested.worth[pairs], float(problem.limit[s]) * (1.0 - ALLOWANCE / 2)
        if math.fsum(worth.tolist()) > limit:
            bits = _bits(limit * len(pairs))
            whole = [_whole(value, bits) for value in worth.tolist()]
            most = math.floor(math.ldexp(limit, bits))
            model.add(cp_model.LinearExpr.weighted_sum(users, whole) <= most)
    bits = _bits(math.fsum(np.abs(contested.gain).tolist()) or 1.0)
    gains = [_whole(value, bits) for value in contested.gain.tolist()]
    model.maximize(cp_model.LinearExpr.weighted_sum(is_chosen, gains))

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return SearchResult(assignment, contested.gap, False)
    taken = np.array([solver.boolean_value(each) for each in is_chosen], dtype=np.bool_)
    other = np.full(len(assignment), NONE)
    of_pair = np.repeat(contested.users, np.diff(contested.start))
    other[of_pair[taken]] = contested.streamers[taken]
    gained = math.fsum(contested.gain[taken].tolist())
    better = gained > 0.0 and problem.keeps_caps(other)
    claimed = math.ldexp(solver.best_objective_bound + len(contested.users), -bits)
    gap = max(min(contested.gap, claimed) - (gained if better else 0.0), 0.0)
    is_optimal = status == cp_model.OPTIMAL and (better or gained <= contested.slack)
    return SearchResult(other if better else assignment, gap + contested.slack, is_optimal)


def _bits(largest: float) -> int:
    """Return the exponent of the power of two that scales a sum to just below `MAX_SUM`."""
    return math.frexp(MAX_SUM)[1] - 1 - math.frexp(largest)[1]


def _whole(value: float, bits: int) -> int:
    return round(math.ldexp(value, bits))
