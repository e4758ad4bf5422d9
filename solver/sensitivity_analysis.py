"""What-if: how the worth of the whale tier depends on its caps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from messages import Message

from .allocation import allocate, wrong_problem
from .auction import AuctionInstance, Lists, choose_min_epsilon, init_lists
from .deprecation import allow_positional_options
from .display import Displayed, Row, show_number, show_range
from .duality import ShadowPrices
from .errors import InputError, Remedy, UnmetGuaranteesError, quote
from .exact import (
    MAX_FAVOURITE_TIES,
    DecreasingCapsAuction,
    Optimum,
    has_outliers,
    mean_favourite_ties,
)
from .flow import can_meet
from .kernels import MatrixRows, find_second_best, read_rows
from .model import MAX_CAP, Candidates, Problem

SENSITIVITY_EPSILON_FACTOR = 8.0
"""Factor of the least ε. The polish under each cap makes up for the coarser auction."""


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity(Displayed):
    """The optimum of the whale tier under each whale cap.

    Parameters
    ----------
    whale_cap : (K,) int64
        1 … K: the same cap at every streamer.
    objective : (K,) float64
        Greatest total EV of the whales less penalties under each cap, currency units.
    slot_gain : (S,) float64
        Gain from one more slot at each streamer under the caps of the problem, currency units; 0
        where slots are empty.

    Examples
    --------
    >>> from whale_matching import Problem, sensitivity
    >>> curve = sensitivity(Problem([[9.0, 1.0], [8.0, 7.0]], whale_cap=1), largest_cap=2)
    >>> curve
    Sensitivity(whale_cap=1…2, objective=16…17, 2 streamers)
    >>> print(curve.summary())
    whale cap: 1…2
    objective: 16…17
    least cap with the greatest objective: 2
    one more slot: adds up to 1, at streamer 0
    """

    whale_cap: NDArray[np.int64]
    objective: NDArray[np.float64]
    slot_gain: NDArray[np.float64]

    def _parts(self) -> Iterator[str]:
        yield f"whale_cap={show_range(self.whale_cap)}"
        yield f"objective={show_range(self.objective)}"
        yield f"{len(self.slot_gain):,} streamers"

    def _rows(self) -> Iterator[Row]:
        yield "whale_cap", show_range(self.whale_cap)
        yield "objective", show_range(self.objective)
        best = int(self.whale_cap[self.objective.argmax()])
        yield "sufficient_cap", show_number(best)
        largest = int(self.slot_gain.argmax())
        gain = show_number(self.slot_gain[largest])
        yield "slot_gain", Message("summary_slot_gain", gain=gain, streamer=largest)

    @property
    def marginal(self) -> NDArray[np.float64]:
        """Gain from each step of the cap, (K,) float64; the first is from a cap of 0."""
        return np.diff(self.objective, prepend=0.0)


@allow_positional_options
def sensitivity(problem: Problem, *, largest_cap: int = 20) -> Sensitivity:
    """Compute the optimum of the whale tier for every whale cap from 1 to K.

    Exact at every cap. One auction runs through decreasing caps: prices only rise, so that each
    cap costs a few bids and shortest paths instead of a full solve.

    Parameters
    ----------
    problem : Problem
        Its own whale caps count only for `slot_gain`.
    largest_cap : int
        K, at least 1.

    Returns
    -------
    Sensitivity

    Raises
    ------
    InputError
        If `largest_cap` is not a whole number ≥ 1.
    UnmetGuaranteesError
        If whales cannot meet the guarantees under one of the caps.

    Examples
    --------
    >>> from whale_matching import Problem, sensitivity
    >>> curve = sensitivity(Problem([[9.0, 1.0], [8.0, 7.0]], whale_cap=1), largest_cap=2)
    >>> curve.objective, curve.marginal
    (array([16., 17.]), array([16.,  1.]))
    >>> curve.slot_gain
    array([1., 0.])
    """
    if not isinstance(problem, Problem):
        raise wrong_problem(problem)
    whole = isinstance(largest_cap, (int, np.integer)) and not isinstance(largest_cap, bool)
    if not whole or not 1 <= largest_cap <= MAX_CAP:
        received = quote(largest_cap)
        message = Message("whole_number_expected", field="largest_cap", least=1, received=received)
        raise InputError("largest_cap", message)
    try:
        return _sensitivity(problem, largest_cap)
    except UnmetGuaranteesError as error:
        raise error.with_remedies(_find_remedies(problem)) from error


def _find_remedies(problem: Problem) -> tuple[Remedy, ...]:
    """Return the options with which whales meet the guarantees under every cap, empty if none."""
    allowed = replace(problem.limits, allow_negative_ev=True)
    least = replace(allowed, whale_cap=np.ones_like(allowed.whale_cap))
    can_be_met = all(can_meet(problem, problem.whales, limits) for limits in (allowed, least))
    return ("allow_negative_ev",) if can_be_met else ()


def _sensitivity(problem: Problem, largest_cap: int) -> Sensitivity:
    """Compute as `sensitivity`, given valid arguments."""
    prices = allocate(problem, fill="none").shadow_prices
    caps = np.arange(1, largest_cap + 1)
    objective = np.empty(len(caps))
    optima = _Optima(problem, min(largest_cap, _largest_useful_cap(problem)))
    cap = optima.smallest_sufficient_cap()
    objective[cap - 1 :] = optima.solve(cap).total_ev
    while cap > 1:
        found = optima.solve(cap - 1)
        least = min(max(found.max_load, 1), cap - 1)
        objective[least - 1 : cap - 1] = found.total_ev
        cap = least
    return Sensitivity(caps, objective, prices.whale_cap + prices.capacity)


class _Optima:
    """Optima under one cap for all streamers, for decreasing caps.

    Parameters
    ----------
    problem : Problem
    largest : int
        The first cap.
    """

    def __init__(self, problem: Problem, largest: int) -> None:
        self._problem = problem
        self._largest = largest
        self._decreasing_caps_auction = _decreasing_caps_auction(problem, largest)
        self._prices: dict[int, ShadowPrices] = {}
        self._solved: dict[int, Optimum] = {}

    def solve(self, cap: int) -> Optimum:
        """Return the optimal value of the whales under a cap, and the largest load of a streamer.

        The optimal value is the same for all caps between that load and this cap.
        """
        if cap not in self._solved:
            found = (
                None
                if self._decreasing_caps_auction is None
                else self._decreasing_caps_auction.solve(cap)
            )
            self._solved[cap] = found or self._allocate(cap)
        return self._solved[cap]

    def smallest_sufficient_cap(self) -> int:
        """Return a cap with the same optimal value as the largest cap.

        It is the smallest one, unless an auction finds that as the cap decreases.
        """
        top = self.solve(self._largest)
        enough = self._record_tight_cap(self._largest, top)
        prices = self._prices.get(self._largest)
        if prices is None or prices.whale_cap.any():
            return enough
        low = 1
        while low < enough:  # the value does not decrease as the cap grows
            middle = (low + enough) // 2
            found = self.solve(middle)
            if found.total_ev >= top.total_ev:
                enough = self._record_tight_cap(middle, found)
            else:
                low = middle + 1
        return enough

    def _record_tight_cap(self, cap: int, found: Optimum) -> int:
        """Return the least cap that an optimum under a larger cap satisfies, and record it."""
        least = min(max(found.max_load, 1), cap)
        self._solved[least] = found
        return least

    def _allocate(self, cap: int) -> Optimum:
        larger = min((each for each in self._prices if each > cap), default=None)
        near = None if larger is None else self._prices[larger]
        allocation = allocate(_with_cap(self._problem, cap), fill="none", prices=near)
        self._prices[cap] = allocation.shadow_prices
        load = self._problem.tally(allocation.assignment).whale_load
        return Optimum(allocation.objective, int(load.max(initial=0)))


def _largest_useful_cap(problem: Problem) -> int:
    """Return a cap, at least 1, from which on larger caps change nothing."""
    demand = problem.tally(problem.first_choices(problem.whales)).whale_load
    if problem.limits.has_only_caps and (demand <= problem.capacity).all():
        return int(demand.max(initial=1))
    return max(1, int(np.count_nonzero(problem.whales)))


@dataclass(frozen=True, eq=False)
class _OpenTier:
    """The auction of whales at open streamers, and their capacities."""

    auction: DecreasingCapsAuction
    capacity: NDArray[np.int64]

    def solve(self, cap: int) -> Optimum | None:
        """Return the optimum under a cap, None if it takes too much work."""
        return self.auction.optimum(np.minimum(self.capacity, cap))


def _decreasing_caps_auction(problem: Problem, largest_cap: int) -> _OpenTier | None:
    """Return the auction of a matrix with only caps, None for other problems."""
    ev, favourites = problem.ev, problem.favourites
    usable = problem.capacity > 0
    if isinstance(ev, Candidates) or favourites is None or not problem.limits.has_only_caps:
        return None
    if not usable.any() or not problem.whales.any():
        return None
    if not (usable.all() and problem.whales.all()):
        ev = np.ascontiguousarray(ev[np.ix_(problem.whales, usable)])
        favourites = read_rows(ev)[0]
    if has_outliers(favourites.ev, float(favourites.ev.max())):
        return None  # solve each cap separately, for exact values
    lists = Lists.empty(len(ev))
    init_lists(favourites.streamer, favourites.ev, find_second_best(ev, favourites), *lists)
    instance = AuctionInstance(MatrixRows.of(ev), lists, float(favourites.ev.max()))
    capacity = np.minimum(problem.capacity[usable], len(ev))
    largest = np.minimum(capacity, largest_cap)
    tied = mean_favourite_ties(ev, favourites) > MAX_FAVOURITE_TIES
    auction = DecreasingCapsAuction(
        instance, SENSITIVITY_EPSILON_FACTOR * choose_min_epsilon(favourites.ev), largest, tied
    )
    return _OpenTier(auction, capacity)


def _with_cap(problem: Problem, cap: int) -> Problem:
    return problem.with_limits(replace(problem.limits, whale_cap=np.full(problem.n_streamers, cap)))
