"""The pairs of the whole population that may matter, with their EVs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver import Candidates

from .population import World
from .shortlists import AMOUNT, COUNT, ODDS, STREAMER, Shortlists


class ListedPairs(NamedTuple):
    """The pairs on all users' short lists, and the terms of their EVs.

    Parameters
    ----------
    start : (N + 1,) int64
        The pairs of user u are ``start[u]`` up to ``start[u + 1]``.
    streamers : (E,) int32
        Rising for each user.
    amount, odds : (E,) float64
        See `simulator.world.expected_value.terms`.
    """

    start: NDArray[np.int64]
    streamers: NDArray[np.int32]
    amount: NDArray[np.float64]
    odds: NDArray[np.float64]

    @classmethod
    def of(cls, world: World) -> ListedPairs:
        """Return the pairs of a world, the same for all that differ in capacity only."""
        if "listed_pairs" not in world.cache:
            users, shortlists = np.arange(world.n_users), Shortlists.of(world)
            shortlists.prepare(world, users)
            lists = shortlists.lists[shortlists.row]
            count = lists[:, 0, COUNT].astype(np.int64)
            is_listed = np.arange(1, lists.shape[1]) <= count[:, None]
            entries = lists[:, 1:][is_listed]
            user, streamer = np.repeat(users, count), entries[:, STREAMER].astype(np.int32)
            order = np.lexsort((streamer, user))
            world.cache["listed_pairs"] = cls(
                np.concatenate([[0], np.cumsum(count)]),
                streamer[order],
                entries[order, AMOUNT],
                entries[order, ODDS],
            )
        pairs: ListedPairs = world.cache["listed_pairs"]
        return pairs


def listed_candidates(world: World, big_gifts: NDArray[np.int64]) -> Candidates:
    """Return the EVs of all users with the streamers on their short lists.

    Parameters
    ----------
    world : World
    big_gifts : (S,) int64
        Big gifts each streamer has had so far.
    """
    pairs = ListedPairs.of(world)
    gifts = big_gifts[pairs.streamers]
    ev = pairs.amount / ((1 + pairs.odds * np.exp(0.1 * gifts)) * (1 + 0.05 * gifts))
    shape = world.n_users, world.n_streamers
    return Candidates.from_csr(pairs.start, pairs.streamers, ev, shape)
