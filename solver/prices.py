"""Shadow prices of an allocation: what one more unit of a cap would add to the objective."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .candidates import Candidates


@dataclass(frozen=True, eq=False)
class ShadowPrices:
    """Prices of the caps, currency units a slot; 0 where a cap is slack.

    Parameters
    ----------
    whale_cap : (S,) float64
        Price of one more whale at each streamer, ≥ 0.
    capacity : (S,) float64
        Price of one more user at each streamer, ≥ 0. A whale pays both.
    """

    whale_cap: NDArray[np.float64]
    capacity: NDArray[np.float64]

    @staticmethod
    def zero(n_streamers: int) -> ShadowPrices:
        """Return the prices of caps that do not bind."""
        return ShadowPrices(np.zeros(n_streamers), np.zeros(n_streamers))


def least_prices(
    pairs: Candidates,
    streamer: NDArray[np.int64],
    whales: NDArray[np.bool_],
    whale_cap: NDArray[np.int64],
    capacity: NDArray[np.int64],
) -> ShadowPrices:
    """Return the least prices that support an optimal allocation.

    One more slot at s is worth the best chain of moves it sets off: a user moves in, which frees
    a slot elsewhere, and so on, until somebody who was left out comes in. That is a longest
    path in the residual graph over streamers, and the least solution of the dual linear program
    (R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network Flows", 1993, ch. 9). In the whale tier,
    the price is exactly what one more slot adds; with both tiers at once, it is at least that.
    Where k and capacity are equal and full, the whale cap carries the price.

    Parameters
    ----------
    pairs : Candidates
        The pairs worth making, EV ≥ 0, of the users that take part.
    streamer : (N,) int64
        Their allocation, optimal; -1 for none.
    whales : (N,) bool
    whale_cap, capacity : (S,) int64

    Returns
    -------
    ShadowPrices
    """
    n_streamers = pairs.shape[1]
    placed = streamer >= 0
    load = np.bincount(streamer[placed], minlength=n_streamers)
    whale_load = np.bincount(streamer[placed & whales], minlength=n_streamers)
    current = np.zeros(len(streamer))
    current[placed] = pairs.ev_at(np.flatnonzero(placed), streamer[placed])
    gate_price, price = _longest_paths(
        pairs.row_start,
        pairs.streamers,
        pairs.ev,
        streamer,
        current,
        whales,
        whale_load >= whale_cap,
        load >= capacity,
    )
    return ShadowPrices(whale_cap=gate_price - price, capacity=price)


@njit(cache=True)
def _longest_paths(row_start, streamers, ev, streamer, current, whales, gate_full, full):  # type: ignore[no-untyped-def]
    """Return (S,) prices of a whale's slot and of any slot, by Bellman and Ford's method.

    A user asks ``ev - current + price of the slot it frees`` of every streamer it could move to.
    Rounds end when nothing rises, or after the longest simple path: in whole-number rounding,
    an allocation can be better than another by less than one step, and prices would creep.
    """
    n_streamers = len(full)
    gate_price = np.zeros(n_streamers)
    price = np.zeros(n_streamers)
    last_offer = np.full(len(streamer), -np.inf)
    for _ in range(2 * n_streamers + 1):
        risen = False
        for user in range(len(streamer)):
            at = streamer[user]
            offer = -current[user]
            if at >= 0:
                offer += gate_price[at] if whales[user] else price[at]
            if offer <= last_offer[user]:
                continue
            last_offer[user] = offer
            for pair in range(row_start[user], row_start[user + 1]):
                s = streamers[pair]
                if s != at:
                    at_gate = whales[user] and gate_full[s]
                    risen |= _raise_to(gate_price, price, s, ev[pair] + offer, at_gate, full[s])
        if not risen:
            break
    return gate_price, price


@njit(cache=True)
def _raise_to(gate_price, price, s, bid, at_gate, full):  # type: ignore[no-untyped-def]
    """Raise the price that stops a bid at streamer `s`, and say whether it rose."""
    if at_gate:
        risen = bid > gate_price[s]
        gate_price[s] = max(gate_price[s], bid)
        return risen
    risen = full and bid > price[s]
    if risen:
        price[s] = bid
        gate_price[s] = max(gate_price[s], bid)
    return risen
