"""The baseline: everybody to the best streamer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .base import PolicySettings, policy
from .round_view import RoundView


@policy("greedy")
@dataclass(frozen=True)
class Greedy:
    """Everybody to the streamer of the highest EV, without any cap: the baseline.

    Parameters
    ----------
    whale_share : float
        It changes nothing in the placement, here and in all policies without a whale cap.
    """

    whale_share: float = 0.01
    whale_cap: ClassVar[None] = None

    @classmethod
    def build(cls, settings: PolicySettings) -> Greedy:
        """Return the policy of one replay."""
        return cls(settings.whale_share)

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Place every user at its best streamer."""
        return view.best
