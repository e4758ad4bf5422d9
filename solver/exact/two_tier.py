"""Exact solution of both tiers of a dense problem at once.

Each streamer is represented by two columns: min(k, c) slots open to all users, and c - min(k, c)
slots open to normal users only. The sets of users that fit are exactly those of at most k whales
and at most c users, so both tiers together are a transportation problem.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..auction import (
    CONTEST_EPSILONS,
    AuctionInstance,
    AuctionOutcome,
    Lists,
    auction_two_tier,
    choose_min_epsilon,
    init_lists,
    run_epsilon_scaling,
)
from ..duality import ShadowPrices
from ..flow import polish_to_optimum, price_closed_streamers
from ..kernels import NONE, Favourites, MatrixRows, find_second_best, njit
from ..model import Candidates
from .outliers import find_outliers
from .single_tier import lower_outliers


def solve_two_tiers(
    ev: NDArray[Any],
    favourites: Favourites,
    whales: NDArray[np.bool_],
    whale_cap: NDArray[np.int64],
    capacity: NDArray[np.int64],
    start: ShadowPrices | None = None,
) -> tuple[NDArray[np.int64], ShadowPrices, int]:
    """Solve both tiers at once and price their caps.

    Parameters
    ----------
    ev : (N, S) float64 or float32
        Currency units; -inf for a forbidden pair. Only pairs of EV 0 or more are made.
    favourites : Favourites
    whales : (N,) bool
    whale_cap, capacity : (S,) int64, ≥ 0
    start : ShadowPrices, optional
        Initial prices.

    Returns
    -------
    (N,) int64, ShadowPrices, int
        As `solve_single_tier`. The capacity's price is what normal users pay, the lower price of
        the two columns; whales pay the price of the first column. If k exceeds c, the capacity has
        the whole price.
    """
    n_users, n_streamers = ev.shape
    capacity = np.minimum(capacity, n_users)
    shared_cap = np.minimum(whale_cap, capacity)
    cap = np.concatenate([shared_cap, capacity - shared_cap])
    assignment = np.full(n_users, NONE)

    def fit(users: NDArray[np.int64]) -> bool:
        streamer = favourites.streamer[users]
        of_whales = np.bincount(streamer[whales[users]], minlength=n_streamers)
        load = np.bincount(streamer, minlength=n_streamers)
        return bool(((of_whales <= shared_cap) & (load <= capacity)).all())

    above = find_outliers(favourites.ev, fit)
    if above is not None:
        ev, favourites = lower_outliers(ev, favourites, *above)
    lists = Lists.empty(n_users)
    init_lists(favourites.streamer, favourites.ev, find_second_best(ev, favourites), *lists)
    largest = _largest_open_ev(ev, favourites, whales, shared_cap > 0, capacity > 0)
    instance = AuctionInstance(MatrixRows.of(ev), lists, largest)
    price, epsilon = _run_auctions(
        instance, whales, shared_cap, capacity, choose_min_epsilon(favourites.ev), assignment, start
    )

    columns = _duplicate_columns(instance, whales, price)
    _split_slots(assignment, whales, cap[n_streamers:].copy())
    price = price.ravel()
    arcs = polish_to_optimum(columns, cap, price, assignment, CONTEST_EPSILONS * epsilon)
    if (cap == 0).any():
        price_closed_streamers(columns.rows, cap == 0, price, assignment)

    for_all, for_normal = price[:n_streamers], price[n_streamers:]
    capacity_price = np.where(whale_cap > capacity, for_all, np.minimum(for_all, for_normal))
    cap_price = for_all - capacity_price
    cap_price[cap_price <= instance.noise] = 0.0
    assignment = np.where(assignment == NONE, NONE, assignment % n_streamers)
    return assignment, ShadowPrices(cap_price, capacity_price), arcs


def _largest_open_ev(
    ev: NDArray[Any],
    favourites: Favourites,
    whales: NDArray[np.bool_],
    shared_open: NDArray[np.bool_],
    is_open: NDArray[np.bool_],
) -> float:
    """Return the largest EV of an allowed pair at an open streamer."""
    if shared_open.all():
        return float(favourites.ev.max())
    of_whales = ev[np.ix_(whales, shared_open)].max(initial=0.0)
    return float(ev[np.ix_(~whales, is_open)].max(initial=of_whales))


def _duplicate_columns(
    instance: AuctionInstance, whales: NDArray[np.bool_], price: NDArray[np.float64]
) -> AuctionInstance:
    """Return the instance with two columns for every streamer.

    Each user's short list starts with its best streamer at the auction's prices, (2, S).
    """
    assert isinstance(instance.rows, MatrixRows) and instance.lists is not None  # noqa: S101, PT018
    lists = Lists.empty(len(whales))
    _list_columns(*instance.lists, whales, price, *lists)
    return AuctionInstance(MatrixRows.of(instance.rows.matrix, whales), lists, instance.largest)


@njit(cache=True)
def _list_columns(
    streamers, values, length, unlisted, whales, price, listed, listed_ev, count, bound
):
    """Write short lists of the two columns of each user's best streamer, with bounds."""
    n_streamers = price.shape[1]
    for user in range(len(whales)):
        own = price[0 if whales[user] else 1]
        best, first, second = NONE, -np.inf, unlisted[user]
        for i in range(length[user]):
            profit = values[user, i] - own[streamers[user, i]]
            if profit > first:
                best, first, second = i, profit, max(first, second)
            else:
                second = max(second, profit)
        count[user], bound[user] = 0, second
        if best != NONE:
            s = np.int64(streamers[user, best])
            for column in (s, n_streamers + s):
                if column == s or not whales[user]:
                    listed[user, count[user]] = column
                    listed_ev[user, count[user]] = values[user, best]
                    count[user] += 1


def estimate_two_tier_prices(
    pairs: Candidates,
    whales: NDArray[np.bool_],
    whale_cap: NDArray[np.int64],
    capacity: NDArray[np.int64],
    start: ShadowPrices | None = None,
) -> ShadowPrices:
    """Estimate the optimal prices of both tiers of candidates by auctions alone.

    Parameters
    ----------
    pairs : Candidates
    whales, whale_cap, capacity, start : as `solve_two_tiers`
    """
    degree = np.bincount(pairs.streamers, minlength=pairs.shape[1])
    capacity = np.minimum(capacity, degree)
    shared_cap = np.minimum(whale_cap, capacity)
    assignment = np.full(pairs.shape[0], NONE)
    best_ev = pairs.best_ev()
    instance = AuctionInstance(pairs.rows, None, float(best_ev.max()))
    price, _ = _run_auctions(
        instance, whales, shared_cap, capacity, choose_min_epsilon(best_ev), assignment, start
    )
    for_all = np.where(shared_cap > 0, price[0], 0.0)
    for_normal = np.where(capacity > 0, price[1], 0.0)
    return ShadowPrices(np.maximum(for_all - for_normal, 0.0), for_normal)


def _run_auctions(
    instance: AuctionInstance,
    whales: NDArray[np.bool_],
    shared_cap: NDArray[np.int64],
    capacity: NDArray[np.int64],
    min_epsilon: float,
    assignment: NDArray[np.int64],
    start: ShadowPrices | None,
) -> tuple[NDArray[np.float64], float]:
    """Auction the slots by ε-scaling, as for one tier; return (2, S) prices and the last ε."""
    sizes = np.stack([shared_cap, capacity])
    ends = np.cumsum(sizes.ravel())
    heap_start = (ends - sizes.ravel()).reshape(2, len(shared_cap))
    heaps = heap_start, np.empty(ends[-1]), np.empty(ends[-1], dtype=np.int32)
    price = np.zeros(sizes.shape)
    if start is not None:
        price[:] = np.maximum([start.whale_price, start.slot_price], 0.0)
    price[sizes == 0] = np.inf

    def run_auction(epsilon: float, budget: int) -> AuctionOutcome:
        assignment[:] = NONE
        load = np.zeros(sizes.shape, dtype=np.int64)
        last_epsilon = auction_two_tier(
            instance.choices,
            whales,
            shared_cap,
            capacity,
            price,
            epsilon,
            budget,
            assignment,
            load,
            *heaps,
        )
        whale_cap_binds, capacity_binds = price[0] > np.maximum(price[1], 0.0), price[1] > 0.0
        roomy = load.sum(axis=0) < capacity
        overpriced = (capacity_binds & roomy) | (whale_cap_binds & roomy & (load[0] < shared_cap))
        return AuctionOutcome(float(last_epsilon), bool(overpriced.any()))

    return price, run_epsilon_scaling(instance, price, min_epsilon, len(assignment), run_auction)


@njit(cache=True)
def _split_slots(assignment, whales, room):
    """Move normal users from column s to column S + s while that has `room`, (S,) int64."""
    n_streamers = len(room)
    for user in range(len(assignment)):
        s = assignment[user]
        if s >= 0 and not whales[user] and room[s] > 0:
            room[s] -= 1
            assignment[user] = n_streamers + s
