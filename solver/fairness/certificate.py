"""What weights and prices prove about every allocation, from the data alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message

from ..display import Displayed, Row, show_number
from ..duality import (
    Scope,
    ShadowPrices,
    find_assignment_faults,
    find_price_faults,
    normal_charges,
    sum_upwards,
    whale_charges,
)
from ..errors import InputError, quote
from ..kernels import (
    LARGEST_EV,
    MatrixRows,
    are_prices,
    get_row,
    greatest,
    map_blocks,
    njit,
    two_sum,
)
from ..model import Problem, as_array, placements
from .welfare import AlphaWelfare, GiniWelfare, LargeUsersWelfare, Measure, Welfare, gini

LEAST_WEIGHT = 1e-300
"""Weight that stands for 0: that times the -inf of a forbidden pair is not a number."""

UNIT = 2.0**-52
"""Relative error of an operation, twice over."""


@dataclass(frozen=True, repr=False)
class FairCertificate(Displayed):
    """Proof of how fair and how valuable allocations can be, from data, weights and prices alone.

    Parameters
    ----------
    scope : {"whale", "joint"}
        Users that the proof is about: the whale tier, or all users.
    measure : {"gini", "alpha"}
    parameter : float
        θ or α of the welfare.
    objective : float
        Total EV of these users less the penalties of their whales, currency units.
    total : float
        Revenue of all streamers, with what they had before, currency units.
    gini : float
        Gini coefficient of these revenues.
    inequality : float
        Index of the measure: the Gini coefficient, or Atkinson's index.
    welfare : float
        total · (1 - θ · gini), or total · (1 - Atkinson's index), less penalties, currency units.
    welfare_bound : float
        No allocation within the limits has more welfare, currency units. Rounded upwards.
    gini_at_least : float
        No allocation of at least this objective has a lower Gini coefficient. 0 if the measure is
        "alpha".
    inequality_at_least : float
        The same of the measure's index.
    total_at_most : float
        No allocation of at most this inequality has a greater objective, currency units.
    large : int
        Number of largest users that the proof treats as indivisible; see `certify_fair`.
    faults : tuple of Message
        Violated rules and invalid weights or prices, each with its first position.

    Examples
    --------
    >>> from whale_matching import Problem, allocate_fair
    >>> problem = Problem([[5.0, 3.0], [5.0, 4.0], [5.0, 4.0]], whale_cap=3)
    >>> certificate = allocate_fair(problem, max_loss=0.1).certificate
    >>> 0.2 < certificate.gini_at_least <= round(certificate.gini, 3)
    True
    """

    scope: Scope
    measure: Measure
    parameter: float
    objective: float
    total: float
    gini: float
    inequality: float
    welfare: float
    welfare_bound: float
    gini_at_least: float
    inequality_at_least: float
    total_at_most: float
    large: int = 0
    faults: tuple[Message, ...] = ()

    @property
    def gap(self) -> float:
        """Most welfare that any allocation could add to this one, currency units."""
        return max(0.0, self.welfare_bound - self.welfare)

    @property
    def relative_gap(self) -> float:
        """The gap as a share of the welfare; 0 where nothing could be won."""
        if self.gap == 0:
            return 0.0
        return self.gap / abs(self.welfare) if self.welfare else math.inf

    def _parts(self) -> Iterator[str]:
        if self.faults:
            yield f"invalid, {len(self.faults)} faults"
        yield f"scope={self.scope!r}"
        yield f"welfare={show_number(self.welfare)}"
        yield f"welfare_bound={show_number(self.welfare_bound)}"
        yield f"gini_at_least={show_number(self.gini_at_least)}"

    def _rows(self) -> Iterator[Row]:
        yield "claim", Message("summary_scope", scope=self.scope)
        yield from self.proof_rows()

    def proof_rows(self) -> Iterator[Row]:
        """Yield what is proven, as rows of a summary."""
        if self.faults:
            yield (
                "proof",
                Message("summary_invalid", fault=self.faults[0], more=len(self.faults) - 1),
            )
            return
        percent = f"{100 * self.relative_gap:.2g}"
        yield "welfare", show_number(self.welfare)
        yield "proof", Message("summary_gap", gap=show_number(self.gap), percent=percent)
        if self.measure == "gini":
            yield "gini_at_least", f"{self.gini_at_least:.4f}"
        yield "total_at_most", show_number(self.total_at_most)

    def as_mapping(self) -> dict[str, Any]:
        """Return the claim as a mapping for JSON."""
        return {
            "scope": self.scope,
            "welfare": self.welfare,
            "welfare_bound": self.welfare_bound,
            "gap": self.gap,
            "gini_at_least": self.gini_at_least,
            "inequality_at_least": self.inequality_at_least,
            "total_at_most": self.total_at_most,
            "large": self.large,
        }


def certify_fair(
    problem: Problem,
    assignment: NDArray[np.int64],
    weights: NDArray[np.float64],
    prices: ShadowPrices,
    theta: float | None = None,
    *,
    alpha: float | None = None,
    scope: Scope = "whale",
    base: ArrayLike | None = None,
    large: int = 0,
) -> FairCertificate:
    """Certify a fair allocation by weak duality, trusting neither it, the weights nor the prices.

    Let ω be the weights, λ the prices, and W the welfare: ``T (1 - θ G)`` of the streamers'
    revenues R, or T less Atkinson's index of it. Let ρ be the largest number with ``ρ W ≤ ω·R`` for
    all revenues (`GiniWelfare.tightness`, `AlphaWelfare.tightness`). Then, by weak duality of the
    allocation problem with the EVs ω_s EV,

    ::

        UB = (Σ_u Σᵇ max(0, ω_s EV - λ_s)  +  what the limits cost at λ  +  ω·base) / ρ

    is at least the welfare of every allocation within the limits, fractional ones included. So an
    allocation of total T and Gini coefficient G has ``T (1 - θ G) ≤ UB``: a total of at least T0
    needs ``G ≥ (1 - UB / T0) / θ``, and a coefficient of at most g allows ``T ≤ UB / (1 - θ g)``.
    Other weights and prices only make the bound larger.

    The bound holds for divisible users too, and is loose where single users are worth more than
    most streamers earn. With `large` = m, the proof has the m largest users whole: they get the
    least weights ``c_S``, ``c_{S-1}``, … wherever they are, and ρ is that of the other users'
    weights for any S - m streamers (`solver.fairness.welfare.LargeUsersWelfare`).

    Parameters
    ----------
    problem : Problem
    assignment : (N,) or (N, b) int64
        Streamers of each user, -1 for none. Any allocation, from any source.
    weights : (S,) float64
        ω, above 0.
    prices : ShadowPrices
        Of the limits, at the EVs ω_s EV.
    theta : float, optional
        θ of the Gini welfare, from 0 to 1.
    alpha : float, optional
        α of the α-fair welfare, ≥ 0, instead of `theta`.
    scope : {"whale", "joint"}
        Users whose revenue counts.
    base : (S,) array_like of float, optional
        Revenue that streamers had before, currency units, ≥ 0. 0 by default.
    large : int
        Number of users of the greatest EVs that the proof has whole, below S. Only with `theta`,
        one streamer a user and no penalties.

    Returns
    -------
    FairCertificate
        If the allocation breaks a rule, or weights or prices are invalid, `faults` says so and the
        bound is infinite.

    Raises
    ------
    InputError
        If θ, α or `large` is out of range, or a base is below 0.

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import Problem, ShadowPrices, certify_fair
    >>> problem = Problem([[4.0, 2.0], [4.0, 2.0]], whale_cap=2)
    >>> prices = ShadowPrices.zero(2)
    >>> certificate = certify_fair(problem, np.array([0, 1]), np.array([0.75, 1.25]), prices, 0.5)
    >>> certificate.welfare, round(certificate.welfare_bound, 9), round(certificate.gini, 3)
    (5.5, 6.0, 0.167)
    """
    welfare = as_welfare(theta, alpha)
    if large:
        welfare = with_large_users(problem, welfare, large)
    had = as_base(base, problem.n_streamers)
    tally, faults = find_assignment_faults(problem, assignment)
    found = (*faults, *find_price_faults(problem, prices), *find_weight_faults(problem, weights))
    if tally is None or found:
        return _invalid(scope, welfare, found)
    at = revenue_of(problem, np.asarray(assignment), scope)
    penalty = problem.limits.total_penalty(tally.whale_load)
    load = tally.load if scope == "joint" else tally.whale_load
    bound = bound_welfare(problem, welfare, weights, prices, scope, had, load)
    return certificate_of(problem, welfare, at, penalty, bound, scope, had)


def certificate_of(
    problem: Problem,
    welfare: Welfare,
    revenue: NDArray[np.float64],
    penalty: float,
    bound: float,
    scope: Scope,
    base: NDArray[np.float64],
) -> FairCertificate:
    """Return what a bound on the welfare proves beside an allocation of these revenues."""
    earned, had = math.fsum(revenue), math.fsum(base)
    objective, both = earned - penalty, revenue + base
    # Without penalties the bound on the total itself is that of the allocation, T0; with them, what
    # an allocation pays may be as much as what all users are worth.
    most = earned if not problem.limits.whale_penalty.any() else most_of(problem, scope)
    least = inequality_floor(welfare, objective, bound, most, had)
    inequality = welfare.inequality(both)
    is_gini = welfare.measure == "gini"
    return FairCertificate(
        scope=scope,
        measure=welfare.measure,
        parameter=welfare.parameter,
        objective=objective,
        total=earned + had,
        gini=gini(both),
        inequality=inequality,
        welfare=welfare.value(both) - penalty,
        welfare_bound=bound,
        gini_at_least=least if is_gini else 0.0,
        inequality_at_least=least,
        total_at_most=total_ceiling(welfare, inequality, bound, most, had, penalty > 0),
        large=welfare.large if isinstance(welfare, LargeUsersWelfare) else 0,
    )


def inequality_floor(
    welfare: Welfare, objective: float, bound: float, most: float, had: float
) -> float:
    """Return the least inequality of all allocations of at least an objective.

    From ``(T + B) (1 - θ I) - penalty ≤ bound`` and ``T - penalty ≥ objective``:
    ``θ I (T + B) ≥ objective + B - bound``.

    Parameters
    ----------
    welfare : Welfare
    objective, bound : float
        Total EV less penalties, and the bound on the welfare, currency units.
    most : float
        The objective, or with penalties the greatest T, currency units.
    had : float
        B: what streamers had before, currency units.
    """
    factor = welfare.parameter if welfare.measure == "gini" else 1.0
    short = (objective + had) - bound
    if not (short > 0 and factor > 0 and most + had > 0):
        return 0.0
    return min(1.0, max(0.0, short / (factor * (most + had)) - 4.0 * UNIT))


def total_ceiling(
    welfare: Welfare, inequality: float, bound: float, most: float, had: float, penalized: bool
) -> float:
    """Return the greatest objective of all allocations of at most an inequality."""
    factor = welfare.parameter if welfare.measure == "gini" else 1.0
    lost = factor * inequality * (1.0 + 4.0 * UNIT)
    if penalized:
        return (bound - had + lost * (most + had)) * (1.0 + 8.0 * UNIT)
    return bound / (1.0 - lost) * (1.0 + 8.0 * UNIT) - had if lost < 1.0 else math.inf


def bound_welfare(
    problem: Problem,
    welfare: Welfare,
    weights: NDArray[np.float64],
    prices: ShadowPrices,
    scope: Scope,
    base: NDArray[np.float64],
    load: NDArray[np.int64],
) -> float:
    """Return a bound on the welfare less the penalties of every allocation within the limits.

    Parameters
    ----------
    problem : Problem
    welfare : Welfare
    weights : (S,) float64
    prices : ShadowPrices
    scope : {"whale", "joint"}
    base : (S,) float64
    load : (S,) int64
        Users of an allocation. Guarantees that it does not meet alone bound nothing.

    Returns
    -------
    float
        Rounded upwards; infinite if the weights bound nothing.
    """
    tightness = welfare.tightness(weights)
    if not tightness > 0:
        return math.inf
    limits = problem.limits
    weights = np.maximum(weights, LEAST_WEIGHT)
    for_whales, for_others = (
        whale_charges(limits, prices).price,
        normal_charges(limits, prices).price,
    )
    divisible, terms = np.ones(problem.n_users, np.bool_), []
    if isinstance(welfare, LargeUsersWelfare):
        users = largest_users(problem, scope, welfare.large)
        divisible[users] = False
        own = welfare.weights_of_large(problem.n_streamers) * (tightness * (1.0 + 4.0 * UNIT))
        for user, weight in zip(users.tolist(), own.tolist(), strict=False):
            charges = for_whales if problem.whales[user] else for_others
            same = np.full(problem.n_streamers, weight)
            terms += _sum_profits(problem, np.array([user]), same, charges)
    terms += _sum_profits(problem, np.flatnonzero(problem.whales & divisible), weights, for_whales)
    if scope == "joint":
        others = np.flatnonzero(~problem.whales & divisible)
        terms += _sum_profits(problem, others, weights, for_others)
    terms += _limit_costs(problem, prices, scope, load)
    terms += (weights * base).tolist()
    size = max(np.abs(prices.whale_price).max(initial=0.0), prices.capacity.max(initial=0.0))
    size += prices.min_users.max(initial=0.0) if prices.min_users is not None else 0.0
    choices = problem.n_users * limits.per_user
    blur = 8.0 * UNIT * (sum(abs(term) for term in terms) + choices * float(size))
    bound = sum_upwards(*terms, blur)
    if not limits.whale_penalty.any():
        return bound / tightness * (1.0 + 2.0 * UNIT)
    # Penalties are not scaled with the weights.
    most = most_of(problem, scope)
    short = max(0.0, 1.0 / tightness - 1.0) * (1.0 + 2.0 * UNIT)
    return sum_upwards(bound, short * max(bound, 0.0), short * most)


def revenue_of(
    problem: Problem, assignment: NDArray[np.int64], scope: Scope
) -> NDArray[np.float64]:
    """Return the EV placed at each streamer, (S,) float64, of whales or of all users."""
    user, at = placements(assignment)
    if scope == "whale":
        counts = problem.whales[user]
        user, at = user[counts], at[counts]
    ev = problem.ev_at(user, at)
    # Of no placements the counts are whole numbers.
    return np.bincount(at, ev, problem.n_streamers).astype(np.float64, copy=False)


def as_welfare(theta: float | None, alpha: float | None) -> Welfare:
    """Return the welfare of a θ or of an α."""
    if theta is not None and alpha is None:
        return GiniWelfare(as_parameter(theta, "theta", 1.0))
    if alpha is not None and theta is None:
        return AlphaWelfare(as_parameter(alpha, "alpha", MAX_ALPHA))
    raise InputError("theta", Message("one_of_theta_alpha_expected"))


def with_large_users(problem: Problem, welfare: Welfare, large: object) -> LargeUsersWelfare:
    """Return the welfare whose bound has a number of largest users whole."""
    is_whole = isinstance(large, int | np.integer) and not isinstance(large, bool)
    if not is_whole or not 0 < large < problem.n_streamers:  # type: ignore[operator]
        message = Message(
            "number_between_expected", field="large", least=0, most=problem.n_streamers - 1,
            above=False, received=quote(large),
        )  # fmt: skip
        raise InputError("large", message)
    limits = problem.limits
    if limits.per_user > 1 or limits.whale_penalty.any() or not isinstance(welfare, GiniWelfare):
        raise InputError("large", Message("large_users_unavailable"))
    return LargeUsersWelfare(welfare.theta, large=int(large), pooled=problem.n_streamers)  # type: ignore[call-overload]


def largest_users(problem: Problem, scope: Scope, number: int) -> NDArray[np.int64]:
    """Return the users of the greatest EVs among those who count, largest first, (m,) int64."""
    best = problem.best_ev_of_each()
    counted = np.flatnonzero(problem.whales) if scope == "whale" else np.arange(len(best))
    order = np.argsort(-best[counted], kind="stable")
    found: NDArray[np.int64] = counted[order[:number]]
    return found


MAX_ALPHA = 64.0
"""Largest α: weights then range over as many orders of magnitude."""


def as_parameter(value: object, field: str, most: float, above: bool = False) -> float:
    """Return a number from 0 to `most`; above 0 if `above`."""
    is_number = isinstance(value, int | float | np.integer | np.floating)
    if not is_number or isinstance(value, bool) or not 0 <= value <= most or (above and not value):  # type: ignore[operator]
        message = Message(
            "number_between_expected", field=field, least=0, most=f"{most:g}", above=above,
            received=quote(value),
        )  # fmt: skip
        raise InputError(field, message)
    return float(value)  # type: ignore[arg-type]


def as_base(base: ArrayLike | None, n_streamers: int) -> NDArray[np.float64]:
    """Return the revenue that streamers had before, (S,) float64."""
    if base is None:
        return np.zeros(n_streamers)
    had = as_array(base, "base", np.float64, axes=("streamer",))
    if had.shape != (n_streamers,):
        message = Message(
            "one_of_each_expected", field="base", streamers=n_streamers, shape=str(had.shape)
        )
        raise InputError("base", message)
    wrong = ~((had >= 0) & (had <= LARGEST_EV))
    if wrong.any():
        s = int(wrong.argmax())
        message = Message("base_invalid", streamer=s, received=str(had[s]))
        raise InputError("base", message, position=(s,))
    return had


def find_weight_faults(problem: Problem, weights: object) -> Iterator[Message]:
    """Yield a message if the weights are not finite and ≥ 0 throughout."""
    if not isinstance(weights, np.ndarray) or weights.shape != (problem.n_streamers,):
        yield Message("weights_of_each_expected", streamers=problem.n_streamers)
    elif weights.dtype.kind != "f" or np.ma.is_masked(weights):
        yield Message("weights_not_numbers", type=str(weights.dtype))
    elif not are_prices(weights):
        s = int((~((weights >= 0) & (weights < np.inf))).argmax())
        yield Message("weight_invalid", streamer=s, received=str(weights[s]))


def _invalid(scope: Scope, welfare: Welfare, faults: tuple[Message, ...]) -> FairCertificate:
    unknown = math.nan
    return FairCertificate(
        scope, welfare.measure, welfare.parameter, unknown, unknown, unknown, unknown, unknown,
        math.inf, 0.0, 0.0, math.inf, 0, faults,
    )  # fmt: skip


def most_of(problem: Problem, scope: Scope) -> float:
    """Return a bound on the total EV: all users at their best streamers."""
    best = problem.best_ev_of_each()
    if scope == "whale":
        best = best[problem.whales]
    return sum_upwards(math.fsum(best)) * problem.limits.per_user * (1.0 + UNIT)


def _limit_costs(
    problem: Problem, prices: ShadowPrices, scope: Scope, load: NDArray[np.int64]
) -> list[float]:
    """Return what the limits cost at the prices, as terms of a sum."""
    limits = problem.limits
    n_users = problem.n_users if scope == "joint" else int(np.count_nonzero(problem.whales))
    n_whales = int(np.count_nonzero(problem.whales))
    capacity = np.minimum(limits.capacity, n_users)
    terms: list[float] = (capacity * prices.capacity).tolist()
    if prices.min_users is not None:
        meets = not (load < limits.min_users).any()
        least = limits.min_users if meets else np.zeros_like(limits.min_users)
        terms += (-(least * prices.min_users)).tolist()
    whale_cap = np.minimum(limits.whale_cap, n_whales)
    if not len(limits.whale_penalty):
        terms += (whale_cap * prices.whale_surcharge).tolist()
        return terms
    number = np.arange(1, int(whale_cap.max(initial=0)) + 1)
    for s in range(problem.n_streamers):
        penalty = limits.marginal_penalty(number[: whale_cap[s]])
        terms += np.maximum(prices.whale_surcharge[s] - penalty, 0.0).tolist()
    return terms


def _sum_profits(
    problem: Problem,
    some: NDArray[np.int64],
    weights: NDArray[np.float64],
    price: NDArray[np.float64],
) -> list[float]:
    """Return the greatest profits ω EV - price of some users, as terms of a sum."""
    rows = problem.rows
    per_user = problem.limits.per_user
    is_plain = per_user == 1 and isinstance(rows, MatrixRows)
    bounded = np.minimum(price, 4.0 * LARGEST_EV * max(1.0, float(weights.max(initial=1.0))))

    def read(first: int, stop: int) -> tuple[float, float]:
        if is_plain:
            wide, narrow = rows.wide, rows.narrow  # type: ignore[union-attr]
            return sum_best_of_matrix(wide, narrow, some[first:stop], weights, bounded)  # type: ignore[no-any-return]
        return sum_best(rows, some[first:stop], weights, bounded, per_user)  # type: ignore[no-any-return]

    n_pairs = rows.n_pairs * len(some) // problem.n_users
    return [term for part in map_blocks(read, len(some), n_pairs) for term in part]


@njit(cache=True, nogil=True)
def sum_best_of_matrix(wide, narrow, users, weights, price):
    """Return the sum of the users' greatest profits, or 0, in two parts.

    Only choices of EV ≥ 0 have a profit above 0, unless a price is below 0: see `sum_best`.
    """
    total, residue = 0.0, 0.0
    size = len(price)
    profit, most = np.empty(size), np.zeros(1)
    bits, most_bits = profit.view(np.int64), most.view(np.int64)
    has_gift = False
    for s in range(size):
        has_gift |= price[s] < 0.0
    for user in users:
        if len(narrow) == 0:
            for s in range(size):
                profit[s] = weights[s] * wide[user, s] - price[s]
        else:
            for s in range(size):
                profit[s] = weights[s] * np.float64(narrow[user, s]) - price[s]
        if has_gift:
            for s in range(size):
                value = wide[user, s] if len(narrow) == 0 else np.float64(narrow[user, s])
                if not value >= 0.0:
                    profit[s] = -1.0
        most_bits[0] = max(np.int64(0), greatest(bits))
        total, rest = two_sum(total, most[0])
        residue += rest
    return total, residue


@njit(cache=True, nogil=True)
def sum_best(rows, users, weights, price, per_user):
    """Return the sum of the users' b greatest profits, each at least 0, in two parts."""
    total, residue = 0.0, 0.0
    best = np.empty(per_user)
    for user in users:
        streamers, values = get_row(rows, user)
        best[:] = 0.0
        for i in range(len(streamers)):
            s = streamers[i]
            if not values[i] >= 0.0:
                continue
            profit = weights[s] * values[i] - price[s]
            if profit > best[-1]:
                place = per_user - 1
                while place > 0 and best[place - 1] < profit:
                    best[place] = best[place - 1]
                    place -= 1
                best[place] = profit
        for each in best:
            total, rest = two_sum(total, each)
            residue += rest
    return total, residue
