"""Short lists: the few streamers a user chooses among, with a bound on all the others.

EV never rises as a streamer's big gifts grow. So the EVs before any gift bound those of any later
round: a user looks along its list, highest first, scores anew only the streamers that have had a
big gift, and is done where nothing further can be better. Its whole row is read only when the list
does not decide: when all on it are full, or have fallen below the bound.

A list is found without computing a row of EVs, whatever the recommender believes of amounts: EV
rises with a user's affinity m for a streamer and with the streamer's popularity p, so
EV(m, p) ≤ EV(m + 0.3 p, 0). The streamers of the greatest m + 0.3 p are listed, with their exact
EVs; all others are bounded by the right-hand side at the greatest m + 0.3 p among them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from solver.auction import LANES, LIST_LENGTH
from solver.kernels import copy_into, insert_top_k, insert_top_value, njit

from .expected_value import add_affinities, believed_amount, odds_against
from .gifts import affinity
from .population import World

NONE = -1
"""Instead of a streamer's position: no streamer."""

THRESHOLD_LANES = 8
"""Least length of a list, if there are so many streamers; on average it is about 11."""

CLASSES = 64
"""Streamers are scanned by classes: position s belongs to class s mod `CLASSES`. A multiple of
`LANES`."""

BLOCK = 512
"""Users whose lists are written at once: their entries fit in the cache of a core."""

STREAMER, EV, AMOUNT, ODDS = range(4)
"""Columns of a list: a streamer, its EV before any gift, and the terms of that EV."""

COUNT, BOUND = range(2)
"""Columns of row 0, above the list: its length, 0 before it is written; and a bound: no streamer
off the list has a higher EV, in any round."""

ROUNDING = 1e-5
"""How far a sum of products in single precision may be from the exact one, as a share of the
largest: fifty times what 17 terms amount to."""


@dataclass(frozen=True, eq=False)
class Shortlists:
    """The short lists of a world's users, each written when its user first comes.

    Parameters
    ----------
    row : (N,) int64
        Where each user's list is; NONE before it is written.
    lists : (N, 1 + LIST_LENGTH, 4) float64
        `COUNT` and `BOUND`, then the list by EV, highest first. One array, in the order in which
        users first come: those of one round lie side by side, and a user who is content with its
        first choice costs a line of memory or two.
    single : (N, d), (d, S) and (S,) float32
        Preferences, content by feature, and what popularity adds to an affinity.
    """

    row: NDArray[np.int64]
    lists: NDArray[np.float64]
    single: tuple[NDArray[np.float32], ...] = field(repr=False)

    @classmethod
    def of(cls, world: World) -> Shortlists:
        """Return the lists of a world, the same for all that differ in capacity only."""
        if "shortlists" not in world.cache:
            single = world.preference, world.content_by_feature, 0.3 * world.popularity
            world.cache["shortlists"] = cls(
                np.full(world.n_users, NONE),
                np.empty((world.n_users, 1 + LIST_LENGTH, 4)),
                tuple(each.astype(np.float32) for each in single),
            )
        lists: Shortlists = world.cache["shortlists"]
        return lists

    def rows(self, world: World, users: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where the lists of some users are, (n,) int64; written now if they were not.

        The world is not kept: it keeps the lists, and a cycle would keep both until the garbage
        collector runs, while the next seed needs the memory.
        """
        rows = np.empty(len(users), dtype=np.int64)
        if not look_up(self.row, users, rows):
            self._write(world, users[rows == NONE])
            look_up(self.row, users, rows)
        return rows

    def prepare(self, world: World, users: NDArray[np.int64]) -> None:
        """Write the lists of users who will come, (n,) int64, each possibly several times.

        Hundreds at once take less time than those of each round.
        """
        unknown = users[self.row[users] == NONE]
        order = np.arange(len(unknown))
        self.row[unknown[::-1]] = order[::-1]  # where each comes first
        unknown = unknown[self.row[unknown] == order]
        self.row[unknown] = NONE
        for begin in range(0, len(unknown), BLOCK):
            self._write(world, unknown[begin : begin + BLOCK])

    def _write(self, world: World, users: NDArray[np.int64]) -> None:
        n_users, attraction = len(users), 0.3 * world.popularity
        first = int(np.count_nonzero(self.row != NONE))
        shape = n_users * (LIST_LENGTH + 1)
        streamer, liking, pull = np.empty(shape, dtype=np.int32), np.empty(shape), np.empty(shape)
        count = np.empty(n_users, dtype=np.int64)
        exact = world.preference, world.content, attraction
        margin = ROUNDING * (1 + world.largest_affinity)
        n_entries = _select(users, *self.single, *exact, margin, streamer, liking, pull, count)
        log_wealth = np.repeat(world.log_wealth[users], count + 1)
        amount = believed_amount(world, log_wealth, liking[:n_entries])
        odds = odds_against(world, log_wealth, pull[:n_entries])
        _store(streamer, amount, odds, count, self.lists[first : first + n_users])
        self.row[users] = np.arange(first, first + n_users)


@njit(cache=True)
def _select(  # type: ignore[no-untyped-def]
    users, preference, by_feature, attraction, exact_preference, exact_content, exact_attraction,
    margin, streamer, liking, pull, count,
):  # fmt: skip
    """Find the streamers of highest affinity and popularity for each user, to rounding.

    Parameters
    ----------
    users : (n,) int64
    preference : (N, d) float32, by_feature : (d, S) float32, attraction : (S,) float32
        A streamer's rank is the affinity plus its attraction.
    exact_preference : (N, d) float64, exact_content : (S, d) float64
    exact_attraction : (S,) float64
    margin : float
        How far a rank may be from the exact one.
    streamer : (n · (LIST_LENGTH + 1),) int32
        Written: for each user, some streamers of the highest ranks, and an entry for all others.
    liking, pull : (n · (LIST_LENGTH + 1),) float64
        Written: the affinity for each, exactly, and what its popularity adds to that. Of all
        others, a bound on both.
    count : (n,) int64
        Written: how many streamers each user has.

    Returns
    -------
    int
        How many entries were written.
    """
    n_streamers = len(attraction)
    row = np.full((n_streamers + CLASSES - 1) // CLASSES * CLASSES, -np.inf, np.float32)
    ranks, listed = row[:n_streamers], np.empty(len(row) + 1, np.int64)
    maxima, classes = np.empty(CLASSES, np.float32), np.empty(CLASSES + 1, np.int64)
    lanes, most = np.empty(LANES, np.float32), np.empty(THRESHOLD_LANES, np.float32)
    best, best_listed = np.empty(LIST_LENGTH, np.float32), np.empty(LIST_LENGTH, np.int64)
    at = 0
    for i in range(len(users)):
        u = users[i]
        copy_into(ranks, attraction)
        add_affinities(preference[u], by_feature, ranks)
        threshold = _class_maxima(row, maxima, lanes, most)
        n = _list_above(row, threshold, maxima, classes, listed)
        n = min(n, n_streamers)  # where there are fewer classes than the threshold's rank
        if n > LIST_LENGTH:  # one user in forty
            for j in range(LIST_LENGTH):
                best[j] = -np.inf
            for j in range(n):
                insert_top_k(row[listed[j]], listed[j], best, best_listed)
            copy_into(listed, best_listed)
            n, threshold = LIST_LENGTH, best[LIST_LENGTH - 1]
        count[i] = n
        for j in range(n):
            s = listed[j]
            streamer[at] = s
            liking[at] = affinity(exact_preference[u], exact_content[s])
            pull[at] = liking[at] + exact_attraction[s]
            at += 1
        liking[at] = pull[at] = threshold + margin
        at += 1
    return at


@njit(inner=True)
def _class_maxima(row, maxima, lanes, most):  # type: ignore[no-untyped-def]
    """Write the maximum of each class of a row, and return the threshold of its list.

    It is that of `build_list`, which has a class for each of `LANES`. More classes cost no more,
    because the loop is vector code, and most of them have nothing to list.
    """
    copy_into(maxima, row[:CLASSES])
    for begin in range(CLASSES, len(row), CLASSES):
        _raise_to(maxima, row[begin : begin + CLASSES])
    copy_into(lanes, maxima[:LANES])
    for begin in range(LANES, CLASSES, LANES):
        _raise_to(lanes, maxima[begin : begin + LANES])
    for j in range(len(most)):
        most[j] = -np.inf
    for j in range(LANES):
        insert_top_value(lanes[j], most)
    return most[len(most) - 1]


@njit(inner=True)
def _raise_to(values, others):  # type: ignore[no-untyped-def]
    for j in range(len(values)):
        values[j] = others[j] if others[j] > values[j] else values[j]


@njit(inner=True)
def _list_above(row, threshold, maxima, classes, listed):  # type: ignore[no-untyped-def]
    """Write the positions of a row that are at a threshold or above, and return how many.

    Each is written, and overwritten by the next unless it is above: the processor predicts no
    branch wrongly.
    """
    n_classes, count = 0, 0
    for j in range(CLASSES):
        classes[n_classes] = j
        n_classes += maxima[j] >= threshold
    for i in range(n_classes):
        for s in range(classes[i], len(row), CLASSES):
            listed[count] = s
            count += row[s] >= threshold
    return count


@njit(cache=True)
def _store(streamer, amount, odds, count, lists):  # type: ignore[no-untyped-def]
    """Write lists, by EV; their entries as `_select` writes them."""
    order, ev = np.empty(LIST_LENGTH, np.int64), np.empty(LIST_LENGTH)
    first = 0
    for i in range(len(count)):
        own, stop = lists[i], first + count[i]
        own[0, COUNT], own[0, BOUND] = count[i], amount[stop] / (1.0 + odds[stop])
        for j in range(count[i]):  # sorted by insertion
            value, at = amount[first + j] / (1.0 + odds[first + j]), j
            while at > 0 and ev[at - 1] < value:
                ev[at], order[at] = ev[at - 1], order[at - 1]
                at -= 1
            ev[at], order[at] = value, first + j
        for j in range(count[i]):
            at = order[j]
            own[1 + j, STREAMER], own[1 + j, EV] = streamer[at], ev[j]
            own[1 + j, AMOUNT], own[1 + j, ODDS] = amount[at], odds[at]
        first = stop + 1


@njit(inner=True)
def _present_ev(own, j, big_gifts):  # type: ignore[no-untyped-def]
    """Return the EV of entry j of a list as it stands after some big gifts."""
    if big_gifts == 0:
        return own[j, EV]
    growth, discount = math.exp(0.1 * big_gifts), 1 + 0.05 * big_gifts
    return own[j, AMOUNT] / ((1.0 + own[j, ODDS] * growth) * discount)


@njit(cache=True)
def look_up(row, users, rows):  # type: ignore[no-untyped-def]
    """Write ``row[users]`` into `rows`, and return whether none is `NONE`."""
    known = True
    for i in range(len(users)):
        rows[i] = row[users[i]]
        known = known and rows[i] != NONE
    return known


@njit(cache=True)
def choose_best(rows, big_gifts, lists, best):  # type: ignore[no-untyped-def]
    """Find each user's best streamer, whatever its load.

    Parameters
    ----------
    rows : (n,) int64
        Where the users' lists are.
    big_gifts : (S,) int64
    lists : (N, 1 + LIST_LENGTH, 4) float64
    best : (n,) int64
        Written: the lowest position among equals; NONE where the list does not decide.

    Returns
    -------
    bool
        Whether the lists decided for everybody.
    """
    decided = True
    for i in range(len(rows)):
        own = lists[rows[i]]
        choice, most = NONE, -np.inf
        for j in range(1, 1 + int(own[0, COUNT])):
            if own[j, EV] < most:
                break
            s = int(own[j, STREAMER])
            value = _present_ev(own, j, big_gifts[s])
            if value > most or (value == most and s < choice):
                choice, most = s, value
        if most > own[0, BOUND]:
            best[i] = choice
        else:
            best[i], decided = NONE, False
    return decided


@njit(cache=True)
def fits(streamer, whale_cap, capacity):  # type: ignore[no-untyped-def]
    """Return whether whales, placed at streamers or NONE, keep the whale cap and capacities."""
    load = np.zeros(len(capacity), np.int64)
    for s in streamer:
        if s != NONE:
            load[s] += 1
            if load[s] > whale_cap or load[s] > capacity[s]:
                return False
    return True


@njit(cache=True)
def fill_in_order(  # type: ignore[no-untyped-def]  # noqa: C901
    begin, ev, rows, waiting, whales, price, whale_cap, capacity, big_gifts, lists, overflow, chosen
):
    """Place users in order, each where EV less price is greatest and there is room.

    Parameters
    ----------
    begin : int
        User to go on with.
    ev : (S,) float64
        Its EVs, if its list did not decide; else empty.
    rows : (n,) int64
        Where the users' lists are.
    waiting, whales : (n,) bool
        Whom to place; who goes by the second price and under the whale cap.
    price : (2, S) float64
        At least 0, currency units.
    whale_cap : int
        Most whales of `waiting` that a streamer takes.
    capacity : (S,) int64
    big_gifts, lists
        As `choose_best` takes them.
    overflow : int
        Where normal users go when nobody has room.
    chosen : (n,) int64
        Who is placed already; written for users in `waiting`, NONE for a whale without room.

    Returns
    -------
    int
        The user whose EVs are needed to go on; n when all are placed.
    """
    room = np.empty((2, len(capacity)), np.int64)
    copy_into(room[0], capacity)
    room[1] = whale_cap
    for i in range(len(rows)):
        if chosen[i] != NONE:
            room[0, chosen[i]] -= 1
            room[1, chosen[i]] -= waiting[i] and whales[i]
    is_open = 0
    for s in range(len(capacity)):
        is_open += room[0, s] > 0
    for i in range(begin, len(rows)):
        if is_open == 0:
            break
        if not waiting[i]:
            continue
        tier = int(whales[i])
        if i == begin and len(ev) > 0:
            choice = _best_of_row(ev, room[0], room[tier], price[tier])
        else:
            # Along its list, here and not in a function of its own: references would be counted
            # for each user, which costs three times as much as all the rest.
            own = lists[rows[i]]
            choice, most = NONE, -np.inf
            for j in range(1, 1 + int(own[0, COUNT])):
                if own[j, EV] < most:
                    break
                s = int(own[j, STREAMER])
                if room[0, s] > 0 and room[tier, s] > 0:
                    value = _present_ev(own, j, big_gifts[s]) - price[tier, s]
                    if value > most or (value == most and s < choice):
                        choice, most = s, value
            if not most > own[0, BOUND]:
                return i
        chosen[i] = choice
        if choice != NONE:
            room[0, choice] -= 1
            is_open -= room[0, choice] == 0
            room[1, choice] -= tier
    for i in range(len(rows)):
        if chosen[i] == NONE and waiting[i] and not whales[i]:
            chosen[i] = overflow
    return len(rows)


@njit(inner=True)
def _best_of_row(row, room, own_room, price):  # type: ignore[no-untyped-def]
    """Return the streamer with both rooms whose EV less price is greatest; NONE if none has."""
    choice, most = NONE, -np.inf
    for s in range(len(row)):
        if room[s] > 0 and own_room[s] > 0 and row[s] - price[s] > most:
            choice, most = s, row[s] - price[s]
    return choice
