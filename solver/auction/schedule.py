"""ε-scaling: repeated auctions with a decreasing least increment ε, and every constant of ε.

The method is that of D. P. Bertsekas and D. A. Castañón, "The auction algorithm for the
transportation problem", Annals of Operations Research 20 (1989). It is applied only where it is
needed: for most problems, the first auction already ends with the least ε.

An auction only raises prices. If there are more slots than users, the next auction must therefore
not start from prices that are too high: an empty slot with a price is as far from the optimum as
that price. The necessary reset of prices is not known in advance. Where no polish follows, it is
found by trial.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .instance import AuctionInstance

MIN_EPSILON_SHARE = 3e-5
"""Least ε, as a share of the mean EV of users' favourites."""

BIDS_PER_USER = 8
"""Mean number of bids of a user before ε may grow."""

BUDGET_EXTENSION = 5
"""Factor by which the budget of bids is extended once, unless most bids only add ε to a price."""

EPSILON_GROWTH = 4.0
"""Factor by which ε grows within an auction each time the budget of bids is exceeded."""

EPSILON_DIVISOR = 4.0
"""Factor by which ε decreases from one phase to the next."""

FIRST_PRICE_RESET = 1.5
"""Decrease of prices before the second phase, in units of ε."""

RESET_GROWTH, RESET_SHRINKAGE = 4.0, 0.5
"""Factors of that decrease: after prices that were too high, and after too many bids."""

PHASES, PHASES_BEFORE_POLISH = 32, 12
"""Largest number of phases, without and with a polish afterwards; the last may end coarse."""

WARM_RESET, WARM_RESET_OF_CANDIDATES = 64.0, 2048.0
"""Decrease of the caller's prices before the first auction, in units of the least ε. If they are
still too high, another auction is cheap on short lists, but on candidates as dear as the first."""

WARM_RESET_GROWTH = 8.0
"""Factor of that decrease each time prices are still too high."""

CONTEST_EPSILONS = 16.0
"""Choices within this many ε of a user's best are contested: the polish considers them again."""


class AuctionOutcome(NamedTuple):
    """Result of an auction: its last ε, and whether an empty slot has a price."""

    epsilon: float
    overpriced: bool


def choose_min_epsilon(favourite_ev: NDArray[Any], tolerance: float = 0.0) -> float:
    """Return the least ε, currency units; any ε > 0 ends an auction of zeros.

    The result of an auction is within ε per user of the optimum, and with tied choices it comes no
    nearer. If a tolerance is given, as a share of the total EV, an ε below it therefore suffices,
    and the many ties need no polish.
    """
    positive = np.maximum(favourite_ev, 0)
    share = min(MIN_EPSILON_SHARE, tolerance / 2) if tolerance else MIN_EPSILON_SHARE
    epsilon = share * float(positive.mean(dtype=np.float64))
    return epsilon or float(positive.max()) or 1.0


def run_epsilon_scaling(
    instance: AuctionInstance,
    price: NDArray[np.float64],
    min_epsilon: float,
    n_users: int,
    run_auction: Callable[[float, int], AuctionOutcome],
    is_close_enough: Callable[[], bool] | None = None,
) -> float:
    """Run auctions until ε reaches `min_epsilon`.

    Parameters
    ----------
    instance : AuctionInstance
    price : array of float64
        Initial prices; the auctions raise them in place.
    min_epsilon : float
        Least ε, currency units.
    n_users : int
    run_auction : callable
        Runs one auction, given ε and a budget of bids.
    is_close_enough : callable, optional
        Returns, after the second and later phases, whether to stop. None if a polish follows.

    Returns
    -------
    float
        ε of the last phase: every user is within ε of its best choice.
    """
    without_polish = is_close_enough is not None
    price_reset, budget = FIRST_PRICE_RESET, BIDS_PER_USER * n_users
    outcome = run_auction(min_epsilon, budget)
    if outcome.epsilon <= min_epsilon:
        return outcome.epsilon
    coarse = outcome.epsilon
    epsilon = _refine_epsilon(instance, price, outcome.epsilon, min_epsilon, price_reset)
    for _ in range((PHASES if without_polish else PHASES_BEFORE_POLISH) - 1):
        start_price = price.copy()
        outcome = run_auction(epsilon, budget)
        if is_close_enough is not None:
            if is_close_enough():
                break
            if outcome.epsilon > epsilon:
                price_reset = max(RESET_SHRINKAGE * price_reset, 1.0)
                if outcome.epsilon >= coarse:  # as coarse as before: allow more bids
                    budget *= 2
            elif outcome.overpriced:
                price_reset *= RESET_GROWTH
                lower_prices(instance, price, start_price - price_reset * outcome.epsilon)
                continue
        if outcome.epsilon <= min_epsilon:
            break
        coarse = outcome.epsilon
        epsilon = _refine_epsilon(instance, price, outcome.epsilon, min_epsilon, price_reset)
    return outcome.epsilon


def _refine_epsilon(
    instance: AuctionInstance,
    price: NDArray[np.float64],
    epsilon: float,
    min_epsilon: float,
    price_reset: float,
) -> float:
    """Lower prices before a finer phase, and return its ε."""
    lower_prices(instance, price, price - price_reset * epsilon)
    return max(epsilon / EPSILON_DIVISOR, min_epsilon)


def lower_prices(
    instance: AuctionInstance, price: NDArray[np.float64], target: NDArray[np.float64]
) -> None:
    """Lower prices to a target, (S,) or (2, S), but not below 0; infinite ones stay infinite.

    The bounds of short lists are raised accordingly.
    """
    before = price.copy()
    np.maximum(target, 0.0, out=price)
    finite = np.isfinite(before)
    instance.allow_price_drop(float((before[finite] - price[finite]).max(initial=0.0)))
