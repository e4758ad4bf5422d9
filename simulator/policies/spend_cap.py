"""A policy that spreads whales by revenue rather than by count."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from simulator.settings import Share, check
from simulator.world.shortlists import NONE
from solver import allocate_within_spend

from .base import PolicySettings, policy
from .round_view import RoundView


@policy(
    "spend-cap",
    grid=("whale_share", "spend_cap"),
    chain={"capacity": "capacity-greedy", "priority": "tiered", "cap": "spend-cap"},
)
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

    def __post_init__(self) -> None:
        if self.spend_cap != math.inf:
            check("spend_cap", self.spend_cap, Annotated[float, Ge(0), Le(math.inf)])
        check("whale_share", self.whale_share, Share)

    @classmethod
    def build(cls, settings: PolicySettings) -> SpendCap:
        """Return the policy of one replay."""
        return cls(settings.spend_cap, settings.whale_share)

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Place whales under the cap, then the others into what is left."""
        whales = view.whales(self.whale_share)
        streamer = np.full(len(whales), NONE, dtype=np.int64)
        if whales.any():
            capacity = view.world.capacity
            ev = view.rows(whales)
            streamer[whales] = allocate_within_spend(
                ev, self.spend_cap, capacity=capacity, priced=False
            ).assignment
        return view.fill(streamer, ~whales)
