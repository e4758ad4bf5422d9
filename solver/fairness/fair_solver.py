"""One problem, of which several welfares are solved."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..allocation import Allocation, Fill, allocate
from ..duality import Scope, ShadowPrices
from ..exact import reserve_guaranteed
from ..heuristics import greedy_fill
from ..kernels import LARGEST_EV, NONE, fill_in_order
from ..model import Candidates, Problem, best_first
from .certificate import (
    LEAST_WEIGHT,
    bound_welfare,
    certificate_of,
    inequality_floor,
    most_of,
    revenue_of,
)
from .instance import Instance, SlotPrices
from .large_users import place_large, tighten
from .relaxation import COLD, WARM, Relaxation, relax
from .result import FairAllocation
from .search import improve, refine, round_shares, spend_loss
from .welfare import GiniWelfare, Welfare

SHORT = 5e-5
"""Welfare that the optimum at the weights may lack, as a share, for no other start to be tried."""

MANY_PAIRS = 20_000_000

LARGE_SHORT = 1e-3
"""The same of problems with more pairs than that: other starts take minutes."""


@dataclass(frozen=True, eq=False)
class FairSolver:
    """A problem with its optimum, for which several welfares are solved.

    Parameters
    ----------
    problem : Problem
        As it was given.
    own : Problem
        With the limits that the users who count have to keep.
    scope : {"whale", "joint"}
    fill : {"greedy", "joint", "none"}
    base : (S,) float64
    instance : Instance
    optimum : float
        Greatest objective, currency units.
    start : (N, b) int64
        Assignment of the optimum.
    prices : SlotPrices
        Of the optimum.
    """

    problem: Problem
    own: Problem
    scope: Scope
    fill: Fill
    base: NDArray[np.float64]
    instance: Instance
    optimum: float
    start: NDArray[np.int64]
    prices: SlotPrices

    @staticmethod
    def of(
        problem: Problem, base: NDArray[np.float64], fill: Fill, optimum: Allocation | None
    ) -> FairSolver:
        """Return the solver of a problem; its optimum is computed unless it is given."""
        if fill == "greedy" and problem.whales.all():
            fill = "none"
        scope: Scope = "joint" if fill == "joint" else "whale"
        limits = problem.limits.without_guarantees() if fill == "greedy" else problem.limits
        own = problem.with_limits(limits)
        if optimum is None:
            optimum = allocate(own, fill="joint" if scope == "joint" else "none")
        start = optimum.assignment.reshape(problem.n_users, -1)
        objective = optimum.whale_objective - optimum.penalty
        if scope == "joint":
            objective += optimum.normal_objective
        else:
            start = np.where(problem.whales[:, None], start, NONE)
        instance = Instance.of(own, limits, scope, base)
        prices = SlotPrices.of(optimum.shadow_prices)
        if not instance.has_slot_price:
            prices = SlotPrices(np.maximum(prices.surcharge + prices.slot, 0.0), 0 * prices.slot)
        return FairSolver(problem, own, scope, fill, base, instance, objective, start, prices)

    def relax(self, welfare: Welfare, start: Relaxation | None = None) -> Relaxation:
        """Return weights and prices of the least bound on a welfare."""
        if start is None:
            return relax(self.instance, welfare, Relaxation.start(self.instance, self.prices), COLD)
        return relax(self.instance, welfare, start, WARM)

    def divisible_loss(self, relaxation: Relaxation) -> float:
        """Return the share of the optimum that the divisible solution gives up."""
        objective = float(relaxation.revenue.sum()) - relaxation.penalty
        return 1.0 - objective / self.optimum if self.optimum > 0 else 0.0

    def place(self, welfare: Welfare, relaxation: Relaxation) -> NDArray[np.int64]:
        """Return an assignment of whole users, (N, b) int64, of great welfare.

        The optimum at the weights is near where equality counts little. Where it is not, rounded
        shares are a start, and large users at streamers of their own another.
        """
        users, instance = self.instance.users, self.instance
        exact = self._weighted_optimum(relaxation)
        tries = [
            self.start,
            self._spread(refine(instance, welfare, relaxation, exact[users])),
        ]
        target = welfare.value(relaxation.revenue + self.base) - relaxation.penalty
        short = LARGE_SHORT if instance.n_pairs > MANY_PAIRS else SHORT
        if self._worth(welfare, tries[1]) < target - short * abs(target):
            start = self._complete(self._spread(round_shares(instance, relaxation)))
            if self._keeps_guarantees(start):
                tries.append(self._spread(improve(instance, welfare, relaxation, start[users])))
            with_large = self._place_large_first(welfare, relaxation)
            if with_large is not None:
                tries.append(with_large)
        return max(tries, key=lambda each: self._worth(welfare, each))

    def _place_large_first(
        self, welfare: Welfare, relaxation: Relaxation
    ) -> NDArray[np.int64] | None:
        """Return an assignment that starts from large users at streamers of their own."""
        found = place_large(self.instance, welfare, relaxation)
        if found is None:
            return None
        rest, of_rest, large, at = found
        places = self._spread(np.full((len(self.instance.users), 1), NONE))
        places[rest.users] = round_shares(rest, of_rest)
        places[self.instance.users[large], 0] = at
        places = self._complete(places)
        if not self._keeps_guarantees(places):
            return None
        aim = replace(of_rest, revenue=of_rest.revenue + rest.base - self.base)
        return self._spread(improve(self.instance, welfare, aim, places[self.instance.users]))

    def place_within(
        self, welfare: Welfare, relaxation: Relaxation, least: float
    ) -> NDArray[np.int64] | None:
        """Return an assignment of at least an objective, None if the search misses it."""
        start = self.place(welfare, relaxation)
        users, least_total = self.instance.users, least + self._penalty(start)
        found = spend_loss(self.instance, welfare, relaxation, start[users], least_total)
        if found is None:
            return None
        places = self._spread(found)
        enough = math.fsum(self.revenue(places) - self.base) - self._penalty(places) >= least
        return places if enough else None

    def floor(self, found: FairAllocation, loss: float) -> float:
        """Return the Gini coefficient that, by a proof, no allocation of at most a loss has."""
        objective = self.optimum - loss * abs(self.optimum)
        has_penalties = self.own.limits.whale_penalty.any()
        most = most_of(self.own, self.scope) if has_penalties else objective
        certificate = found.certificate
        welfare, had = GiniWelfare(certificate.parameter), float(self.base.sum())
        return inequality_floor(welfare, objective, certificate.welfare_bound, most, had)

    def loss(self, places: NDArray[np.int64]) -> float:
        """Return the share of the optimum that an assignment gives up."""
        objective = float((self.revenue(places) - self.base).sum()) - self._penalty(places)
        return 1.0 - objective / self.optimum if self.optimum > 0 else 0.0

    def revenue(self, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return streamers' revenues in an assignment, with what they had before."""
        return revenue_of(self.own, self._flat(places), self.scope) + self.base

    def _penalty(self, places: NDArray[np.int64]) -> float:
        limits = self.own.limits
        if not len(limits.whale_penalty):
            return 0.0
        return limits.total_penalty(self.own.tally(self._flat(places)).whale_load)

    def _flat(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return places as the problem has assignments: (N,) if users have one streamer."""
        return places if self.own.limits.per_user > 1 else places[:, 0]

    def _weighted_optimum(self, relaxation: Relaxation) -> NDArray[np.int64]:
        """Return the optimum of the EVs ω_s EV: it keeps all limits."""
        weighted = weigh(self.own, relaxation.weights)
        fill: Fill = "joint" if self.scope == "joint" else "none"
        found = allocate(weighted, fill=fill, prices=relaxation.prices.by_limit(self.instance))
        return found.assignment.reshape(self.own.n_users, -1)

    def result(
        self, welfare: Welfare, relaxation: Relaxation, places: NDArray[np.int64]
    ) -> FairAllocation:
        """Return an assignment with normal users added, and its certificate."""
        alone = self._flat(places)
        tally = self.own.tally(alone)
        load = tally.load if self.scope == "joint" else tally.whale_load
        # The optimum's prices are a proof too: no welfare is above the greatest total.
        proofs = [
            (welfare, relaxation),
            (welfare, Relaxation.start(self.instance, self.prices)),
            *tighten(self.instance, welfare, relaxation),
        ]
        bound, weights, prices = math.inf, relaxation.weights, ShadowPrices.zero(len(load))
        for each, dual in proofs:
            by_limit = dual.prices.by_limit(self.instance)
            own = bound_welfare(self.own, each, dual.weights, by_limit, self.scope, self.base, load)
            if own < bound:
                welfare, bound, weights, prices = each, own, dual.weights, by_limit
        revenue = revenue_of(self.own, alone, self.scope)
        penalty = self.own.limits.total_penalty(tally.whale_load)
        certificate = certificate_of(
            self.own, welfare, revenue, penalty, bound, self.scope, self.base
        )
        assignment = self._fill(alone)
        return FairAllocation(
            assignment=assignment,
            revenue=revenue + self.base,
            objective=certificate.objective,
            normal_objective=self.problem.tally(assignment).normal_ev
            if self.fill == "greedy"
            else 0.0,
            optimum=self.optimum,
            weights=weights,
            prices=prices,
            certificate=certificate,
        )

    def bound(self, welfare: Welfare, relaxation: Relaxation) -> float:
        """Return the bound on a welfare that weights and prices prove."""
        tally = self.own.tally(self._flat(self.start))
        return bound_welfare(
            self.own, welfare, relaxation.weights, relaxation.prices.by_limit(self.instance),
            self.scope, self.base, tally.load if self.scope == "joint" else tally.whale_load,
        )  # fmt: skip

    def _fill(self, assignment: NDArray[np.int64]) -> NDArray[np.int64]:
        if self.fill == "greedy":
            assignment = reserve_guaranteed(self.problem, assignment)
            assignment = greedy_fill(self.problem, assignment, ~self.problem.whales)
        return best_first(self.problem, assignment) if assignment.ndim == 2 else assignment

    def _complete(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return places of all users, with those who have none at their best with room."""
        instance, limits, found = self.instance, self.own.limits, places.copy()
        left = (found[instance.users] == NONE).any(axis=1)
        richest = np.argsort(-instance.best_ev, kind="stable")
        order = richest[left[richest]]
        tally = self.own.tally(self._flat(found))
        room = np.minimum(limits.whale_cap - tally.whale_load, limits.capacity - tally.load)
        whales, others = (order[instance.is_whale[order] == kind] for kind in (True, False))
        fill_in_order(self.own.rows, instance.users[whales], room, found)
        tally = self.own.tally(self._flat(found))
        fill_in_order(self.own.rows, instance.users[others], limits.capacity - tally.load, found)
        return found

    def _spread(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the places of all users, (N, b) int64, given those of the instance's."""
        found = np.full((self.own.n_users, places.shape[1]), NONE)
        found[self.instance.users] = places
        return found

    def _keeps_guarantees(self, places: NDArray[np.int64]) -> bool:
        load = np.bincount(places[places != NONE], minlength=self.own.n_streamers)
        return bool((load >= self.own.limits.min_users).all())

    def _worth(self, welfare: Welfare, places: NDArray[np.int64]) -> float:
        return welfare.value(self.revenue(places)) - self._penalty(places)


def weigh(problem: Problem, weights: NDArray[np.float64]) -> Problem:
    """Return the problem with each streamer's EVs times its weight, at most the largest EV."""
    ev = problem.ev
    if isinstance(ev, Candidates):
        weighted: Any = Candidates.from_csr(
            ev.row_start,
            ev.streamers,
            np.minimum(ev.ev * weights[ev.streamers], LARGEST_EV),
            ev.shape,
        )
    else:
        weighted = np.minimum(ev * np.maximum(weights, LEAST_WEIGHT), LARGEST_EV)
    return Problem(weighted).with_limits(problem.limits)
