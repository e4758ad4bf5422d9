"""Kernels of the auctions, in which users bid for slots."""

from __future__ import annotations

import numpy as np

from ..kernels import NONE, CandidateRows, Variants, heap_pop, heap_push, heap_replace, njit
from .schedule import BUDGET_EXTENSION, EPSILON_GROWTH
from .shortlists import LANES, THRESHOLD_LANES, ListedRows, build_row_list


@njit(inner=True)
def find_best_two(listed, listed_ev, count, price):
    """Return the best streamer on a list, its profit, and the second best profit (0 = stay out)."""
    best, first, second = NONE, -1.0, 0.0
    for i in range(count):
        profit = listed_ev[i] - price[listed[i]]
        if profit > second:
            if profit > first:
                second = max(first, 0.0)
                first, best = profit, listed[i]
            else:
                second = profit
        elif profit >= 0.0 and best == NONE:
            first, best = profit, listed[i]
    return best, first, second


@njit(inner=True)
def _choose_candidate(choices, user, price, scratch):  # noqa: ARG001 - for `_choose_listed`
    low, high = choices.row_start[user], choices.row_start[user + 1]
    return find_best_two(choices.streamers[low:high], choices.ev[low:high], high - low, price)


@njit(inner=True)
def _choose_listed(choices, user, price, scratch):
    """Choose from the short list, and rebuild that where it no longer decides."""
    wide, narrow, listed, listed_ev, count, bound = choices
    profit, lanes, most = scratch
    while True:
        length = np.int64(count[user])
        best, first, second = find_best_two(listed[user], listed_ev[user], length, price)
        if bound[user] <= second:
            return best, first, second
        if bound[user] <= first:
            return best, first, bound[user]  # a smaller bid than could be, yet a valid one
        count[user], bound[user] = build_row_list(
            wide, narrow, user, price, listed[user], listed_ev[user], profit, lanes, most
        )  # fmt: skip


choose_streamer = Variants({ListedRows: _choose_listed, CandidateRows: _choose_candidate})
"""Return a user's best streamer at the prices, its profit, and the second best profit.

Parameters
----------
choices : ListedRows or CandidateRows
user : int
price : (S,) float64
scratch
    From `allocate_scratch`.
"""


@njit(inner=True)
def allocate_scratch(n_streamers):
    """Return scratch arrays in which `choose_streamer` rebuilds short lists."""
    return np.empty(n_streamers), np.empty(LANES), np.empty(THRESHOLD_LANES)


@njit(inner=True)
def _queue_unassigned(assignment):
    """Return a ring buffer of the unassigned users, with room for all users, and their number."""
    queue, waiting = np.empty(len(assignment), np.int64), 0
    for u in range(len(assignment)):
        if assignment[u] == NONE:
            queue[waiting] = u
            waiting += 1
    return queue, waiting


@njit(inner=True)
def _pop_user(queue, head, waiting):
    """Return the first user of a ring buffer, the new head and the new number of users in it."""
    return queue[head], head + 1 if head + 1 < len(queue) else 0, waiting - 1


@njit(inner=True)
def _push_user(queue, head, waiting, user):
    """Append a user to a ring buffer; return the new number of users in it."""
    tail = head + waiting
    queue[tail - len(queue) if tail >= len(queue) else tail] = user
    return waiting + 1


@njit(inner=True)
def _raise_epsilon(epsilon, bids, tied, limit, budget, n_users):
    """Return ε and the limit of bids, after that was exceeded.

    The limit is extended once, unless most bids only added ε to a price, as in a price war. After
    that, ε grows every N bids.
    """
    if limit == budget and 2 * tied < bids:
        return epsilon, limit * BUDGET_EXTENSION
    return epsilon * EPSILON_GROWTH, limit + n_users


@njit(cache=True, nogil=True)
def auction_single_tier(
    choices, cap, price, epsilon, budget, assignment, load, heap_start, bid, bidder
):
    """Auction the slots: each user bids for its best streamer until no user is left to bid.

    D. P. Bertsekas and D. A. Castañón, "The auction algorithm for the transportation problem",
    Annals of Operations Research 20 (1989). A bid makes the best streamer ε worse than the second
    best. A full streamer evicts its lowest bid, and its price is its lowest accepted bid. Once the
    budget of bids is exceeded, ε grows so that price wars end (`_raise_epsilon`). Every user is
    then within the final ε of its best choice.

    Parameters
    ----------
    choices
        See `choose_streamer`.
    epsilon : float
        Least increment of a bid over the price, currency units.
    heap_start : (S + 1,) int64, bid : (…,) float64, bidder : (…,) int32
        A min-heap of accepted bids per streamer.
    assignment, load, price
        Written. Unassigned users bid. The other users and the heaps are the result of an earlier
        auction; without one, `load` is 0.

    Returns
    -------
    float
        Final ε.
    """
    n_users = len(assignment)
    scratch = allocate_scratch(len(price))
    queue, waiting = _queue_unassigned(assignment)
    head, bids, tied, limit = 0, 0, 0, budget
    while waiting > 0:
        u, head, waiting = _pop_user(queue, head, waiting)
        bids += 1
        if bids > limit:
            epsilon, limit = _raise_epsilon(epsilon, bids, tied, limit, budget, n_users)
        best, first, second = choose_streamer(choices, u, price, scratch)
        tied += first - second < epsilon
        if best == NONE:
            continue
        offer = price[best] + (first - second) + epsilon
        assignment[u] = best
        start = heap_start[best]
        if load[best] < cap[best]:
            heap_push(bid[start:], bidder[start:], load[best], offer, u)
            load[best] += 1
            if load[best] == cap[best]:
                price[best] = bid[start]
            continue
        evicted = bidder[start]
        assignment[evicted] = NONE
        heap_replace(bid[start:], bidder[start:], cap[best], offer, u)
        price[best] = bid[start]
        waiting = _push_user(queue, head, waiting, evicted)
    return epsilon


@njit(cache=True)
def withdraw_slots(cap, price, assignment, load, heap_start, bid, bidder):
    """Evict the lowest bids where a streamer has more users than `cap`, (S,) int64, at least 1.

    The other users stay within ε of their best choice, so the auction can continue from here.
    Other parameters as in `auction_single_tier`.
    """
    for s in range(len(cap)):
        start = heap_start[s]
        while load[s] > cap[s]:
            assignment[bidder[start]] = NONE
            heap_pop(bid[start:], bidder[start:], load[s])
            load[s] -= 1
        if load[s] == cap[s]:
            price[s] = max(price[s], bid[start])


@njit(inner=True)
def _tier_to_evict(tier, load, whale_cap, cap, bid, whales_at, normals_at):
    """Return the tier whose lowest bid is evicted for a user of `tier`, NONE if there is room.

    `load` is (2,) int64. The lowest bid of a tier is the first of its heap, if its load is not 0.
    """
    if tier == 0 and load[0] == whale_cap:
        return 0
    if load[0] + load[1] < cap:
        return NONE
    if load[1] == 0 or (load[0] > 0 and bid[whales_at] <= bid[normals_at]):
        return 0
    return 1


@njit(cache=True)
def auction_two_tier(
    choices,
    is_whale,
    whale_cap,
    cap,
    price,
    epsilon,
    budget,
    assignment,
    load,
    heap_start,
    bid,
    bidder,
):
    """Auction the slots as `auction_single_tier`, for whales and normal users at once.

    The sets of users that fit at a streamer, at most whale_cap[s] whales and cap[s] users in all,
    form a laminar matroid. A new user evicts the lowest bid whose removal makes room: the lowest
    bid of a whale if the whale cap is full, else the lowest bid of all. A whale pays the larger
    of the two prices.

    Parameters
    ----------
    is_whale : (N,) bool; whale_cap, cap : (S,) int64, whale_cap ≤ cap
    price : (2, S) float64
        What whales (row 0) and normal users (row 1) pay; infinite where a tier has no slot.
    load : (2, S) int64
        Whales and normal users at each streamer, 0 at the start.
    heap_start : (2, S) int64
        Where the heaps of whales' and normal users' bids begin in `bid`, `bidder`.
    """
    n_users = len(assignment)
    scratch = allocate_scratch(len(cap))
    queue, waiting = _queue_unassigned(assignment)
    head, bids, tied, limit = 0, 0, 0, budget
    while waiting > 0:
        u, head, waiting = _pop_user(queue, head, waiting)
        bids += 1
        if bids > limit:
            epsilon, limit = _raise_epsilon(epsilon, bids, tied, limit, budget, n_users)
        tier = 0 if is_whale[u] else 1
        s, first, second = choose_streamer(choices, u, price[tier], scratch)
        tied += first - second < epsilon
        if s == NONE:
            continue
        offer = price[tier, s] + (first - second) + epsilon
        whales_at, normals_at = heap_start[0, s], heap_start[1, s]
        out = _tier_to_evict(tier, load[:, s], whale_cap[s], cap[s], bid, whales_at, normals_at)
        if out != NONE:
            start = heap_start[out, s]
            evicted = bidder[start]
            assignment[evicted] = NONE
            heap_pop(bid[start:], bidder[start:], load[out, s])
            load[out, s] -= 1
            waiting = _push_user(queue, head, waiting, evicted)
        start = heap_start[tier, s]
        heap_push(bid[start:], bidder[start:], load[tier, s], offer, u)
        load[tier, s] += 1
        assignment[u] = s
        lowest_whale = bid[whales_at] if load[0, s] > 0 else np.inf
        lowest_normal = bid[normals_at] if load[1, s] > 0 else np.inf
        if load[0, s] + load[1, s] == cap[s]:
            price[1, s] = max(price[1, s], min(lowest_whale, lowest_normal))
            price[0, s] = max(price[0, s], price[1, s])
        if load[0, s] == whale_cap[s] and whale_cap[s] > 0:
            price[0, s] = max(price[0, s], lowest_whale)
    return epsilon
