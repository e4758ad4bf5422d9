"""Whales spread by revenue: a cap on the expected spend of a streamer's whales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message

from ..display import Displayed, Row, count_placed, placed_row, show_number
from ..duality import Certificate, proof_row, sum_upwards
from ..errors import InputError, quote
from .bound import solve_relaxation
from .problem import SpendPrices, SpendProblem, certify_spend, spend_gap_terms
from .rounding import fill_remaining, round_prices
from .search import SearchResult, bound_gap, screen_choices, search_by_cp_sat, search_in_depth

CP_SAT_EFFORT = 1.0
"""Deterministic time that CP-SAT may take; the hardest contests then take seconds."""


@dataclass(frozen=True, eq=False, repr=False)
class SpendAllocation(Displayed):
    """An allocation under spend caps, with its prices and what is proven of it.

    Parameters
    ----------
    assignment : (n,) int64
        Streamer of each whale, -1 for none.
    prices : SpendPrices
    certificate : Certificate
        What the data and the prices prove; see `certify_spend`.
    search_gap : float
        Most that any allocation could add to this one according to the search, currency units.
        Unlike the certificate, it relies on the search being correct.
    search_bound : float
        Upper bound from the search, currency units, rounded upwards; infinite without a search.
    searched : bool
        Whether a search was completed: the gap is then 0 up to rounding.
    demand : (S,) int64
        Whales that would choose each streamer if there were no caps.

    Examples
    --------
    >>> from whale_matching import allocate_within_spend
    >>> allocation = allocate_within_spend([[60, 50], [50, 45], [40, 10]], spend_cap=100)
    >>> print(allocation.summary())
    placed: 3 of 3
    objective: 145
    upper bound: 145
    proof: optimal
    """

    assignment: NDArray[np.int64]
    prices: SpendPrices
    certificate: Certificate
    search_gap: float
    search_bound: float
    searched: bool
    demand: NDArray[np.int64]

    def _parts(self) -> Iterator[str]:
        yield f"{count_placed(self.assignment):,} of {len(self.assignment):,} whales placed"
        yield f"objective={show_number(self.objective)}"
        yield "proven optimal" if self.proven_optimal else f"gap={show_number(self.gap)}"

    def _rows(self) -> Iterator[Row]:
        faults = self.certificate.faults
        yield placed_row(self.assignment)
        yield "objective", show_number(self.objective)
        yield "upper_bound", show_number(self.upper_bound)
        yield proof_row(self.objective, self.gap, self.proven_optimal, faults)

    @property
    def objective(self) -> float:
        """Total EV of the placed whales, currency units."""
        return self.certificate.objective

    @property
    def upper_bound(self) -> float:
        """Upper bound on the worth of any allocation, currency units, by prices or search."""
        return min(self.certificate.upper_bound, self.search_bound)

    @property
    def gap(self) -> float:
        """Most that any allocation could add to this one, currency units."""
        return min(self.certificate.gap, self.search_gap)

    @property
    def proven_optimal(self) -> bool:
        """Whether the gap is 0 up to rounding."""
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

    The problem is NP-hard (`solver.spend.problem`). It is solved in steps; each is the last one
    if it closes the gap:

    1. Place every whale at its best streamer. This is optimal if the caps are kept.
    2. Round these choices to the caps and improve them; drop pairs that cannot close the gap, and
       search the remaining ones depth first. Most rounds of a simulation end here.
    3. Compute prices: OR-Tools' GLOP on the pairs that matter (above a thousand whales, after a
       descent on all pairs). Round, improve, screen and search again, with a far smaller gap.
    4. Search what is still contested with OR-Tools' CP-SAT, within `effort`.

    If too many pairs are contested (thousands), or a search gives up, the gap is what the prices
    prove. The same input gives the same allocation.

    Parameters
    ----------
    ev : (n, S) array_like of float
        Expected spend of each whale at each streamer, currency units; -inf marks a forbidden
        pair. Pairs of negative EV are never made.
    spend_cap : float or (S,) array_like of float
        Largest sum of the EVs of a streamer's whales, currency units, ≥ 0; inf for no cap.
        A sum within a relative 1e-12 of the cap counts as equal to it.
    capacity : int or (S,) array_like of int, optional
        Largest number of whales at a streamer; unlimited by default.
    effort : float
        Deterministic time for CP-SAT, ≥ 0; 0 skips it.
    priced : bool
        Whether to compute prices even if the search alone proves the optimum. It takes
        milliseconds and tightens the certificate.

    Returns
    -------
    SpendAllocation
        A whale is unassigned only if it is allowed at no streamer with room.

    Raises
    ------
    InputError
        On invalid input, with the field and the position.

    Examples
    --------
    >>> from whale_matching import allocate_within_spend
    >>> allocation = allocate_within_spend([[60, 50], [50, 45], [40, 10]], spend_cap=100)
    >>> allocation.assignment, allocation.objective, allocation.proven_optimal
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
    """Return prices with the least bound, and the best allocation found from them."""
    assignment = found.assignment
    prices, preferred = solve_relaxation(problem, problem.objective(assignment))
    rounded = [round_prices(problem, prices, each) for each in (None, preferred)]
    assignment = max(assignment, *rounded, key=problem.objective)
    return prices, _search(problem, prices, assignment)


def _search(
    problem: SpendProblem, prices: SpendPrices, assignment: NDArray[np.int64]
) -> SearchResult:
    """Return the optimal allocation, or a better one if the search gives up."""
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
    # From the exact terms, because the objective is rounded and may be too small.
    bound = sum_upwards(*problem.worth_of(assignment), found.gap)
    return SpendAllocation(
        assignment, prices, certificate, found.gap, bound, found.is_optimal, problem.demand
    )
