"""Streamers in turn."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from simulator.world.shortlists import NONE

from .base import UncappedPolicy, policy
from .round_view import RoundView, overflow


@policy("round-robin")
class RoundRobin(UncappedPolicy):
    """Everybody in round order to the streamers in turn, skipping those without room.

    Each round starts where the round before would have ended if no streamer had been skipped.
    """

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Deal the users out."""
        n_users, capacity = len(view.users), view.world.capacity
        n_streamers = len(capacity)
        turn = (view.round_index * n_users + np.arange(n_streamers)) % n_streamers
        places = _deal(capacity[turn], n_users)
        streamer = np.full(n_users, NONE)
        streamer[: len(places)] = turn[places]
        return overflow(streamer, streamer == NONE)


def _deal(room: NDArray[np.int64], n_users: int) -> NDArray[np.int64]:
    """Return whose turn it is, (n,) int64: lap by lap, until no user or no room is left.

    Only the laps that users reach are built, so that the work does not depend on the room.
    """

    def count_dealt(laps: int) -> int:
        return int(np.minimum(room, laps).sum())

    laps = min(n_users, bisect_left(range(n_users + 1), n_users, key=count_dealt))
    turns = np.minimum(room, laps)
    dealt_streamers = np.repeat(np.arange(len(room)), turns)
    lap = np.arange(len(dealt_streamers)) - np.repeat(np.cumsum(turns) - turns, turns)
    return dealt_streamers[np.argsort(lap, kind="stable")][:n_users]
