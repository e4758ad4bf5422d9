"""The proof: how far an allocation is from the best there is, from the data alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .candidates import Candidates
from .kernels import njit
from .prices import ShadowPrices
from .problem import Problem, Tally, placements
from .rows import NONE, are_prices, best_profits, best_several_profits
from .threads import BLOCK, in_blocks

Scope = Literal["whale", "joint"]

TOLERANCE = 1e-9
"""Gap, relative to the objective, within which an allocation counts as proven optimal."""


@dataclass(frozen=True)
class Certificate:
    """What the data and a set of prices prove about an allocation.

    Parameters
    ----------
    scope : {"whale", "joint"}
        Which users the claim is about: the whale tier, or everybody at once.
    objective : float
        Total EV of those users in the allocation less what its whales cost, currency units.
    upper_bound : float
        No allocation within the caps is worth more; infinite where the prices prove nothing.
    faults : tuple of str
        Sentences: where the allocation breaks a rule, or a price is no price.
    """

    scope: Scope
    objective: float
    upper_bound: float
    faults: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """Most that any allocation could add to this one, currency units; infinite with faults."""
        return math.inf if self.faults else max(0.0, self.upper_bound - self.objective)

    @property
    def proven_optimal(self) -> bool:
        """Whether the gap is zero but for rounding and no rule is broken."""
        return not self.faults and self.gap <= TOLERANCE * max(1.0, abs(self.objective))

    def within(self, tolerance: float) -> bool:
        """Whether the gap is at most that share of the objective, or zero but for rounding."""
        return self.proven_optimal or self.gap <= tolerance * abs(self.objective)


def certify(
    problem: Problem,
    streamer: NDArray[np.int64],
    prices: ShadowPrices,
    scope: Scope = "whale",
) -> Certificate:
    """Judge an allocation by weak duality, trusting neither it nor the prices.

    For any prices λ of the whale gates and μ of the places, where whale number j at a streamer
    costs p_j, at most k whales and from m to c users fit and Σᵇ adds a user's b greatest::

        UB = Σ_whales Σᵇ_s max(0, EV - λ_s - μ_s)  +  Σ_s Σ_{j ≤ k_s} max(0, λ_s - p_j)
           + Σ_normal Σᵇ_s max(0, EV - μ_s)        +  Σ_s max(c_s μ_s, m_s μ_s)

    is at least the worth of every allocation within the limits. Good prices bring it down
    to the objective; wrong ones only make it larger. Scope "whale" leaves the second sum out.
    Profits are of pairs that may be made: of negative EV only where a guarantee may need them.

    Parameters
    ----------
    problem : Problem
    streamer : (N,) or (N, b) int64
        Each user's streamers, -1 for none.
    prices : ShadowPrices
    scope : {"whale", "joint"}

    Returns
    -------
    Certificate
    """
    at_once = _audit_plain(problem, streamer, prices, scope == "joint")
    if at_once is not None:
        return Certificate(scope, *at_once)
    tally = _tally(problem, streamer)
    faults = (*_broken_rules(problem, streamer, tally), *bad_prices(problem, prices))
    if faults or tally is None:
        return Certificate(scope, np.nan, np.inf, faults)
    objective = tally.whale_ev - problem.limits.penalty_paid(tally.whale_load)
    if scope == "joint":
        objective += tally.normal_ev
    users = problem.whales if scope == "whale" else np.ones(problem.n_users, dtype=np.bool_)
    return Certificate(scope, objective, _profits(problem, users, prices) + _rents(problem, prices))


def _audit_plain(
    problem: Problem, streamer: NDArray[np.int64], prices: ShadowPrices, everybody: bool
) -> tuple[float, float] | None:
    """Return objective and bound of an allocation of a matrix that has two caps and no fault.

    The same as below, in one compiled reading: there are many small problems. None for others.
    """
    limits, ev, shape = problem.limits, problem.ev, (problem.n_streamers,)
    if (
        isinstance(ev, Candidates)
        or limits.per_user != 1
        or len(limits.whale_penalty)
        or not prices.plain
        or getattr(streamer, "dtype", None) != np.int64
        or streamer.shape != (problem.n_users,)
        or getattr(prices.whale_cap, "shape", None) != shape
        or getattr(prices.capacity, "shape", None) != shape
        or not prices.whale_cap.dtype.kind == prices.capacity.dtype.kind == "f"
        or np.ma.isMaskedArray(prices.whale_cap)
        or np.ma.isMaskedArray(prices.capacity)
        or np.ma.isMaskedArray(streamer)
    ):
        return None
    at_once = ev.size < BLOCK
    sound, objective, bound = _audit(
        ev,
        streamer,
        everybody,
        at_once,
        limits.whales,
        limits.whale_cap,
        limits.capacity,
        limits.min_users,
        prices.whale_cap,
        prices.capacity,
    )
    if sound and not at_once:
        users = np.ones_like(limits.whales) if everybody else limits.whales
        bound += _profits(problem, users, prices)
    return (objective, bound) if sound else None


@njit(cache=True)
def _audit(  # type: ignore[no-untyped-def]
    ev,
    streamer,
    everybody,
    at_once,
    whales,
    whale_cap,
    capacity,
    min_users,
    gate_price,
    place_price,
):
    """Return whether nothing is wrong, the objective and the bound; see `certify`.

    Unless all is to be done at once, the bound is without the users' profits.
    """
    n_streamers = len(capacity)
    whale_load, load = np.zeros(n_streamers, np.int64), np.zeros(n_streamers, np.int64)
    of_whales, of_others = 0.0, 0.0
    for user in range(len(streamer)):
        s = streamer[user]
        if s == NONE:
            continue
        if not 0 <= s < n_streamers or ev[user, s] == -np.inf:
            return False, 0.0, 0.0
        load[s] += 1
        whale_load[s] += whales[user]
        if whales[user]:
            of_whales += ev[user, s]
        else:
            of_others += ev[user, s]
    bound = 0.0
    for_normal, for_whales = np.empty(n_streamers), np.empty(n_streamers)
    for s in range(n_streamers):
        gate, place = gate_price[s], place_price[s]
        if not (0.0 <= gate < np.inf and 0.0 <= place < np.inf):
            return False, 0.0, 0.0
        if whale_load[s] > whale_cap[s] or not min_users[s] <= load[s] <= capacity[s]:
            return False, 0.0, 0.0
        # Nobody gets in at a cap of 0: an EV far above all others rounds nothing off there.
        for_normal[s] = place if capacity[s] > 0 else np.inf
        for_whales[s] = for_normal[s] + gate if whale_cap[s] > 0 else np.inf
        bound += whale_cap[s] * gate + capacity[s] * place
    if at_once:
        bound += best_profits(ev, np.flatnonzero(whales), for_whales)
    if at_once and everybody:
        bound += best_profits(ev, np.flatnonzero(~whales), for_normal)
    return True, of_whales + (of_others if everybody else 0.0), bound


def _rents(problem: Problem, prices: ShadowPrices) -> float:
    """Return what all slots earn at the prices: the second column of the bound."""
    limits = problem.limits
    places = (limits.capacity * prices.capacity).sum()
    if prices.min_users is not None:
        places -= (limits.min_users * prices.min_users).sum()
    if not len(limits.whale_penalty):
        return float(places + (limits.whale_cap * prices.gate).sum())
    room = np.minimum(limits.whale_cap, np.count_nonzero(limits.whales))
    earned = 0.0
    for price in limits.whale_penalty[:-1].tolist():
        if not room.any():
            break
        earned += float(np.maximum(prices.gate - price, 0.0)[room > 0].sum())
        room = np.maximum(room - 1, 0)
    earned += float((room * np.maximum(prices.gate - limits.whale_penalty[-1], 0.0)).sum())
    return float(places) + earned


def _profits(problem: Problem, users: NDArray[np.bool_], prices: ShadowPrices) -> float:
    """Return Σ_u of its greatest profits above 0, EV - price, over the users in the mask."""
    # A cap of 0 rules a pair out at any price; an EV far above all others rounds nothing off there.
    place_price = np.where(problem.capacity > 0, prices.place, np.inf)
    gate_price = np.where(problem.whale_cap > 0, prices.gate + place_price, np.inf)
    several = min(problem.limits.per_user, problem.n_streamers)
    total = 0.0
    for mask, price in (
        (users & problem.whales, gate_price),
        (users & ~problem.whales, place_price),
    ):
        total += _total_profit(problem, np.flatnonzero(mask), price, several, prices.plain)
    return total


def _total_profit(
    problem: Problem,
    users: NDArray[np.int64],
    price: NDArray[np.float64],
    several: int,
    plain: bool,
) -> float:
    """Return the sum of the `several` greatest profits above 0 of users, (n,) int64."""
    ev, negative = problem.ev, problem.limits.negative
    n_pairs = len(users) * problem.n_pairs // problem.n_users

    def read(first: int, stop: int) -> float:
        some = users[first:stop]
        if several == 1 and plain and not isinstance(ev, Candidates):
            return float(best_profits(ev, some, price))
        return float(best_several_profits(problem.rows, some, price, negative, several))

    return sum(in_blocks(read, len(users), n_pairs))


def _tally(problem: Problem, streamer: NDArray[np.int64]) -> Tally | None:
    """Return the loads and the worth of what has the shape of an allocation, None if it has not."""
    per_user = problem.limits.per_user
    n_users = problem.n_users
    shape = (n_users,) if per_user == 1 else (n_users, min(per_user, problem.n_streamers))
    if np.ma.is_masked(streamer):
        return None
    streamer = np.asarray(streamer)
    if streamer.shape != shape or streamer.dtype.kind not in "iu":
        return None
    return problem.tally(streamer)


def _broken_rules(
    problem: Problem, streamer: NDArray[np.int64], tally: Tally | None
) -> Iterator[str]:
    """Yield a sentence for each kind of rule that the allocation breaks, with its first place."""
    n_users, n_streamers = problem.n_users, problem.n_streamers
    per_user = problem.limits.per_user
    if tally is None:
        each = (
            "one whole number" if per_user == 1 else f"{min(per_user, n_streamers)} whole numbers"
        )
        yield f"The allocation is not {each} for each of {n_users} users."
        return
    if per_user == 1 and tally.whale_ev + tally.normal_ev > -np.inf and problem.fits(tally):
        return
    streamer = np.asarray(streamer)
    outside = (streamer < -1) | (streamer >= n_streamers)
    if outside.any():
        first = int(np.nonzero(outside)[0][0])
        yield f"User {first} is at streamer {streamer[outside][0]}, which does not exist."
        return
    user, at = placements(streamer)
    forbidden = np.flatnonzero(np.isneginf(problem.ev_at(user, at)))
    if len(forbidden):
        first = forbidden[0]
        yield f"User {user[first]} is at streamer {at[first]}, a forbidden pair."
    if streamer.ndim == 2:
        ordered = np.sort(streamer, axis=1)
        twice, column = np.nonzero((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0))
        if len(twice):
            yield f"User {twice[0]} is at streamer {ordered[twice[0], column[0]]} twice."
    for load, word, cap in (
        (tally.whale_load, "whales", problem.whale_cap),
        (tally.load, "users", problem.capacity),
    ):
        if (load > cap).any():
            s = int((load > cap).argmax())
            yield f"Streamer {s} has {load[s]} {word}, more than its {cap[s]}."
    short = tally.load < problem.limits.min_users
    if short.any():
        s = int(short.argmax())
        yield (
            f"Streamer {s} has {tally.load[s]} users, fewer than the {problem.limits.min_users[s]} "
            "that it is guaranteed."
        )


def bad_prices(problem: Problem, prices: ShadowPrices) -> Iterator[str]:
    """Yield a sentence for each vector of prices that is not finite and ≥ 0 throughout."""
    for name, price in (
        ("whale cap", prices.whale_cap),
        ("capacity", prices.capacity),
        ("guarantee", prices.min_users),
        ("penalty", prices.whale_penalty),
    ):
        if price is None:
            continue
        if getattr(price, "shape", None) != (problem.n_streamers,):
            yield f"The {name} prices are not one for each of {problem.n_streamers} streamers."
            continue
        if price.dtype.kind not in "iuf" or np.ma.is_masked(price):
            kind = "masked" if np.ma.is_masked(price) else price.dtype
            yield f"The {name} prices are {kind}, not numbers."
            continue
        if not are_prices(price):
            good = (price >= 0) & (price < np.inf)
            s = int(good.argmin())
            yield f"The {name} price of streamer {s} is {price[s]}, which is no price."
