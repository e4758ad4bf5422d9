"""Online, at the prices of the round before."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from solver import ShadowPrices

from .base import CappedPolicy, policy
from .joint import joint_optimum
from .round_view import RoundView


@policy(
    "shadow-price",
    grid=("whale_share", "k"),
    chain={"capacity": "capacity-greedy", "priority": "shadow-price", "cap": "shadow-price"},
)
@dataclass(frozen=True)
class ShadowPrice(CappedPolicy):
    """Online: everybody in round order where EV less price is greatest and there is room.

    The prices are those of the joint optimum of the round before, which a platform knows when the
    next users come one by one; none in the first round. A dual-price rule as in N. R. Devanur and
    T. P. Hayes, "The adwords problem: online keyword matching with budgeted bidders under random
    permutations", EC 2009. Whales pay for their place below the cap as well.
    """

    _previous_prices: list[ShadowPrices] = field(default_factory=list, repr=False, compare=False)

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Place users one by one, at the prices of the round before."""
        if view.round_index == 0:
            self._previous_prices[:] = [ShadowPrices.zero(view.world.n_streamers)]
        (prices,) = self._previous_prices
        streamer = view.fill(
            whales=view.whales(self.whale_share),
            whale_cap=self.k,
            price=np.stack([prices.slot_price, prices.whale_price]),
        )
        _, self._previous_prices[0] = joint_optimum(view, self.k, self.whale_share)
        return streamer
