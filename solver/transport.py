"""One tier, exactly: price, repair, lower, on the data themselves.

The tier is a transportation problem: each of n users to at most one of S streamers, at most
``cap[s]`` users to streamer s, at the greatest total EV. An auction comes near; shortest paths on
the few contested choices make it exact; one reading of all the data finds the least prices and
any choice that was missed. Where ties are too many for that, OR-Tools' min-cost flow decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bids import auction, withdraw_slots
from .candidates import Candidates
from .lists import (
    LISTED,
    all_arcs,
    contested_arcs,
    least_margin,
    list_best,
    relist,
    start_lists,
)
from .lowering import by_streamer, lower_prices, price_closed
from .repair import repair, seat_the_tied
from .rows import (
    NONE,
    Favourites,
    Rows,
    best_several_profits,
    fill_by_rows,
    read_rows,
    rounding_noise,
    second_best,
    total_ev,
)

EPSILON_SHARE = 3e-5
"""Least rise of a bid, as a share of the mean favourite's EV."""

BIDS_PER_USER = 8
"""Bids a user, on average, before the least rise may grow."""

FINER = 4.0
"""By how much the least rise shrinks from one phase of a hard-fought auction to the next."""

PHASES = 12
"""Most phases of an auction; the last may end with a coarse rise."""

REACH = 16.0
"""Choices within this many least rises of a user's best are contested."""

FALL, FURTHER = 64.0, 8.0
"""Least rises by which prices that are given fall before the auction, and by how much more each
time they prove too high."""

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
Caps = NDArray[np.int64]
Lists = tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Offers:
    """What a tier's users may choose, as the kernels read it.

    Parameters
    ----------
    rows : Rows
    lists : short lists of a matrix's users, see `solver.lists`; None with candidates
    largest : float
        The largest EV: what is computed is rounded to its scale.
    """

    rows: Rows
    lists: Lists | None
    largest: float

    @property
    def choices(self) -> tuple[NDArray[Any], ...]:
        """What users choose from in an auction; see `solver.bids.choose`."""
        return self.rows if self.lists is None else (self.rows[0], *self.lists)

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return self.rows[-1].size if self.lists is None else self.rows[0].size

    @property
    def noise(self) -> float:
        """How far from 0 a sum of profits that cancel may end, currency units."""
        return rounding_noise(self.largest)

    def allow_for_fall(self, fall: float) -> None:
        """Keep the short lists' promises true where prices fall by so much, currency units."""
        if self.lists is not None:
            bound = self.lists[3]
            bound += fall


def transport(
    ev: Matrix,
    favourites: Favourites,
    cap: Caps,
    start: Prices | None = None,
    tolerance: float = 0.0,
) -> tuple[Streamers, Prices, bool]:
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
        Prices to begin with, ≥ 0: the nearer to the optimum, the sooner done.
    tolerance : float
        Gap, relative to the total EV, that is good enough.

    Returns
    -------
    (n,) int64
        Each user's streamer, -1 for none: of greatest total EV, and of those that places most.
    (S,) float64
        Least prices that support it, currency units: what one more slot at each streamer adds.
    bool
        Whether that was done. If not, where ties are too many, these are near it.
    """
    closed = cap == 0
    if closed.any():
        return _around_closed(ev, cap, ~closed, start, tolerance)
    n_users, slots = len(ev), cap
    cap = np.minimum(cap, n_users)
    lists = empty_lists(n_users)
    offers = Offers((ev, positions(ev)), lists, float(favourites.ev.max()))
    at = np.full(n_users, NONE)
    least = least_rise(favourites.ev)
    if start is None:
        price = np.zeros(len(cap))
        start_lists(favourites.streamer, favourites.ev, second_best(ev, favourites), *lists)
    else:
        price = np.maximum(start - FALL * least, 0.0)
        list_best(ev, price, *lists)
    rise = _bid(offers, cap, price, least, at, start)
    done = good_enough(offers.rows, slots, price, at, tolerance)
    return at, price, done or repaired(offers, cap, price, at, REACH * rise)


def good_enough(rows: Rows, cap: Caps, price: Prices, at: Streamers, tolerance: float) -> bool:
    """Seat whoever still finds room, and say whether the gap is within a relative tolerance."""
    if tolerance == 0:
        return False
    left_out = np.flatnonzero(at == NONE)
    room = cap - np.bincount(at[at != NONE], minlength=len(cap))
    fill_by_rows(rows, left_out, room, at.reshape(-1, 1))
    total = total_ev(rows, at)
    bound = best_several_profits(rows, np.arange(len(at)), price, 1) + float((cap * price).sum())
    return bool(bound - total <= tolerance * abs(total))


def transport_candidates(
    pairs: Candidates, cap: Caps, start: Prices | None = None, tolerance: float = 0.0
) -> tuple[Streamers, Prices, bool]:
    """Solve a tier of candidates and price its slots, as `transport`.

    Returns
    -------
    (n,) int64, (S,) float64, bool
        As `transport`, if the flag is set; else an allocation and prices that are near it.
    """
    closed = cap == 0
    n_users, n_streamers = pairs.shape
    usable = pairs.keep(~closed[pairs.streamers]) if closed.any() else pairs
    slots, cap = cap, np.minimum(cap, n_users)
    if cap.sum() > len(usable):  # room for bids is kept for every slot: for no more than can come
        cap = np.minimum(cap, np.bincount(usable.streamers, minlength=n_streamers))
    price, at = np.zeros(n_streamers), np.full(n_users, NONE)
    best_ev = usable.best_ev()
    offers = Offers(usable.rows, None, float(best_ev.max()))
    least = least_rise(best_ev)
    if start is not None:
        price[:] = np.where(cap > 0, np.maximum(start - FALL * least, 0.0), 0.0)
    rise = _bid(offers, cap, price, least, at, start)
    done = good_enough(offers.rows, slots, price, at, tolerance)
    done = done or repaired(offers, cap, price, at, REACH * rise)
    if closed.any():
        price_closed(pairs.rows, closed, price, at)
    return at, price, done


def _around_closed(
    ev: Matrix, cap: Caps, is_open: NDArray[np.bool_], start: Prices | None, tolerance: float
) -> tuple[Streamers, Prices, bool]:
    """Solve a tier without the streamers that take nobody, then price these.

    Whatever EV is behind a closed door, it must not set the scale of what is computed outside.
    """
    at, price, done = np.full(len(ev), NONE), np.zeros(len(cap)), True
    if is_open.any():
        rest = np.ascontiguousarray(ev[:, is_open])
        begin = None if start is None else start[is_open]
        favourites = read_rows(rest)[0]
        place, price[is_open], done = transport(rest, favourites, cap[is_open], begin, tolerance)
        placed = place != NONE
        at[placed] = np.flatnonzero(is_open)[place[placed]]
    price_closed((ev, positions(ev)), ~is_open, price, at)
    return at, price, done


def positions(ev: Matrix) -> NDArray[np.int32]:
    """Return the positions of a matrix's columns, as `Rows` has them."""
    return np.arange(ev.shape[1], dtype=np.int32)


def empty_lists(n_users: int) -> Lists:
    """Return room for the users' short lists; they hold nothing and promise nothing."""
    return (
        np.empty((n_users, LISTED), dtype=np.int32),
        np.empty((n_users, LISTED)),
        np.zeros(n_users, dtype=np.int32),
        np.full(n_users, np.inf),
    )


def least_rise(favourite_ev: NDArray[Any]) -> float:
    """Return the least rise of a bid, currency units; any rise ends an auction of zeros."""
    wanted = np.maximum(favourite_ev, 0)
    share = EPSILON_SHARE * float(wanted.mean(dtype=np.float64))
    return share or float(wanted.max()) or 1.0


def bid_in_phases(
    offers: Offers,
    price: Prices,
    least: float,
    n_users: int,
    hold: Callable[[float, int], float],
) -> float:
    """Hold the auction; where users fight over prices, again and again with less at stake.

    Epsilon-scaling, but only where it is needed: most problems end within the first budget. Before
    each further phase, prices fall by the last rise, by which they may have overshot.

    Parameters
    ----------
    offers : Offers
    price : array of float64
        What the auctions start from and raise.
    least : float
        Least rise of a bid, currency units.
    n_users : int
    hold : callable
        Holds one auction from a rise and a budget of bids on; returns the rise it ended with.

    Returns
    -------
    float
        The last phase's rise: every user is within it of its best.
    """
    rise = least
    for phase in range(PHASES):
        rise = hold(rise, BIDS_PER_USER * n_users)
        if rise <= least or phase == PHASES - 1:
            break
        np.maximum(price - rise, 0.0, out=price)
        offers.allow_for_fall(rise)
        rise = max(rise / FINER, least)
    return rise


def _bid(
    offers: Offers, cap: Caps, price: Prices, least: float, at: Streamers, start: Prices | None
) -> float:
    """Auction the slots of one tier: writes `price` and `at`, returns the last rise.

    An auction raises prices and never lowers them. Where prices were given and a slot that bears
    one stays empty, they were too high: it begins again from lower ones.
    """
    heaps = _heaps(cap)
    load = np.empty(len(cap), dtype=np.int64)

    def hold(rise: float, budget: int) -> float:
        at[:], load[:] = NONE, 0
        return float(auction(offers.choices, cap, price, rise, budget, at, load, *heaps))

    rise = bid_in_phases(offers, price, least, len(at), hold)
    fall = FALL * least
    while start is not None and fall < start.max() and (price[load < cap] > 0).any():
        fall *= FURTHER
        lower = np.minimum(price, np.maximum(start - fall, 0.0))
        offers.allow_for_fall(float((price - lower).max()))
        price[:] = lower
        rise = bid_in_phases(offers, price, least, len(at), hold)
    return rise


def _heaps(cap: Caps) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]]:
    """Return room for the accepted bids, Σ cap of them."""
    start = np.zeros(len(cap) + 1, dtype=np.int64)
    np.cumsum(cap, out=start[1:])
    return start, np.empty(start[-1]), np.empty(start[-1], dtype=np.int32)


def repaired(offers: Offers, cap: Caps, price: Prices, at: Streamers, reach: float) -> bool:
    """Repair an auction's `at` and `price` to the optimum and its least prices.

    Parameters
    ----------
    offers : Offers
    cap : (S,) int64
        At most n.
    price : (S,) float64, at : (n,) int64
        Written, unless it is given up.
    reach : float
        Choices this near to a user's best are contested, currency units.

    Returns
    -------
    bool
        Whether it was done.
    """
    n_users = len(at)
    noise = offers.noise
    wrong = np.empty(n_users, dtype=np.int64)
    auctioned = at.copy(), price.copy()
    whole_rows = offers.lists is None
    for _ in range(ROUNDS):
        network = (
            _whole_network(offers.rows, price, at, reach)
            if whole_rows
            else _listed_network(offers, price, at, reach)
        )
        limit = (WORK_WHOLE if whole_rows else WORK_LISTED) * offers.size + 100_000
        mended, _ = repair(*network, at, cap, price, noise, limit)  # type: ignore[call-arg]
        n_wrong = n_users
        if mended != NONE:
            start, order = _sorted_by_streamer(at, len(cap))
            tolerance = max(noise, 1e-10 * total_ev(offers.rows, at) / n_users)
            n_wrong = lower_prices(offers.rows, cap, price, start, order, tolerance, wrong)
        if n_wrong == 0:
            _seat_the_tied(offers.rows, cap, price, at, noise)
            price[price <= noise] = 0.0  # what is left of sums that cancel
            return True
        if whole_rows and mended == NONE:
            break
        if mended == NONE or (n_wrong > MANY * n_users and not whole_rows):
            # What the lists lack is worth more than what they hold: back to the auction's prices.
            whole_rows = True
            at[:], price[:] = auctioned
            continue
        if offers.lists is not None:
            relist(offers.rows, price, at, wrong[:n_wrong], *offers.lists)
        reach *= WIDER
    at[:], price[:] = auctioned
    return False


def _listed_network(
    offers: Offers, price: Prices, at: Streamers, reach: float
) -> tuple[NDArray[Any], ...]:
    """Return the contested users' choices on their short lists: what `repair` takes first."""
    n_users = len(at)
    start, user = np.empty(n_users + 1, dtype=np.int64), np.empty(n_users, dtype=np.int64)
    arcs = np.empty(n_users * LISTED, dtype=np.int32), np.empty(n_users * LISTED)
    lists = offers.lists or empty_lists(n_users)
    n = contested_arcs(offers.rows, *lists, price, at, reach, start, *arcs, user)
    return start[: n + 1], *arcs, user[:n]


def _whole_network(
    rows: Rows, price: Prices, at: Streamers, reach: float
) -> tuple[NDArray[Any], ...]:
    """Return the contested users' choices on their whole rows."""
    n_users = len(at)
    start, user = np.empty(n_users + 1, dtype=np.int64), np.empty(n_users, dtype=np.int64)
    size = {2: rows[0].size, 3: rows[-1].size, 4: 2 * rows[0].size}[len(rows)]
    room, n = min(size, n_users * LISTED), NONE
    while n == NONE:
        arcs = np.empty(room, dtype=np.int32), np.empty(room)
        n = all_arcs(rows, price, at, reach, start, *arcs, user)
        room = size + len(price)
    return start[: n + 1], *arcs, user[:n]


def _seat_the_tied(rows: Rows, cap: Caps, price: Prices, at: Streamers, noise: float) -> None:
    """Place users left out whom a streamer with room would take at no loss."""
    placed = int((at != NONE).sum())
    if placed < min(len(at), int(cap.sum())):
        network = _whole_network(rows, price, at, noise)
        seat_the_tied(*network, at, cap, price, noise)  # type: ignore[call-arg]


@dataclass(eq=False)
class Descent:
    """An auction that goes on as caps fall: prices only rise, and few users bid again.

    Parameters
    ----------
    offers : Offers
        Of a matrix, with short lists.
    least : float
        Least rise of a bid, currency units.
    largest : (S,) int64
        The first caps, at least 1.
    """

    offers: Offers
    least: float
    largest: Caps

    def __post_init__(self) -> None:
        n_users, n_streamers = self.offers.rows[0].shape
        self._heaps = _heaps(self.largest)
        self._load = np.zeros(n_streamers, dtype=np.int64)
        self._price = np.zeros(n_streamers)
        self._at = np.full(n_users, NONE)

    def optimum(self, cap: Caps) -> float | None:
        """Return the greatest total EV under caps, (S,) int64, no larger than those before.

        None where it could not be proven on the short lists.
        """
        budget = BIDS_PER_USER * len(self._at)
        state = self._price, self._at, self._load, *self._heaps
        withdraw_slots(cap, *state)
        price, at, load, *heaps = state
        rise = auction(self.offers.choices, cap, price, self.least, budget, at, load, *heaps)
        reach = REACH * rise
        at, lowered = at.copy(), price.copy()
        network = _listed_network(self.offers, price, at, reach)
        lists = self.offers.lists or empty_lists(len(at))
        limit = WORK_LISTED * self.offers.size + 100_000
        mended, _ = repair(*network, at, cap, lowered, self.offers.noise, limit)  # type: ignore[call-arg]
        # What is off the lists was worse by a margin; prices that moved less leave it worse.
        margin = min(reach, least_margin(price, *lists))
        fall = lowered - price
        moved = max(0.0, float(fall.max())) + max(0.0, -float(fall.min()))
        if mended == NONE or moved > margin:
            return None
        return float(total_ev(self.offers.rows, at))


def _sorted_by_streamer(
    at: Streamers, n_streamers: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    start, order = np.empty(n_streamers + 2, dtype=np.int64), np.empty_like(at)
    by_streamer(at, n_streamers, start, order)
    return start, order
