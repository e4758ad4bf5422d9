"""Short lists: the few streamers a user chooses among, with a bound on all the others.

EV never rises as a streamer's big gifts grow. So the EVs before any gift bound those of any later
round: a user looks along its list, highest first, scores anew only the streamers that have had a
big gift, and is done where nothing further can be better. Its whole row is read only when the list
does not decide: when all on it are full, or have fallen below the bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solver.lists import LANES, LISTED, list_row

from .amounts import is_lognormal, lognormal_factors, lognormal_row, terms
from .world import World

NONE = -1
"""Instead of a streamer's position: no streamer."""

SOUGHT = 8
"""Least length of a list, if there are so many streamers; on average it is about 11."""

_AT_ONCE = 32
"""Users whose rows are written at once: two matrices that fit in a core's own cache."""


@dataclass(frozen=True, eq=False)
class Shortlists:
    """The short lists of a world's users, each written when its user first comes.

    Parameters
    ----------
    world : World
    streamer : (N, LISTED) int32
        By EV before any gift, highest first.
    ev : (N, LISTED) float64
        That EV, currency units.
    amount, odds : (N, LISTED) float64
        Its terms; see `simulator.amounts.terms`.
    count : (N,) int32
        Length of the list; 0 where it has not been written.
    bound : (N,) float64
        No streamer off the list has a higher EV, in any round.
    """

    world: World
    streamer: NDArray[np.int32]
    ev: NDArray[np.float64]
    amount: NDArray[np.float64]
    odds: NDArray[np.float64]
    count: NDArray[np.int32]
    bound: NDArray[np.float64]

    @classmethod
    def of(cls, world: World) -> Shortlists:
        """Return the lists of a world, the same for all that differ in capacity only."""
        if "shortlists" not in world.derived:
            shape = world.n_users, LISTED
            world.derived["shortlists"] = cls(
                world,
                np.empty(shape, dtype=np.int32),
                np.empty(shape),
                np.empty(shape),
                np.empty(shape),
                np.zeros(world.n_users, dtype=np.int32),
                np.empty(world.n_users),
            )
        lists: Shortlists = world.derived["shortlists"]
        return lists

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        """The lists as kernels take them."""
        return self.streamer, self.ev, self.amount, self.odds, self.count, self.bound

    def write(self, users: NDArray[np.int64]) -> None:
        """Write the lists of those users who have none yet."""
        new = users[self.count[users] == 0]
        if is_lognormal(self.world):
            _write_lognormal_lists(new, *lognormal_factors(self.world, new), *self.arrays)
            return
        for first in range(0, len(new), _AT_ONCE):
            some = new[first : first + _AT_ONCE]
            _write_lists(some, *terms(self.world, some), *self.arrays)


@njit(cache=True)
def _write_lists(users, row_amount, row_odds, *lists):  # type: ignore[no-untyped-def]
    """Write the lists of some users from the terms of their rows, (n, S)."""
    row, profit = np.empty(row_amount.shape[1]), np.empty(row_amount.shape[1])
    free, lanes, most = np.zeros(row_amount.shape[1]), np.empty(LANES), np.empty(SOUGHT)
    for i in range(len(users)):
        scratch = row, profit, free, lanes, most
        _write_list(users[i], row_amount[i], row_odds[i], scratch, *lists)


@njit(cache=True)
def _write_lognormal_lists(  # type: ignore[no-untyped-def]
    users, preference, scale, user_odds, by_feature, streamer_odds, halvings, *lists
):
    """Write the lists of some users, computing a row at a time: it stays in the core's cache."""
    n_streamers = len(streamer_odds)
    row, profit = np.empty(n_streamers), np.empty(n_streamers)
    free, lanes, most = np.zeros(n_streamers), np.empty(LANES), np.empty(SOUGHT)
    root, amount, odds = np.empty(n_streamers), np.empty(n_streamers), np.empty(n_streamers)
    shared = by_feature, streamer_odds, halvings, root
    for i in range(len(users)):
        lognormal_row(preference[i], scale[i], user_odds[i], *shared, amount, odds)
        _write_list(users[i], amount, odds, (row, profit, free, lanes, most), *lists)


@njit(cache=True)
def _write_list(  # type: ignore[no-untyped-def]
    u, row_amount, row_odds, scratch, streamer, ev, amount, odds, count, bound
):
    """Write the list of user u from the terms of its row, (S,)."""
    row, profit, free, lanes, most = scratch
    _evaluate(row_amount, row_odds, row)
    listed, listed_ev = streamer[u], ev[u]
    count[u], bound[u] = list_row(row, free, listed, listed_ev, profit, lanes, most)
    _sort(listed, listed_ev, count[u])
    for j in range(count[u]):
        amount[u, j] = row_amount[listed[j]]
        odds[u, j] = row_odds[listed[j]]


@njit(cache=True)
def _evaluate(amount, odds, ev):  # type: ignore[no-untyped-def]
    """Write EVs before any gift."""
    for s in range(len(ev)):
        ev[s] = amount[s] / (1.0 + odds[s])


@njit(cache=True)
def _sort(listed, listed_ev, count):  # type: ignore[no-untyped-def]
    """Order a list by EV, highest first."""
    for i in range(1, count):
        s, value = listed[i], listed_ev[i]
        j = i
        while j > 0 and listed_ev[j - 1] < value:
            listed[j], listed_ev[j] = listed[j - 1], listed_ev[j - 1]
            j -= 1
        listed[j], listed_ev[j] = s, value


@njit(cache=True)
def choose_best(users, standing, lists, best):  # type: ignore[no-untyped-def]
    """Find each user's best streamer, whatever its load.

    Parameters
    ----------
    users : (n,) int64
    standing : ((S,) float64, (S,) float64)
        `growth` and `discount` of the streamers' big gifts so far.
    lists
        `Shortlists.arrays`.
    best : (n,) int64
        Written: the lowest position among equals; NONE where the list does not decide.
    """
    anywhere, free = np.ones(len(standing[0]), np.int64), np.zeros(len(standing[0]))
    for i in range(len(users)):
        choice, most = _best_listed(users[i], standing, lists, anywhere, anywhere, free)
        best[i] = choice if most > lists[5][users[i]] else NONE


@njit(cache=True)
def fill_in_order(begin, row, users, waiting, tier, price, room, standing, lists, chosen):  # type: ignore[no-untyped-def]
    """Place users in order, each where EV less price is greatest and its tier has room.

    Parameters
    ----------
    begin : int
        User to go on with.
    row : (S,) float64
        Its EVs, if its list did not decide; else empty.
    users : (n,) int64
    waiting : (n,) bool
        Whom to place.
    tier : (n,) int64
        Row of `price` and `room` that a user goes by.
    price : (T, S) float64
        At least 0, currency units.
    room : (T, S) int64
        Places open to each tier; taken. Those of tier 0 are all there are: every user takes one.
    standing, lists
        As `choose_best` takes them.
    chosen : (n,) int64
        Written for users in `waiting`: NONE where nobody has room.

    Returns
    -------
    int
        The user whose row is needed to go on; n when all are placed.
    """
    is_open = np.count_nonzero(room[0] > 0)
    for i in range(begin, len(users)):
        if not waiting[i]:
            continue
        t = tier[i]
        choice = NONE
        if is_open > 0:
            if i == begin and len(row) > 0:
                choice = _best_of_row(row, room[0], room[t], price[t])
            else:
                choice, most = _best_listed(users[i], standing, lists, room[0], room[t], price[t])
                if not most > lists[5][users[i]]:
                    return i
        chosen[i] = choice
        if choice != NONE:
            room[0, choice] -= 1
            is_open -= room[0, choice] == 0
            if t > 0:
                room[t, choice] -= 1
    return len(users)


@njit(cache=True)
def _best_listed(u, standing, lists, room, own_room, price):  # type: ignore[no-untyped-def]
    """Return the streamer with both rooms on u's list whose EV less price is greatest, and that."""
    growth, discount = standing
    streamer, ev, amount, odds, count, _ = lists
    choice, most = NONE, -np.inf
    for j in range(count[u]):
        if ev[u, j] < most:
            break
        s = streamer[u, j]
        if room[s] > 0 and own_room[s] > 0:
            value = amount[u, j] / ((1.0 + odds[u, j] * growth[s]) * discount[s]) - price[s]
            if value > most or (value == most and s < choice):
                choice, most = s, value
    return choice, most


@njit(cache=True)
def _best_of_row(row, room, own_room, price):  # type: ignore[no-untyped-def]
    """Return the streamer with both rooms whose EV less price is greatest; NONE if none has."""
    choice, most = NONE, -np.inf
    for s in range(len(row)):
        if room[s] > 0 and own_room[s] > 0 and row[s] - price[s] > most:
            choice, most = s, row[s] - price[s]
    return choice
