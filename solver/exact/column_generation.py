"""Exact allocation of any problem: OR-Tools' min-cost flow on the pairs that matter.

Column generation (J. Desrosiers and M. E. Lübbecke, "A primer in column generation", 2005): the
flow is solved on each user's best pairs at prices near the optimum. All pairs that are better than
the result at its exact prices are added, until there are none. The prices are then the least ones
on the pairs of the flow and permit no better pair elsewhere, so they are the least on all pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..duality import Scope, ShadowPrices, certify, compute_least_prices, largest_open_ev
from ..flow import meet_guarantees, solve_min_cost_flow
from ..kernels import NONE, fill_in_order, find_best_choices, njit, rounding_noise
from ..model import Candidates, Limits, Problem, placements

PAIRS_PER_USER = 8
"""Pairs of a user in the first flow, per streamer that it may be shown to."""

TIE_GRAIN = 5e-4
"""Profits within this share of the mean best EV count as equal when pairs are chosen, so that users
with equal rows try different streamers."""

NEAR_BEST_GRAINS = 4.0
"""The first flow has each user's pairs within this many grains of its best, if prices are near."""

MAX_ROUNDS = 12
"""Largest number of flows on some of the pairs; the one after them has all."""


@dataclass(frozen=True, eq=False)
class SolveOptions:
    """Initial prices of a solver and when it may stop.

    Parameters
    ----------
    start : ShadowPrices or None
        Prices near the optimum.
    tolerance : float
        Accepted gap, as a share of the objective; 0 is exact.
    scope : {"whale", "joint"}
        Scope of the gap; see `solver.duality.certificate`.
    is_near : bool
        Whether `start` is the result of an auction of the same problem, so that most users are
        already at their best streamer.
    """

    start: ShadowPrices | None = None
    tolerance: float = 0.0
    scope: Scope = "whale"
    is_near: bool = False


def allocate_by_flow(
    problem: Problem, users: NDArray[np.bool_], limits: Limits, options: SolveOptions
) -> tuple[NDArray[np.int64], ShadowPrices, int]:
    """Allocate users optimally, and price every limit.

    Parameters
    ----------
    problem : Problem
    users : (N,) bool
        Users to allocate.
    limits : Limits
        Replace the problem's own.
    options : SolveOptions
        The nearer its prices, the fewer rounds.

    Returns
    -------
    (N, b) int64, or (N,) where each user has one streamer
        Streamers of each user, best first, -1 for none.
    ShadowPrices
        The least supporting prices.
    int
        Number of pairs in the last flow.

    Raises
    ------
    UnmetGuaranteesError
    """
    width = min(PAIRS_PER_USER * limits.per_user, problem.n_streamers)
    start = _close_streamers(limits, options.start or ShadowPrices.zero(problem.n_streamers))
    negative = limits.negative
    grain = TIE_GRAIN * problem.mean_best_ev(bool(negative.any()))
    threshold = np.full(problem.n_users, -np.inf)
    if options.is_near:
        threshold = _find_best_profits(problem, users, start) - NEAR_BEST_GRAINS * grain
    chosen = _find_pairs(problem, users, start, negative, threshold, width, grain)
    if limits.min_users.any():
        user, streamer = meet_guarantees(problem, users, limits)
        chosen = np.union1d(chosen, user * problem.n_streamers + streamer)
    for _ in range(MAX_ROUNDS):
        pairs = _build_candidates(problem, chosen)
        taken = solve_min_cost_flow(pairs, limits)
        prices = compute_least_prices(pairs, taken, limits)
        assignment = _assignment_of(pairs, taken, limits)
        if options.tolerance > 0:
            proof = certify(problem, assignment, prices, scope=options.scope)
            if proof.gap <= options.tolerance * abs(proof.objective):
                return _fill_remaining(problem, users, limits, assignment), prices, len(pairs)
        least = _find_least_profits(*pairs.rows, taken, limits.whales, limits.per_user,
                         prices.whale_price, prices.slot_price)  # fmt: skip
        least += _rounding_tolerance(pairs, taken, limits)
        better = _find_pairs(problem, users, prices, negative, least, width, grain)
        chosen = np.union1d(chosen, better)
        if len(chosen) == len(pairs):
            return assignment, prices, len(pairs)
    pairs = problem.pairs_worth_making(users, negative)
    taken = solve_min_cost_flow(pairs, limits)
    return (
        _assignment_of(pairs, taken, limits),
        compute_least_prices(pairs, taken, limits),
        len(pairs),
    )


def _fill_remaining(
    problem: Problem, users: NDArray[np.bool_], limits: Limits, assignment: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the allocation with further users placed where that costs nothing, whales first."""
    filled = assignment.copy()
    several = filled.reshape(len(filled), -1)
    tally = problem.tally(filled)
    free = np.count_nonzero(limits.whale_penalty == 0)
    most = np.minimum(limits.whale_cap, free) if len(limits.whale_penalty) else limits.whale_cap
    room = np.minimum(most - tally.whale_load, limits.capacity - tally.load)
    fill_in_order(problem.rows, np.flatnonzero(users & limits.whales), room, several)
    room = limits.capacity - problem.tally(filled).load
    fill_in_order(problem.rows, np.flatnonzero(users & ~limits.whales), room, several)
    return filled


def _close_streamers(limits: Limits, prices: ShadowPrices) -> ShadowPrices:
    """Return the prices of whale slots and slots, infinite where there is none."""
    return ShadowPrices(
        np.where(limits.whale_cap > 0, prices.whale_surcharge, np.inf),
        np.where(limits.capacity > 0, prices.slot_price, np.inf),
    )


def _find_pairs(
    problem: Problem,
    users: NDArray[np.bool_],
    prices: ShadowPrices,
    negative: NDArray[np.bool_],
    least: NDArray[np.float64],
    width: int,
    grain: float,
) -> NDArray[np.int64]:
    """Return each user's best pairs of at least a profit, as integers user × S + streamer."""
    choice = np.empty((problem.n_users, width), dtype=np.int64)
    find_best_choices(
        problem.rows,
        users,
        problem.whales,
        prices.whale_price,
        prices.slot_price,
        negative,
        least,
        grain,
        choice,
    )
    row, _ = np.nonzero(choice != NONE)
    keys: NDArray[np.int64] = np.sort(row * problem.n_streamers + choice[choice != NONE])
    return keys


def _find_best_profits(
    problem: Problem, users: NDArray[np.bool_], prices: ShadowPrices
) -> NDArray[np.float64]:
    """Return the greatest profit of each user, (N,) float64; -inf for none."""
    whale_price = prices.whale_price
    profit = np.full(problem.n_users, -np.inf)
    choice = np.empty((problem.n_users, 1), dtype=np.int64)
    never = np.zeros(problem.n_streamers, dtype=np.bool_)
    find_best_choices(problem.rows, users, problem.whales, whale_price, prices.slot_price, never,
                 profit, 0.0, choice)  # fmt: skip
    user, at = placements(choice[:, 0])
    price = np.where(problem.whales[user], whale_price[at], prices.slot_price[at])
    profit[user] = problem.ev_at(user, at) - price
    return profit


def _build_candidates(problem: Problem, chosen: NDArray[np.int64]) -> Candidates:
    users, streamers = np.divmod(chosen, problem.n_streamers)
    return Candidates.from_sorted(
        users, streamers, problem.ev_at(users, streamers), (problem.n_users, problem.n_streamers)
    )


def _rounding_tolerance(pairs: Candidates, taken: NDArray[np.bool_], limits: Limits) -> float:
    """Return the rounding error of a profit. Better pairs within it are found by refinement."""
    return rounding_noise(largest_open_ev(pairs, taken, limits))


@njit(cache=True)
def _find_least_profits(
    row_start, streamers, ev, taken, whales, per_user, whale_price, normal_price
):
    """Return each user's least profit, (N,) float64, 0 if it may be shown to one more streamer."""
    least = np.zeros(len(whales))
    for user in range(len(whales)):
        price = whale_price if whales[user] else normal_price
        n_taken, profit = 0, np.inf
        for pair in range(row_start[user], row_start[user + 1]):
            if taken[pair]:
                n_taken += 1
                profit = min(profit, ev[pair] - price[streamers[pair]])
        if n_taken == per_user:
            least[user] = profit
    return least


def _assignment_of(
    pairs: Candidates, taken: NDArray[np.bool_], limits: Limits
) -> NDArray[np.int64]:
    """Return the streamers of each user, best first."""
    n_users, n_streamers = pairs.shape
    user, at, ev = pairs.users[taken], pairs.streamers[taken], pairs.ev[taken]
    if limits.per_user == 1:
        assignment = np.full(n_users, NONE, dtype=np.int64)
        assignment[user] = at
        return assignment
    order = np.lexsort((at, -ev, user))
    user, at = user[order], at[order]
    several = np.full((n_users, min(limits.per_user, n_streamers)), NONE, dtype=np.int64)
    first = np.cumsum(np.bincount(user, minlength=n_users)) - np.bincount(user, minlength=n_users)
    several[user, np.arange(len(user)) - first[user]] = at
    return several
