"""Allocations that give up a little of the total for equality, with a proof."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message

from ..allocation import Allocation, Fill, allocate, wrong_problem
from ..display import Displayed, Row, count_placed, placed_row, show_number
from ..duality import Scope, ShadowPrices
from ..errors import InputError, quote_name
from ..exact import reserve_guaranteed
from ..heuristics import greedy_fill
from ..kernels import NONE, fill_in_order
from ..model import Candidates, Problem, best_first
from .certificate import (
    LEAST_WEIGHT,
    MAX_ALPHA,
    FairCertificate,
    as_base,
    as_parameter,
    bound_welfare,
    certificate_of,
    inequality_floor,
    most_of,
    revenue_of,
)
from .instance import Instance, SlotPrices
from .large_users import place_large, tighten
from .relaxation import COLD, WARM, Relaxation, relax
from .search import improve, round_shares, spend_loss
from .welfare import AlphaWelfare, GiniWelfare, Measure, Welfare, gini

OnStep = Callable[["FairStep"], None]
FairStep = Literal["optimum", "weights", "places", "certificate"]
_MEASURES, _FILLS = get_args(Measure), get_args(Fill)

DEFAULT_LOSS = 0.01
"""Share of the optimum that is given up if nothing else is asked."""

LARGEST_SEARCHED_ALPHA = 16.0
"""α at which the search for a loss or a Gini coefficient ends."""

SEARCH_STEPS = 12
"""Parameters that the search for a loss or a Gini coefficient tries at most."""

LOSS_USED = 0.92
"""Share of the accepted loss at which the search is content; whole users take up the rest."""

EQUAL = 0.002
"""Gini coefficient of a divisible solution at which more loss would buy nothing."""

NEAR = 1.04
"""Ratio of two parameters between which no other is tried."""

GINI_PRECISION = 0.02
"""Relative distance of two values of θ between which no other is tried."""

SMALLER = (0.9, 0.8, 0.6, 0.3, 0.0)
"""Factors of the parameter with which whole users are placed if a loss was exceeded."""


@dataclass(frozen=True, eq=False, repr=False)
class FairAllocation(Displayed):
    """An allocation that weighs equality against the total, and what is proven of it.

    Parameters
    ----------
    assignment : (N,) int64, or (N, b) if users are shown to up to b > 1 streamers
        Streamers of each user, best first, -1 for none.
    revenue : (S,) float64
        EV of the users that count, at each streamer, with what it had before, currency units.
    objective : float
        Total EV of these users less the penalties of their whales, currency units.
    normal_objective : float
        Total EV of normal users who filled the remaining capacity, currency units.
    optimum : float
        Greatest objective of any allocation, currency units.
    weights : (S,) float64
        ω: what a unit of revenue is worth at each streamer.
    prices : ShadowPrices
        Of the limits, at the EVs ω_s EV.
    certificate : FairCertificate

    Examples
    --------
    >>> from whale_matching import Problem, allocate_fair
    >>> problem = Problem([[5.0, 3.0], [5.0, 4.0], [5.0, 4.0]], whale_cap=3)
    >>> allocation = allocate_fair(problem, max_loss=0.1)
    >>> allocation.assignment, allocation.gini
    (array([0, 1, 0]), 0.21428571428571427)
    """

    assignment: NDArray[np.int64]
    revenue: NDArray[np.float64]
    objective: float
    normal_objective: float
    optimum: float
    weights: NDArray[np.float64]
    prices: ShadowPrices
    certificate: FairCertificate

    def _parts(self) -> Iterator[str]:
        yield f"{count_placed(self.assignment):,} of {len(self.assignment):,} users placed"
        yield f"objective={show_number(self.objective)}"
        yield f"loss={self.loss:.3%}"
        yield f"gini={self.gini:.4f}"
        yield f"certificate={self.certificate!r}"

    def _rows(self) -> Iterator[Row]:
        yield placed_row(self.assignment)
        yield "objective", show_number(self.objective)
        yield "optimum", show_number(self.optimum)
        yield "loss", f"{self.loss:.3%}"
        yield "gini", f"{self.gini:.4f}"
        yield from self.certificate.proof_rows()

    @property
    def total(self) -> float:
        """Revenue of all streamers, with what they had before, currency units."""
        return self.certificate.total

    @property
    def gini(self) -> float:
        """Gini coefficient of the streamers' revenues."""
        return self.certificate.gini

    @property
    def theta(self) -> float | None:
        """θ of the welfare; None if its measure is "alpha"."""
        return self.certificate.parameter if self.certificate.measure == "gini" else None

    @property
    def alpha(self) -> float | None:
        """α of the welfare; None if its measure is "gini"."""
        return self.certificate.parameter if self.certificate.measure == "alpha" else None

    @property
    def loss(self) -> float:
        """Share of the optimum that was given up, from 0 to 1."""
        return max(0.0, 1.0 - self.objective / self.optimum) if self.optimum > 0 else 0.0


def allocate_fair(
    problem: Problem,
    *,
    max_loss: float | None = None,
    theta: float | None = None,
    max_gini: float | None = None,
    measure: Measure = "gini",
    alpha: float | None = None,
    base: ArrayLike | None = None,
    fill: Fill = "greedy",
    optimum: Allocation | None = None,
    on_step: OnStep = lambda _: None,
) -> FairAllocation:
    """Allocate users so that streamers' revenues are more equal, at a known loss, with a proof.

    The welfare ``T (1 - θ G)`` of total T and Gini coefficient G is maximised; the certificate says
    how far any allocation could be better, and which Gini coefficient no allocation of this total
    goes below. Weights and prices come from the problem in which users are divisible
    (`solver.fairness.relaxation`), whole users from rounding and local search. The problem with
    whole users is NP-hard, so that a gap remains; it is small if streamers have many users each,
    and large if single users are worth more than most streamers earn.

    Give one of `max_loss`, `theta`, `max_gini` and `alpha`; a `max_loss` of 1 % by default.

    Parameters
    ----------
    problem : Problem
        Negative EVs must not be allowed: a revenue is at least 0.
    max_loss : float, optional
        Share of the greatest objective that may be given up, above 0, below 1.
    theta : float, optional
        Weight of equality, from 0 to 1: a point of Gini is worth θ percent of the total.
    max_gini : float, optional
        Greatest Gini coefficient, from 0 to 1; as little as possible is given up for it.
    measure : {"gini", "alpha"}
        "alpha" takes α-fair welfare and Atkinson's index instead, with `alpha` or `max_loss`.
    alpha : float, optional
        Aversion to inequality, from 0 to 64; 1 is Nash's welfare.
    base : (S,) array_like of float, optional
        Revenue that streamers had before, currency units, ≥ 0: equality is sought of both together.
    fill : {"greedy", "joint", "none"}
        As in `allocate`: with "greedy" the revenue of whales is made equal and normal users fill
        the remaining capacity; with "joint" that of all users.
    optimum : Allocation, optional
        The optimum of the same problem and fill, if it is known: it is the start.
    on_step : callable, optional
        Called with "optimum", "weights", "places" and "certificate" as each step ends.

    Returns
    -------
    FairAllocation

    Raises
    ------
    InputError
        On arguments out of range, several aims at once, or a `max_gini` that was not reached; the
        message then says which Gini coefficient no allocation goes below.
    UnmetGuaranteesError
        If no allocation meets all guarantees.

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import Problem, allocate_fair
    >>> ev = np.random.default_rng(0).lognormal(size=(200, 5))
    >>> fair = allocate_fair(Problem(ev, whale_cap=60), max_loss=0.02)
    >>> fair.loss <= 0.02, fair.certificate.gini_at_least <= fair.gini
    (True, True)
    """
    if not isinstance(problem, Problem):
        raise wrong_problem(problem)
    aim = _read_aim(max_loss, theta, max_gini, measure, alpha)
    check_fair_problem(problem, fill)
    solver = FairSolver.of(problem, as_base(base, problem.n_streamers), fill, optimum)
    on_step("optimum")
    found = aim.solve(solver, on_step)
    on_step("certificate")
    return found


def check_fair_problem(problem: Problem, fill: str) -> None:
    """Refuse a fill that is unknown, and negative EVs."""
    if problem.limits.allow_negative_ev:
        raise InputError("allow_negative_ev", Message("fairness_negative_ev"))
    if fill not in _FILLS:
        message = Message("option_unknown", field="fill", known=_FILLS, received=quote_name(fill))
        raise InputError("fill", message)


@dataclass(frozen=True)
class _AtParameter:
    """A welfare that is given."""

    welfare: Welfare

    def solve(self, solver: FairSolver, on_step: OnStep) -> FairAllocation:
        relaxation = solver.relax(self.welfare)
        on_step("weights")
        places = solver.place(self.welfare, relaxation)
        on_step("places")
        return solver.result(self.welfare, relaxation, places)


@dataclass(frozen=True)
class _WithinLoss:
    """As equal as possible at a loss."""

    max_loss: float
    measure: Measure

    def solve(self, solver: FairSolver, on_step: OnStep) -> FairAllocation:
        least = solver.optimum - self.max_loss * abs(solver.optimum)
        welfare, relaxation = _search_loss(solver, self.measure, self.max_loss)
        on_step("weights")
        places = solver.place_within(welfare, relaxation, least)
        for factor in SMALLER:
            if places is not None:
                break
            welfare = welfare.scaled(factor)
            relaxation = solver.relax(welfare, relaxation)
            places = solver.place_within(welfare, relaxation, least)
        on_step("places")
        return solver.result(welfare, relaxation, solver.start if places is None else places)


@dataclass(frozen=True)
class _WithinGini:
    """At as little loss as possible within a Gini coefficient, and within a loss if given."""

    max_gini: float
    max_loss: float | None

    def solve(self, solver: FairSolver, on_step: OnStep) -> FairAllocation:
        if gini(solver.revenue(solver.start)) <= self.max_gini:
            welfare = GiniWelfare(0.0)
            on_step("weights")
            on_step("places")
            return solver.result(welfare, solver.relax(welfare), solver.start)
        found = self._search(solver)
        on_step("weights")
        on_step("places")
        if found is not None and (self.max_loss is None or found.loss <= self.max_loss):
            return found
        if self.max_loss is None:
            nearest = _AtParameter(GiniWelfare(1.0)).solve(solver, lambda _: None)
        else:
            nearest = _WithinLoss(self.max_loss, "gini").solve(solver, lambda _: None)
        if nearest.gini <= self.max_gini:
            return nearest
        loss = nearest.loss if self.max_loss is None else self.max_loss
        raise UnreachableGiniError(self.max_gini, nearest, loss, solver.floor(nearest, loss))

    def _search(self, solver: FairSolver) -> FairAllocation | None:
        """Return the allocation of the least θ that is found to keep the Gini coefficient."""
        low, high, best = 0.0, 1.0, None
        relaxation, guess = None, 0.1
        for _ in range(SEARCH_STEPS):
            welfare = GiniWelfare(guess)
            relaxation = solver.relax(welfare, relaxation)
            if gini(relaxation.revenue + solver.base) <= self.max_gini:
                found = solver.result(welfare, relaxation, solver.place(welfare, relaxation))
                if found.gini <= self.max_gini:
                    best, high = found, guess
                else:
                    low = guess
            else:
                low = guess
            if low >= 1.0 or high - low <= GINI_PRECISION * high:
                break
            guess = min(1.0, 2.0 * guess) if best is None else 0.5 * (low + high)
        return best


def _search_loss(
    solver: FairSolver, measure: Measure, max_loss: float
) -> tuple[Welfare, Relaxation]:
    """Return the welfare whose divisible solution gives up nearly a loss, or the largest.

    The loss grows with the parameter, near 0 with its square.
    """
    most = 1.0 if measure == "gini" else LARGEST_SEARCHED_ALPHA
    low, high, guess = 0.0, math.inf, 0.05 if measure == "gini" else 0.1
    aim, best, relaxation = 0.5 * (1.0 + LOSS_USED) * max_loss, None, None
    for _ in range(SEARCH_STEPS):
        welfare = _welfare(measure, guess)
        relaxation = solver.relax(welfare, relaxation)
        loss = solver.divisible_loss(relaxation)
        if loss <= max_loss:
            best, low = (welfare, relaxation), guess
            is_equal = gini(relaxation.revenue + solver.base) < EQUAL
            if loss >= LOSS_USED * max_loss or guess >= most or is_equal:
                break
        else:
            high = guess
        if high < math.inf and high <= NEAR * low:
            break
        factor = math.sqrt(aim / max(loss, 1e-9))
        following = guess * min(6.0, max(0.15, factor))
        if high == math.inf:
            following = max(following, 1.5 * guess)
        elif not low < following < high:
            following = math.sqrt(low * high) if low > 0 else 0.3 * high
        guess = min(most, following)
    if best is not None:
        return best
    welfare = _welfare(measure, low)
    return welfare, solver.relax(welfare, relaxation)


def _welfare(measure: Measure, parameter: float) -> Welfare:
    return GiniWelfare(parameter) if measure == "gini" else AlphaWelfare(parameter)


def _read_aim(
    max_loss: float | None,
    theta: float | None,
    max_gini: float | None,
    measure: str,
    alpha: float | None,
) -> _AtParameter | _WithinLoss | _WithinGini:
    """Return the aim that one of the arguments gives."""
    if measure not in _MEASURES:
        message = Message(
            "option_unknown", field="measure", known=_MEASURES, received=quote_name(measure)
        )
        raise InputError("measure", message)
    given = {"max_loss": max_loss, "theta": theta, "max_gini": max_gini, "alpha": alpha}
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1 and names != ["max_loss", "max_gini"]:
        raise InputError(names[1], Message("fairness_one_aim", given=names))
    if theta is not None:
        if measure == "alpha":
            raise InputError("theta", Message("fairness_aim_of_other_measure", aim="theta"))
        return _AtParameter(GiniWelfare(as_parameter(theta, "theta", 1.0)))
    if alpha is not None:
        return _AtParameter(AlphaWelfare(as_parameter(alpha, "alpha", MAX_ALPHA)))
    if max_gini is not None:
        if measure == "alpha":
            raise InputError("max_gini", Message("fairness_aim_of_other_measure", aim="max_gini"))
        limit = None if max_loss is None else as_parameter(max_loss, "max_loss", 1.0, above=True)
        return _WithinGini(as_parameter(max_gini, "max_gini", 1.0), limit)
    asked = DEFAULT_LOSS if max_loss is None else max_loss
    loss = as_parameter(asked, "max_loss", 1.0, above=True)
    return _WithinLoss(loss, measure)  # type: ignore[arg-type]


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
        """Return an assignment of whole users, (N, b) int64, of great welfare."""
        start = self._complete(self._spread(round_shares(self.instance, relaxation)))
        if not self._keeps_guarantees(start):
            start = self._weighted_optimum(relaxation)
        users = self.instance.users
        tries = [
            self.start,
            self._spread(improve(self.instance, welfare, relaxation, start[users])),
        ]
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
        found = allocate(weighted, fill="joint" if self.scope == "joint" else "none")
        return found.assignment.reshape(self.own.n_users, -1)

    def result(
        self, welfare: Welfare, relaxation: Relaxation, places: NDArray[np.int64]
    ) -> FairAllocation:
        """Return an assignment with normal users added, and its certificate."""
        alone = self._flat(places)
        tally = self.own.tally(alone)
        load = tally.load if self.scope == "joint" else tally.whale_load
        proofs = [(welfare, relaxation), *tighten(self.instance, welfare, relaxation)]
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
    """Return the problem with each streamer's EVs times its weight."""
    ev = problem.ev
    if isinstance(ev, Candidates):
        weighted: Any = Candidates.from_csr(
            ev.row_start, ev.streamers, ev.ev * weights[ev.streamers], ev.shape
        )
    else:
        weighted = ev * np.maximum(weights, LEAST_WEIGHT)
    return Problem(weighted).with_limits(problem.limits)


class UnreachableGiniError(InputError):
    """A Gini coefficient that no allocation reaches, or none that was found.

    Parameters
    ----------
    max_gini : float
        What was asked.
    nearest : FairAllocation
        The allocation of the least Gini coefficient found.
    loss : float
        Share of the optimum that may be given up.
    floor : float
        Gini coefficient that no allocation of at most this loss goes below.

    Examples
    --------
    >>> from whale_matching import Problem, UnreachableGiniError, allocate_fair
    >>> problem = Problem([[5.0, 3.0], [5.0, 4.0], [5.0, 4.0]], whale_cap=3)
    >>> try:
    ...     allocate_fair(problem, max_gini=0.1, max_loss=0.1)
    ... except UnreachableGiniError as error:
    ...     print(round(error.nearest.gini, 3))
    0.214
    """

    def __init__(self, max_gini: float, nearest: FairAllocation, loss: float, floor: float) -> None:
        message = Message(
            "gini_out_of_reach",
            asked=f"{max_gini:.4g}",
            impossible=max_gini < floor,
            floor=f"{math.floor(1e4 * floor) / 1e4:.4g}",
            found=f"{math.ceil(1e4 * nearest.gini) / 1e4:.4g}",
            loss=f"{100 * loss:.4g}",
            given_up=f"{100 * nearest.loss:.3g}",
        )
        super().__init__("max_gini", message)
        self.nearest, self.loss, self.floor = nearest, loss, floor
