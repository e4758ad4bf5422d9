"""Any streamer with room, all equally likely."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.world.random_numbers import PLACES, stream
from simulator.world.shortlists import NONE
from solver.kernels import njit

from .base import PolicySettings, UncappedPolicy, policy
from .round_view import RoundView, overflow


@policy("random")
@dataclass(frozen=True)
class Random(UncappedPolicy):
    """Everybody in round order to any streamer with room, all equally likely.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the streamers. Never the world's own generator.
    """

    rng: np.random.Generator = field(
        default_factory=lambda: np.random.default_rng(0), repr=False, compare=False
    )

    @classmethod
    def build(cls, settings: PolicySettings) -> Self:
        """Return the policy of one replay."""
        return cls(settings.whale_share, stream(settings.seed, PLACES))

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Draw a streamer for every user."""
        streamer = np.full(len(view.users), NONE)
        _scatter(self.rng, view.world.capacity.copy(), streamer)
        return overflow(streamer, streamer == NONE)


@njit(cache=True)
def _scatter(rng, room, streamer):  # type: ignore[no-untyped-def]
    """Write a streamer with room for each user, all equally likely; `room` (S,) is taken."""
    with_room = np.flatnonzero(room)
    count = len(with_room)
    for i in range(len(streamer)):
        if count == 0:
            break
        at = int(rng.random() * count)
        s = with_room[at]
        streamer[i] = s
        room[s] -= 1
        if room[s] == 0:
            count -= 1
            with_room[at] = with_room[count]
