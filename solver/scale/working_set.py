"""The working set of column generation: a few candidates per user, if not all fit into memory.

All candidates are read in blocks of consecutive users; those that are best at the present prices
stay. The functions are pure, so blocks may be processed anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from messages import Message

from ..duality import (
    Certificate,
    Charges,
    GapTerms,
    ShadowPrices,
    find_overload,
    limit_terms,
    row_terms,
)
from ..kernels import NONE, fill_in_order, get_row, insert_top_value, njit
from ..model import Candidates, Limits

MIN_WIDTH = 3
"""Least number of candidates per user in a working set."""

_GOLDEN = 2654435769
"""2^32 over the golden ratio: multiples of it spread evenly (D. E. Knuth, TAOCP 3, 6.4)."""


class BlockValue(NamedTuple):
    """A block's part of the values of an allocation and of prices.

    Parameters
    ----------
    found : GapTerms
        Values of the users' assignments, and their gains elsewhere at the prices.
    ev : (n,) float64
        EV of each user's pair: 0 without one, -inf if it is forbidden.
    """

    found: GapTerms
    ev: NDArray[np.float64]


def evaluate_block(
    pairs: Candidates,
    users: NDArray[np.bool_],
    charges: Charges,
    assignment: NDArray[np.int64],
) -> BlockValue:
    """Evaluate the dual and the primal on a block.

    Parameters
    ----------
    pairs : Candidates
        Of the block's users, 0 … n-1.
    users : (n,) bool
        Users to include.
    charges : Charges
        Infinite at closed streamers.
    assignment : (n,) int64
        Streamer of each user, -1 for none.

    Returns
    -------
    BlockValue
    """
    ev = np.zeros(len(users))
    assigned = np.flatnonzero(users & (assignment != NONE))
    ev[assigned] = pairs.ev_at(assigned, assignment[assigned])
    found = row_terms(
        pairs.rows,
        np.flatnonzero(users),
        assignment.reshape(-1, 1),
        tuple(charges),
        np.zeros(pairs.shape[1], dtype=np.bool_),
    )
    return BlockValue(GapTerms(*found), ev)


def keep_best_pairs(
    pairs: Candidates,
    users: NDArray[np.bool_],
    price: NDArray[np.float64],
    assignment: NDArray[np.int64],
    width: int,
) -> Candidates:
    """Return each user's best pairs at given prices, and its own pair.

    Parameters
    ----------
    pairs, users, price, assignment : as in `evaluate_block`
    width : int
        Largest number of pairs of a user, ≥ 1, in addition to its own.

    Returns
    -------
    Candidates
        Without pairs for users outside the mask.
    """
    most = np.minimum(np.diff(pairs.row_start), width + 1)
    room = int(most[users].sum())
    width = min(width, int(most.max(initial=1)))  # the size of scratch arrays
    row_start = np.zeros(len(users) + 1, dtype=np.int64)
    streamers, ev = np.empty(room, dtype=np.int32), np.empty(room, dtype=pairs.ev.dtype)
    n = _keep_best(pairs.rows, users, price, assignment, width, row_start, streamers, ev)
    return Candidates.from_csr(row_start, streamers[:n], ev[:n], pairs.shape)


def fill_block(
    pairs: Candidates,
    users: NDArray[np.int64],
    room: NDArray[np.int64],
    assignment: NDArray[np.int64],
) -> None:
    """Place users in order, each at its best streamer with room, if its EV is 0 or more.

    Parameters
    ----------
    pairs : Candidates
        Of the block's users, 0 … n-1.
    users : (m,) int64
        Users to place.
    room : (S,) int64
        Empty slots; written.
    assignment : (n,) int64
        Streamer of each user, -1 for none; written.
    """
    fill_in_order(pairs.rows, users, room, assignment.reshape(-1, 1))


def sample_mask(first: int, n_users: int, share: float) -> NDArray[np.bool_]:
    """Return which of the users from `first` on belong to a fixed sample, (n,) bool."""
    spread = (np.arange(first, first + n_users, dtype=np.uint64) * np.uint64(_GOLDEN)) & np.uint64(
        2**32 - 1
    )
    return spread < share * 2**32


def sample_caps(cap: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """Return caps, (S,) int64, for a share of the users; their sum is off by less than 1."""
    total = np.floor(np.cumsum(cap.astype(np.float64)) * share)
    return np.diff(total, prepend=0.0).astype(np.int64)


def concatenate(blocks: Sequence[Candidates]) -> Candidates:
    """Return the candidates of blocks of consecutive users."""
    n_users = sum(each.shape[0] for each in blocks)
    row_start = np.zeros(n_users + 1, dtype=np.int64)
    user, pairs = 0, 0
    for each in blocks:
        row_start[user : user + each.shape[0] + 1] = each.row_start + pairs
        user, pairs = user + each.shape[0], pairs + len(each)
    streamers = np.concatenate([each.streamers for each in blocks])
    ev = np.concatenate([each.ev for each in blocks])
    return Candidates.from_csr(row_start, streamers, ev, (n_users, blocks[0].shape[1]))


def certify_blocks(
    assignment: NDArray[np.int64],
    allowed: bool,
    found: GapTerms,
    prices: ShadowPrices,
    limits: Limits,
) -> Certificate:
    """Return the certificate of the whale tier, from the values of all blocks.

    Parameters
    ----------
    assignment : (N,) int64
        Streamers of the whales. Normal users are not assigned.
    allowed : bool
        Whether each assigned pair is a candidate.
    found : GapTerms
        Sum over the blocks of the whales' terms from `evaluate_block`.
    prices : ShadowPrices
    limits : Limits

    Returns
    -------
    Certificate
    """
    load = np.bincount(assignment[assignment != NONE], minlength=len(limits.capacity))
    return certify_loads(load, allowed, found, prices, limits)


def certify_loads(
    load: NDArray[np.int64],
    allowed: bool,
    found: GapTerms,
    prices: ShadowPrices,
    limits: Limits,
) -> Certificate:
    """Return the certificate as `certify_blocks`, given the whales at each streamer, (S,) int64."""
    cap = np.minimum(limits.whale_cap, limits.capacity)
    faults = [*find_overload(load, cap, "whales")]
    if not allowed:
        faults.append(Message("whale_at_no_candidate"))
    if faults:
        return Certificate.invalid("whale", tuple(faults), found.worth)
    return Certificate.from_terms("whale", found + limit_terms(limits, prices, load, load))


@njit(cache=True, nogil=True)
def _keep_best(rows, users, price, assignment, width, row_start, streamers, ev):
    """Write the best pairs in their original order; return their number."""
    n = 0
    best = np.empty(width)
    for u in range(len(users)):
        if users[u]:
            which, values = get_row(rows, u)
            least, n_least = _kth_best_profit(which, values, price, best)
            tied = _count_equal_profits(which, values, price, least) if n_least else 0
            turn = (u * _GOLDEN >> 16) % max(tied, 1)  # users with equal rows get different ones
            for i in range(len(which)):
                profit = values[i] - price[which[i]] if values[i] >= 0.0 else -np.inf
                among_best = profit > least
                if profit == least and n_least:
                    among_best = turn < n_least
                    turn = turn + 1 if turn + 1 < tied else 0
                if among_best or which[i] == assignment[u]:
                    streamers[n], ev[n] = which[i], values[i]
                    n += 1
        row_start[u + 1] = n
    return n


@njit(inner=True)
def _count_equal_profits(which, values, price, target):
    """Return how many pairs of a row have exactly a given profit."""
    count = 0
    for i in range(len(which)):
        count += values[i] >= 0.0 and values[i] - price[which[i]] == target
    return count


@njit(inner=True)
def _kth_best_profit(which, values, price, best):
    """Return the least of a row's len(best) greatest profits, and how many of these equal it.

    `best` is scratch. If fewer pairs are open, all of their profits are above the result.
    """
    if len(which) <= len(best):
        return -np.inf, 0
    best[:] = -np.inf
    for i in range(len(which)):
        profit = values[i] - price[which[i]]
        if values[i] >= 0.0:
            insert_top_value(profit, best)
    least = best[-1]
    return least, np.sum(best == least) if least > -np.inf else 0
