"""An auction held again and again with less at stake, where users fight over prices.

Epsilon-scaling (D. P. Bertsekas and D. A. Castañón, "The auction algorithm for the transportation
problem", Annals of Operations Research 20, 1989), but only where it is needed: most problems end
with the first auction. Where slots are more than users, a further auction must not begin from
prices that are too high, for an auction only raises them, and an empty slot that bears a price is
as far from the optimum as that price. How far prices must fall is not known beforehand; where no
repair follows, it is found by trial.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .instance import AuctionInstance

BIDS_PER_USER = 8
"""Bids a user, on average, before the least rise may grow."""

EPSILON_DIVISOR = 4.0
"""By how much the least rise shrinks from one phase to the next."""

FIRST_PRICE_RESET = 1.5
"""Rises by which prices fall before the second phase."""

RESET_GROWTH, RESET_SHRINKAGE = 4.0, 0.5
"""How the fall changes where prices proved too high, and where it took too many bids to recover."""

PHASES, PHASES_BEFORE_POLISH = 32, 12
"""Most phases, by whether the auction is to end near the optimum; the last may end coarse."""


class AuctionOutcome(NamedTuple):
    """How an auction ended: its last rise, and whether an empty slot bears a price."""

    epsilon: float
    overpriced: bool


def run_epsilon_scaling(
    instance: AuctionInstance,
    price: NDArray[np.float64],
    min_epsilon: float,
    n_users: int,
    run_auction: Callable[[float, int], AuctionOutcome],
    is_close_enough: Callable[[], bool] | None = None,
) -> float:
    """Hold the auction until its rise is the least.

    Parameters
    ----------
    instance : AuctionInstance
    price : array of float64
        What the auctions start from and raise.
    min_epsilon : float
        Least rise of a bid, currency units.
    n_users : int
    run_auction : callable
        Holds one auction from a rise and a budget of bids on.
    is_close_enough : callable, optional
        Says after a further phase whether it may be the last; None where a repair follows.

    Returns
    -------
    float
        The last phase's rise: every user is within it of its best.
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
                if outcome.epsilon >= coarse:  # as coarse as before: more bids must be allowed
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
    """Lower prices before a finer phase, and return its rise."""
    lower_prices(instance, price, price - price_reset * epsilon)
    return max(epsilon / EPSILON_DIVISOR, min_epsilon)


def lower_prices(
    instance: AuctionInstance, price: NDArray[np.float64], wanted: NDArray[np.float64]
) -> None:
    """Lower prices, never below 0; where nobody gets in, they stay infinite.

    Short lists keep what they promise.
    """
    before = price.copy()
    np.maximum(wanted, 0.0, out=price)
    finite = np.isfinite(before)
    instance.allow_price_drop(float((before[finite] - price[finite]).max(initial=0.0)))
