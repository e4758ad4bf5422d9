"""Refinement of a nearly optimal allocation until its certificate proves it optimal.

At any scale of the data, only pairs whose reduced cost is within the gap can be in a better
allocation. The flow among these is solved again with reduced costs in place of EVs, so that
OR-Tools' integers resolve the gap instead of the largest EV, and new prices follow from the result.
This repeats until the certificate is optimal (iterative refinement: A. M. Gleixner, D. E. Steffy
and K. Wolter, INFORMS Journal on Computing 28, 2016). Users whose assignment cannot change are
left out, however large their EV.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from ..duality import (
    NOISE,
    ROUNDING,
    Certificate,
    Charges,
    Loads,
    Scope,
    ShadowPrices,
    certify,
    compute_least_prices,
)
from ..kernels import NONE
from ..model import Candidates, Limits, Problem, placements

MAX_ROUNDS = 8
"""Largest number of flows; each one resolves what the one before left open."""

MAX_PAIRS = 4_000_000
"""With more pairs, a flow takes too long, and the gap remains."""

BLOCK = 1 << 20
"""Number of entries of a matrix examined at once."""

ROUNDS_WITHIN_ROUNDING = 2
"""Largest number of flows on a gap that may be rounding alone."""

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Solution:
    """An allocation with its prices and certificate.

    Parameters
    ----------
    assignment : (N,) or (N, b) int64
    prices : ShadowPrices
    proof : Certificate
    """

    assignment: NDArray[np.int64]
    prices: ShadowPrices
    proof: Certificate


def refine(
    problem: Problem,
    users: NDArray[np.bool_],
    assignment: NDArray[np.int64],
    prices: ShadowPrices,
    scope: Scope,
    tolerance: float,
) -> Solution:
    """Return the best of the allocations and prices found by refinement.

    Parameters
    ----------
    problem : Problem
    users : (N,) bool
        Users to allocate.
    assignment : (N,) or (N, b) int64
        Their streamers. Other users are not assigned.
    prices : ShadowPrices
    scope : {"whale", "joint"}
    tolerance : float
        Accepted gap, as a share of the objective; 0 is exact.
    """
    best = now = Solution(assignment, prices, certify(problem, assignment, prices, scope=scope))
    for round_ in range(MAX_ROUNDS):
        if is_good_enough(best.proof, tolerance, round_) or not now.proof.gap < math.inf:
            break
        reduced = _reduce_problem(problem, users, now)
        if reduced is None:
            break
        taken = reduced.solve(problem.limits)
        refined = _apply_flow(problem, now.assignment, reduced, taken)
        noise = 0.0 if round_ % 2 else NOISE  # the differences may be as small as rounding
        found = compute_least_prices(reduced.pairs, taken, problem.limits, reduced.fixed, noise)
        found = _restore_closed_prices(prices, found, problem.limits)
        now = Solution(refined, found, certify(problem, refined, found, scope=scope))
        better = (now.proof.excess, now.proof.gap) < (best.proof.excess, best.proof.gap)
        if better or (now.proof.proven_optimal and not best.proof.proven_optimal):
            best = now
    return best


def is_good_enough(proof: Certificate, tolerance: float, rounds: int = 0) -> bool:
    """Return whether an allocation by flow, after some rounds of refinement, needs no further one.

    OR-Tools' integers resolve a fraction of the largest EV, and small EVs can differ by less. So
    the first rounds do not excuse a gap by rounding. Later ones do, because prices that are not
    representable leave a gap even at an optimum.
    """
    if rounds < ROUNDS_WITHIN_ROUNDING and not proof.faults:
        return proof.gap <= tolerance * abs(proof.objective)
    return proof.is_within(tolerance)


def _restore_closed_prices(
    before: ShadowPrices, found: ShadowPrices, limits: Limits
) -> ShadowPrices:
    """Return prices with those of closed streamers restored, since the flow has no pair there."""
    return replace(
        found,
        whale_cap=np.where(limits.whale_cap > 0, found.whale_cap, before.whale_cap),
        capacity=np.where(limits.capacity > 0, found.capacity, before.capacity),
    )


@dataclass(frozen=True, eq=False)
class _ReducedProblem:
    """The pairs that may differ in a better allocation.

    Parameters
    ----------
    pairs : Candidates
        Near pairs, including the present ones, of the users whose assignment may change.
    value : (E,) float64
        Profit of each pair less the least profit of its user, within ± cutoff.
    out : (N,) float64
        Least profit of each user, at most the cutoff.
    whale_surcharge, slot_price : (S,) float64
        What whales pay in addition, and what all users pay.
    cutoff : float
        Twice the gap, above 0: no better allocation has a pair that costs more.
    fixed : Loads
        Whales and all users whose assignment cannot change.
    """

    pairs: Candidates
    value: Values
    out: Values
    whale_surcharge: Values
    slot_price: Values
    cutoff: float
    fixed: Loads

    def solve(self, limits: Limits) -> NDArray[np.bool_]:
        """Return the pairs of an optimal allocation, (E,) bool."""
        pairs, n_streamers = self.pairs, self.pairs.shape[1]
        degree = np.diff(pairs.row_start)
        nodes = np.cumsum(degree > 0) - 1
        units = np.minimum(degree, limits.per_user)[degree > 0]
        n_users = len(units)
        streamers = np.arange(n_streamers)
        whale_node, slot_node, sink = n_users, n_users + n_streamers, n_users + 2 * n_streamers
        bits = 60 - math.ceil(math.log2(sink + 4)) - math.frexp(self.cutoff)[1]
        network = SimpleMinCostFlow()

        def add(tail: object, head: object, room: object, value: Values) -> None:
            size = len(value)
            cost = -np.rint(np.ldexp(np.clip(value, -self.cutoff, self.cutoff), bits))
            network.add_arcs_with_capacity_and_unit_cost(
                np.broadcast_to(np.asarray(tail, dtype=np.int32), size),
                np.broadcast_to(np.asarray(head, dtype=np.int32), size),
                np.broadcast_to(np.asarray(room, dtype=np.int64), size),
                cost.astype(np.int64),
            )

        # Among equally good allocations, prefer the one with more pairs.
        tied = self.cutoff * 2.0**-50 / max(1, int(units.sum()))
        entry = np.where(limits.whales[pairs.users], whale_node, slot_node) + pairs.streamers
        add(nodes[pairs.users], entry, 1, self.value + tied)
        add(np.arange(n_users), sink, units, -self.out[degree > 0])
        whales = self.fixed.whales
        room = np.minimum(limits.whale_cap, whales + n_users * 1) - whales
        for first, stop, price in _penalty_steps(limits):
            level = np.clip(np.minimum(whales + room, stop) - np.maximum(whales, first), 0, None)
            add(whale_node + streamers, slot_node + streamers, level, self.whale_surcharge - price)
        least = np.maximum(limits.min_users - self.fixed.users, 0)
        optional = np.minimum(limits.capacity - self.fixed.users, n_users) - least
        add(slot_node + streamers, sink, optional, self.slot_price)
        supply = np.zeros(sink + 1, dtype=np.int64)
        supply[:n_users], supply[slot_node:sink] = units, -least
        supply[sink] = least.sum() - units.sum()
        network.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
        status = network.solve()
        if status != network.OPTIMAL:  # the present allocation is a flow
            raise RuntimeError(f"OR-Tools' min-cost flow ended as {status}.")
        flow: NDArray[np.int64] = network.flows(np.arange(len(pairs), dtype=np.int32))
        return flow > 0


def _penalty_steps(limits: Limits) -> list[tuple[int, int, float]]:
    """Return ranges of whale numbers and their penalty: first, stop, price."""
    if not len(limits.whale_penalty):
        return [(0, 2**62, 0.0)]
    prices, first = np.unique(limits.whale_penalty, return_index=True)
    stops = [*first[1:].tolist(), 2**62]
    return list(zip(first.tolist(), stops, prices.tolist(), strict=True))


def _reduce_problem(
    problem: Problem, users: NDArray[np.bool_], now: Solution
) -> _ReducedProblem | None:
    """Return the pairs that are still open at the prices, None if there are none or too many."""
    limits, n_users, n_streamers = problem.limits, problem.n_users, problem.n_streamers
    charges = _charges(now.prices)
    user, at = placements(now.assignment)
    profits = _Profits.of(problem, charges, user, at)
    n_assigned = np.bincount(user, minlength=n_users)
    order = np.lexsort((profits.residue, profits.value, user))[::-1]
    least, residue = np.zeros(n_users), np.zeros(n_users)
    full = n_assigned[user[order]] == limits.per_user
    worst = order[full]  # the last to be written to each user is its least
    least[user[worst]], residue[user[worst]] = profits.value[worst], profits.residue[worst]
    cutoff = 2.0 * now.proof.gap
    floor = least - cutoff - 4.0 * ROUNDING * (np.abs(least) + cutoff)
    near = _find_near_pairs(problem, users, charges, floor)
    if near is None:
        return None
    keys = np.union1d(near, user * n_streamers + at)
    row, streamer = np.divmod(keys, n_streamers)
    is_assigned = np.isin(keys, user * n_streamers + at)
    open_ = np.zeros(n_users, dtype=np.bool_)
    open_[row[~is_assigned]] = True  # another choice is near,
    open_ |= (n_assigned > 0) & ~(least > cutoff)  # or to stay out
    is_open_pair = open_[row]
    fixed = ~is_open_pair & is_assigned
    whale_load = np.bincount(streamer[fixed & limits.whales[row]], minlength=n_streamers)
    loads = Loads(whale_load, np.bincount(streamer[fixed], minlength=n_streamers))
    row, streamer = row[is_open_pair], streamer[is_open_pair]
    if not len(row):
        return None
    profits = _Profits.of(problem, charges, row, streamer)
    value = (profits.value - least[row]) + (profits.residue - residue[row])
    pairs = Candidates.from_sorted(row, streamer, problem.ev_at(row, streamer), problem.ev.shape)
    return _ReducedProblem(
        pairs,
        value,
        np.minimum(least, cutoff),
        now.prices.whale_surcharge,
        now.prices.slot_price,
        cutoff,
        loads,
    )


def _charges(prices: ShadowPrices) -> tuple[Charges, Charges]:
    """Return the charges of whales and of normal users, finite at closed streamers as well.

    The price of a cap of 0 is the greatest gain of a user there.
    """
    everywhere = np.ones(len(prices.slot_price), dtype=np.bool_)
    guarantee = None if prices.min_users is None else -prices.min_users
    slot = prices.capacity, guarantee
    for_whales = Charges.total(everywhere, prices.whale_cap, prices.whale_penalty, *slot)
    return for_whales, Charges.total(everywhere, *slot)


@dataclass(frozen=True, eq=False)
class _Profits:
    """Profits of pairs and their rounding errors, (n,) float64 each."""

    value: Values
    residue: Values

    @staticmethod
    def of(
        problem: Problem,
        charges: tuple[Charges, Charges],
        user: NDArray[np.int64],
        streamer: NDArray[np.int64],
    ) -> _Profits:
        whale = problem.whales[user]
        price, rest = (
            np.where(whale, of_whales[streamer], of_normal[streamer])
            for of_whales, of_normal in zip(charges[0][:2], charges[1][:2], strict=True)
        )
        ev = problem.ev_at(user, streamer)
        value = ev - price
        back = value - ev
        residue = (ev - (value - back)) + (-price - back)
        return _Profits(value, residue - rest)


def _find_near_pairs(
    problem: Problem,
    users: NDArray[np.bool_],
    charges: tuple[Charges, Charges],
    floor: Values,
) -> NDArray[np.int64] | None:
    """Return the allowed pairs with a profit of at least the user's floor, None if too many.

    As integers user × S + streamer.
    """
    n_streamers = problem.n_streamers
    negative = problem.limits.negative
    low = [each.price - 4.0 * ROUNDING * each.size for each in charges]
    if isinstance(problem.ev, Candidates):
        pairs = problem.ev
        price = np.where(problem.whales[pairs.users], low[0][pairs.streamers],
                         low[1][pairs.streamers])  # fmt: skip
        worth = (pairs.ev >= 0) | negative[pairs.streamers]
        near = worth & (pairs.ev - price >= floor[pairs.users]) & users[pairs.users]
        found = pairs.users[near] * n_streamers + pairs.streamers[near]
        return found if len(found) <= MAX_PAIRS else None
    parts, count = [], 0
    step = max(1, BLOCK // n_streamers)
    rows = np.flatnonzero(users)
    for first in range(0, len(rows), step):
        some = rows[first : first + step]
        ev = problem.ev[some]
        price = np.where(problem.whales[some, None], low[0], low[1])
        worth = (ev >= 0) | ((ev > -np.inf) & negative)
        row, streamer = np.nonzero(worth & (ev - price >= floor[some, None]))
        parts.append(some[row] * n_streamers + streamer)
        count += len(row)
        if count > MAX_PAIRS:
            return None
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _apply_flow(
    problem: Problem,
    assignment: NDArray[np.int64],
    reduced: _ReducedProblem,
    taken: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Return the allocation with the users of the reduced problem reassigned by its flow."""
    several = assignment.reshape(problem.n_users, -1).copy()
    user, at = reduced.pairs.users[taken], reduced.pairs.streamers[taken]
    several[reduced.pairs.users] = NONE
    first = np.concatenate([[True], user[1:] != user[:-1]]) if len(user) else np.zeros(0, bool)
    column = np.arange(len(user)) - np.maximum.accumulate(np.where(first, np.arange(len(user)), 0))
    several[user, column] = at
    return several[:, 0] if assignment.ndim == 1 else several
