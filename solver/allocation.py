"""The pipeline from a problem to its allocation."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from messages import Message

from .deprecation import allow_positional_options
from .duality import Certificate, Scope, ShadowPrices, certify, find_price_faults
from .errors import InputError, Remedy, UnmetGuaranteesError, quote, quote_name
from .exact import (
    SolveOptions,
    allocate_by_flow,
    estimate_two_tier_prices,
    reserve_guaranteed,
    solve_single_tier,
    solve_single_tier_candidates,
    solve_two_tiers,
)
from .flow import can_meet, is_good_enough, refine
from .heuristics import greedy_edges, greedy_fill, greedy_swaps
from .kernels import NONE
from .model import Candidates, Displayed, Limits, Problem, best_first

Algorithm = Literal["min-cost-flow", "greedy-edges", "greedy-swaps"]
Fill = Literal["greedy", "joint", "none"]
Step = Literal["whale_tier", "normal_tier", "certificate"]
_ALGORITHMS, _FILLS = get_args(Algorithm), get_args(Fill)


@dataclass(frozen=True, eq=False, repr=False)
class Allocation(Displayed):
    """For each user a streamer or none, with its value, its prices and its proof.

    Parameters
    ----------
    assignment : (N,) int64, or (N, b) where users are shown to up to b > 1 streamers
        Position of each user's streamers, best first, -1 for none.
    whale_objective, normal_objective : float
        Total EV of the placed users of each tier, currency units.
    penalty : float
        What the whales cost by `whale_penalty`, currency units.
    shadow_prices : ShadowPrices
        Of the exact optimum, whichever algorithm made the allocation.
    certificate : Certificate
    demand : (S,) int64
        How many whales would choose each streamer were there no caps.
    arcs : int
        Pairs that the exact tier could make.
    contested_arcs : int
        Those of them that screening left to be decided by shortest paths or by flow: 0 where first
        choices fit, or the auction alone came within the tolerance. With fill joint, a normal
        user's arc counts for each kind of slot, those that whales may take and the others.
    """

    assignment: NDArray[np.int64]
    whale_objective: float
    normal_objective: float
    penalty: float
    shadow_prices: ShadowPrices
    certificate: Certificate
    demand: NDArray[np.int64]
    arcs: int
    contested_arcs: int

    def _facts(self) -> dict[str, object]:
        placed = (self.assignment >= 0).reshape(len(self.assignment), -1).any(axis=1)
        return {
            "users": len(self.assignment),
            "placed": int(np.count_nonzero(placed)),
            "objective": f"{self.objective:.10g}",
            "gap": f"{self.certificate.gap:.3g}",
            "proven_optimal": self.certificate.proven_optimal,
        }

    @property
    def streamer(self) -> NDArray[np.int64]:
        """Deprecated name of `assignment`."""
        message = "Allocation.streamer is deprecated; use Allocation.assignment."
        warnings.warn(message, DeprecationWarning, stacklevel=2)
        return self.assignment

    @property
    def objective(self) -> float:
        """Total EV of all placed users less the penalty, currency units."""
        return self.whale_objective + self.normal_objective - self.penalty


@allow_positional_options
def allocate(
    problem: Problem,
    *,
    algorithm: Algorithm = "min-cost-flow",
    fill: Fill = "greedy",
    rng: np.random.Generator | None = None,
    on_step: Callable[[Step], None] = lambda _: None,
    prices: ShadowPrices | None = None,
    tolerance: float = 0.0,
) -> Allocation:
    """Allocate whales first, at most `whale_cap` to a streamer, then everybody else.

    Parameters
    ----------
    problem : Problem
    algorithm : {"min-cost-flow", "greedy-edges", "greedy-swaps"}
        How the whale tier is allocated. Min-cost flow is exact; the others are the published
        experiment's, for comparison.
    fill : {"greedy", "joint", "none"}
        Normal users: greedily into the capacity left; both tiers at once, at the greatest total
        EV there is; or not at all. Guarantees (`min_users`) count whales and normal users alike,
        but with greedy, whales go where they would without guarantees, and normal users meet
        what is left of them; with none, or where every user is a whale, whales meet them.
    rng : numpy.random.Generator, optional
        Draws the swaps of greedy-swaps; by default a generator seeded with 0.
    on_step : callable, optional
        Called with the name of each step as it ends: "whale_tier", "normal_tier", "certificate".
    prices : ShadowPrices, optional
        To begin with, as of a similar problem solved before: a warm start. Any prices ≥ 0 will do;
        they change how long it takes, not how good the allocation is.
    tolerance : float
        Gap, relative to the objective, at which the solver may stop; by default 0, exact.

    Returns
    -------
    Allocation

    Raises
    ------
    InputError
        On an unknown algorithm or fill, what a greedy algorithm cannot do, prices that are none
        or a tolerance that is not from 0 to 1.
    UnmetGuaranteesError
        Where no allocation shows every streamer to as many users as it is guaranteed, or the
        greedy fill finds none. Where ``fill="joint"`` does, or pairs of negative EV would
        (`Problem.allow_negative_ev`), the message says so.

    Examples
    --------
    >>> from solver import Problem, allocate
    >>> allocation = allocate(Problem([[9.0, 1.0], [8.0, 7.0], [6.0, 5.0]], whale_cap=1))
    >>> allocation
    Allocation(users=3, placed=2, objective=16, gap=0, proven_optimal=True)
    >>> allocation.assignment
    array([ 0,  1, -1])
    >>> allocation.shadow_prices.whale_cap
    array([6., 5.])
    """
    if not isinstance(problem, Problem):
        raise wrong_problem(problem)
    _check_choices(problem, algorithm, fill)
    _check_warm_start(problem, prices, tolerance)
    if fill == "greedy" and problem.whales.all():
        fill = "none"  # nobody is left to fill with, so that whales meet the guarantees
    try:
        return _allocate(problem, algorithm, fill, rng, on_step, prices, tolerance)
    except UnmetGuaranteesError as error:
        if fill == "joint" or error.remedies:
            raise
        raise error.with_remedies(_find_remedies(problem)) from error


def wrong_problem(received: object) -> InputError:
    """Return the error on an argument that is not a `Problem`."""
    return InputError("problem", Message("problem_expected", type=type(received).__name__))


def _find_remedies(problem: Problem) -> tuple[Remedy, ...]:
    """Return how both tiers at once meet guarantees that one alone cannot; empty if they do not."""
    everybody, limits = np.ones(problem.n_users, dtype=np.bool_), problem.limits
    if can_meet(problem, everybody, limits):
        return ("fill",)
    if can_meet(problem, everybody, replace(limits, allow_negative_ev=True)):
        return "fill", "allow_negative_ev"
    return ()


def _allocate(
    problem: Problem,
    algorithm: Algorithm,
    fill: Fill,
    rng: np.random.Generator | None,
    on_step: Callable[[Step], None],
    prices: ShadowPrices | None,
    tolerance: float,
) -> Allocation:
    """Return what `allocate` does, of arguments that are known to be valid."""
    scope: Scope = "joint" if fill == "joint" else "whale"
    tier = np.ones(problem.n_users, dtype=np.bool_) if fill == "joint" else problem.whales
    own = problem.with_limits(problem.limits.without_guarantees()) if fill == "greedy" else problem

    assignment = own.first_choices(tier)
    wanted = own.tally(assignment)
    is_unconstrained = own.fits(wanted) and not own.limits.total_penalty(wanted.whale_load)
    contested = 0
    if is_unconstrained:
        prices = ShadowPrices.zero(own.n_streamers)
    else:
        del assignment  # of no more use, and large where there are many users
        assignment, prices, contested = _solve(
            own, tier, own.limits, SolveOptions(_clip_prices(own, prices), tolerance, scope)
        )
        if algorithm != "min-cost-flow":
            prices = refine(own, tier, assignment, prices, scope, 0.0).prices
            assignment = _greedy(own, algorithm, rng or np.random.default_rng(0))
    on_step("whale_tier")
    assignment = _fill(problem, assignment, fill)
    on_step("normal_tier")

    certificate = certify(problem, assignment, prices, scope=scope)
    by_flow = not own.limits.has_only_caps
    is_good = (
        is_good_enough(certificate, tolerance) if by_flow else certificate.is_within(tolerance)
    )
    if algorithm == "min-cost-flow" and not is_good:
        alone = assignment if fill != "greedy" else _remove_users(assignment, ~tier)
        refined = refine(own, tier, alone, prices, scope, tolerance)
        assignment, prices = _fill(problem, refined.assignment, fill), refined.prices
        certificate = certify(problem, assignment, prices, scope=scope)
    on_step("certificate")
    made = wanted if is_unconstrained and fill != "greedy" else problem.tally(assignment)
    return Allocation(
        assignment=assignment,
        whale_objective=made.whale_ev,
        normal_objective=made.normal_ev,
        penalty=problem.limits.total_penalty(made.whale_load),
        shadow_prices=prices,
        certificate=certificate,
        demand=wanted.whale_load,
        arcs=problem.n_pairs_of(tier),
        contested_arcs=contested,
    )


def _remove_users(assignment: NDArray[np.int64], users: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the allocation without the users in a mask."""
    left = assignment.copy()
    left[users] = NONE
    return left


def _fill(problem: Problem, assignment: NDArray[np.int64], fill: Fill) -> NDArray[np.int64]:
    """Return the allocation of a tier with normal users placed, if greedily; best first."""
    if fill == "greedy":
        assignment = reserve_guaranteed(problem, assignment)
        assignment = greedy_fill(problem, assignment, ~problem.whales)
    return best_first(problem, assignment) if assignment.ndim == 2 else assignment


def _check_warm_start(problem: Problem, prices: ShadowPrices | None, tolerance: float) -> None:
    if prices is not None:
        for fault in find_price_faults(problem, prices):
            raise InputError("prices", fault)
    number = isinstance(tolerance, int | float | np.integer | np.floating)
    if not number or not 0 <= tolerance <= 1:
        raise InputError("tolerance", Message("tolerance_expected", received=quote(tolerance)))


def _clip_prices(problem: Problem, prices: ShadowPrices | None) -> ShadowPrices | None:
    """Return prices to begin with that are no higher than any EV: higher ones say no more."""
    if prices is None:
        return None
    most = problem.largest_ev()
    return ShadowPrices(
        np.clip(prices.whale_surcharge, 0.0, most), np.clip(prices.slot_price, -most, most)
    )


def _solve(
    problem: Problem, tier: NDArray[np.bool_], limits: Limits, options: SolveOptions
) -> tuple[NDArray[np.int64], ShadowPrices, int]:
    """Return the optimal allocation of the tier, its least prices, and the arcs that decided it.

    Where guarantees are met without anybody trying, they change nothing.
    """
    if limits.has_only_caps:
        return _solve_caps(problem, tier, limits, options)
    start = options.start
    if limits.min_users.any() and tier.any():
        assignment, start, arcs = _solve(problem, tier, limits.without_guarantees(), options)
        if (problem.tally(assignment).load >= limits.min_users).all():
            return assignment, start, arcs
    if start is None:
        start = ShadowPrices.zero(problem.n_streamers)
        if tier.any():
            _, start, _ = _solve_caps(problem, tier, limits.relaxed_to_caps(), options)
    return allocate_by_flow(problem, tier, limits, replace(options, start=start))


def _solve_caps(
    problem: Problem, tier: NDArray[np.bool_], limits: Limits, options: SolveOptions
) -> tuple[NDArray[np.int64], ShadowPrices, int]:
    """Return the same where nothing limits the tier but the two caps."""
    if options.scope == "joint":
        return _solve_joint(problem, tier, limits, options)
    ev, favourites = problem.ev, problem.favourites
    begin = None if options.start is None else np.maximum(options.start.whale_price, 0)
    cap, arcs = np.minimum(limits.whale_cap, limits.capacity), 0
    if isinstance(ev, Candidates):
        own = ev if tier.all() else ev.select_users(np.flatnonzero(tier))
        placed, price, arcs = solve_single_tier_candidates(own, cap, begin, options.tolerance)
        assignment = placed if own is ev else _expand(placed, tier)
    elif favourites is not None:
        assignment, rows = np.full(problem.n_users, -1, dtype=np.int64), np.flatnonzero(tier)
        if len(rows) < problem.n_users:
            ev, favourites = ev[rows], favourites.select(rows)
        assignment[rows], price, arcs = solve_single_tier(
            ev, favourites, cap, begin, options.tolerance
        )
    gated = limits.whale_cap <= limits.capacity
    prices = ShadowPrices(np.where(gated, price, 0.0), np.where(gated, 0.0, price))
    if arcs != NONE:
        return assignment, prices, arcs
    return allocate_by_flow(problem, tier, limits, replace(options, start=prices, is_near=True))


def _expand(assignment: NDArray[np.int64], users: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return where everybody is, (N,) int64, given where the users in a mask are."""
    of_all = np.full(len(users), -1, dtype=np.int64)
    of_all[users] = assignment
    return of_all


def _solve_joint(
    problem: Problem, tier: NDArray[np.bool_], limits: Limits, options: SolveOptions
) -> tuple[NDArray[np.int64], ShadowPrices, int]:
    ev, favourites = problem.ev, problem.favourites
    caps = problem.whales, limits.whale_cap, limits.capacity
    if not isinstance(ev, Candidates) and favourites is not None:
        assignment, near, arcs = solve_two_tiers(ev, favourites, *caps, options.start)
        if arcs != NONE:
            return assignment, near, arcs
    else:
        near = estimate_two_tier_prices(problem.pairs_worth_making(tier), *caps, options.start)
    return allocate_by_flow(problem, tier, limits, replace(options, start=near, is_near=True))


def _greedy(problem: Problem, algorithm: Algorithm, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the whales' allocation by one of the published experiment's algorithms."""
    pairs = problem.pairs_worth_making(problem.whales)
    assignment = greedy_edges(pairs, problem.whale_cap, problem.capacity)
    return greedy_swaps(problem, assignment, rng) if algorithm == "greedy-swaps" else assignment


def _check_choices(problem: Problem, algorithm: str, fill: str) -> None:
    for name, value, known in (
        ("algorithm", algorithm, _ALGORITHMS),
        ("fill", fill, _FILLS),
    ):
        if value not in known:
            message = Message("option_unknown", field=name, known=known, received=quote_name(value))
            raise InputError(name, message)
    if algorithm == "min-cost-flow":
        return
    if fill == "joint":
        raise InputError("fill", Message("joint_fill_unavailable", algorithm=algorithm))
    if not problem.limits.has_only_caps:
        raise InputError("algorithm", Message("limits_unavailable", algorithm=algorithm))
