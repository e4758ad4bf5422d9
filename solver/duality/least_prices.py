"""Least prices that support an optimal allocation, computed from the pairs of a flow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels import njit
from ..model import Candidates, Limits
from .shadow_prices import ShadowPrices

NOISE = 2.0**-53
"""Rounding noise of a price, as a share of the EV and the profit that it is the difference of."""


class Loads(NamedTuple):
    """Numbers of whales and of all users at each streamer, (S,) int64."""

    whales: NDArray[np.int64]
    users: NDArray[np.int64]


def compute_least_prices(
    pairs: Candidates,
    taken: NDArray[np.bool_],
    limits: Limits,
    fixed: Loads | None = None,
    noise: float = NOISE,
) -> ShadowPrices:
    """Return the least prices that support an optimal allocation.

    One more slot at s is worth the best chain of moves it sets off: a user moves in, which frees
    a slot elsewhere, and so on, until a user without a streamer moves in. That is a longest
    path in the residual graph over streamers, and the least solution of the dual linear program
    (R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network Flows", 1993, ch. 9). In the whale tier,
    the price is exactly what one more slot adds; with both tiers at once, it is at least that.
    Where k and capacity are equal and full, the whale cap carries the price. Where a guarantee
    binds, its price is the least one that draws the users in.

    Parameters
    ----------
    pairs : Candidates
        The pairs that may be made, of the users that take part.
    taken : (E,) bool
        Those that an optimal allocation makes.
    limits : Limits
    fixed : Loads, optional
        Loads of users whose assignment is fixed and whose pairs are not included.
    noise : float
        Increments up to this count as rounding, as a share of the operands of a price.

    Returns
    -------
    ShadowPrices
    """
    n_streamers = pairs.shape[1]
    at = pairs.streamers[taken]
    load = np.bincount(at, minlength=n_streamers)
    whale_load = np.bincount(at[limits.whales[pairs.users[taken]]], minlength=n_streamers)
    if fixed is not None:
        load, whale_load = load + fixed.users, whale_load + fixed.whales
    room = load < limits.capacity
    last = limits.marginal_penalty(np.maximum(whale_load, 1))
    last[limits.whale_cap == 0] = 0.0
    further = limits.marginal_penalty(whale_load + 1)
    further[whale_load >= limits.whale_cap] = np.inf
    network = *pairs.rows, taken, limits.whales, limits.per_user, last, further, noise

    floor = np.zeros(n_streamers)
    tight = (load <= limits.min_users) & (limits.min_users > 0)
    if tight.any():
        dearest = 1.0 + 2.0 * float(np.abs(pairs.ev).max(initial=0.0)) + float(last.max())
        slot_price = np.where(room, 0.0, dearest)
        whale_price = np.minimum(slot_price + further, 2.0 * dearest)
        greatest_duals(*network, tight, whale_price, slot_price)
        floor[tight] = np.minimum(slot_price[tight], 0.0)
    slot_price, whale_price = floor.copy(), floor + last
    least_duals(*network, ~room, whale_price, slot_price)
    # A whale's surcharge is bounded by its penalty; the rest is rounding of the sum of prices.
    return ShadowPrices.of(np.clip(whale_price - slot_price, last, further), slot_price, limits)


def largest_open_ev(pairs: Candidates, taken: NDArray[np.bool_], limits: Limits) -> float:
    """Return the largest EV at open streamers, the scale of rounding errors.

    Negative EVs of pairs in `taken` count by their magnitude.
    """
    is_open = limits.open_pairs(pairs.users, pairs.streamers)
    largest = float(pairs.ev.max(initial=0.0, where=is_open))
    return max(largest, -float(pairs.ev.min(initial=0.0, where=taken)))


@njit(inner=True)
def _price_of(user, s, whales, whale_price, slot_price):
    return whale_price[s] if whales[user] else slot_price[s]


@njit(cache=True)
def least_duals(
    row_start,
    streamers,
    ev,
    taken,
    whales,
    per_user,
    last,
    further,
    noise,
    full,
    whale_price,
    slot_price,
):
    """Raise prices from lower bounds until no user would gain elsewhere: the least prices.

    This is the Bellman-Ford method. A user bids ``ev - profit`` for every streamer that it does not
    have, where profit is the least of its profits, or 0 if it may be shown to one more streamer.
    The rounds end when no price rises by more than rounding, or after the length of the longest
    simple path: the costs of the flow are rounded to whole numbers, so an allocation can be better
    by less than one unit, and prices would rise in tiny steps.

    Parameters
    ----------
    last, further : (S,) float64
        Penalties of the last whale and of one more. Infinite at a full whale cap.
    noise : float
        Increments up to this count as rounding, as a share of their operands.
    full : (S,) bool
    whale_price, slot_price : (S,) float64
        Written: the total prices of a whale and of a normal user.
    """
    n_users = len(whales)
    last_margin = np.full(n_users, -np.inf)
    for _ in range(2 * len(slot_price) + 1):
        risen = False
        for user in range(n_users):
            first, stop = row_start[user], row_start[user + 1]
            n_taken, margin = 0, -np.inf
            for pair in range(first, stop):
                if taken[pair]:
                    n_taken += 1
                    paid = _price_of(user, streamers[pair], whales, whale_price, slot_price)
                    margin = max(margin, paid - ev[pair])
            if n_taken < per_user:
                margin = 0.0
            if margin <= last_margin[user]:
                continue
            last_margin[user] = margin
            for pair in range(first, stop):
                if not taken[pair]:
                    s, bid = streamers[pair], ev[pair] + margin
                    rounding = noise * (abs(ev[pair]) + abs(margin))
                    if whales[user]:
                        risen |= _raise_whale_price(
                            whale_price, slot_price, s, bid, further[s], full[s], rounding
                        )
                    elif full[s] and bid > slot_price[s] + rounding:
                        slot_price[s] = bid
                        whale_price[s] = max(whale_price[s], bid + last[s])
                        risen = True
        if not risen:
            break


@njit(inner=True)
def _raise_whale_price(whale_price, slot_price, s, bid, further, full, noise):
    """Raise the whale price of `s` to a bid; return whether it rose."""
    if not full:  # one more whale pays its penalty; a higher bid is rounding
        bid = min(bid, slot_price[s] + further)
    if bid <= whale_price[s] + noise:
        return False
    whale_price[s] = bid
    slot_price[s] = max(slot_price[s], bid - further)  # where the whale cap is not what is scarce
    return True


@njit(cache=True)
def greatest_duals(
    row_start,
    streamers,
    ev,
    taken,
    whales,
    per_user,
    last,
    further,
    noise,
    tight,
    whale_price,
    slot_price,
):
    """Lower prices from upper bounds until no user would rather leave: the greatest prices.

    The reverse of `least_duals`. Only streamers with a `tight` guarantee may have a price below 0.
    """
    n_users = len(whales)
    for _ in range(2 * len(slot_price) + 1):
        fallen = False
        for user in range(n_users):
            first, stop = row_start[user], row_start[user + 1]
            n_taken, profit = 0, 0.0
            for pair in range(first, stop):
                n_taken += taken[pair]
            if n_taken == 0:
                continue
            if n_taken == per_user:
                for pair in range(first, stop):
                    if not taken[pair]:
                        paid = _price_of(user, streamers[pair], whales, whale_price, slot_price)
                        profit = max(profit, ev[pair] - paid)
            for pair in range(first, stop):
                s, most = streamers[pair], ev[pair] - profit
                rounding = noise * (abs(ev[pair]) + abs(profit))
                if (
                    taken[pair]
                    and most < _price_of(user, s, whales, whale_price, slot_price) - rounding
                ):
                    before = whale_price[s] + slot_price[s]
                    lowest = -np.inf if tight[s] else 0.0
                    if whales[user]:
                        slot_price[s] = max(min(slot_price[s], most - last[s]), lowest)
                        whale_price[s] = max(most, slot_price[s] + last[s])
                    else:
                        slot_price[s] = max(most, lowest)
                    whale_price[s] = min(whale_price[s], slot_price[s] + further[s])
                    fallen |= whale_price[s] + slot_price[s] < before
        if not fallen:
            break
