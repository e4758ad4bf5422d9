"""Both tiers of a dense problem at once, exactly.

A streamer becomes two columns: min(k, c) slots that are open to everybody, and c - min(k, c)
slots that are open to normal users. Exactly the sets of at most k whales and at most c users fit,
so the joint tier is a plain transportation problem.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .bids import auction_joint
from .lists import start_lists
from .prices import ShadowPrices
from .rows import NONE, Favourites, rounding_noise
from .transport import (
    BIDS_PER_USER,
    FINER,
    PHASES,
    REACH,
    Offers,
    empty_lists,
    finish,
    least_rise,
    positions,
)


def joint_transport(
    ev: NDArray[Any],
    favourites: Favourites,
    whales: NDArray[np.bool_],
    whale_cap: NDArray[np.int64],
    capacity: NDArray[np.int64],
) -> tuple[NDArray[np.int64], ShadowPrices]:
    """Solve both tiers at once and price their caps.

    Parameters
    ----------
    ev : (N, S) float64 or float32
        Currency units; -inf for a forbidden pair. Only pairs of EV 0 or more are made.
    favourites : Favourites
    whales : (N,) bool
    whale_cap, capacity : (S,) int64, ≥ 0

    Returns
    -------
    (N,) int64
        Each user's streamer, -1 for none: of greatest total EV, and of those that places most.
    ShadowPrices
        A whale pays the price of the slots that are open to everybody; a normal user the
        cheaper of the two, which is the capacity's. Where k exceeds c, the capacity carries it all.
    """
    n_users, n_streamers = ev.shape
    capacity = np.minimum(capacity, n_users)
    gate = np.minimum(whale_cap, capacity)
    cap = np.concatenate([gate, capacity - gate])
    at = np.full(n_users, NONE)
    price, rise = _bid(ev, favourites, whales, gate, capacity, at)
    _split_slots(at, whales, cap[n_streamers:].copy())
    price = price.ravel()

    column = np.flatnonzero(cap)  # those with slots; the others are priced below
    columns = np.ascontiguousarray(ev[:, column % n_streamers])
    columns[np.ix_(whales, column >= n_streamers)] = -np.inf
    place = np.concatenate([np.cumsum(cap > 0) - 1, [NONE]])[at]
    if len(column):
        open_price = price[column]
        offers = Offers((columns, positions(columns)), empty_lists(n_users))
        finish(offers, cap[column], open_price, place, REACH * rise)
        price[column] = open_price
    home = np.concatenate([column, [NONE]])[place]
    _price_closed(ev, whales, cap, price, home)

    for_all, for_normal = price[:n_streamers], price[n_streamers:]
    capacity_price = np.where(whale_cap > capacity, for_all, np.minimum(for_all, for_normal))
    gate_price = for_all - capacity_price
    gate_price[gate_price <= rounding_noise(columns)] = 0.0
    streamer = np.where(home == NONE, NONE, home % n_streamers)
    return streamer, ShadowPrices(gate_price, capacity_price)


def _bid(
    ev: NDArray[Any],
    favourites: Favourites,
    whales: NDArray[np.bool_],
    gate: NDArray[np.int64],
    capacity: NDArray[np.int64],
    at: NDArray[np.int64],
) -> tuple[NDArray[np.float64], float]:
    """Hold the auction in phases, as for one tier; return (2, S) prices and the last rise."""
    n_users, n_streamers = ev.shape
    sizes = np.stack([gate, capacity])
    ends = np.cumsum(sizes.ravel())
    start = (ends - sizes.ravel()).reshape(2, n_streamers)
    heaps = start, np.empty(ends[-1]), np.empty(ends[-1], dtype=np.int32)
    price = np.where(sizes == 0, np.inf, 0.0)
    lists = empty_lists(n_users)
    start_lists(favourites.streamer, favourites.ev, favourites.second_ev, *lists)
    bound = lists[3]
    rise = least = least_rise(favourites.ev)
    for phase in range(PHASES):
        at[:] = NONE
        load = np.zeros((2, n_streamers), dtype=np.int64)
        budget = BIDS_PER_USER * n_users
        rise, _ = auction_joint(
            (ev, *lists), whales, gate, capacity, price, rise, budget, at, load, *heaps
        )
        if rise <= least or phase == PHASES - 1:
            break
        np.maximum(price - rise, 0.0, out=price)
        bound += rise
        rise = max(rise / FINER, least)
    return price, rise


@njit(cache=True)
def _split_slots(at, whales, room):  # type: ignore[no-untyped-def]
    """Move normal users from streamer s to column S + s while `room`, (S,) int64, there lasts."""
    n_streamers = len(room)
    for user in range(len(at)):
        s = at[user]
        if s >= 0 and not whales[user] and room[s] > 0:
            room[s] -= 1
            at[user] = n_streamers + s


@njit(cache=True)
def _price_closed(ev, whales, cap, price, home):  # type: ignore[no-untyped-def]
    """Price the columns without a slot: what the keenest user it is open to would gain there.

    `cap` and `price` are (2 S,), `home` (N,) int64: each user's column, -1 for none.
    """
    n_streamers = len(price) // 2
    gain = np.zeros(2 * n_streamers)
    for user in range(len(home)):
        base = 0.0
        if home[user] >= 0:
            base = ev[user, home[user] % n_streamers] - price[home[user]]
        for s in range(n_streamers):
            more = ev[user, s] - base
            gain[s] = max(gain[s], more)
            if not whales[user]:
                gain[n_streamers + s] = max(gain[n_streamers + s], more)
    for column in range(2 * n_streamers):
        if cap[column] == 0:
            price[column] = gain[column]
