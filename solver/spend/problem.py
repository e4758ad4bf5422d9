"""Whales spread by revenue: the problem, checked once, and what any prices prove.

::

    maximise   Σ EV(u,s) x(u,s)
    each whale to at most one streamer; at each streamer
    Σ_u EV(u,s) x(u,s) ≤ spend_cap[s]  and  Σ_u x(u,s) ≤ capacity[s]

A generalised assignment problem whose weights are its profits, with one streamer a subset-sum
problem: NP-hard, and no flow (S. Martello and P. Toth, "Knapsack Problems", 1990, ch. 6 and 7).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message

from ..display import (
    Displayed,
    Row,
    price_parts,
    price_rows,
    show_number,
    show_range,
    show_sizes,
)
from ..duality import (
    DIFFERENCE_ERROR,
    RESIDUE_ERROR,
    ROUNDING,
    Certificate,
    GapTerms,
    add_gap,
    add_worth,
    find_overload,
    two_product,
)
from ..kernels import NONE, are_prices, njit, two_sum
from ..model import NUMBERS, ArrayField, Problem, as_array, check_bounds

ALLOWANCE = 2.0**-40
"""Share of a spend cap by which a sum may exceed it and still count as rounding: 0.1 + 0.2 keeps
a cap of 0.3."""

FORBIDDEN = -1.0
"""Worth of a forbidden pair; below 0 at any prices, whereas -inf times 0 is NaN."""


@dataclass(frozen=True, eq=False, init=False, repr=False)
class SpendProblem(Displayed):
    """Whales and streamers with a cap on the expected spend of a streamer's whales.

    Parameters
    ----------
    ev : (n, S) array_like of float
        Expected spend of each whale at each streamer, currency units; -inf marks a forbidden pair.
        Pairs of negative EV, or of an EV above the spend cap of the streamer, are never made.
    spend_cap : float or (S,) array_like of float
        Largest sum of the EVs of a streamer's whales, currency units, ≥ 0; inf for no cap.
    capacity : int or (S,) array_like of int, optional
        Largest number of whales at a streamer; unlimited by default.

    Attributes
    ----------
    worth : (n, S) float64
        EV of the allowed pairs, `FORBIDDEN` elsewhere.
    limit : (S,) float64
        Spend caps, raised by `ALLOWANCE` for rounding.
    demand : (S,) int64
        Whales that would choose each streamer if there were no caps.

    Raises
    ------
    InputError
        On invalid input, with the field and the position.

    Examples
    --------
    >>> from whale_matching import SpendProblem
    >>> problem = SpendProblem([[60, 50], [50, 45], [40, 10]], spend_cap=100)
    >>> problem
    SpendProblem(3 whales × 2 streamers, spend_cap=100)
    >>> problem.demand
    array([3, 0])
    """

    worth: NDArray[np.float64]
    limit: NDArray[np.float64]
    capacity: NDArray[np.int64]
    demand: NDArray[np.int64]

    def __init__(
        self, ev: ArrayLike, spend_cap: ArrayLike, capacity: ArrayLike | None = None
    ) -> None:
        unlimited = Problem(ev, capacity=capacity)
        matrix: NDArray[np.float64] = unlimited.ev.astype(np.float64, copy=False)  # type: ignore[union-attr]
        limit = spend_caps(spend_cap, unlimited.n_streamers) * (1.0 + ALLOWANCE)
        is_allowed = (matrix >= 0) & (matrix <= limit) & (unlimited.capacity > 0)
        choice = unlimited.first_choices(unlimited.whales)
        set_ = object.__setattr__
        set_(self, "worth", np.where(is_allowed, matrix, FORBIDDEN))
        set_(self, "limit", limit)
        set_(self, "capacity", np.minimum(unlimited.capacity, unlimited.n_users))
        set_(self, "demand", np.bincount(choice[choice != NONE], minlength=unlimited.n_streamers))

    def _parts(self) -> Iterator[str]:
        n_whales, n_streamers = self.worth.shape
        yield show_sizes(n_whales, n_streamers, "whales")
        yield from (f"{name}={value}" for name, value in self._binding_limits())

    def _rows(self) -> Iterator[Row]:
        n_whales, n_streamers = self.worth.shape
        yield "whales", show_number(n_whales)
        yield "streamers", show_number(n_streamers)
        yield from self._binding_limits()

    def _binding_limits(self) -> Iterator[tuple[str, str]]:
        """Yield the limits that can bind, with their range."""
        yield "spend_cap", show_range(self.limit)
        if (self.capacity < len(self.worth)).any():
            yield "capacity", show_range(self.capacity)

    @cached_property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Bounds on the spend and the number of whales at each streamer, (S,) each.

        The number of whales that fit if the smallest come first, and the spend of as many of the
        greatest. If no two whales fit together, this is a slot for one whale, and prices alone then
        prove optima that the spend cap would leave open.
        """
        ordered = np.sort(self.worth.T, axis=1)
        return _bounds(ordered, self.limit, self.capacity)  # type: ignore[no-any-return]

    def first_choices(self) -> NDArray[np.int64]:
        """Return the best allowed streamer of each whale, (n,) int64; -1 for none."""
        best = self.worth.argmax(axis=1)
        return np.where(self.worth[np.arange(len(best)), best] >= 0, best, NONE)

    def keeps_caps(self, assignment: NDArray[np.int64]) -> bool:
        """Return whether an allocation of allowed pairs keeps both caps."""
        spend, load = self.tally(assignment)
        return bool((spend <= self.limit).all() and (load <= self.capacity).all())

    def tally(self, assignment: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return each streamer's spend, summed without rounding, and number of whales, (S,)."""
        n_streamers = len(self.limit)
        user = np.flatnonzero(assignment != NONE)
        at = assignment[user]
        load = np.bincount(at, minlength=n_streamers)
        spend = np.zeros(n_streamers)
        if len(user):
            order = np.argsort(at, kind="stable")
            ends = np.cumsum(load)
            each = self.worth[user, at][order].tolist()
            for s in np.flatnonzero(load).tolist():
                spend[s] = math.fsum(each[ends[s] - load[s] : ends[s]])
        return spend, load

    def objective(self, assignment: NDArray[np.int64]) -> float:
        """Return the total EV of an allocation, currency units."""
        return math.fsum(self.worth_of(assignment))

    def worth_of(self, assignment: NDArray[np.int64]) -> list[float]:
        """Return the EV of each placed whale of an allocation, currency units."""
        user = np.flatnonzero(assignment != NONE)
        worth: list[float] = self.worth[user, assignment[user]].tolist()
        return worth


@dataclass(frozen=True, eq=False, repr=False)
class SpendPrices(Displayed):
    """Prices of spend and of slots in the relaxation, in which whales are divisible.

    Parameters
    ----------
    spend : (S,) float64
        Price of one more currency unit of spend at each streamer, from 0 to 1.
    slot : (S,) float64
        Price of one more slot at each streamer, currency units, ≥ 0.

    Examples
    --------
    >>> from whale_matching import SpendPrices
    >>> SpendPrices.zero(2)
    SpendPrices(2 streamers, spend=0, slot=0)
    """

    spend: NDArray[np.float64]
    slot: NDArray[np.float64]

    def _parts(self) -> Iterator[str]:
        yield f"{len(self.spend):,} streamers"
        yield from price_parts(("spend", self.spend), ("slot", self.slot))

    def _rows(self) -> Iterator[Row]:
        return price_rows(("spend", self.spend), ("slot", self.slot))

    @property
    def both(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The prices of spend and of slots."""
        return self.spend, self.slot

    @staticmethod
    def zero(n_streamers: int) -> SpendPrices:
        """Return prices of 0, for limits that do not bind."""
        return SpendPrices(np.zeros(n_streamers), np.zeros(n_streamers))


def certify_spend(
    problem: SpendProblem, assignment: NDArray[np.int64], prices: SpendPrices
) -> Certificate:
    """Certify an allocation by weak duality, trusting neither it nor the prices.

    For prices λ of spend and μ of slots, ≥ 0, where B_s and m_s are the most spend and the most
    whales that fit at s (`SpendProblem.bounds`; at most spend_cap and capacity)::

        UB = Σ_u max(0, max_s (EV (1 - λ_s) - μ_s))  +  Σ_s (λ_s B_s + μ_s m_s)

    is at least the worth of every allocation within the caps. At λ = μ = 0 it is the value of all
    whales at their best streamers; at λ = 1 it is the sum of the caps.

    Parameters
    ----------
    problem : SpendProblem
    assignment : (n,) int64
        Streamer of each whale, -1 for none.
    prices : SpendPrices

    Returns
    -------
    Certificate
        Of scope "whale". The gap may stay open at an optimum: whales are not divisible, so that
        no prices close it for every problem.

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import SpendPrices, SpendProblem, certify_spend
    >>> problem = SpendProblem([[60, 50], [50, 45], [40, 10]], spend_cap=150)
    >>> certify_spend(problem, np.array([0, 0, 0]), SpendPrices.zero(2)).proven_optimal
    True
    """
    faults = (*_find_rule_faults(problem, assignment), *_find_price_faults(problem, prices))
    if faults:
        return Certificate.invalid("whale", faults)
    return Certificate.from_terms("whale", spend_gap_terms(problem, assignment, prices))


def spend_gap_terms(
    problem: SpendProblem, assignment: NDArray[np.int64], prices: SpendPrices
) -> GapTerms:
    """Return the terms of the gap of a valid allocation at prices.

    These are each whale's gain elsewhere, and the value of unused spend and slots with a price.
    """
    spend, load = problem.tally(assignment)
    if prices.spend.any() or prices.slot.any():
        most_spend, most_whales = problem.bounds
    else:
        most_spend, most_whales = spend, load
    found = _terms(problem.worth, assignment, *prices.both, most_spend, spend, most_whales, load)
    return GapTerms(*found)


def upper_bound(problem: SpendProblem, prices: SpendPrices) -> float:
    """Return the bound of `certify_spend` at prices ≥ 0."""
    if not (prices.spend.any() or prices.slot.any()):
        return float(np.maximum(problem.worth.max(axis=1), 0.0).sum())
    spend, places = problem.bounds
    rents = float(prices.spend @ spend + prices.slot @ places)
    return rents + float(total_profit(problem.worth, prices.spend, prices.slot))


@njit(cache=True)
def total_profit(worth, spend, slot_price):
    """Return the sum of every whale's greatest profit, or 0."""
    total = 0.0
    for user in range(len(worth)):
        most = 0.0
        for s in range(len(spend)):
            most = max(most, worth[user, s] * max(1.0 - spend[s], 0.0) - slot_price[s])
        total += most
    return total


@njit(inner=True)
def _profit(value, spend, slot_price):
    """Return EV · (1 - λ) - μ, and its rounding error."""
    share, share_error = two_sum(1.0, -spend)
    product, product_error = two_product(value, share)
    profit, error = two_sum(product, -slot_price)
    return two_sum(profit, error + (product_error + value * share_error))


@njit(cache=True)
def _terms(worth, assignment, spend, slot_price, most_spend, spent, most_whales, load):
    """Return the `GapTerms` of an allocation at prices, as its five numbers."""
    total, residue, blur, lost, excess = 0.0, 0.0, 0.0, 0.0, 0.0
    n_users, n_streamers = worth.shape
    for user in range(n_users):
        own, rest, size = 0.0, 0.0, 0.0
        home = assignment[user]
        if home != NONE:
            value = worth[user, home]
            total, residue, blur = add_worth(total, residue, blur, value)
            own, rest = _profit(value, spend[home], slot_price[home])
            if spend[home] > 0.0 or slot_price[home] > 0.0:
                size = value + slot_price[home]
        gain, beyond, error = max(0.0, -own - rest), max(0.0, -own - rest - ROUNDING * size), 0.0
        for s in range(n_streamers):
            value = worth[user, s]
            if s == home or value < 0.0:
                continue
            profit, residue_of_profit = _profit(value, min(spend[s], 1.0), slot_price[s])
            more, difference_error = two_sum(profit, -own)
            more += difference_error + (residue_of_profit - rest)
            if more > 0.0:
                both = size + (
                    value + slot_price[s] if spend[s] > 0.0 or slot_price[s] > 0.0 else 0.0
                )
                gain, beyond = max(gain, more), max(beyond, more - ROUNDING * both)
                error = max(error, DIFFERENCE_ERROR * more + RESIDUE_ERROR * both)
        lost, blur = add_gap(lost, blur, gain, error)
        excess += beyond
    for s in range(n_streamers):
        unused = max(0.0, most_spend[s] - spent[s])
        error = spend[s] * ROUNDING * spent[s]
        lost, blur = add_gap(lost, blur, spend[s] * unused, error)
        excess += max(0.0, spend[s] * unused - error)
        term, product_error = two_product(np.float64(most_whales[s] - load[s]), slot_price[s])
        lost, blur = add_gap(lost, blur, term, abs(product_error))
        excess += term
    return total, residue, blur, lost, excess


@njit(cache=True)
def _bounds(ordered, limit, capacity):
    """Return `SpendProblem.bounds`; `ordered` is (S, n), increasing."""
    n_streamers, n_users = ordered.shape
    most_spend, most_whales = np.zeros(n_streamers), np.zeros(n_streamers, np.int64)
    for s in range(n_streamers):
        first = np.searchsorted(ordered[s], 0.0)
        smallest, whales = 0.0, 0
        for user in range(first, n_users):
            smallest += ordered[s, user]
            # Twice the allowance, because sums are rounded.
            if whales == capacity[s] or smallest > limit[s] * (1.0 + ALLOWANCE):
                break
            whales += 1
        greatest = 0.0
        for user in range(n_users - whales, n_users):
            greatest += ordered[s, user]
        rounding = ROUNDING * whales if whales > 1 else 0.0
        most_spend[s] = min(limit[s], greatest * (1.0 + rounding))
        most_whales[s] = whales
    return most_spend, most_whales


def _find_rule_faults(problem: SpendProblem, assignment: NDArray[np.int64]) -> list[Message]:
    """Return a message for each kind of violated rule, with its first position."""
    n_users, n_streamers = problem.worth.shape
    assignment = np.asarray(assignment)
    if assignment.shape != (n_users,) or assignment.dtype.kind not in "iu":
        return [Message("assignment_shape", numbers=1, users=n_users)]
    beyond = np.flatnonzero((assignment < NONE) | (assignment >= n_streamers))
    if len(beyond):
        return [Message("streamer_unknown", user=beyond[0], streamer=assignment[beyond[0]])]
    user = np.flatnonzero(assignment != NONE)
    bad = user[problem.worth[user, assignment[user]] < 0]
    if len(bad):
        return [Message("spend_pair_forbidden", whale=bad[0], streamer=assignment[bad[0]])]
    spend, load = problem.tally(assignment)
    faults = []
    if (spend > problem.limit).any():
        s = int((spend > problem.limit).argmax())
        faults.append(Message("spend_cap_exceeded", streamer=s, spend=str(spend[s])))
    return [*faults, *find_overload(load, problem.capacity, "whales")]


def _find_price_faults(problem: SpendProblem, prices: SpendPrices) -> list[Message]:
    n_streamers = len(problem.limit)
    faults = []
    for name, price in (("spend", prices.spend), ("slot", prices.slot)):
        if getattr(price, "shape", None) != (n_streamers,):
            faults.append(Message("prices_of_each_expected", limit=name, streamers=n_streamers))
        elif not are_prices(price):
            s = int(((price >= 0) & (price < np.inf)).argmin())
            received = str(price[s])
            faults.append(Message("price_invalid", limit=name, streamer=s, received=received))
    return faults


def spend_caps(values: ArrayLike, n_streamers: int) -> NDArray[np.float64]:
    """Return one spend cap, or one per streamer, as (S,) float64.

    Raises
    ------
    InputError
    """
    name = "spend_cap"
    given = as_array(values, name, axes=("streamer",))
    if given.dtype.kind not in "iuf":
        raise ArrayField(name, NUMBERS).wrong_type(given.dtype)
    check_bounds(given, name, n_streamers, np.inf)
    return np.array(np.broadcast_to(given, n_streamers), dtype=np.float64)
