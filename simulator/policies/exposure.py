"""Tiered, with a guaranteed minimum of users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from solver import Problem, allocate

from .base import CappedPolicy, PolicySettings, policy
from .round_view import RoundView, overflow

GUARANTEED_SHARE = 0.25
"""Most users of a round that an exposure guarantee takes, as a share of the normal ones."""


@policy(
    "exposure",
    grid=("whale_share", "k"),
    chain={"capacity": "capacity-greedy", "priority": "exposure", "cap": "exposure"},
)
@dataclass(frozen=True)
class Exposure(CappedPolicy):
    """Tiered, but streamers in turn are shown to at least `min_users` users, however unpopular.

    Guarantees take at most `GUARANTEED_SHARE` of a round's normal users: where that is too few for
    all streamers, those whose turn it is have one, and the turn goes on in the next round.

    Parameters
    ----------
    min_users : int
        Least users a streamer is shown to in a round in which it has a guarantee.
    """

    min_users: int = 1

    @classmethod
    def build(cls, settings: PolicySettings) -> Self:
        """Return the policy of one replay."""
        return cls(settings.k, settings.whale_share, settings.min_users)

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Place whales under the cap, then what is guaranteed, then the others."""
        whales, capacity = view.whales(self.whale_share), view.world.capacity
        n_streamers = len(capacity)
        count = int(GUARANTEED_SHARE * np.count_nonzero(~whales)) // max(1, self.min_users)
        count = min(count, n_streamers)
        in_turn = (view.round_index * count + np.arange(count)) % n_streamers
        guaranteed = np.zeros(n_streamers, dtype=np.int64)
        guaranteed[in_turn] = np.minimum(self.min_users, capacity[in_turn])
        problem = Problem(
            view.ev,
            whales=whales,
            whale_cap=view.limit(self.k),
            capacity=capacity,
            min_users=guaranteed,
        )
        return overflow(allocate(problem).assignment, ~whales)
