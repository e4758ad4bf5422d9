"""The proof: how far an allocation is from the best there is, from the data alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .candidates import Candidates
from .prices import ShadowPrices
from .problem import Problem
from .rows import best_profits

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
        Total EV of those users in the allocation, currency units.
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


def certify(
    problem: Problem,
    streamer: NDArray[np.int64],
    prices: ShadowPrices,
    scope: Scope = "whale",
) -> Certificate:
    """Judge an allocation by weak duality, trusting neither it nor the prices.

    For any prices λ ≥ 0 of the whale caps k and μ ≥ 0 of the capacities c::

        UB = Σ_whales  max(0, max_s EV - λ_s - μ_s)  +  Σ_s k_s λ_s
           + Σ_normal  max(0, max_s EV - μ_s)        +  Σ_s c_s μ_s

    is at least the total EV of every allocation within the caps. Good prices bring it down
    to the objective; wrong ones only make it larger. Scope "whale" leaves the second sum out.

    Parameters
    ----------
    problem : Problem
    streamer : (N,) int64
        Each user's streamer, -1 for none.
    prices : ShadowPrices
    scope : {"whale", "joint"}

    Returns
    -------
    Certificate
    """
    users = problem.whales if scope == "whale" else np.ones(problem.n_users, dtype=np.bool_)
    faults = (*_broken_rules(problem, streamer), *_bad_prices(problem, prices))
    if faults:
        return Certificate(scope, np.nan, np.inf, faults)
    objective = problem.total_ev(streamer, users)
    bound = (
        _profits(problem, users, prices)
        + float((problem.whale_cap * prices.whale_cap).sum())
        + float((problem.capacity * prices.capacity).sum())
    )
    return Certificate(scope, objective, bound)


def _profits(problem: Problem, users: NDArray[np.bool_], prices: ShadowPrices) -> float:
    """Return Σ_u max(0, max_s EV - price) over the users in the mask."""
    total = 0.0
    # A cap of 0 rules a pair out at any price; an EV far above all others rounds nothing off there.
    gate_price = np.where(problem.whale_cap > 0, prices.whale_cap, np.inf)
    slot_price = np.where(problem.capacity > 0, prices.capacity, np.inf)
    for mask, price in (
        (users & problem.whales, gate_price + slot_price),
        (users & ~problem.whales, slot_price),
    ):
        total += _best_profits(problem.ev, mask, price)
    return total


def _best_profits(
    ev: NDArray[Any] | Candidates, mask: NDArray[np.bool_], price: NDArray[np.float64]
) -> float:
    """Return Σ max(0, best EV - price) over the users in the mask."""
    if isinstance(ev, Candidates):
        own = ev.keep(mask[ev.users])
        filled = np.flatnonzero(np.diff(own.row_start))
        if not len(filled):
            return 0.0
        profits = np.maximum.reduceat(own.ev - price[own.streamers], own.row_start[filled])
        return float(np.maximum(profits, 0.0).sum())
    return float(best_profits(ev, np.flatnonzero(mask), price))


def _broken_rules(problem: Problem, streamer: NDArray[np.int64]) -> Iterator[str]:
    """Yield a sentence for each kind of rule that the allocation breaks, with its first place."""
    streamer = np.asarray(streamer)
    if streamer.shape != (problem.n_users,) or not np.issubdtype(streamer.dtype, np.integer):
        yield f"The allocation is not one whole number for each of {problem.n_users} users."
        return
    outside = (streamer < -1) | (streamer >= problem.n_streamers)
    if outside.any():
        user = int(outside.argmax())
        yield f"User {user} is at streamer {streamer[user]}, which does not exist."
        return
    placed = np.flatnonzero(streamer >= 0)
    forbidden = placed[np.isneginf(problem.ev_at(placed, streamer[placed]))]
    if len(forbidden):
        user = int(forbidden[0])
        yield f"User {user} is at streamer {streamer[user]}, a forbidden pair."
    caps = (("whales", problem.whale_cap), ("users", problem.capacity))
    for load, (word, cap) in zip(problem.loads(streamer), caps, strict=True):
        if (load > cap).any():
            s = int((load > cap).argmax())
            yield f"Streamer {s} has {load[s]} {word}, more than its {cap[s]}."


def _bad_prices(problem: Problem, prices: ShadowPrices) -> Iterator[str]:
    """Yield a sentence for each vector of prices that is not finite and ≥ 0 throughout."""
    for name, price in (("whale cap", prices.whale_cap), ("capacity", prices.capacity)):
        if np.shape(price) != (problem.n_streamers,):
            yield f"The {name} prices are not one for each of {problem.n_streamers} streamers."
            continue
        good = (price >= 0) & (price < np.inf)
        if not good.all():
            s = int(good.argmin())
            yield f"The {name} price of streamer {s} is {price[s]}, which is no price."
