"""Exact solution of one tier.

The tier is a transportation problem: assign each of n users to at most one of S streamers, and at
most ``cap[s]`` users to streamer s, such that the total EV is greatest. An auction comes near the
optimum, shortest paths on the contested choices reach it, and one pass over all data computes the
least prices and detects choices that were missed. If ties are too many for that, OR-Tools'
min-cost flow solves the tier.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..auction import (
    CONTEST_EPSILONS,
    WARM_RESET,
    WARM_RESET_GROWTH,
    WARM_RESET_OF_CANDIDATES,
    AuctionInstance,
    AuctionOutcome,
    Lists,
    auction_single_tier,
    choose_min_epsilon,
    init_lists,
    init_lists_at_prices,
    lower_prices,
    run_epsilon_scaling,
)
from ..duality import Charges, compute_gap_terms
from ..flow import polish_to_optimum, price_closed_streamers, solve_on_whole_rows
from ..kernels import (
    NONE,
    Favourites,
    MatrixRows,
    Rows,
    fill_in_order,
    find_second_best,
    map_blocks,
    read_rows,
)
from ..model import Candidates
from .outliers import find_outliers, has_outliers

MAX_FAVOURITE_TIES, SAMPLE_SIZE = 1.5, 8
"""Without an auction from this mean number of greatest EVs in a row on, and the rows sampled."""

Matrix = NDArray[Any]
Streamers = NDArray[np.int64]
Prices = NDArray[np.float64]
Caps = NDArray[np.int64]


def solve_single_tier(
    ev: Matrix,
    favourites: Favourites,
    cap: Caps,
    start: Prices | None = None,
    tolerance: float = 0.0,
) -> tuple[Streamers, Prices, int]:
    """Solve a tier of a matrix and price its slots.

    Parameters
    ----------
    ev : (n, S) float64 or float32
        Currency units; -inf for a forbidden pair. Only pairs of EV 0 or more are made.
    favourites : Favourites
        From `read_rows`.
    cap : (S,) int64
        Most users a streamer takes, ≥ 0.
    start : (S,) float64, optional
        Initial prices, ≥ 0. The nearer to the optimum, the faster.
    tolerance : float
        Accepted gap, as a share of the total EV.

    Returns
    -------
    (n,) int64
        Streamer of each user, -1 for none. The total EV is greatest, and among such assignments
        the number of users with a streamer.
    (S,) float64
        Least supporting prices, currency units: what one more slot at each streamer adds.
    int
        Number of contested choices in the last network. NONE if ties are too many; assignment and
        prices are then only near the optimum.
    """
    closed = cap == 0
    if closed.any():
        return _solve_open_streamers(ev, cap, ~closed, start, tolerance)
    n_users, slots = len(ev), cap
    ev, favourites = _lower_outliers_of(ev, favourites, cap)
    cap = np.minimum(cap, n_users)
    lists = Lists.empty(n_users)
    instance = AuctionInstance(MatrixRows.of(ev), lists, float(favourites.ev.max()))
    assignment = np.full(n_users, NONE)
    if not tolerance and start is None and mean_favourite_ties(ev, favourites) > MAX_FAVOURITE_TIES:
        price = np.zeros(len(cap))
        if solve_on_whole_rows(instance, cap, price, assignment):
            return assignment, price, instance.size
        assignment[:] = NONE
    price_reset, min_epsilon = (
        WARM_RESET * choose_min_epsilon(favourites.ev),
        choose_min_epsilon(favourites.ev, tolerance),
    )
    if start is None:
        price = np.zeros(len(cap))
        init_lists(favourites.streamer, favourites.ev, find_second_best(ev, favourites), *lists)
    else:
        price = np.maximum(start - price_reset, 0.0)
        _init_lists_at_prices(instance.rows, price, lists)
    arcs = _auction_and_polish(
        instance, cap, slots, price, assignment, min_epsilon, start, price_reset, tolerance
    )
    return assignment, price, arcs


def mean_favourite_ties(ev: Matrix, favourites: Favourites) -> float:
    """Return how often a row has its greatest EV, the mean of a sample of rows."""
    rows = np.arange(SAMPLE_SIZE) * (len(ev) - 1) // (SAMPLE_SIZE - 1)
    return float(np.count_nonzero(ev[rows] == favourites.ev[rows, None])) / SAMPLE_SIZE


def _lower_outliers_of(ev: Matrix, favourites: Favourites, cap: Caps) -> tuple[Matrix, Favourites]:
    """Return the matrix with its outliers lowered; see `solver.exact.outliers`."""

    def fit(users: NDArray[np.int64]) -> bool:
        return bool((np.bincount(favourites.streamer[users], minlength=len(cap)) <= cap).all())

    above = find_outliers(favourites.ev, fit)
    return (ev, favourites) if above is None else lower_outliers(ev, favourites, *above)


def lower_outliers(
    ev: Matrix, favourites: Favourites, users: NDArray[np.int64], less: NDArray[np.float64]
) -> tuple[Matrix, Favourites]:
    """Return the matrix with amounts, (n,), subtracted from the rows of some users, (n,)."""
    level, best = ev.copy(), favourites.ev.copy()
    level[users] = ev[users] - less[:, None]
    best[users] = level[users, favourites.streamer[users]]
    return level, Favourites(favourites.streamer, best)


def _init_lists_at_prices(rows: Rows, price: Prices, lists: Lists) -> None:
    """Initialize every user's short list with its best streamer at the prices."""

    def read(first: int, stop: int) -> None:
        block = slice(first, stop)
        init_lists_at_prices(rows.slice_users(first, stop), price, *(each[block] for each in lists))

    map_blocks(read, len(lists[0]), rows.n_pairs)


def fill_and_check_gap(
    rows: Rows, cap: Caps, price: Prices, assignment: Streamers, tolerance: float
) -> bool:
    """Fill remaining slots, and return whether the gap is within a relative tolerance."""
    if tolerance == 0:
        return False
    unassigned = np.flatnonzero(assignment == NONE)
    room = cap - np.bincount(assignment[assignment != NONE], minlength=len(cap))
    fill_in_order(rows, unassigned, room, assignment.reshape(-1, 1))
    load = np.bincount(assignment[assignment != NONE], minlength=len(cap))
    users, charges = np.arange(len(assignment)), Charges.total(cap > 0, price)
    found = compute_gap_terms(rows, users, assignment, charges)
    gap = found.lost + float(((np.minimum(cap, len(assignment)) - load) * price).sum())
    return bool(gap <= tolerance * found.worth)


def solve_single_tier_candidates(
    pairs: Candidates, cap: Caps, start: Prices | None = None, tolerance: float = 0.0
) -> tuple[Streamers, Prices, int]:
    """Solve a tier of candidates and price its slots, as `solve_single_tier`.

    Returns
    -------
    (n,) int64, (S,) float64, int
        As `solve_single_tier`.
    """
    closed = cap == 0
    n_users, n_streamers = pairs.shape
    usable = pairs.select_streamers(~closed)
    slots, cap = cap, np.minimum(cap, n_users)
    if cap.sum() > len(usable):  # memory for bids is allocated for every slot
        cap = np.minimum(cap, np.bincount(usable.streamers, minlength=n_streamers))
    price, assignment = np.zeros(n_streamers), np.full(n_users, NONE)
    usable, best_ev = _lower_candidate_outliers(usable, usable.best_ev(), slots)
    instance = AuctionInstance(usable.rows, None, float(best_ev.max()))
    price_reset, min_epsilon = (
        WARM_RESET_OF_CANDIDATES * choose_min_epsilon(best_ev),
        choose_min_epsilon(best_ev, tolerance),
    )
    del best_ev
    if start is not None:
        price[:] = np.where(cap > 0, np.maximum(start - price_reset, 0.0), 0.0)
    arcs = _auction_and_polish(
        instance, cap, slots, price, assignment, min_epsilon, start, price_reset, tolerance
    )
    if closed.any():
        price_closed_streamers(pairs.rows, closed, price, assignment)
    return assignment, price, arcs


def _lower_candidate_outliers(
    pairs: Candidates, best_ev: NDArray[Any], cap: Caps
) -> tuple[Candidates, NDArray[Any]]:
    """Return candidates and best EVs with the outliers lowered; see `solver.exact.outliers`."""
    if not len(pairs) or not has_outliers(best_ev, float(best_ev.max())):
        return pairs, best_ev
    degree = np.diff(pairs.row_start)
    degree = degree[degree > 0]
    owner = np.repeat(np.arange(len(degree)), degree)
    top = np.flatnonzero(pairs.ev == best_ev[owner])
    favourite = pairs.streamers[top[np.unique(owner[top], return_index=True)[1]]]

    def fit(users: NDArray[np.int64]) -> bool:
        return bool((np.bincount(favourite[users], minlength=len(cap)) <= cap).all())

    above = find_outliers(best_ev, fit)
    if above is None:
        return pairs, best_ev
    less = np.zeros(len(degree))
    less[above[0]] = above[1]
    ev = (pairs.ev - less[owner]).astype(pairs.ev.dtype)
    level = Candidates.from_csr(pairs.row_start, pairs.streamers, ev, pairs.shape)
    return level, level.best_ev()


def _solve_open_streamers(
    ev: Matrix, cap: Caps, is_open: NDArray[np.bool_], start: Prices | None, tolerance: float
) -> tuple[Streamers, Prices, int]:
    """Solve a tier without the streamers that have no slot, then price these.

    EVs at closed streamers must not set the scale of ε and of rounding. Two tiers close streamers
    by infinite prices instead: one that is closed to whales may be open to normal users. Dropping
    only those that are closed to both would select other assignments among equally good ones.
    """
    assignment, price, arcs = np.full(len(ev), NONE), np.zeros(len(cap)), 0
    if is_open.any():
        open_ev = np.ascontiguousarray(ev[:, is_open])
        open_start = None if start is None else start[is_open]
        favourites = read_rows(open_ev)[0]
        column, price[is_open], arcs = solve_single_tier(
            open_ev, favourites, cap[is_open], open_start, tolerance
        )
        assigned = column != NONE
        assignment[assigned] = np.flatnonzero(is_open)[column[assigned]]
    price_closed_streamers(MatrixRows.of(ev), ~is_open, price, assignment)
    return assignment, price, arcs


def _auction_and_polish(
    instance: AuctionInstance,
    cap: Caps,
    slots: Caps,
    price: Prices,
    assignment: Streamers,
    min_epsilon: float,
    start: Prices | None,
    price_reset: float,
    tolerance: float,
) -> int:
    """Auction the slots of one tier, and polish the result unless it is within the tolerance.

    Writes `price` and `assignment`. `slots` are the caller's caps, `cap` the ones that can be
    reached.

    Returns
    -------
    int
        Number of contested choices, 0 within the tolerance; see `solve_single_tier`.
    """
    is_close_enough = partial(
        fill_and_check_gap, instance.rows, slots, price, assignment, tolerance
    )
    epsilon = _run_auctions(
        instance,
        cap,
        price,
        min_epsilon,
        assignment,
        start,
        price_reset,
        is_close_enough if tolerance else None,
    )
    if is_close_enough():
        return 0
    return polish_to_optimum(instance, cap, price, assignment, CONTEST_EPSILONS * epsilon)


def _run_auctions(
    instance: AuctionInstance,
    cap: Caps,
    price: Prices,
    min_epsilon: float,
    assignment: Streamers,
    start: Prices | None,
    price_reset: float,
    is_close_enough: Callable[[], bool] | None,
) -> float:
    """Auction the slots of one tier: writes `price` and `assignment`, returns the last ε.

    An auction raises prices and never lowers them. If an empty slot has a price because the
    caller's prices were too high, the auction is repeated from lower ones.
    """
    heaps = allocate_heaps(cap)
    load = np.empty(len(cap), dtype=np.int64)

    def run_auction(epsilon: float, budget: int) -> AuctionOutcome:
        assignment[:], load[:] = NONE, 0
        last = float(
            auction_single_tier(
                instance.choices, cap, price, epsilon, budget, assignment, load, *heaps
            )
        )
        return AuctionOutcome(last, bool((price[load < cap] > 0).any()))

    epsilon = run_epsilon_scaling(
        instance, price, min_epsilon, len(assignment), run_auction, is_close_enough
    )
    while start is not None and price_reset < start.max() and (price[load < cap] > 0).any():
        price_reset *= WARM_RESET_GROWTH
        lower_prices(instance, price, np.minimum(price, start - price_reset))
        epsilon = run_epsilon_scaling(
            instance, price, min_epsilon, len(assignment), run_auction, is_close_enough
        )
    return epsilon


def allocate_heaps(cap: Caps) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]]:
    """Return empty heaps with room for Σ cap accepted bids."""
    start = np.zeros(len(cap) + 1, dtype=np.int64)
    np.cumsum(cap, out=start[1:])
    return start, np.empty(start[-1]), np.empty(start[-1], dtype=np.int32)
