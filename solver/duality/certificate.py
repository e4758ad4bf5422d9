"""Certificates: how far an allocation is from the optimum, computed from the data alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from messages import Message

from ..deprecation import allow_positional_options
from ..display import Displayed, Row, show_number
from ..kernels import MIN_BLOCK_PAIRS, NONE, are_prices, fits, matrix_ev, njit, two_sum
from ..model import Candidates, Limits, Problem, Tally, placements
from .gap_terms import Charges, GapTerms, add_terms, compute_gap_terms, matrix_terms, slot_terms
from .shadow_prices import ShadowPrices

Scope = Literal["whale", "joint"]


@dataclass(frozen=True, repr=False)
class Certificate(Displayed):
    """Proof of how close an allocation is to the optimum, from the data and prices alone.

    Parameters
    ----------
    scope : {"whale", "joint"}
        Users that the proof is about: the whale tier, or all users.
    objective : float
        Total EV of these users less the penalties of their whales, currency units.
    upper_bound : float
        No allocation within the limits is worth more, currency units. Rounded upwards, so that
        it holds in exact arithmetic. Infinite if the prices prove nothing.
    gap : float
        Most that any allocation could add to this one, currency units. A sum of terms ≥ 0, not
        a difference of two large sums. Infinite if there are faults.
    excess : float
        Part of the gap that rounding of the prices does not explain, currency units.
    faults : tuple of Message
        Violated rules and invalid prices, each with its first position.

    Examples
    --------
    >>> from whale_matching import Problem, allocate
    >>> allocation = allocate(Problem([[9.0, 1.0], [8.0, 7.0]], whale_cap=1))
    >>> allocation.certificate.proven_optimal
    True
    >>> print(allocation.certificate.summary())
    certificate of: the whales
    proof: optimal
    objective: 16
    upper bound: 16
    """

    scope: Scope
    objective: float
    upper_bound: float
    gap: float
    excess: float
    faults: tuple[Message, ...] = ()

    def _parts(self) -> Iterator[str]:
        if self.faults:
            yield f"invalid, {len(self.faults)} faults"
        else:
            yield "proven optimal" if self.proven_optimal else f"gap={show_number(self.gap)}"
        yield f"scope={self.scope!r}"
        yield f"objective={show_number(self.objective)}"
        yield f"upper_bound={show_number(self.upper_bound)}"

    def _rows(self) -> Iterator[Row]:
        yield from self.proof_rows()
        if not self.faults:
            yield "certified_objective", show_number(self.objective)
            yield "upper_bound", show_number(self.upper_bound)

    def proof_rows(self) -> Iterator[Row]:
        """Yield the claim and its scope, as rows of a summary."""
        yield "claim", Message("summary_scope", scope=self.scope)
        yield proof_row(self.objective, self.gap, self.proven_optimal, self.faults)

    @staticmethod
    def from_terms(scope: Scope, found: GapTerms) -> Certificate:
        """Return the certificate that the terms of users and of limits add up to."""
        gap, excess = found.lost, found.excess
        bound = sum_upwards(found.worth, found.residue, gap, 2.0 * found.blur)
        return Certificate(scope, found.worth + found.residue, bound, gap, excess)

    @staticmethod
    def invalid(
        scope: Scope, faults: tuple[Message, ...], objective: float = math.nan
    ) -> Certificate:
        """Return the certificate of an invalid allocation."""
        return Certificate(scope, objective, math.inf, math.inf, math.inf, faults)

    @property
    def proven_optimal(self) -> bool:
        """Whether no rule is broken and the gap is 0 up to the rounding of its terms."""
        return not self.faults and self.excess == 0

    @property
    def relative_gap(self) -> float:
        """The gap as a share of the objective; 0 where nothing could be won."""
        objective = abs(self.objective)
        return self.gap / objective if objective else (0.0 if self.gap == 0 else math.inf)

    def as_mapping(self) -> dict[str, Any]:
        """Return the claim as a mapping for JSON."""
        return {
            "scope": self.scope,
            "upper_bound": self.upper_bound,
            "gap": self.gap,
            "proven_optimal": self.proven_optimal,
        }

    def is_within(self, tolerance: float) -> bool:
        """Return whether the gap is at most this share of the objective, or 0 up to rounding."""
        return self.proven_optimal or self.gap <= tolerance * abs(self.objective)


def proof_row(
    objective: float, gap: float, proven_optimal: bool, faults: tuple[Message, ...]
) -> Row:
    """Return the claim, as a row of a summary."""
    if faults:
        return "proof", Message("summary_invalid", fault=faults[0], more=len(faults) - 1)
    if proven_optimal:
        return "proof", Message("summary_optimal")
    percent = 100 * gap / abs(objective) if objective else math.inf
    return "proof", Message("summary_gap", gap=show_number(gap), percent=f"{percent:.2g}")


def sum_upwards(*terms: float) -> float:
    """Return a sum, rounded upwards."""
    try:
        total = math.fsum(terms)
        return total if math.fsum((*terms, -total)) <= 0 else math.nextafter(total, math.inf)
    except (OverflowError, ValueError):  # beyond the largest float
        return math.inf


@allow_positional_options
def certify(
    problem: Problem,
    assignment: NDArray[np.int64],
    prices: ShadowPrices,
    *,
    scope: Scope = "whale",
) -> Certificate:
    """Certify an allocation by weak duality, trusting neither it nor the prices.

    Let λ be the prices of whale slots, μ those of slots for any user, and p_j the penalty of
    whale number j at a streamer. At most k_s whales and from m_s to c_s users fit at streamer s,
    and Σᵇ adds the b greatest values of a user. Then::

        UB = Σ_whales Σᵇ_s max(0, EV - λ_s - μ_s)  +  Σ_s Σ_{j ≤ k_s} max(0, λ_s - p_j)
           + Σ_normal Σᵇ_s max(0, EV - μ_s)        +  Σ_s max(c_s μ_s, m_s μ_s)

    is at least the worth of every allocation within the limits. Optimal prices bring it down to
    the objective; other prices only make it larger. Scope "whale" leaves out the third sum. Pairs
    of negative EV count only where a guarantee may need them.

    The gap is computed as a sum of terms ≥ 0 (`solver.duality.gap_terms`), because large EVs would
    blur the difference UB - objective: what each user would gain elsewhere, empty slots that have
    a price, and penalties beyond what whales pay. It is 0 at an optimum with optimal prices.

    Parameters
    ----------
    problem : Problem
    assignment : (N,) or (N, b) int64
        Streamers of each user, -1 for none. Any allocation, from any source.
    prices : ShadowPrices
    scope : {"whale", "joint"}
        Users that the proof is about: the whale tier, or all users.

    Returns
    -------
    Certificate
        If the allocation breaks a rule or a price is invalid, `faults` says so and the bound is
        infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import Problem, allocate, certify
    >>> problem = Problem([[9.0, 1.0], [8.0, 7.0]], whale_cap=1)
    >>> prices = allocate(problem).shadow_prices
    >>> certify(problem, np.array([0, 1]), prices).proven_optimal
    True

    Any prices give a valid bound; optimal prices give the tightest:

    >>> from whale_matching import ShadowPrices
    >>> certify(problem, np.array([0, 1]), ShadowPrices.zero(2)).upper_bound
    17.0

    A bad allocation has a gap, an invalid one has faults:

    >>> certify(problem, np.array([1, 0]), prices).gap
    7.0
    >>> print(certify(problem, np.array([0, 0]), prices).faults[0])
    Streamer 0 has 2 whales, more than its 1.
    """
    terms = _certify_caps_only(problem, assignment, prices, scope == "joint")
    if terms is not None:
        return Certificate.from_terms(scope, terms)
    tally, faults = find_assignment_faults(problem, assignment)
    faults = (*faults, *find_price_faults(problem, prices))
    if faults or tally is None:
        return Certificate.invalid(scope, faults)
    load = tally.load if scope == "joint" else tally.whale_load
    found = limit_terms(problem.limits, prices, tally.whale_load, load)
    found += _user_terms(problem, problem.whales, assignment, whale_charges(problem.limits, prices))
    if scope == "joint":
        normal = normal_charges(problem.limits, prices)
        found += _user_terms(problem, ~problem.whales, assignment, normal)
    return Certificate.from_terms(scope, found)


def whale_charges(limits: Limits, prices: ShadowPrices) -> Charges:
    """Return the charges of whales, infinite where a cap is 0."""
    guarantee = None if prices.min_users is None else -prices.min_users
    is_open = (limits.whale_cap > 0) & (limits.capacity > 0)
    parts = prices.whale_cap, prices.whale_penalty, prices.capacity, guarantee
    return Charges.total(is_open, *parts)


def normal_charges(limits: Limits, prices: ShadowPrices) -> Charges:
    """Return the charges of normal users, infinite where the capacity is 0."""
    guarantee = None if prices.min_users is None else -prices.min_users
    return Charges.total(limits.capacity > 0, prices.capacity, guarantee)


def limit_terms(
    limits: Limits,
    prices: ShadowPrices,
    whale_load: NDArray[np.int64],
    load: NDArray[np.int64],
) -> GapTerms:
    """Return the terms of the limits: empty slots that have a price, and penalties.

    Parameters
    ----------
    limits : Limits
    prices : ShadowPrices
    whale_load, load : (S,) int64
        Number of whales, and of all users in the claim's scope.
    """
    nothing = np.zeros(len(load))
    n_users = len(limits.whales)
    least = limits.min_users
    if (load < least).any():  # users out of the claim's scope help to meet the guarantees
        least = np.zeros_like(least)
    caps = (np.minimum(limits.whale_cap, n_users), np.minimum(limits.capacity, n_users), least)
    by_penalty = nothing if prices.whale_penalty is None else prices.whale_penalty
    guarantee = nothing if prices.min_users is None else prices.min_users
    own = prices.whale_cap, by_penalty, prices.capacity, guarantee
    return GapTerms(*slot_terms((*caps, limits.whale_penalty), whale_load, load, *own))


def _user_terms(
    problem: Problem, users: NDArray[np.bool_], assignment: NDArray[np.int64], charges: Charges
) -> GapTerms:
    negative = problem.limits.negative if (charges.price < 0).any() else None
    return compute_gap_terms(
        problem.rows, np.flatnonzero(users), np.asarray(assignment), charges, negative
    )


def _certify_caps_only(
    problem: Problem, assignment: NDArray[np.int64], prices: ShadowPrices, is_joint: bool
) -> GapTerms | None:
    """Return the terms of a valid allocation of a small matrix with only caps, else None.

    This is the computation of `certify` in one compiled call, without Python's overhead.
    """
    limits, ev, shape = problem.limits, problem.ev, (problem.n_streamers,)
    if (
        isinstance(ev, Candidates)
        or ev.size >= MIN_BLOCK_PAIRS
        or limits.per_user != 1
        or len(limits.whale_penalty)
        or not prices.has_only_caps
        or {type(assignment), type(prices.whale_cap), type(prices.capacity)} != {np.ndarray}
        or assignment.dtype != np.int64
        or assignment.shape != (problem.n_users,)
        or not prices.whale_cap.shape == prices.capacity.shape == shape
        or not prices.whale_cap.dtype.kind == prices.capacity.dtype.kind == "f"
    ):
        return None
    caps = limits.whale_cap, limits.capacity, limits.min_users
    sound, *found = _audit(
        problem.rows, assignment, is_joint, limits.whales, *caps, prices.whale_cap, prices.capacity
    )
    return GapTerms(*found) if sound else None


@njit(cache=True)
def _audit(
    rows,
    assignment,
    is_joint,
    whales,
    whale_cap,
    capacity,
    min_users,
    cap_price,
    capacity_price,
):
    """Return whether the allocation and the prices are valid, and the terms of the gap."""
    n_users, n_streamers, wide, narrow = len(assignment), len(capacity), rows.wide, rows.narrow
    whale_load, load = np.zeros(n_streamers, np.int64), np.zeros(n_streamers, np.int64)
    valid = are_prices(cap_price) and are_prices(capacity_price)
    for user in range(n_users):
        s = assignment[user]
        if s == NONE:
            continue
        if not 0 <= s < n_streamers or matrix_ev(wide, narrow, user, s) == -np.inf:
            valid = False
            break
        load[s] += 1
        whale_load[s] += whales[user]
    if not valid or not fits(whale_load, load, whale_cap, capacity, min_users):
        return False, 0.0, 0.0, 0.0, 0.0, 0.0
    for_normal, for_whales = np.empty(n_streamers), np.empty(n_streamers)
    residue, nothing = np.empty(n_streamers), np.zeros(n_streamers)
    whale_room, room = np.empty(n_streamers, np.int64), np.empty(n_streamers, np.int64)
    for s in range(n_streamers):
        # No user is assigned at a cap of 0, so a very large EV there must not add rounding error.
        for_normal[s] = capacity_price[s] if capacity[s] > 0 else np.inf
        for_whales[s], residue[s] = two_sum(cap_price[s], capacity_price[s])
        if whale_cap[s] == 0 or capacity[s] == 0:
            for_whales[s] = np.inf
        whale_room[s], room[s] = min(whale_cap[s], n_users), min(capacity[s], n_users)
    scope_load = load if is_joint else whale_load
    found = slot_terms(
        (whale_room, room, np.zeros(n_streamers, np.int64), nothing[:0]),
        whale_load, scope_load, cap_price, nothing, capacity_price, nothing,
    )  # fmt: skip
    charges = for_whales, residue, cap_price + capacity_price
    found = add_terms(found, matrix_terms(rows, np.flatnonzero(whales), assignment, charges))
    if is_joint:
        charges = for_normal, nothing, capacity_price
        found = add_terms(found, matrix_terms(rows, np.flatnonzero(~whales), assignment, charges))
    return True, found[0], found[1], found[2], found[3], found[4]


def find_assignment_faults(
    problem: Problem, assignment: NDArray[np.int64]
) -> tuple[Tally | None, tuple[Message, ...]]:
    """Return the loads of an allocation, if it has the right form, and the rules it breaks."""
    tally = _tally(problem, assignment)
    return tally, tuple(_find_rule_faults(problem, assignment, tally))


def _tally(problem: Problem, assignment: NDArray[np.int64]) -> Tally | None:
    """Return the loads and the total EV of an allocation, None if its shape or type is wrong."""
    per_user = problem.limits.per_user
    n_users = problem.n_users
    shape = (n_users,) if per_user == 1 else (n_users, min(per_user, problem.n_streamers))
    if np.ma.is_masked(assignment):
        return None
    assignment = np.asarray(assignment)
    if assignment.shape != shape or assignment.dtype.kind not in "iu":
        return None
    return problem.tally(assignment)


def _find_rule_faults(
    problem: Problem, assignment: NDArray[np.int64], tally: Tally | None
) -> Iterator[Message]:
    """Yield a message for each kind of violated rule, with its first position."""
    n_users, n_streamers = problem.n_users, problem.n_streamers
    per_user = problem.limits.per_user
    if tally is None:
        yield Message("assignment_shape", numbers=min(per_user, n_streamers), users=n_users)
        return
    if per_user == 1 and tally.whale_ev + tally.normal_ev > -np.inf and problem.fits(tally):
        return
    assignment = np.asarray(assignment)
    outside = (assignment < -1) | (assignment >= n_streamers)
    if outside.any():
        first = int(np.nonzero(outside)[0][0])
        yield Message("streamer_unknown", user=first, streamer=assignment[outside][0])
        return
    user, at = placements(assignment)
    forbidden = np.flatnonzero(np.isneginf(problem.ev_at(user, at)))
    if len(forbidden):
        first = forbidden[0]
        yield Message("pair_forbidden", user=user[first], streamer=at[first])
    if assignment.ndim == 2:
        ordered = np.sort(assignment, axis=1)
        twice, column = np.nonzero((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0))
        if len(twice):
            streamer = ordered[twice[0], column[0]]
            yield Message("streamer_twice", user=twice[0], streamer=streamer)
    yield from find_overload(tally.whale_load, problem.whale_cap, "whales")
    yield from find_overload(tally.load, problem.capacity, "users")
    short = tally.load < problem.limits.min_users
    if short.any():
        s = int(short.argmax())
        least = problem.limits.min_users[s]
        yield Message("guarantee_unmet", streamer=s, users=tally.load[s], least=least)


def find_overload(
    load: NDArray[np.int64], cap: NDArray[np.int64], counted: str
) -> Iterator[Message]:
    """Yield a message for the first streamer that has more "whales" or "users" than its cap."""
    if (load > cap).any():
        s = int((load > cap).argmax())
        yield Message("streamer_overloaded", streamer=s, load=load[s], counted=counted, cap=cap[s])


def find_price_faults(problem: Problem, prices: ShadowPrices) -> Iterator[Message]:
    """Yield a message for each vector of prices that is not finite and ≥ 0 throughout."""
    for name in ("whale_cap", "capacity", "min_users", "whale_penalty"):
        price = getattr(prices, name)
        if price is None:
            continue
        if getattr(price, "shape", None) != (problem.n_streamers,):
            yield Message("prices_of_each_expected", limit=name, streamers=problem.n_streamers)
        elif price.dtype.kind not in "iuf" or np.ma.is_masked(price):
            kind = "masked" if np.ma.is_masked(price) else str(price.dtype)
            yield Message("prices_not_numbers", limit=name, type=kind)
        elif not are_prices(price):
            s = int(((price >= 0) & (price < np.inf)).argmin())
            yield Message("price_invalid", limit=name, streamer=s, received=str(price[s]))
