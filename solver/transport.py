"""One tier of a dense problem, exactly: price, repair, lower, on the data themselves.

The tier is a transportation problem: each of n users to at most one of S streamers, at most
``cap[s]`` users to streamer s, at the greatest total EV. An auction comes near; shortest paths on
the few contested choices make it exact; one reading of the whole matrix finds the least prices and
any choice that was missed. Where ties are too many for that, OR-Tools' min-cost flow decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bids import auction
from .candidates import Candidates
from .flow import min_cost_flow
from .limits import one_tier
from .lists import LISTED, all_arcs, contested_arcs, relist, start_lists
from .lowering import by_streamer, lower_prices, price_closed, prices_from_moves
from .repair import repair, seat_the_tied
from .rows import NONE, Favourites, read_rows, rounding_noise, total_ev

EPSILON_SHARE = 3e-5
"""Least rise of a bid, as a share of the mean favourite's EV."""

BIDS_PER_USER = 8
"""Bids a user, on average, before the least rise grows."""

FINER = 4.0
"""By how much the least rise shrinks from one phase of a hard-fought auction to the next."""

PHASES = 12
"""Most phases of an auction; the last may end with a coarse rise."""

REACH = 16.0
"""Choices within this many least rises of a user's best are contested."""

WIDER = 8.0
"""By how much the reach grows where it proved too short."""

ROUNDS = 8
"""Most rounds of repair; each widens the reach."""

MANY = 0.05
"""Share of users with a better choice off their lists from which whole rows are looked at."""

WORK_LISTED, WORK_WHOLE = 1, 3
"""Choices a repair may look at for each pair of the problem, on short lists and on whole rows: a
fraction of the time of a dense flow, which follows if that is not enough."""

Matrix = NDArray[Any]
Streamers = NDArray[np.int64]
Prices = NDArray[np.float64]
Lists = tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]]


def transport(
    ev: Matrix, favourites: Favourites, cap: NDArray[np.int64]
) -> tuple[Streamers, Prices]:
    """Solve a tier and price its slots.

    Parameters
    ----------
    ev : (n, S) float64 or float32
        Currency units; -inf for a forbidden pair. Only pairs of EV 0 or more are made.
    favourites : Favourites
        From `read_rows`.
    cap : (S,) int64
        Most users a streamer takes, ≥ 0.

    Returns
    -------
    (n,) int64
        Each user's streamer, -1 for none: of greatest total EV, and of those that places most.
    (S,) float64
        Least prices that support it, currency units: what one more slot at each streamer adds.
    """
    closed = cap == 0
    if closed.any():
        return _around_closed(ev, cap, ~closed)
    n_users = len(ev)
    cap = np.minimum(cap, n_users)
    price = np.zeros(len(cap))
    lists = empty_lists(n_users)
    start_lists(favourites.streamer, favourites.ev, favourites.second_ev, *lists)
    at = np.full(n_users, NONE)
    rise = _bid(ev, cap, price, least_rise(favourites), lists, at)
    finish(ev, cap, price, at, lists, REACH * rise)
    return at, price


def _around_closed(
    ev: Matrix, cap: NDArray[np.int64], is_open: NDArray[np.bool_]
) -> tuple[Streamers, Prices]:
    """Solve a tier without the streamers that take nobody, then price these.

    Whatever EV is behind a closed door, it must not set the scale of what is computed outside.
    """
    at, price = np.full(len(ev), NONE), np.zeros(len(cap))
    if is_open.any():
        rest = np.ascontiguousarray(ev[:, is_open])
        place, price[is_open] = transport(rest, read_rows(rest)[0], cap[is_open])
        placed = place != NONE
        at[placed] = np.flatnonzero(is_open)[place[placed]]
    price_closed(ev, cap, price, at)
    return at, price


def finish(
    ev: Matrix, cap: NDArray[np.int64], price: Prices, at: Streamers, lists: Lists, reach: float
) -> None:
    """Make an auction's allocation and prices, `at` and `price`, optimal, exactly.

    Parameters
    ----------
    ev : (n, S) float64 or float32
    cap : (S,) int64
        At least 1, at most n.
    price : (S,) float64
    at : (n,) int64
    lists : short lists of all users; see `solver.lists`
    reach : float
        Choices this near to a user's best are contested, currency units.
    """
    noise = rounding_noise(ev)
    if not _repaired(ev, cap, price, at, lists, reach, noise):
        at[:], price[:] = by_flow(ev, cap)
    price[price <= noise] = 0.0  # what is left of sums that cancel


def empty_lists(n_users: int) -> Lists:
    """Return room for the users' short lists; they hold nothing and promise nothing."""
    return (
        np.empty((n_users, LISTED), dtype=np.int32),
        np.empty((n_users, LISTED)),
        np.zeros(n_users, dtype=np.int32),
        np.full(n_users, np.inf),
    )


def least_rise(favourites: Favourites) -> float:
    """Return the least rise of a bid, currency units; any rise ends an auction of zeros."""
    wanted = np.maximum(favourites.ev, 0)
    share = EPSILON_SHARE * float(wanted.mean(dtype=np.float64))
    return share or float(wanted.max()) or 1.0


def _bid(
    ev: Matrix, cap: NDArray[np.int64], price: Prices, least: float, lists: Lists, at: Streamers
) -> float:
    """Hold the auction; where users fight over prices, again and again with less at stake.

    Epsilon-scaling, but only where it is needed: most problems end within the first budget. Before
    each further phase, prices fall by the last rise, by which they may have overshot.

    Returns
    -------
    float
        The last phase's rise: every user is within it of its best.
    """
    n_users = len(ev)
    heaps = _heaps(cap)
    bound = lists[3]
    rise = least
    for phase in range(PHASES):
        at[:] = NONE
        load = np.zeros(len(cap), dtype=np.int64)
        budget = BIDS_PER_USER * n_users
        rise, _ = auction(ev, cap, price, rise, budget, *lists, at, load, *heaps)
        if rise <= least or phase == PHASES - 1:
            break
        np.maximum(price - rise, 0.0, out=price)
        bound += rise
        rise = max(rise / FINER, least)
    return rise


def _heaps(
    cap: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]]:
    """Return room for the accepted bids, Σ cap of them."""
    start = np.zeros(len(cap) + 1, dtype=np.int64)
    np.cumsum(cap, out=start[1:])
    return start, np.empty(start[-1]), np.empty(start[-1], dtype=np.int32)


def _repaired(
    ev: Matrix,
    cap: NDArray[np.int64],
    price: Prices,
    at: Streamers,
    lists: Lists,
    reach: float,
    noise: float,
) -> bool:
    """Repair `at` and `price` to the optimum and its least prices; say whether that was done."""
    n_users, n_streamers = ev.shape
    wrong = np.empty(n_users, dtype=np.int64)
    auctioned = at.copy(), price.copy()
    whole_rows = False
    for _ in range(ROUNDS):
        network = (
            _whole_network(ev, price, at, reach)
            if whole_rows
            else _listed_network(ev, lists, price, at, reach)
        )
        limit = (WORK_WHOLE if whole_rows else WORK_LISTED) * ev.size + 100_000
        mended, _ = repair(*network, at, cap, price, noise, limit)  # type: ignore[call-arg]
        n_wrong = n_users
        if mended != NONE:
            start, order = _sorted_by_streamer(at, n_streamers)
            tolerance = max(noise, 1e-10 * total_ev(ev, at) / n_users)
            n_wrong = lower_prices(ev, cap, price, start, order, tolerance, wrong)
        if n_wrong == 0:
            _seat_the_tied(ev, cap, price, at, noise)
            return True
        if whole_rows and mended == NONE:
            return False
        if mended == NONE or (n_wrong > MANY * n_users and not whole_rows):
            # What the lists lack is worth more than what they hold: back to the auction's prices.
            whole_rows = True
            at[:], price[:] = auctioned
            continue
        relist(ev, price, at, wrong[:n_wrong], *lists)
        reach *= WIDER
    return False


def _listed_network(
    ev: Matrix, lists: Lists, price: Prices, at: Streamers, reach: float
) -> tuple[NDArray[Any], ...]:
    """Return the contested users' choices on their short lists: what `repair` takes first."""
    n_users = len(ev)
    start, user = np.empty(n_users + 1, dtype=np.int64), np.empty(n_users, dtype=np.int64)
    arcs = np.empty(n_users * LISTED, dtype=np.int32), np.empty(n_users * LISTED)
    n = contested_arcs(ev, *lists, price, at, reach, start, *arcs, user)
    return start[: n + 1], *arcs, user[:n]


def _whole_network(
    ev: Matrix, price: Prices, at: Streamers, reach: float
) -> tuple[NDArray[Any], ...]:
    """Return the contested users' choices on their whole rows."""
    n_users = len(ev)
    start, user = np.empty(n_users + 1, dtype=np.int64), np.empty(n_users, dtype=np.int64)
    room, n = min(ev.size, n_users * LISTED), NONE
    while n == NONE:
        arcs = np.empty(room, dtype=np.int32), np.empty(room)
        n = all_arcs(ev, price, at, reach, start, *arcs, user)
        room = ev.size + ev.shape[1]
    return start[: n + 1], *arcs, user[:n]


def _seat_the_tied(
    ev: Matrix, cap: NDArray[np.int64], price: Prices, at: Streamers, noise: float
) -> None:
    """Place users left out whom a streamer with room would take at no loss."""
    placed = int((at != NONE).sum())
    if placed < min(len(at), int(cap.sum())):
        network = _whole_network(ev, price, at, noise)
        seat_the_tied(*network, at, cap, price, noise)  # type: ignore[call-arg]


def _sorted_by_streamer(
    at: Streamers, n_streamers: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    start, order = np.empty(n_streamers + 2, dtype=np.int64), np.empty_like(at)
    by_streamer(at, n_streamers, start, order)
    return start, order


def by_flow(ev: Matrix, cap: NDArray[np.int64]) -> tuple[Streamers, Prices]:
    """Solve by OR-Tools on every pair, and price what it finds."""
    user, streamer = np.nonzero(ev >= 0)
    pairs = Candidates(user, streamer, ev[user, streamer], (ev.shape[0], ev.shape[1]))
    taken = min_cost_flow(pairs, one_tier(len(ev), cap))
    at = np.full(len(ev), NONE)
    at[pairs.users[taken]] = pairs.streamers[taken]
    start, order = _sorted_by_streamer(at, len(cap))
    return at, prices_from_moves(ev, cap, start, order)
