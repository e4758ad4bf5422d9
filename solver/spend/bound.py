"""Prices for the bound of spend caps: by descent on all pairs, and by linear programming."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels import NONE, copy_into, njit
from .problem import SpendPrices, SpendProblem, upper_bound

PAIRS_PER_WHALE = 6
"""Pairs of a whale in the first linear program; each next one adds up to twice as many."""

MAX_PAIRS = 100_000
"""Pairs in all linear programs together, from which on no other is solved: about ten seconds."""

MIN_RELATIVE_GAP = 1e-11
"""Gap between a program on some pairs and the bound on all, as a share of it, that is none."""

TIE_GRAIN = 1e-6
"""Share of its EV by which a pair counts for more, and of the greatest EV within which whales try
different streamers: at a price of 1, and for equal rows, profits tie."""

MAX_WHALES_AT_ONCE = 1_000
"""Whales beyond which a program takes seconds, and it pays to begin at prices that are near."""

MAX_STEPS = 200
"""Readings of all pairs in the descent before that."""

STEPS_WITHOUT_GAIN = 8
"""Steps of the descent without a better bound, after which it steps half as far."""

MIN_STEP_LENGTH = 1e-3
"""Length of a step, as a share of Polyak's, at which the descent ends."""


def descend_prices(problem: SpendProblem, lower_bound: float, steps: int) -> SpendPrices:
    """Return prices whose bound is near the least there is.

    Projected subgradients with Polyak's step towards the worth of an allocation in hand (M. L.
    Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management
    Science 27, 1981). A price of spend moves with the spend that whales would bring beyond the
    cap; a price of places with the whales beyond it.

    Parameters
    ----------
    problem : SpendProblem
    lower_bound : float
        What an allocation is worth, currency units.
    steps : int
        Most readings of all pairs.

    Returns
    -------
    SpendPrices
    """
    most_spend, most_whales = problem.bounds
    free = SpendPrices.zero(len(most_spend))
    full = SpendPrices(np.ones(len(most_spend)), free.slot)
    prices = min(free, full, key=lambda each: upper_bound(problem, each))
    spend_price, slot_price = prices.spend.copy(), prices.slot.copy()
    best_spend_price, best_slot_price = spend_price.copy(), slot_price.copy()
    _descend_steps(
        problem.worth, most_spend, most_whales, lower_bound, steps, spend_price, slot_price,
        best_spend_price, best_slot_price,
    )  # fmt: skip
    return SpendPrices(best_spend_price, best_slot_price)


@njit(cache=True)
def _descend_steps(
    worth,
    most_spend,
    most_whales,
    target,
    steps,
    spend_price,
    slot_price,
    best_spend_price,
    best_slot_price,
):
    n_users, n_streamers = worth.shape
    # A price of spend moves on the scale of a whale's EV, so that both kinds count in whales.
    scale = 0.0
    for user in range(n_users):
        scale += worth[user].max() / n_users
    if scale <= 0.0:
        return
    best, length, since = np.inf, 1.0, 0
    spend_direction, slot_direction = np.zeros(n_streamers), np.zeros(n_streamers)
    for _ in range(steps):
        bound = 0.0
        for s in range(n_streamers):
            bound += spend_price[s] * most_spend[s] + slot_price[s] * most_whales[s]
            # Four tenths of the last direction: prices that swing to and fro cancel out.
            spend_direction[s] = 0.4 * spend_direction[s] + most_spend[s] / scale
            slot_direction[s] = 0.4 * slot_direction[s] + most_whales[s]
        bound = _add_first_choices(
            worth, spend_price, slot_price, scale, bound, spend_direction, slot_direction
        )
        since += 1
        if bound < best:
            best, since = bound, 0
            copy_into(best_spend_price, spend_price)
            copy_into(best_slot_price, slot_price)
        elif since >= STEPS_WITHOUT_GAIN:
            length, since = length / 2.0, 0
            copy_into(spend_price, best_spend_price)
            copy_into(slot_price, best_slot_price)
            spend_direction[:], slot_direction[:] = 0.0, 0.0
            if length < MIN_STEP_LENGTH:
                return
            continue
        norm = _project(spend_price, slot_price, spend_direction, slot_direction)
        if norm <= 0.0 or bound <= target:
            return
        step = length * (bound - target) / norm
        for s in range(n_streamers):
            spend_price[s] = min(1.0, max(0.0, spend_price[s] - step * spend_direction[s] / scale))
            slot_price[s] = max(0.0, slot_price[s] - step * slot_direction[s])


@njit(inner=True)
def _add_first_choices(
    worth, spend_price, slot_price, scale, bound, spend_direction, slot_direction
):
    """Add every whale's greatest profit to the bound, and what it takes to the directions."""
    for user in range(len(worth)):
        at, most = NONE, 0.0
        for s in range(len(slot_price)):
            profit = worth[user, s] * (1.0 - spend_price[s]) - slot_price[s]
            if profit > most:
                at, most = s, profit
        if at != NONE:
            bound += most
            spend_direction[at] -= worth[user, at] / scale
            slot_direction[at] -= 1.0
    return bound


@njit(inner=True)
def _project(spend_price, slot_price, spend_direction, slot_direction):
    """Stop directions at prices of 0; return the square of their remaining length."""
    norm = 0.0
    for s in range(len(slot_price)):
        if spend_price[s] <= 0.0 and spend_direction[s] > 0.0:
            spend_direction[s] = 0.0
        if slot_price[s] <= 0.0 and slot_direction[s] > 0.0:
            slot_direction[s] = 0.0
        norm += spend_direction[s] ** 2 + slot_direction[s] ** 2
    return norm


class Relaxation(NamedTuple):
    """What linear programming makes of the problem where whales are divisible.

    Parameters
    ----------
    prices : SpendPrices
        Of the least bound that was met.
    assignment : (n,) int64
        Where the last program has more than half of each whale, -1 for none; all but a few are
        whole, since a basic solution has no more parts than limits. May break a cap.
    """

    prices: SpendPrices
    assignment: NDArray[np.int64]


def solve_relaxation(problem: SpendProblem, lower_bound: float) -> Relaxation:
    """Solve the linear relaxation.

    OR-Tools' GLOP solves it on each whale's best pairs; those that the duals show to be missing
    are added until none is (column generation) or `MAX_PAIRS` are met. Beyond
    `MAX_WHALES_AT_ONCE`, the first pairs are the best at the prices of a descent.

    Parameters
    ----------
    problem : SpendProblem
    lower_bound : float
        What an allocation is worth, currency units; the descent aims at it.

    Returns
    -------
    Relaxation
    """
    n_users = len(problem.worth)
    steps = MAX_STEPS if n_users > MAX_WHALES_AT_ONCE else 1
    best = prices = descend_prices(problem, lower_bound, steps)
    least = upper_bound(problem, best)
    pairs = np.empty(0, dtype=np.int64)
    assignment, met, width = np.full(n_users, NONE), 0, PAIRS_PER_WHALE
    while met < MAX_PAIRS and least > lower_bound * (1 + MIN_RELATIVE_GAP):
        more = np.union1d(pairs, _best_pairs(problem, prices, width))
        width *= 2
        if len(more) == len(pairs):
            break
        pairs, met = more, met + len(more)
        prices, assignment, value = _linear_program(problem, pairs)
        bound = upper_bound(problem, prices)
        if bound < least:
            best, least = prices, bound
        if bound <= value + MIN_RELATIVE_GAP * value:
            break
    return Relaxation(best, assignment)


def _best_pairs(problem: SpendProblem, prices: SpendPrices, width: int) -> NDArray[np.int64]:
    """Return each whale's best pairs at the prices, as whole numbers user × S + streamer."""
    n_users, n_streamers = problem.worth.shape
    width = min(width, n_streamers)
    profit = problem.worth * (1.0 - prices.spend) - prices.slot
    turn = (np.arange(n_streamers) - np.arange(n_users)[:, None]) % n_streamers
    profit += TIE_GRAIN * (problem.worth + turn * (problem.worth.max() / n_streamers))
    profit[problem.worth <= 0] = -np.inf
    order = np.argpartition(-profit, width - 1, axis=1)[:, :width]
    user = np.repeat(np.arange(n_users), width)
    streamer = order.ravel()
    made = profit[user, streamer] > -np.inf
    keys: NDArray[np.int64] = np.sort((user * n_streamers + streamer)[made])
    return keys


def _linear_program(
    problem: SpendProblem, pairs: NDArray[np.int64]
) -> tuple[SpendPrices, NDArray[np.int64], float]:
    """Solve the relaxation on some pairs; return prices, where whales mostly are, the optimum."""
    # Imported with its first use: it takes a tenth of a second.
    from ortools.linear_solver import pywraplp

    n_streamers = len(problem.limit)
    user, streamer = np.divmod(pairs, n_streamers)
    worth = problem.worth[user, streamer]
    most_spend, most_whales = problem.bounds
    scale = float(worth.max(initial=0.0)) or 1.0
    solver = pywraplp.Solver.CreateSolver("GLOP")
    infinity = solver.infinity()
    one = {u: solver.Constraint(-infinity, 1.0) for u in np.unique(user).tolist()}
    spend_price, slot_price = {}, {}
    for s in np.unique(streamer).tolist():
        spend_price[s] = solver.Constraint(-infinity, most_spend[s] / scale)
        slot_price[s] = solver.Constraint(-infinity, float(most_whales[s]))
    objective = solver.Objective()
    shares = []
    for u, s, value in zip(user.tolist(), streamer.tolist(), (worth / scale).tolist(), strict=True):
        share = solver.NumVar(0.0, infinity, "")
        shares.append(share)
        objective.SetCoefficient(share, value)
        one[u].SetCoefficient(share, 1.0)
        spend_price[s].SetCoefficient(share, value)
        slot_price[s].SetCoefficient(share, 1.0)
    objective.SetMaximization()
    status = solver.Solve()
    if status != solver.OPTIMAL:  # staying out is feasible and worth is bounded
        raise RuntimeError(f"OR-Tools' GLOP ended as {status}.")
    prices = SpendPrices.zero(n_streamers)
    for s in spend_price:
        prices.spend[s] = min(1.0, max(0.0, spend_price[s].dual_value()))
        prices.slot[s] = max(0.0, slot_price[s].dual_value()) * scale
    mostly = np.array([share.solution_value() for share in shares]) > 0.5
    assignment = np.full(len(problem.worth), NONE)
    assignment[user[mostly]] = streamer[mostly]
    return prices, assignment, objective.Value() * scale
