"""Capacities without tiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .base import PolicySettings, policy
from .round_view import RoundView


@policy("capacity-greedy")
@dataclass(frozen=True)
class CapacityGreedy:
    """Everybody in round order to the best streamer with room: capacities, but no tiers."""

    whale_share: float = 0.01
    whale_cap: ClassVar[None] = None

    @classmethod
    def build(cls, settings: PolicySettings) -> CapacityGreedy:
        """Return the policy of one replay."""
        return cls(settings.whale_share)

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Fill the streamers in round order."""
        return view.fill()
