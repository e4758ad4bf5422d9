"""Heuristic allocations within spend caps: rounding of prices, and local search.

Each whale is placed where its profit at the prices is greatest and there is room. Then whales move,
eject one another and swap while the total rises (ejections as
in M. Yagiura, T. Ibaraki and F. Glover, "An ejection chain approach for the generalized assignment
problem", INFORMS Journal on Computing 16, 2004, of length two).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..kernels import NONE, link_member, njit, unlink_member
from .problem import ALLOWANCE, SpendPrices, SpendProblem

MAX_TRIES = 20_000_000
"""Largest number of ejections that local search examines: a second or two."""

MIN_GAIN = 1e-12
"""Least gain of a move, as a share of the whale's greatest EV: smaller ones may be rounding."""


def round_prices(
    problem: SpendProblem, prices: SpendPrices, preferred: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return the allocation that prices suggest, repaired.

    Parameters
    ----------
    problem : SpendProblem
    prices : SpendPrices
    preferred : (n,) int64, optional
        Where whales go first, while they fit; -1 for none.

    Returns
    -------
    (n,) int64
        -1 for none.
    """
    worth = problem.worth
    assignment = np.full(len(worth), NONE)
    spend, load = np.zeros(worth.shape[1]), np.zeros(worth.shape[1], np.int64)
    most, regret = _find_regrets(worth, prices.spend, prices.slot)
    # Whom it costs most to be second; among equals, the greatest spend, which is hardest to fit.
    order = np.lexsort((-most, -regret))
    caps = _drift_safe_caps(problem)
    if preferred is not None:
        _place_preferred(
            worth, np.argsort(-most, kind="stable"), preferred, *caps, assignment, spend, load
        )
    _place_in_order(worth, order, prices.spend, prices.slot, *caps, assignment, spend, load)
    _improve(worth, most, *caps, assignment, MAX_TRIES)
    return assignment


def fill_remaining(problem: SpendProblem, assignment: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the allocation with further whales placed where there is room, even at an EV of 0."""
    filled = assignment.copy()
    order = np.flatnonzero(filled == NONE)
    if len(order):
        spend, load = problem.tally(filled)
        free = np.zeros(len(spend))
        _place_in_order(
            problem.worth, order, free, free, *_drift_safe_caps(problem), filled, spend, load
        )
    return filled


def _drift_safe_caps(problem: SpendProblem) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return caps for sums that are updated move by move: half the allowance is for drift."""
    return problem.limit * (1.0 - ALLOWANCE / 2), problem.capacity


@njit(cache=True)
def _find_regrets(worth, spend_price, slot_price):
    """Return each whale's greatest EV, and the difference of its two best profits, 0 = out."""
    n_users, n_streamers = worth.shape
    most, regret = np.zeros(n_users), np.zeros(n_users)
    for user in range(n_users):
        first, second = 0.0, 0.0
        for s in range(n_streamers):
            value = worth[user, s]
            most[user] = max(most[user], value)
            profit = value * (1.0 - spend_price[s]) - slot_price[s]
            if profit > first:
                first, second = profit, first
            else:
                second = max(second, profit)
        regret[user] = first - second
    return most, regret


@njit(cache=True)
def _place_preferred(worth, order, preferred, limit, capacity, assignment, spend, load):
    """Place whales in order at their preferred streamers, if they fit."""
    for user in order:
        s = preferred[user]
        if s != NONE and load[s] < capacity[s] and spend[s] + worth[user, s] <= limit[s]:
            assignment[user] = s
            spend[s] += worth[user, s]
            load[s] += 1


@njit(cache=True)
def _place_in_order(
    worth, order, spend_price, slot_price, limit, capacity, assignment, spend, load
):
    """Place whales in order, each at its greatest profit where it fits; among ties, greatest EV."""
    n_streamers = len(limit)
    for user in order:
        if assignment[user] != NONE:
            continue
        best, most, value = NONE, -np.inf, -1.0
        for s in range(n_streamers):
            own = worth[user, s]
            if own < 0.0 or load[s] >= capacity[s] or spend[s] + own > limit[s]:
                continue
            profit = own * (1.0 - spend_price[s]) - slot_price[s]
            if profit > most or (profit == most and own > value):
                best, most, value = s, profit, own
        if best != NONE:
            assignment[user] = best
            spend[best] += value
            load[best] += 1


@njit(cache=True)
def _improve(worth, most, limit, capacity, assignment, tries):
    """Move whales, each ejecting at most one other, while the total rises; writes `assignment`.

    The ejected whale moves to the streamer of the first one, to another one with room, or to none.
    """
    n_users, n_streamers = worth.shape
    none: int = np.int64(NONE)  # type: ignore[assignment]  # no literal: see `solver.kernels`
    spend, load = np.zeros(n_streamers), np.zeros(n_streamers, np.int64)
    head = np.full(n_streamers, NONE)
    after, before = np.full(n_users, NONE), np.full(n_users, NONE)
    while tries > 0:
        spend[:], load[:], head[:] = 0.0, 0, NONE  # sums drift as values are added and subtracted
        for user in range(n_users):
            if assignment[user] != NONE:
                _join(user, assignment[user], worth, spend, load, head, after, before)
        has_improved = False
        for user in range(n_users):
            here = assignment[user]
            own = worth[user, here] if here != NONE else 0.0
            best, best_s, best_out, best_to = MIN_GAIN * most[user], none, none, none
            for s in range(n_streamers):
                value = worth[user, s]
                if s == here or value < 0.0 or value - own <= best:
                    continue
                if load[s] < capacity[s] and spend[s] + value <= limit[s]:
                    best, best_s, best_out, best_to = value - own, s, none, none
                    continue
                out = head[s]
                while out != NONE and tries > 0:
                    tries -= 1
                    lost = worth[out, s]
                    gain = value - own - lost
                    if spend[s] - lost + value <= limit[s] and gain + most[out] > best:
                        tries -= n_streamers // 8
                        to, found = _find_best_other(
                            out, s, here, own, worth, limit, capacity, spend, load
                        )
                        if gain + found > best:
                            best, best_s, best_out, best_to = gain + found, s, out, to
                    out = after[out]
            if best_s == NONE:
                continue
            has_improved = True
            _apply_move(
                user, best_s, best_out, best_to, assignment, worth, spend, load, head, after, before
            )
        if not has_improved:
            break


@njit(inner=True)
def _apply_move(user, s, out, to, assignment, worth, spend, load, head, after, before):
    """Move a user to s, and the user that it ejects, if any, to its best streamer."""
    here = assignment[user]
    if here != NONE:
        _leave(user, here, worth, spend, load, head, after, before)
    if out != NONE:
        _leave(out, s, worth, spend, load, head, after, before)
        assignment[out] = to
        if to != NONE:
            _join(out, to, worth, spend, load, head, after, before)
    assignment[user] = s
    _join(user, s, worth, spend, load, head, after, before)


@njit(inner=True)
def _find_best_other(out, s, here, own, worth, limit, capacity, spend, load):
    """Return a whale's best streamer but `s`, and its EV; `own` is no longer spent at `here`."""
    to, found = NONE, 0.0
    for t in range(len(limit)):
        value = worth[out, t]
        if t == s or value <= found:
            continue
        if t == here:
            fits = spend[t] - own + value <= limit[t]
        else:
            fits = load[t] < capacity[t] and spend[t] + value <= limit[t]
        if fits:
            to, found = t, value
    return to, found


@njit(inner=True)
def _join(user, s, worth, spend, load, head, after, before):
    spend[s] += worth[user, s]
    load[s] += 1
    link_member(user, s, head, after, before)


@njit(inner=True)
def _leave(user, s, worth, spend, load, head, after, before):
    spend[s] -= worth[user, s]
    load[s] -= 1
    unlink_member(user, s, head, after, before)
