"""Whales spread by revenue: a cap on the expected spend of a streamer's whales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message

from ..duality import Certificate, sum_upwards
from ..errors import InputError, quote
from ..model import Displayed
from .bound import solve_relaxation
from .problem import SpendPrices, SpendProblem, certify_spend, spend_gap_terms
from .rounding import fill_remaining, round_prices
from .search import SearchResult, bound_gap, screen_choices, search_by_cp_sat, search_in_depth

CP_SAT_EFFORT = 1.0
"""Deterministic time that CP-SAT may take; the hardest contests then take seconds."""


@dataclass(frozen=True, eq=False, repr=False)
class SpendAllocation(Displayed):
    """For each whale a streamer or none, its worth, its prices and what is proven of it.

    Parameters
    ----------
    assignment : (n,) int64
        -1 for none.
    prices : SpendPrices
        Of spend and of places.
    certificate : Certificate
        What the data and the prices alone prove: see `certify_spend`.
    search_gap : float
        Most that any allocation could add to this one as a search says, currency units. To be
        trusted as far as the search is.
    search_bound : float
        What a search proved beyond the prices, currency units, rounded upwards; infinite where
        there was none.
    searched : bool
        Whether a search came to its end: the gap is then zero but for rounding.
    demand : (S,) int64
        How many whales would choose each streamer were there no caps.
    """

    assignment: NDArray[np.int64]
    prices: SpendPrices
    certificate: Certificate
    search_gap: float
    search_bound: float
    searched: bool
    demand: NDArray[np.int64]

    def _facts(self) -> dict[str, object]:
        return {
            "whales": len(self.assignment),
            "placed": int(np.count_nonzero(self.assignment >= 0)),
            "objective": f"{self.objective:.10g}",
            "gap": f"{self.gap:.3g}",
            "proven_optimal": self.proven_optimal,
        }

    @property
    def objective(self) -> float:
        """Total EV of the placed whales, currency units."""
        return self.certificate.objective

    @property
    def upper_bound(self) -> float:
        """No allocation is worth more, currency units; by the prices or by the search."""
        return min(self.certificate.upper_bound, self.search_bound)

    @property
    def gap(self) -> float:
        """Most that any allocation could add to this one, currency units."""
        return min(self.certificate.gap, self.search_gap)

    @property
    def proven_optimal(self) -> bool:
        """Whether the gap is zero but for rounding."""
        by_search = self.searched and not self.certificate.faults
        return self.certificate.proven_optimal or by_search


def allocate_within_spend(
    ev: ArrayLike,
    spend_cap: ArrayLike,
    *,
    capacity: ArrayLike | None = None,
    effort: float = CP_SAT_EFFORT,
    priced: bool = True,
) -> SpendAllocation:
    """Allocate whales at the greatest total EV under a cap on each streamer's expected spend.

    The problem is NP-hard (`solver.spend.problem`). It is solved in steps, each of which ends it
    where the gap is closed:

    1. Every whale at its best streamer that may have it: optimal if that keeps the caps.
    2. The same choices rounded to the caps and repaired; pairs that lack more than the gap are
       dropped, and the few others searched in depth. Most rounds of a simulator end here.
    3. Prices: OR-Tools' GLOP on the pairs that matter (beyond a thousand whales after a
       descent on all); rounded, repaired, screened and searched again, now with a far smaller gap.
    4. OR-Tools' CP-SAT on what is contested still, within `effort`.

    Where too much is contested (thousands of pairs) or the search gives up, the gap is what the
    prices prove. The same input gives the same allocation.

    Parameters
    ----------
    ev : (n, S) array_like of float
        Expected spend of each whale at each streamer, currency units; -inf marks a forbidden
        pair. Pairs below 0 are never made.
    spend_cap : float or (S,) array_like of float
        Most that the EVs of a streamer's whales add up to, ≥ 0; inf for no cap. A sum within a
        part in 10¹² of it counts as equal.
    capacity : int or (S,) array_like of int, optional
        Most whales a streamer takes; unbounded by default.
    effort : float
        Deterministic time for CP-SAT, ≥ 0; 0 leaves it out.
    priced : bool
        Whether to find prices where the search alone is proof enough. It takes milliseconds, and
        makes the certificate as good as prices can.

    Returns
    -------
    SpendAllocation
        A whale is left out only where no streamer with room takes it.

    Raises
    ------
    InputError
        With the field and the position at fault.

    Examples
    --------
    >>> from solver import allocate_within_spend
    >>> result = allocate_within_spend([[60, 50], [50, 45], [40, 10]], spend_cap=100)
    >>> result.assignment, result.objective, result.proven_optimal
    (array([0, 1, 0]), 145.0, True)
    """
    if not effort >= 0:
        message = Message("expected_at_least", field="effort", least=0, received=quote(effort))
        raise InputError("effort", message)
    problem = SpendProblem(ev, spend_cap, capacity)
    free = SpendPrices.zero(len(problem.limit))
    choice = problem.first_choices()
    if problem.keeps_caps(choice):
        return _build_result(problem, free, SearchResult(choice, np.inf, False))

    assignment = round_prices(problem, free)
    found = _search(problem, free, assignment)
    if found.is_optimal:
        prices = (
            solve_relaxation(problem, problem.objective(found.assignment)).prices
            if priced
            else free
        )
        return _build_result(problem, prices, found)
    prices, found = _solve_with_prices(problem, found)
    if not found.is_optimal and effort > 0:
        contested = screen_choices(problem, prices, found.assignment)
        if contested is not None:
            found = search_by_cp_sat(problem, contested, found.assignment, effort)
    return _build_result(problem, prices, found)


def _solve_with_prices(
    problem: SpendProblem, found: SearchResult
) -> tuple[SpendPrices, SearchResult]:
    """Return prices of a bound as low as can be, and the best allocation that they lead to."""
    assignment = found.assignment
    prices, preferred = solve_relaxation(problem, problem.objective(assignment))
    rounded = [round_prices(problem, prices, wished) for wished in (None, preferred)]
    assignment = max(assignment, *rounded, key=problem.objective)
    return prices, _search(problem, prices, assignment)


def _search(
    problem: SpendProblem, prices: SpendPrices, assignment: NDArray[np.int64]
) -> SearchResult:
    """Return the best allocation there is, or where that takes too long, the better one found."""
    found = spend_gap_terms(problem, assignment, prices)
    if found.excess == 0:
        return SearchResult(assignment, bound_gap(found), True)
    contested = screen_choices(problem, prices, assignment)
    if contested is None:
        return SearchResult(assignment, bound_gap(found), False)
    return search_in_depth(problem, contested, assignment)


def _build_result(
    problem: SpendProblem, prices: SpendPrices, found: SearchResult
) -> SpendAllocation:
    assignment = fill_remaining(problem, found.assignment)
    certificate = certify_spend(problem, assignment, prices)
    # Not of the objective, which is rounded: half a unit in its last place may be missing there.
    bound = sum_upwards(*problem.worth_of(assignment), found.gap)
    return SpendAllocation(
        assignment, prices, certificate, found.gap, bound, found.is_optimal, problem.demand
    )
