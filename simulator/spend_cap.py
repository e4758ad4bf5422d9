"""A policy that spreads whales by revenue rather than by count."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from solver import InputError, Problem, allocate, allocate_within_spend

from .checks import number, share
from .policies import QUIRK_STREAMER, Placement
from .world import World


@dataclass(frozen=True)
class SpendCap:
    """Whales first, their EVs at a streamer at most `spend_cap` in all; then everybody else.

    Whales are allocated at the greatest total EV (`solver.allocate_within_spend`). A whale whom no
    streamer can take stays unallocated, as one that is expected to spend more than the cap
    everywhere must. Normal users go as in `Tiered`.

    Parameters
    ----------
    spend_cap : float
        Most that a streamer's whales of a round are expected to spend, currency units, ≥ 0; inf
        for no cap.
    whale_share : float
        Share of the whole population, by wealth, that makes a whale.

    Raises
    ------
    solver.InputError
        With the field at fault.
    """

    spend_cap: float
    whale_share: float = 0.01
    whale_cap: ClassVar[None] = None
    algorithm: ClassVar[None] = None

    def __post_init__(self) -> None:
        if self.spend_cap != math.inf and number("spend_cap", self.spend_cap) < 0:
            raise InputError("spend_cap", f"Expected spend_cap ≥ 0; got {self.spend_cap}.")
        share("whale_share", self.whale_share)

    def place(self, world: World, users: NDArray[np.int64], ev: NDArray[np.float64]) -> Placement:
        """Place whales under the cap, then the others into what is left."""
        whales = world.whales(self.whale_share)[users]
        streamer = np.full(len(users), -1, dtype=np.int64)
        demand = np.zeros(world.n_streamers, dtype=np.int64)
        if whales.any():
            tier = allocate_within_spend(ev[whales], self.spend_cap, world.capacity, priced=False)
            streamer[whales], demand = tier.streamer, tier.demand
        if not whales.all():
            taken = np.bincount(streamer[streamer >= 0], minlength=world.n_streamers)
            streamer[~whales] = _fill(ev[~whales], world.capacity - taken)
        return Placement(streamer, whales, demand)


def _fill(ev: NDArray[np.float64], room: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return normal users in order at their best streamers with room, and at the quirk's."""
    nobody = np.zeros(len(ev), dtype=np.bool_)
    at = allocate(Problem(ev, whales=nobody, capacity=room), fill="greedy").streamer
    return np.where(at < 0, QUIRK_STREAMER, at)
