"""The baseline: everybody to the best streamer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import UncappedPolicy, policy
from .round_view import RoundView


@policy("greedy")
class Greedy(UncappedPolicy):
    """Everybody to the streamer of the highest EV, without any cap: the baseline."""

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Place every user at its best streamer."""
        return view.best
