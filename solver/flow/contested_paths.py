"""Exact repair of an allocation and its prices, by shortest paths over streamers."""

from __future__ import annotations

import numpy as np

from ..kernels import NONE, copy_into, njit

WORK_EXTENSION = 8
"""How many times its work limit a repair may take where it is on course to end within that."""


@njit(inner=True)
def _heap_push(key, node, size, k, v):
    i = size
    while i > 0 and key[(i - 1) // 2] > k:
        key[i], node[i] = key[(i - 1) // 2], node[(i - 1) // 2]
        i = (i - 1) // 2
    key[i], node[i] = k, v
    return size + 1


@njit(inner=True)
def _heap_pop(key, node, size):
    size -= 1
    k, v = key[size], node[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and key[child + 1] < key[child]:
            child += 1
        if key[child] >= k:
            break
        key[i], node[i] = key[child], node[child]
        i = child
    key[i], node[i] = k, v
    return size


@njit(inner=True)
def _leave(i, home, first, after, before):
    """Take contested user i off the member list of its home."""
    if before[i] == NONE:
        first[home[i]] = after[i]
    else:
        after[before[i]] = after[i]
    if after[i] != NONE:
        before[after[i]] = before[i]


@njit(inner=True)
def _enter(i, s, value, home, home_ev, first, after, before):
    """Put contested user i on the member list of streamer s."""
    home[i], home_ev[i] = s, value
    after[i], before[i] = first[s], NONE
    if first[s] != NONE:
        before[first[s]] = i
    first[s] = i


@njit(inner=True)
def _keep_best_assigned(
    arc_start,
    arc_streamer,
    arc_ev,
    user,
    assignment,
    price,
    slack_allowed,
    home,
    home_ev,
    first,
    after,
    before,
):
    """Seat every contested user whose place is among its best; return how many are not seated."""
    outside = len(price) - 1
    unassigned = 0
    for i in range(len(home)):
        best, own, own_ev = -price[outside], NONE, 0.0
        for a in range(arc_start[i], arc_start[i + 1]):
            profit = arc_ev[a] - price[arc_streamer[a]]
            best = max(best, profit)
            if arc_streamer[a] == assignment[user[i]]:
                own, own_ev = arc_streamer[a], arc_ev[a]
        if own == NONE and assignment[user[i]] == NONE:
            own = outside
        home[i] = NONE
        if own != NONE and best - (own_ev - price[own]) <= slack_allowed:
            _enter(i, own, own_ev, home, home_ev, first, after, before)
        else:
            unassigned += 1
    return unassigned


@njit(cache=True)
def successive_shortest_paths(  # noqa: C901
    arc_start,
    arc_streamer,
    arc_ev,
    user,
    assignment,
    cap,
    price,
    slack_allowed,
    work_limit,
):
    """Make an allocation and its prices exactly optimal on the contested arcs.

    Minimum-cost flow by successive shortest paths, warm-started (R. K. Ahuja, T. L. Magnanti,
    J. B. Orlin, "Network Flows", 1993, ch. 9): users who are not at their best streamer become
    excesses, empty slots that bear a price become deficits, and each excess is sent to the
    nearest deficit in the residual graph over streamers. Staying out is one streamer more,
    position S, of EV 0 and without a cap; an empty slot without a price is linked to it.

    Parameters
    ----------
    arc_start : (n + 1,) int64, arc_streamer : int32, arc_ev : float64, user : (n,) int64
        Contested users and their choices.
    assignment : (N,) int64, price : (S,) float64
        Read and written: all users' streamers, prices.
    slack_allowed : float
        A user counts as seated this near to its best: rounding noise, currency units.
    work_limit : int
        Choices looked at before giving up, unless WORK_EXTENSION times as many will see it through.

    Returns
    -------
    (int, int)
        Users and slots augmented, NONE where the work limit was reached (`assignment` and `price`
        are then unchanged); choices looked at.
    """
    n, n_streamers = len(user), len(cap)
    outside = n_streamers
    potential = np.zeros(n_streamers + 1)
    copy_into(potential, price)
    home, home_ev = np.empty(n, np.int64), np.empty(n)
    first = np.full(n_streamers + 1, NONE, np.int64)
    after, before = np.empty(n, np.int64), np.empty(n, np.int64)
    load = np.zeros(n_streamers + 1, np.int64)
    for u in range(len(assignment)):
        if assignment[u] != NONE:
            load[assignment[u]] += 1
    for i in range(n):
        if assignment[user[i]] != NONE:
            load[assignment[user[i]]] -= 1
    unassigned = _keep_best_assigned(
        arc_start, arc_streamer, arc_ev, user, assignment, potential, slack_allowed,
        home, home_ev, first, after, before,
    )  # fmt: skip
    for i in range(n):
        if home[i] != NONE:
            load[home[i]] += 1
    room, deficit = np.zeros(n_streamers + 1, np.int64), np.zeros(n_streamers + 1, np.int64)
    missing = 0
    for s in range(n_streamers):
        empty = cap[s] - load[s]
        if price[s] > 0.0:
            deficit[s] = empty
            missing += empty
        else:
            room[s] = empty
    n_deficient = max(unassigned, missing)
    deficit[outside] = unassigned - missing  # what leaves the network outside; negative: a source

    distance = np.empty(n_streamers + 1)
    seen = np.zeros(n_streamers + 1, np.int64)  # stamps: 2·round = reached, 2·round + 1 = settled
    via_user, via_node = np.empty(n_streamers + 1, np.int64), np.empty(n_streamers + 1, np.int64)
    settled = np.empty(n_streamers + 1, np.int64)
    size = np.int64(0)
    heap_room = 4 * (n_streamers + 1) + 1024
    key, node = np.empty(heap_room), np.empty(heap_room, np.int64)

    work, stamp, n_augmented = 0, 0, 0
    next_user = 0
    while True:
        while next_user < n and home[next_user] != NONE:
            next_user += 1
        source = next_user
        if source == n and deficit[outside] >= 0:
            break
        stamp += 2
        n_augmented += 1
        size, n_settled = np.int64(0), 0
        nearest = np.inf
        # The source's own choices, or the outside as a source.
        if source < n:
            base = -potential[outside]
            for a in range(arc_start[source], arc_start[source + 1]):
                base = max(base, arc_ev[a] - potential[arc_streamer[a]])
        else:
            distance[outside], seen[outside] = 0.0, stamp
            via_user[outside], via_node[outside] = NONE, NONE
            size = _heap_push(key, node, size, 0.0, outside)
            base = 0.0
        here = 0.0
        member = source if source < n else NONE
        x = NONE
        goal = NONE
        while True:
            # Relax the choices of `member` and of those after it on x's list.
            while member != NONE and member < n:
                if x != NONE:
                    base = home_ev[member] - potential[x]
                low, high = arc_start[member], arc_start[member + 1]
                work += high - low + 1
                for a in range(low, high + 1):
                    if a < high:
                        t, value = arc_streamer[a], arc_ev[a]
                    else:
                        t, value = outside, 0.0
                    if t == x:
                        continue
                    reached = here + max(0.0, base - (value - potential[t]))
                    if reached >= nearest or (seen[t] >= stamp and distance[t] <= reached):
                        continue
                    if deficit[t] > 0:
                        nearest = reached
                    distance[t], seen[t] = reached, stamp
                    via_user[t], via_node[t] = member, x
                    if size + 1 >= heap_room:
                        heap_room *= 2
                        grown_key, grown_node = np.empty(heap_room), np.empty(heap_room, np.int64)
                        copy_into(grown_key, key[:size])
                        copy_into(grown_node, node[:size])
                        key, node = grown_key, grown_node
                    size = _heap_push(key, node, size, reached, t)
                member = NONE if x == NONE else after[member]
            # Settle the nearest streamer.
            x = NONE
            while size > 0:
                here, t = key[0], node[0]
                size = _heap_pop(key, node, size)
                if seen[t] == stamp and distance[t] == here:
                    x = t
                    break
            if x == NONE:
                break
            seen[x] = stamp + 1
            settled[n_settled] = x
            n_settled += 1
            if deficit[x] > 0:
                goal = x
                break
            if x < n_streamers:
                # A streamer where nobody is may have come to pay its users: leaving it then costs.
                reached = here + max(0.0, potential[outside] - potential[x])
                if (
                    room[x] > 0
                    and not (seen[outside] >= stamp and distance[outside] <= reached)
                    and reached < nearest
                ):
                    distance[outside], seen[outside] = reached, stamp
                    via_user[outside], via_node[outside] = NONE, x
                    if deficit[outside] > 0:
                        nearest = reached
                    size = _heap_push(key, node, size, reached, outside)
            else:
                work += n_streamers
                for t in range(n_streamers):
                    if load[t] + deficit[t] == 0:
                        continue
                    reached = here + max(0.0, potential[t] - potential[outside])
                    if reached >= nearest or (seen[t] >= stamp and distance[t] <= reached):
                        continue
                    if deficit[t] > 0:
                        nearest = reached
                    distance[t], seen[t] = reached, stamp
                    via_user[t], via_node[t] = NONE, outside
                    if size + 1 >= heap_room:
                        heap_room *= 2
                        grown_key, grown_node = np.empty(heap_room), np.empty(heap_room, np.int64)
                        copy_into(grown_key, key[:size])
                        copy_into(grown_node, node[:size])
                        key, node = grown_key, grown_node
                    size = _heap_push(key, node, size, reached, t)
            member = first[x]
        if goal == NONE or (
            work > work_limit and work * n_deficient > WORK_EXTENSION * work_limit * n_augmented
        ):
            return NONE, work
        for j in range(n_settled):
            t = settled[j]
            potential[t] += here - distance[t]
        # Move everybody one step along the path, from its end.
        deficit[goal] -= 1
        x = goal
        while True:
            i, y = via_user[x], via_node[x]
            if i == NONE and y == NONE:  # the outside was the source
                deficit[outside] += 1
                break
            if i == NONE:
                if x == outside:
                    room[y] -= 1
                else:
                    room[x] += 1
                x = y
                continue
            if y != NONE:
                _leave(i, home, first, after, before)
                load[y] -= 1
            value = 0.0
            for a in range(arc_start[i], arc_start[i + 1]):
                if arc_streamer[a] == x:
                    value = arc_ev[a]
            _enter(i, x, value, home, home_ev, first, after, before)
            load[x] += 1
            if y == NONE:
                break
            x = y

    for s in range(n_streamers):
        price[s] = max(0.0, potential[s] - potential[outside])
    for i in range(n):
        assignment[user[i]] = NONE if home[i] == outside else home[i]
    return n_augmented, work


@njit(cache=True)
def augment_ties(  # noqa: C901
    arc_start,
    arc_streamer,
    arc_ev,
    user,
    assignment,
    cap,
    price,
    tie,
):
    """Place users who were left out where that costs nothing: among optima, more users placed.

    Augmenting paths over choices of slack ≤ tie (currency units), from a user left out to a
    streamer with room (L. R. Ford and D. R. Fulkerson, 1956). Streamers that lead nowhere are
    not visited again. Returns how many more users are placed.
    """
    n_streamers, n = len(cap), len(user)
    load = np.zeros(n_streamers, np.int64)
    for u in range(len(assignment)):
        if assignment[u] != NONE:
            load[assignment[u]] += 1
    first = np.full(n_streamers, NONE, np.int64)
    after, before = np.empty(n, np.int64), np.empty(n, np.int64)
    home, home_ev = np.full(n, NONE, np.int64), np.zeros(n)
    for i in range(n):
        if assignment[user[i]] != NONE:
            for a in range(arc_start[i], arc_start[i + 1]):
                if arc_streamer[a] == assignment[user[i]]:
                    _enter(i, assignment[user[i]], arc_ev[a], home, home_ev, first, after, before)
    via_user, via_node = np.empty(n_streamers, np.int64), np.empty(n_streamers, np.int64)
    dead = np.zeros(n_streamers, np.bool_)
    reached = np.empty(n_streamers, np.int64)
    placed = 0
    for source in range(n):
        if assignment[user[source]] != NONE:
            continue
        tail, goal, i, x, at_tail = 0, NONE, source, NONE, 0
        while goal == NONE:
            while i != NONE and goal == NONE:
                base = 0.0 if x == NONE else home_ev[i] - price[x]
                for a in range(arc_start[i], arc_start[i + 1]):
                    t = arc_streamer[a]
                    if not dead[t] and base - (arc_ev[a] - price[t]) <= tie and cap[t] > 0:
                        dead[t] = True
                        via_user[t], via_node[t] = i, x
                        reached[tail] = t
                        tail += 1
                        if load[t] < cap[t]:
                            goal = t
                            break
                i = NONE if x == NONE else after[i]
            if goal != NONE or at_tail == tail:
                break
            x = reached[at_tail]
            at_tail += 1
            i = first[x]
        if goal == NONE:
            continue  # what this search reached leads nowhere, and stays marked
        for j in range(tail):
            dead[reached[j]] = False
        load[goal] += 1
        placed += 1
        x = goal
        while x != NONE:
            i, y = via_user[x], via_node[x]
            value = 0.0
            for a in range(arc_start[i], arc_start[i + 1]):
                if arc_streamer[a] == x:
                    value = arc_ev[a]
            if y != NONE:
                _leave(i, home, first, after, before)
            _enter(i, x, value, home, home_ev, first, after, before)
            assignment[user[i]] = x
            x = y
    return placed
