"""The pipeline from a problem to its allocation."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from messages import Message

from .deprecation import allow_positional_options
from .display import Displayed, Row, count_placed, placed_row, show_number
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
from .model import Candidates, Limits, Problem, best_first

Algorithm = Literal["min-cost-flow", "greedy-edges", "greedy-swaps"]
Fill = Literal["greedy", "joint", "none"]
Step = Literal["whale_tier", "normal_tier", "certificate"]
_ALGORITHMS, _FILLS = get_args(Algorithm), get_args(Fill)


@dataclass(frozen=True, eq=False, repr=False)
class Allocation(Displayed):
    """An allocation, with its value, shadow prices and certificate.

    Parameters
    ----------
    assignment : (N,) int64, or (N, b) if users are shown to up to b > 1 streamers
        Streamers of each user, best first, -1 for none.
    whale_objective, normal_objective : float
        Total EV of the placed whales and of the placed normal users, currency units.
    penalty : float
        Total of `whale_penalty`, currency units.
    shadow_prices : ShadowPrices
        Of the exact optimum, whichever algorithm made the allocation.
    certificate : Certificate
    demand : (S,) int64
        Whales that would choose each streamer if there were no limits.
    arcs : int
        Pairs that the exact solver could use.
    contested_arcs : int
        Those of them in the last network of shortest paths or of a flow after screening. 0 if first
        choices fit, or if the auction alone reached the tolerance. With fill "joint", a pair of a
        normal user counts once for each kind of slot: those that whales may take, and the others.

    Examples
    --------
    >>> from whale_matching import Problem, allocate
    >>> allocation = allocate(Problem([[9.0, 1.0], [8.0, 7.0]], whale_cap=1))
    >>> allocation.objective
    16.0
    >>> print(allocation.summary())
    placed: 2 of 2
    objective: 16
    of whales: 16
    of normal users: 0
    certificate of: the whales
    proof: optimal
    price of a whale slot: above 0 at 1 of 2 streamers, at most 1
    price of a slot: above 0 at 0 of 2 streamers, at most 0
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

    def _parts(self) -> Iterator[str]:
        yield f"{count_placed(self.assignment):,} of {len(self.assignment):,} users placed"
        yield f"objective={show_number(self.objective)}"
        yield f"certificate={self.certificate!r}"

    def _rows(self) -> Iterator[Row]:
        yield placed_row(self.assignment)
        yield "objective", show_number(self.objective)
        yield "whale_objective", show_number(self.whale_objective)
        yield "normal_objective", show_number(self.normal_objective)
        if self.penalty:
            yield "penalty", show_number(self.penalty)
        yield from self.certificate.proof_rows()
        yield from self.shadow_prices.price_rows()

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
    """Allocate users to streamers at the greatest total EV, with a proof.

    By default, whales are allocated first and exactly, at most `whale_cap` per streamer; normal
    users then fill the remaining capacity. The solver runs an auction (D. P. Bertsekas, 1988),
    decides contested pairs by shortest paths or a min-cost flow, and certifies the result by
    weak duality.

    Parameters
    ----------
    problem : Problem
    algorithm : {"min-cost-flow", "greedy-edges", "greedy-swaps"}
        How whales are allocated. "min-cost-flow" is exact. The greedy algorithms are those of the
        published experiment, for comparison.
    fill : {"greedy", "joint", "none"}
        How normal users are allocated: greedily after the whales, together with the whales at the
        greatest total EV of all users, or not at all. Guarantees (`min_users`) count whales and
        normal users. With "greedy", whales are placed without regard to guarantees, and normal
        users meet the remaining ones. With "none", or if all users are whales, whales meet them.
    rng : numpy.random.Generator, optional
        Draws the swaps of "greedy-swaps". By default a generator with seed 0.
    on_step : callable, optional
        Called with "whale_tier", "normal_tier" and "certificate" as each step ends.
    prices : ShadowPrices, optional
        Starting prices, such as those of a similar problem: a warm start. Any prices ≥ 0 are
        valid. They change the time, not the quality.
    tolerance : float
        Relative gap at which the solver may stop, from 0 to 1. 0 is exact.

    Returns
    -------
    Allocation

    Raises
    ------
    InputError
        On an unknown algorithm or fill, limits that a greedy algorithm does not support, invalid
        prices, or a tolerance out of range.
    UnmetGuaranteesError
        If no allocation meets all guarantees, or none with greedy fill. `remedies` lists options
        that meet them.

    Examples
    --------
    >>> from whale_matching import Problem, allocate
    >>> problem = Problem(
    ...     [[9.0, 1.0], [8.0, 7.0], [5.0, 4.0]],
    ...     whales=[True, True, False],
    ...     whale_cap=1,
    ...     capacity=2,
    ... )
    >>> allocate(problem).assignment
    array([0, 1, 0])
    >>> joint = allocate(problem, fill="joint")
    >>> joint.objective, joint.certificate.proven_optimal
    (21.0, True)
    """
    if not isinstance(problem, Problem):
        raise wrong_problem(problem)
    _check_choices(problem, algorithm, fill)
    _check_warm_start(problem, prices, tolerance)
    if fill == "greedy" and problem.whales.all():
        fill = "none"  # there are no normal users, so whales meet the guarantees
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
    """Return the options with which both tiers together can meet the guarantees, empty if none."""
    all_users, limits = np.ones(problem.n_users, dtype=np.bool_), problem.limits
    if can_meet(problem, all_users, limits):
        return ("fill",)
    if can_meet(problem, all_users, replace(limits, allow_negative_ev=True)):
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
    """Allocate as `allocate`, given valid arguments."""
    scope: Scope = "joint" if fill == "joint" else "whale"
    tier = np.ones(problem.n_users, dtype=np.bool_) if fill == "joint" else problem.whales
    own = problem.with_limits(problem.limits.without_guarantees()) if fill == "greedy" else problem

    assignment = own.first_choices(tier)
    demand = own.tally(assignment)
    is_unconstrained = own.fits(demand) and not own.limits.total_penalty(demand.whale_load)
    contested = 0
    if is_unconstrained:
        prices = ShadowPrices.zero(own.n_streamers)
    else:
        del assignment  # large if there are many users
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
    tally = demand if is_unconstrained and fill != "greedy" else problem.tally(assignment)
    return Allocation(
        assignment=assignment,
        whale_objective=tally.whale_ev,
        normal_objective=tally.normal_ev,
        penalty=problem.limits.total_penalty(tally.whale_load),
        shadow_prices=prices,
        certificate=certificate,
        demand=demand.whale_load,
        arcs=problem.n_pairs_of(tier),
        contested_arcs=contested,
    )


def _remove_users(assignment: NDArray[np.int64], users: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the allocation without the users in a mask."""
    remaining = assignment.copy()
    remaining[users] = NONE
    return remaining


def _fill(problem: Problem, assignment: NDArray[np.int64], fill: Fill) -> NDArray[np.int64]:
    """Return the allocation with normal users placed if `fill` is "greedy"; best first."""
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
    """Return initial prices, limited to the largest EV; higher ones have the same effect."""
    if prices is None:
        return None
    most = problem.largest_ev()
    return ShadowPrices(
        np.clip(prices.whale_surcharge, 0.0, most), np.clip(prices.slot_price, -most, most)
    )


def _solve(
    problem: Problem, tier: NDArray[np.bool_], limits: Limits, options: SolveOptions
) -> tuple[NDArray[np.int64], ShadowPrices, int]:
    """Return the optimal allocation of the tier, its least prices, and the number of arcs.

    Guarantees that the optimum without them meets change nothing.
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
    """Solve as `_solve`, with the two caps as the only limits."""
    if options.scope == "joint":
        return _solve_joint(problem, tier, limits, options)
    ev, favourites = problem.ev, problem.favourites
    start = None if options.start is None else np.maximum(options.start.whale_price, 0)
    cap, arcs = np.minimum(limits.whale_cap, limits.capacity), 0
    if isinstance(ev, Candidates):
        own = ev if tier.all() else ev.select_users(np.flatnonzero(tier))
        of_tier, price, arcs = solve_single_tier_candidates(own, cap, start, options.tolerance)
        assignment = of_tier if own is ev else _expand(of_tier, tier)
    elif favourites is not None:
        assignment, rows = np.full(problem.n_users, -1, dtype=np.int64), np.flatnonzero(tier)
        if len(rows) < problem.n_users:
            ev, favourites = ev[rows], favourites.select(rows)
        assignment[rows], price, arcs = solve_single_tier(
            ev, favourites, cap, start, options.tolerance
        )
    of_whale_cap = limits.whale_cap <= limits.capacity
    prices = ShadowPrices(np.where(of_whale_cap, price, 0.0), np.where(of_whale_cap, 0.0, price))
    if arcs != NONE:
        return assignment, prices, arcs
    return allocate_by_flow(problem, tier, limits, replace(options, start=prices, is_near=True))


def _expand(assignment: NDArray[np.int64], users: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the assignment of all users, (N,) int64, given that of the users in a mask."""
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
    for name, value, options in (
        ("algorithm", algorithm, _ALGORITHMS),
        ("fill", fill, _FILLS),
    ):
        if value not in options:
            message = Message(
                "option_unknown", field=name, known=options, received=quote_name(value)
            )
            raise InputError(name, message)
    if algorithm == "min-cost-flow":
        return
    if fill == "joint":
        raise InputError("fill", Message("joint_fill_unavailable", algorithm=algorithm))
    if not problem.limits.has_only_caps:
        raise InputError("algorithm", Message("limits_unavailable", algorithm=algorithm))
