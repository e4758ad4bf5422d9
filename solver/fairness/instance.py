"""What the search for a fair allocation reads: the users in question, their pairs and limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..duality import Scope, ShadowPrices
from ..kernels import Rows, get_row, map_blocks, njit
from ..model import Limits, Problem

MOST_NEAR = 64
"""Pairs of a user that are listed at most: where prices take most of an EV, hundreds are near."""

MAX_SAMPLE = 50_000
"""Users on which prices are sought first, where there are more."""


@dataclass(frozen=True, eq=False)
class Instance:
    """The users whose revenue counts, and the limits that they share.

    Parameters
    ----------
    rows : Rows
        The EVs of all users.
    n_all : int
        Number of all users, N.
    users : (n,) int64
        Positions of those who count.
    is_whale : (n,) bool
        Which of them pay for a whale slot.
    best_ev : (n,) float64
        The greatest EV of each, at least 0, currency units.
    limits : Limits
    base : (S,) float64
        Revenue that streamers have already, currency units.
    whale_units, units, least_units : (S,) float64
        Slots for whales, slots for anybody, and guaranteed users, of each streamer.
    """

    rows: Rows
    n_all: int
    users: NDArray[np.int64]
    is_whale: NDArray[np.bool_]
    best_ev: NDArray[np.float64]
    limits: Limits
    base: NDArray[np.float64]
    whale_units: NDArray[np.float64]
    units: NDArray[np.float64]
    least_units: NDArray[np.float64]

    @staticmethod
    def of(problem: Problem, limits: Limits, scope: Scope, base: NDArray[np.float64]) -> Instance:
        """Return the instance of a problem under its limits, for all users or for whales."""
        joint = scope == "joint"
        users = np.arange(problem.n_users) if joint else np.flatnonzero(problem.whales)
        is_whale = problem.whales[users]
        most = float(len(users))
        units = np.minimum(limits.capacity, most)
        return Instance(
            problem.rows,
            problem.n_users,
            users,
            is_whale,
            problem.best_ev_of_each()[users],
            limits,
            base,
            np.minimum(np.minimum(limits.whale_cap, most), units),
            units,
            limits.min_users.astype(np.float64),
        )

    @property
    def n_streamers(self) -> int:
        """Number of streamers, S."""
        return len(self.base)

    @property
    def per_user(self) -> int:
        """Most streamers that a user is shown to, at most S."""
        return min(self.limits.per_user, self.n_streamers)

    @property
    def n_pairs(self) -> int:
        """About how many pairs the users have."""
        return self.rows.n_pairs * len(self.users) // self.n_all

    @property
    def has_slot_price(self) -> bool:
        """Whether a slot has a price of its own, beside that of a whale slot."""
        return not self.is_whale.all() or bool(self.least_units.any())

    def sample(self, size: int) -> Instance:
        """Return an instance with about `size` users, evenly by wealth, and its share of units."""
        step = len(self.users) // size
        if step < 2:
            return self
        order = np.argsort(-self.best_ev, kind="stable")
        chosen = np.sort(order[step // 2 :: step])
        share = len(chosen) / len(self.users)
        return replace(
            self,
            users=self.users[chosen],
            is_whale=self.is_whale[chosen],
            best_ev=self.best_ev[chosen],
            base=self.base * share,
            whale_units=self.whale_units * share,
            units=self.units * share,
            least_units=self.least_units * share,
        )


class SlotPrices(NamedTuple):
    """What users pay at each streamer.

    Parameters
    ----------
    surcharge : (S,) float64
        What a whale pays in addition, currency units, ≥ 0.
    slot : (S,) float64
        What everybody pays; below 0 where a guarantee attracts users.
    """

    surcharge: NDArray[np.float64]
    slot: NDArray[np.float64]

    @staticmethod
    def of(prices: ShadowPrices) -> SlotPrices:
        """Return what users pay at prices of limits."""
        return SlotPrices(prices.whale_surcharge.copy(), prices.slot_price.copy())

    def by_limit(self, instance: Instance) -> ShadowPrices:
        """Return the prices of the limits."""
        limits = instance.limits
        if instance.has_slot_price or limits.whale_penalty.any():
            return ShadowPrices.of(self.surcharge.copy(), self.slot, limits)
        of_whale_cap = limits.whale_cap <= limits.capacity
        price = self.surcharge + self.slot
        return ShadowPrices(np.where(of_whale_cap, price, 0.0), np.where(of_whale_cap, 0.0, price))


class Shortlists(NamedTuple):
    """Each user's best pairs at some weights and prices.

    Parameters
    ----------
    start : (n + 1,) int64
        The pairs of user u are ``start[u]`` up to ``start[u + 1]``.
    streamers : (E,) int32
    ev : (E,) float64
    """

    start: NDArray[np.int64]
    streamers: NDArray[np.int32]
    ev: NDArray[np.float64]


def shortlist(
    instance: Instance,
    weights: NDArray[np.float64],
    prices: SlotPrices,
    margin: float,
    own: NDArray[np.int64] | None = None,
    longest: int = MOST_NEAR,
) -> Shortlists:
    """Return the pairs whose profit is near each user's best.

    Parameters
    ----------
    instance : Instance
    weights : (S,) float64
    prices : SlotPrices
    margin : float
        How near, as a share of the user's greatest EV.
    own : (n, b) int64, optional
        Streamers that are listed in any case, NONE for none.
    longest : int
        Most pairs of a user beside its own, but for ties.

    Returns
    -------
    Shortlists
    """
    n_users = len(instance.users)
    kept = np.empty((n_users, 0), np.int64) if own is None else own
    counts, floor = np.zeros(n_users, np.int64), np.empty(n_users)
    whale_price = np.where(instance.whale_units > 0, prices.surcharge + prices.slot, np.inf)
    normal_price = np.where(instance.units > 0, prices.slot, np.inf)
    n_pairs = instance.n_pairs

    def count(first: int, stop: int) -> None:
        part = slice(first, stop)
        count_near(
            instance.rows, instance.users[part], instance.is_whale[part], weights, whale_price,
            normal_price, margin * instance.best_ev[part], instance.per_user, kept[part],
            max(longest, instance.per_user), counts[part], floor[part],
        )  # fmt: skip

    map_blocks(count, n_users, n_pairs)
    start = np.concatenate([[0], np.cumsum(counts)])
    lists = Shortlists(start, np.empty(start[-1], np.int32), np.empty(start[-1]))

    def write(first: int, stop: int) -> None:
        part = slice(first, stop)
        write_near(
            instance.rows, instance.users[part], instance.is_whale[part], weights, whale_price,
            normal_price, floor[part], kept[part], start[first : stop + 1], lists.streamers,
            lists.ev,
        )  # fmt: skip

    map_blocks(write, n_users, n_pairs)
    return lists


@njit(inner=True)
def _is_own(own, s):
    for other in own:  # noqa: SIM110 - compiled
        if other == s:
            return True
    return False


@njit(cache=True, nogil=True)
def count_near(
    rows,
    users,
    is_whale,
    weights,
    whale_price,
    normal_price,
    margin,
    per_user,
    own,
    longest,
    counts,
    floor,
):
    """Write how many pairs of each user are near its best, and the least profit of those.

    With up to b > 1 streamers a user, its best is that of its b-th best pair.
    """
    most, best = np.empty(per_user), np.empty(longest)
    for i in range(len(users)):
        streamers, values = get_row(rows, users[i])
        price = whale_price if is_whale[i] else normal_price
        most[:] = 0.0
        for j in range(len(streamers)):
            s = streamers[j]
            profit = weights[s] * values[j] - price[s]
            if profit > most[-1] and values[j] >= 0.0:
                place = per_user - 1
                while place > 0 and most[place - 1] < profit:
                    most[place] = most[place - 1]
                    place -= 1
                most[place] = profit
        floor[i] = most[-1] - margin[i]
        count = _count_above(streamers, values, weights, price, floor[i], own[i])
        if count > longest:
            floor[i] = _find_least_of_best(streamers, values, weights, price, floor[i], best)
            count = _count_above(streamers, values, weights, price, floor[i], own[i])
        counts[i] = min(count, longest)
        if len(own[i]) > 0:
            for j in range(len(streamers)):
                counts[i] += _is_own(own[i], streamers[j])


@njit(inner=True)
def _count_above(streamers, values, weights, price, floor, own):
    """Return how many profits are at a floor or above, those of own pairs left out."""
    count = 0
    for j in range(len(streamers)):
        s = streamers[j]
        is_near = values[j] >= 0.0 and weights[s] * values[j] - price[s] >= floor
        count += is_near and not _is_own(own, s)
    return count


@njit(inner=True)
def _find_least_of_best(streamers, values, weights, price, floor, best):
    """Return the least of the best profits, as many as `best` holds, of those above a floor."""
    best[:] = -np.inf
    for j in range(len(streamers)):
        s = streamers[j]
        profit = weights[s] * values[j] - price[s]
        if values[j] >= 0.0 and profit >= floor and profit > best[-1]:
            place = len(best) - 1
            while place > 0 and best[place - 1] < profit:
                best[place] = best[place - 1]
                place -= 1
            best[place] = profit
    return best[-1]


@njit(cache=True, nogil=True)
def write_near(
    rows, users, is_whale, weights, whale_price, normal_price, floor, own, start, near, near_ev
):
    """Write the pairs that `count_near` counted: a user's own, then those above its floor.

    Of more pairs that tie, each user has others.
    """
    for i in range(len(users)):
        streamers, values = get_row(rows, users[i])
        price = whale_price if is_whale[i] else normal_price
        at, stop, size = start[i], start[i + 1], len(streamers)
        if len(own[i]) > 0:
            for j in range(size):
                if _is_own(own[i], streamers[j]):
                    near[at], near_ev[at] = streamers[j], values[j]
                    at += 1
        for j in range(size):  # those clearly above the floor
            s = streamers[j]
            is_above = weights[s] * values[j] - price[s] > floor[i] and values[j] >= 0.0
            if at < stop and is_above and not _is_own(own[i], s):
                near[at], near_ev[at] = s, values[j]
                at += 1
        for n in range(size if at < stop else 0):  # and ties with it
            j = (n + users[i] * 7919) % size
            s = streamers[j]
            is_tie = weights[s] * values[j] - price[s] == floor[i] and values[j] >= 0.0
            if at < stop and is_tie and not _is_own(own[i], s):
                near[at], near_ev[at] = s, values[j]
                at += 1
