"""Capacities without tiers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import UncappedPolicy, policy
from .round_view import RoundView


@policy("capacity-greedy", chain={"capacity": "capacity-greedy"})
class CapacityGreedy(UncappedPolicy):
    """Everybody in round order to the best streamer with room: capacities, but no tiers."""

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Fill the streamers in round order."""
        return view.fill()
