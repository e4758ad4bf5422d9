"""Whole users: rounding a divisible solution, and improving it by moves and exchanges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels import NONE, link_member, njit, unlink_member
from .instance import Instance, Shortlists, shortlist
from .relaxation import LEAST_SCALE, Relaxation, share_pairs
from .welfare import Welfare

LEAST_REGRET = 0.04
"""Profit that a user may give up, as a share of its greatest EV, in pairs that the search tries."""

REGRET_SLOPE = 0.15
"""Further profit for each unit of the welfare's parameter: equality then costs more."""

MOST_REGRET = 0.1

LONGEST = 8
"""Pairs of a user that the search tries at most, beside its own."""

MOST_RIVALS = 32
"""Places at a streamer with which an exchange is tried, at most."""

ALL_PAIRS = 5_000
"""Pairs up to which the search tries all of them."""

KICKS = 100
"""How often the search starts again from places that were shaken, at most."""

KICK_EFFORT = 2e7
"""Changes that are looked at for that, about; in large problems none."""

KICKED = 4
"""Places that are shaken at a time."""

PASSES = 12
"""Passes over all users that draw revenues towards those of the divisible solution."""

GROWTH = 1.7
"""Factor by which each pass holds revenues closer."""

FIRST_SPREAD = 1.0
"""How far revenues may stray at first, as a share of their mean."""

POLISHING_PASSES = 8

LEAST_CHANGES = 1e-4
"""Changes of a pass, as a share of all places, below which another one is not worth its time."""

WEAKER = (0.9, 0.7, 0.4, 0.0)
"""Factors of the welfare's parameter with which a total is won back."""

STRONGER = (1.0, 1.2, 1.5, 2.0)
"""Factors of the welfare's parameter with which the rest of a loss is spent."""

LEAST_SHARE = 1e-6
"""Share of a user that counts as none."""


@dataclass(frozen=True, eq=False)
class Placement:
    """Where users are, and what streamers have. The search changes the arrays in place.

    Parameters
    ----------
    lists : Shortlists
        The pairs that users may form.
    is_whale : (n,) bool
    per_user : int
    pair : (n · b,) int64
        Pair of each user's b places, as a position in the lists, NONE for none.
    first, following, previous : (S,), (n · b,), (n · b,) int64
        Places at each streamer, as linked lists.
    revenue : (S,) float64
        With what streamers had before, currency units.
    whales, users : (S,) int64
    """

    lists: Shortlists
    is_whale: NDArray[np.bool_]
    per_user: int
    pair: NDArray[np.int64]
    first: NDArray[np.int64]
    following: NDArray[np.int64]
    previous: NDArray[np.int64]
    revenue: NDArray[np.float64]
    whales: NDArray[np.int64]
    users: NDArray[np.int64]

    @staticmethod
    def of(instance: Instance, lists: Shortlists, assignment: NDArray[np.int64]) -> Placement:
        """Return the placement of an assignment, (n, b) int64, whose pairs are all listed."""
        n_places, size = assignment.size, instance.n_streamers
        placement = Placement(
            lists,
            instance.is_whale,
            instance.per_user,
            np.full(n_places, NONE),
            np.full(size, NONE),
            np.full(n_places, NONE),
            np.full(n_places, NONE),
            instance.base.copy(),
            np.zeros(size, np.int64),
            np.zeros(size, np.int64),
        )
        place_all(*placement.arrays, assignment)
        return placement

    @property
    def arrays(self) -> tuple[Any, ...]:
        """All of it, as kernels take it."""
        lists = self.lists
        return (
            PairLists(lists.start, lists.streamers, lists.ev, self.is_whale, self.per_user),
            State(
                self.pair, self.first, self.following, self.previous, self.revenue, self.whales,
                self.users,
            ),
        )  # fmt: skip

    def assignment(self) -> NDArray[np.int64]:
        """Return the streamers of each user, (n, b) int64, NONE for none."""
        found = np.full(len(self.pair), NONE)
        placed = self.pair != NONE
        found[placed] = self.lists.streamers[self.pair[placed]]
        return found.reshape(-1, self.per_user)


class PairLists(NamedTuple):
    """The pairs that users may form, as kernels take them."""

    start: NDArray[np.int64]
    streamers: NDArray[np.int32]
    ev: NDArray[np.float64]
    is_whale: NDArray[np.bool_]
    per_user: int


class State(NamedTuple):
    """Where users are, as kernels take it; see `Placement`."""

    pair: NDArray[np.int64]
    first: NDArray[np.int64]
    following: NDArray[np.int64]
    previous: NDArray[np.int64]
    revenue: NDArray[np.float64]
    whales: NDArray[np.int64]
    users: NDArray[np.int64]


class Caps(NamedTuple):
    """Limits of streamers, as kernels take them."""

    whale_cap: NDArray[np.int64]
    capacity: NDArray[np.int64]
    min_users: NDArray[np.int64]
    penalty: NDArray[np.float64]

    @staticmethod
    def of(instance: Instance) -> Caps:
        """Return the limits of an instance's streamers."""
        return Caps(
            instance.whale_units.astype(np.int64),
            instance.units.astype(np.int64),
            instance.least_units.astype(np.int64),
            instance.limits.whale_penalty,
        )


def round_shares(instance: Instance, relaxation: Relaxation) -> NDArray[np.int64]:
    """Return whole places near the shares of a divisible solution, within the caps.

    Users are placed one by one, the richest first, each at the listed streamer whose revenue lags
    most behind the shares so far: the error of each is passed on to the next.

    Returns
    -------
    (n, b) int64
    """
    lists = shortlist(instance, relaxation.weights, relaxation.prices, 2 * relaxation.temperature)
    best = instance.best_ev
    mean = float(best.mean()) if len(best) else 0.0
    scale = relaxation.temperature * np.maximum(best, LEAST_SCALE * (mean if mean > 0 else 1.0))
    shares = np.zeros(len(lists.ev))
    per_user = instance.per_user
    share_pairs(
        lists.start, lists.streamers, lists.ev, instance.is_whale, scale, relaxation.weights,
        relaxation.prices.surcharge, relaxation.prices.slot, per_user,
        np.zeros((3, instance.n_streamers)), shares,
    )  # fmt: skip
    found = np.full((len(best), per_user), NONE)
    order = np.argsort(-best, kind="stable")
    pass_on_errors(
        PairLists(*lists, instance.is_whale, per_user), shares, order, Caps.of(instance),
        found,
    )  # fmt: skip
    return found


def improve(
    instance: Instance,
    welfare: Welfare,
    relaxation: Relaxation,
    start: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Improve whole places by moves, exchanges and chains of two.

    First revenues are drawn towards those of the divisible solution, with a pull that grows from
    pass to pass, at the least loss of profit; the best of these places by welfare are then improved
    by its exact changes.

    Parameters
    ----------
    instance : Instance
    welfare : Welfare
    relaxation : Relaxation
    start : (n, b) int64
        Places within the limits.

    Returns
    -------
    (n, b) int64
    """
    lists = _list_pairs(instance, welfare, relaxation, start)
    placement = Placement.of(instance, lists, start)
    pairs, state = placement.arrays
    target = relaxation.revenue + instance.base
    caps = Caps.of(instance)
    price = relaxation.prices
    best, most = state.pair.copy(), _worth(instance, welfare, placement)
    spread = FIRST_SPREAD * max(float(target.mean()), 1e-300)
    pull = welfare.parameter if welfare.measure == "gini" else 1.0
    rng = np.random.default_rng(0)
    for _ in range(PASSES):
        order = rng.permutation(len(state.pair))
        draw_near(
            pairs, state, caps, order, relaxation.weights, price.surcharge, price.slot, target,
            pull, spread,
        )  # fmt: skip
        worth = _worth(instance, welfare, placement)
        if worth > most:
            best, most = state.pair.copy(), worth
        spread /= GROWTH
    placement = Placement.of(instance, lists, _streamers_of(placement, best))
    polish(welfare, placement, caps)
    return _shake_often(instance, welfare, placement, caps).assignment()


def refine(
    instance: Instance, welfare: Welfare, relaxation: Relaxation, start: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return places, (n, b) int64, after changes that add to the welfare; see `polish`."""
    lists = _list_pairs(instance, welfare, relaxation, start)
    placement = Placement.of(instance, lists, start)
    polish(welfare, placement, Caps.of(instance))
    return placement.assignment()


def _list_pairs(
    instance: Instance, welfare: Welfare, relaxation: Relaxation, start: NDArray[np.int64]
) -> Shortlists:
    """Return the pairs that the search tries."""
    margin = min(MOST_REGRET, LEAST_REGRET + REGRET_SLOPE * welfare.parameter)
    longest = LONGEST
    if instance.n_pairs <= ALL_PAIRS:
        margin, longest = 1e3, instance.n_streamers
    return shortlist(instance, relaxation.weights, relaxation.prices, margin, start, longest)


def _shake_often(
    instance: Instance, welfare: Welfare, placement: Placement, caps: Caps
) -> Placement:
    """Return the best of the places that shaken ones lead to: an iterated local search.

    H. R. Lourenço, O. C. Martin and T. Stützle, "Iterated local search", 2003.
    """
    size = len(placement.pair)
    if not size:
        return placement
    by_user = len(placement.lists.ev) / size
    effort = len(placement.lists.ev) * by_user * size / instance.n_streamers
    rng = np.random.default_rng(2)
    best, most = placement, _worth(instance, welfare, placement)
    for _ in range(min(KICKS, int(KICK_EFFORT / max(1.0, effort)))):
        other = Placement.of(instance, best.lists, best.assignment())
        pairs, state = other.arrays
        shake(pairs, state, caps, rng.integers(size, size=KICKED), rng.random(KICKED))
        polish(welfare, other, caps)
        worth = _worth(instance, welfare, other)
        if worth > most:
            best, most = other, worth
    return best


def spend_loss(
    instance: Instance,
    welfare: Welfare,
    relaxation: Relaxation,
    start: NDArray[np.int64],
    least_total: float,
) -> NDArray[np.int64] | None:
    """Bring places to a least total EV, and then as near to it as the welfare gains.

    Parameters
    ----------
    instance : Instance
    welfare : Welfare
    relaxation : Relaxation
    start : (n, b) int64
    least_total : float
        Currency units, without what streamers had before.

    Returns
    -------
    (n, b) int64 or None
        None if the total is not reached.
    """
    lists = _list_pairs(instance, welfare, relaxation, start)
    placement, caps = Placement.of(instance, lists, start), Caps.of(instance)
    least = least_total + float(instance.base.sum())
    for factor in WEAKER:
        if placement.revenue.sum() >= least:
            break
        polish(welfare.scaled(factor), placement, caps)
    if placement.revenue.sum() < least:
        return None
    for factor in STRONGER:
        polish(welfare.scaled(factor), placement, caps, least)
    return placement.assignment()


def polish(welfare: Welfare, placement: Placement, caps: Caps, least_total: float = 0.0) -> None:
    """Improve the welfare by moves and exchanges, computed exactly, until none helps.

    None brings the total revenue below `least_total`, currency units.
    """
    pairs, state = placement.arrays
    rng = np.random.default_rng(1)
    for _ in range(POLISHING_PASSES):
        order = rng.permutation(len(state.pair))
        changes = exchange(
            pairs, state, caps, order, welfare.measure == "alpha", welfare.parameter, least_total
        )
        if changes < LEAST_CHANGES * len(order):
            break


def _streamers_of(placement: Placement, pair: NDArray[np.int64]) -> NDArray[np.int64]:
    found = np.full(len(pair), NONE)
    found[pair != NONE] = placement.lists.streamers[pair[pair != NONE]]
    return found.reshape(-1, placement.per_user)


def _worth(instance: Instance, welfare: Welfare, placement: Placement) -> float:
    penalty = instance.limits.total_penalty(placement.whales)
    return welfare.value(placement.revenue) - penalty


@njit(cache=True)
def place_all(pairs, state, assignment):
    """Place users at their streamers in an assignment, (n, b) int64."""
    n_users, per_user = assignment.shape
    for user in range(n_users):
        for column in range(per_user):
            for i in range(pairs.start[user], pairs.start[user + 1]):
                if pairs.streamers[i] == assignment[user, column]:
                    _enter(pairs, state, user * per_user + column, i)


@njit(inner=True)
def _enter(pairs, state, place, i):
    """Put a place at the streamer of a pair."""
    s = pairs.streamers[i]
    state.pair[place] = i
    state.revenue[s] += pairs.ev[i]
    state.users[s] += 1
    state.whales[s] += pairs.is_whale[place // pairs.per_user]
    link_member(place, s, state.first, state.following, state.previous)


@njit(inner=True)
def _leave(pairs, state, place):
    """Take a place from its streamer, if it has one."""
    i = state.pair[place]
    if i == NONE:
        return
    s = pairs.streamers[i]
    state.pair[place] = NONE
    state.revenue[s] -= pairs.ev[i]
    state.users[s] -= 1
    state.whales[s] -= pairs.is_whale[place // pairs.per_user]
    unlink_member(place, s, state.first, state.following, state.previous)


@njit(cache=True)
def pass_on_errors(pairs, shares, order, caps, assignment):
    """Place users in order where revenue lags most behind shares; see `round_shares`."""
    size = len(caps.capacity)
    lag, users, whales = np.zeros(size), np.zeros(size, np.int64), np.zeros(size, np.int64)
    for user in order:
        low, high = pairs.start[user], pairs.start[user + 1]
        is_whale = pairs.is_whale[user]
        for i in range(low, high):
            lag[pairs.streamers[i]] += shares[i] * pairs.ev[i]
        own = assignment[user]
        for column in range(len(own)):
            best, most = NONE, -np.inf
            for i in range(low, high):
                s = pairs.streamers[i]
                if shares[i] < LEAST_SHARE or users[s] >= caps.capacity[s] or s in own:
                    continue
                if is_whale and whales[s] >= caps.whale_cap[s]:
                    continue
                if len(own) > 1:
                    worth = shares[i] + 1e-3 * lag[s] / max(pairs.ev[i], 1e-300)
                else:
                    worth = lag[s] / max(pairs.ev[i], 1e-300)
                if worth > most:
                    best, most = i, worth
            if best == NONE:
                break
            s = pairs.streamers[best]
            own[column] = s
            users[s] += 1
            whales[s] += is_whale
            lag[s] -= pairs.ev[best]


@njit(cache=True)
def shake(pairs, state, caps, places, draws):
    """Move places to other listed streamers with room, or exchange them with a place there."""
    for number in range(len(places)):
        place = places[number]
        user, mine = place // pairs.per_user, state.pair[place]
        low, high = pairs.start[user], pairs.start[user + 1]
        if mine == NONE or high - low < 2:
            continue
        home, kind = pairs.streamers[mine], pairs.is_whale[user]
        i = low + int(draws[number] * (high - low))
        t = pairs.streamers[i]
        if i == mine or _has(pairs, state, user, t, place):
            continue
        room = state.users[t] < caps.capacity[t]
        if room and kind:
            room = state.whales[t] < caps.whale_cap[t]
        if room and state.users[home] > caps.min_users[home]:
            _apply(pairs, state, place, i, NONE, NONE)
            continue
        rival = state.first[t]
        while rival != NONE:
            other = rival // pairs.per_user
            if pairs.is_whale[other] == kind and not _has(pairs, state, other, home, rival):
                j = _find_pair(pairs.start, pairs.streamers, other, home)
                if j != NONE:
                    _apply(pairs, state, place, i, rival, j)
                    break
            rival = state.following[rival]


@njit(inner=True)
def _has(pairs, state, user, s, but):
    """Return whether a user has a streamer, at another place than one."""
    for place in range(user * pairs.per_user, (user + 1) * pairs.per_user):
        i = state.pair[place]
        if place != but and i != NONE and pairs.streamers[i] == s:
            return True
    return False


@njit(inner=True)
def _pull(revenue, target, pull, spread):
    """Return what a revenue's distance from its target costs: a pseudo-Huber loss."""
    away = revenue - target
    return pull * (np.sqrt(away * away + spread * spread) - spread)


@njit(cache=True)
def draw_near(pairs, state, caps, order, weights, surcharge, slot, target, pull, spread):
    """Make, for each place in order, the best change of profit less the cost of distances.

    A change is a move, an exchange with another place, or a move that another place makes way for
    by moving where there is room. Returns the number of changes.
    """
    streamers, revenue = pairs.streamers, state.revenue
    size = len(target)
    cost, profit = np.empty(size), np.empty(len(pairs.ev))
    for user in range(len(pairs.is_whale)):
        for i in range(pairs.start[user], pairs.start[user + 1]):
            s = streamers[i]
            charge = slot[s] + surcharge[s] if pairs.is_whale[user] else slot[s]
            profit[i] = weights[s] * pairs.ev[i] - charge
    for s in range(size):
        cost[s] = _pull(revenue[s], target[s], pull, spread)
    least = 1e-12 * (np.sum(np.abs(target)) + 1e-300) / size
    changes = 0
    for place in order:
        i, other, j = _find_pull(
            pairs, state, caps, place, profit, cost, target, pull, spread, least
        )
        if i == NONE:
            continue
        changes += 1
        home = NONE if state.pair[place] == NONE else streamers[state.pair[place]]
        _apply(pairs, state, place, i, other, j)
        t = streamers[i]
        cost[t] = _pull(revenue[t], target[t], pull, spread)
        if home != NONE:
            cost[home] = _pull(revenue[home], target[home], pull, spread)
        if other != NONE:
            q = streamers[j]
            cost[q] = _pull(revenue[q], target[q], pull, spread)
    return changes


@njit(inner=True)
def _find_pull(pairs, state, caps, place, profit, cost, target, pull, spread, least):
    """Return a place's best change, worth more than `least`: its pair, another place and its."""
    # Locals, because reading an array of a tuple counts references.
    start, streamers, ev, whale_flags = pairs.start, pairs.streamers, pairs.ev, pairs.is_whale
    pair, following, b = state.pair, state.following, pairs.per_user
    whales, users, revenue = state.whales, state.users, state.revenue
    whale_cap, capacity = caps.whale_cap, caps.capacity
    user = place // b
    is_whale, mine = whale_flags[user], pair[place]
    home, value, own, leaving, may_leave = NONE, 0.0, 0.0, 0.0, True
    if mine != NONE:
        home, value, own = streamers[mine], ev[mine], profit[mine]
        leaving = _pull(revenue[home] - value, target[home], pull, spread) - cost[home]
        may_leave = users[home] > caps.min_users[home]
    most, best, other, others_pair = least, NONE, NONE, NONE
    for i in range(start[user], start[user + 1]):
        t = streamers[i]
        if t == home or (b > 1 and _has(pairs, state, user, t, place)):
            continue
        gain, more = profit[i] - own, ev[i]
        if may_leave and users[t] < capacity[t] and (not is_whale or whales[t] < whale_cap[t]):
            worth = gain - leaving
            worth -= _pull(revenue[t] + more, target[t], pull, spread) - cost[t]
            if worth > most:
                most, best, other, others_pair = worth, i, NONE, NONE
        rival, tried = state.first[t], 0
        while rival != NONE and tried < MOST_RIVALS:
            tried += 1
            theirs, kind = pair[rival], whale_flags[rival // b]
            if rival // b != user and (kind or not is_whale or whales[t] < whale_cap[t]):
                at_t = _pull(revenue[t] + more - ev[theirs], target[t], pull, spread)
                here = gain - profit[theirs] - (at_t - cost[t])
                for j in range(start[rival // b], start[rival // b + 1]):
                    q = streamers[j]
                    if j == theirs or (b > 1 and _has(pairs, state, rival // b, q, rival)):
                        continue
                    fits = not kind or whales[q] < whale_cap[q]
                    if q == home and (fits or is_whale):
                        after = revenue[home] - value + ev[j]
                        worth = here + profit[j] + cost[home]
                        worth -= _pull(after, target[home], pull, spread)
                    elif q != home and may_leave and users[q] < capacity[q] and fits:
                        at_q = _pull(revenue[q] + ev[j], target[q], pull, spread)
                        worth = here + profit[j] - leaving - (at_q - cost[q])
                    else:
                        continue
                    if worth > most:
                        most, best, other, others_pair = worth, i, rival, j
            rival = following[rival]
    return best, other, others_pair


@njit(inner=True)
def _apply(pairs, state, place, i, other, j):
    """Give a place one pair, and another place, unless it is NONE, another pair."""
    _leave(pairs, state, place)
    if other != NONE:
        _leave(pairs, state, other)
        _enter(pairs, state, other, j)
    _enter(pairs, state, place, i)


@njit(inner=True)
def _sum_distances(value, ordered, sums):
    """Return Σ |value - ordered|, given values in order and their running sums."""
    size = len(ordered)
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < value:
            low = middle + 1
        else:
            high = middle
    return value * (2 * low - size) + sums[size] - 2.0 * sums[low]


@njit(inner=True)
def _change_distances(old, new, old_other, new_other, ordered, sums):
    """Return how much Σ_{i<j} |R_i - R_j| changes with one or two of the values.

    A second value that does not change is given as twice the same.
    """
    change = _sum_distances(new, ordered, sums) - _sum_distances(old, ordered, sums)
    change -= abs(new - old)
    if old_other == new_other:
        return change
    change += _sum_distances(new_other, ordered, sums) - _sum_distances(old_other, ordered, sums)
    change -= abs(new_other - old_other)
    change += abs(new - new_other) - abs(new - old_other)
    change += abs(old - old_other) - abs(new_other - old)
    return change


@njit(inner=True)
def _term(value, scale, exponent):
    """Return what a revenue adds to the sum behind a power mean."""
    ratio = max(value / scale, 1e-12)
    return np.log(ratio) if exponent == 0.0 else ratio**exponent


@njit(inner=True)
def _mean_of_terms(total, size, scale, exponent):
    """Return S times the power mean, given the sum of its terms."""
    if exponent == 0.0:
        return size * scale * np.exp(total / size)
    return size * scale * (total / size) ** (1.0 / exponent)


@njit(inner=True)
def _sort_revenue(revenue, shape, is_alpha, parameter):
    """Write the shape of the welfare at revenues; return the sum of its terms, and their scale.

    Only the α-fair welfare has terms, and it needs neither the order nor the running sums.
    """
    ordered, sums, slope = shape
    size, total = len(revenue), 0.0
    scale = max(np.sum(revenue) / size, 1e-300)
    if is_alpha:
        exponent = 1.0 - parameter
        if abs(exponent) < 1e-12:
            exponent = 0.0
        for s in range(size):
            total += _term(revenue[s], scale, exponent)
        mean = _mean_of_terms(total, size, scale, exponent) / size
        for s in range(size):
            slope[s] = (max(revenue[s], 1e-12 * scale) / mean) ** (-parameter)
        return total, scale
    order = np.argsort(revenue)
    sums[0] = 0.0
    for i in range(size):
        s = order[i]
        ordered[i] = revenue[s]
        sums[i + 1] = sums[i] + revenue[s]
        slope[s] = 1.0 - parameter * (2.0 * (i + 1) - size - 1.0) / size
    return total, scale


@njit(inner=True)
def _penalty_of(penalty, number):
    """Return the penalty of whale number 1, 2, … at a streamer."""
    if len(penalty) == 0:
        return 0.0
    return penalty[min(number, len(penalty)) - 1]


class Shape(NamedTuple):
    """A welfare at present revenues, from which its changes are computed.

    Parameters
    ----------
    ordered, sums : (S,) and (S + 1,) float64
        Revenues in order, and their running sums.
    slope : (S,) float64
        A supergradient: no change adds more than it says.
    """

    ordered: NDArray[np.float64]
    sums: NDArray[np.float64]
    slope: NDArray[np.float64]


@njit(cache=True)
def exchange(pairs, state, caps, order, is_alpha, parameter, least_total):
    """Make, for each place in order, the move or exchange that adds most to the welfare.

    Changes that would bring the total revenue below `least_total` are not made. Returns the number
    of changes.
    """
    revenue, size = state.revenue, len(state.revenue)
    shape = Shape(np.empty(size), np.empty(size + 1), np.empty(size))
    exponent = 1.0 - parameter
    if abs(exponent) < 1e-12:
        exponent = 0.0
    terms, scale = _sort_revenue(revenue, shape, is_alpha, parameter)
    total, changes = np.sum(revenue), 0
    least = 1e-12 * total / size + 1e-300
    for place in order:
        numbers = terms, scale, is_alpha, parameter, exponent
        i, other, j = _find_exchange(
            pairs, state, caps, place, shape, numbers, least_total - total, least
        )
        if i != NONE:
            changes += 1
            _apply(pairs, state, place, i, other, j)
            terms, scale = _sort_revenue(revenue, shape, is_alpha, parameter)
            total = np.sum(revenue)
    return changes


@njit(inner=True)
def _find_exchange(pairs, state, caps, place, shape, numbers, least_more, least):
    """Return a place's best change, worth more than `least`: its pair, another place and its.

    The total revenue changes by at least `least_more`.
    """
    start, streamers, ev, whale_flags = pairs.start, pairs.streamers, pairs.ev, pairs.is_whale
    pair, whales, revenue, b = state.pair, state.whales, state.revenue, pairs.per_user
    whale_cap, penalty = caps.whale_cap, caps.penalty
    ordered, sums, slope = shape
    user = place // b
    is_whale, mine = whale_flags[user], pair[place]
    home, value, lost, may_leave, back = NONE, 0.0, 0.0, True, 0.0
    if mine != NONE:
        home, value = streamers[mine], ev[mine]
        lost = slope[home] * value
        may_leave = state.users[home] > caps.min_users[home]
        back = _penalty_of(penalty, whales[home]) if is_whale else 0.0
    most, best, other, others_pair = least, NONE, NONE, NONE
    for i in range(start[user], start[user + 1]):
        t, more = streamers[i], ev[i]
        if t == home or (b > 1 and _has(pairs, state, user, t, place)):
            continue
        fits = not is_whale or whales[t] < whale_cap[t]
        if may_leave and fits and state.users[t] < caps.capacity[t]:
            paid = _penalty_of(penalty, whales[t] + 1) - back if is_whale else 0.0
            if slope[t] * more - lost - paid > most and more - value >= least_more:
                worth = _change_welfare(revenue, home, -value, t, more, ordered, sums, numbers)
                if worth - paid > most:
                    most, best, other, others_pair = worth - paid, i, NONE, NONE
        rival, tried = NONE if home == NONE else state.first[t], 0
        while rival != NONE and tried < MOST_RIVALS:
            tried += 1
            kind, at_t = whale_flags[rival // b], more - ev[pair[rival]]
            fits = kind == is_whale or (
                whales[t] < whale_cap[t] if is_whale else whales[home] < whale_cap[home]
            )
            j = NONE
            if fits and rival // b != user:
                j = _find_pair(start, streamers, rival // b, home)
            if j != NONE and not (b > 1 and _has(pairs, state, rival // b, home, rival)):
                paid, at_home = 0.0, ev[j] - value
                if kind != is_whale and is_whale:
                    paid = _penalty_of(penalty, whales[t] + 1) - back
                elif kind != is_whale:
                    paid = _penalty_of(penalty, whales[home] + 1) - _penalty_of(penalty, whales[t])
                ahead = slope[t] * at_t + slope[home] * at_home - paid
                if ahead > most and at_t + at_home >= least_more:
                    worth = _change_welfare(revenue, home, at_home, t, at_t, ordered, sums, numbers)
                    if worth - paid > most:
                        most, best, other, others_pair = worth - paid, i, rival, j
            rival = state.following[rival]
    return best, other, others_pair


@njit(inner=True)
def _find_pair(start, streamers, user, s):
    """Return a user's pair with a streamer, NONE if it is not listed."""
    for i in range(start[user], start[user + 1]):
        if streamers[i] == s:
            return i
    return NONE


@njit(inner=True)
def _change_welfare(revenue, s, more, t, more_other, ordered, sums, numbers):
    """Return how much the welfare changes if two streamers' revenues change; s may be NONE."""
    terms, scale, is_alpha, parameter, exponent = numbers
    size = len(revenue)
    new_other = revenue[t] + more_other
    if is_alpha:
        after = terms + _term(new_other, scale, exponent) - _term(revenue[t], scale, exponent)
        if s != NONE:
            after += _term(revenue[s] + more, scale, exponent) - _term(revenue[s], scale, exponent)
        return _mean_of_terms(after, size, scale, exponent) - _mean_of_terms(
            terms, size, scale, exponent
        )
    if s == NONE:
        change = _change_distances(revenue[t], new_other, 0.0, 0.0, ordered, sums)
        return more_other - parameter / size * change
    change = _change_distances(revenue[t], new_other, revenue[s], revenue[s] + more, ordered, sums)
    return more + more_other - parameter / size * change
