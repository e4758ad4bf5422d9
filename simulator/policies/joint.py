"""Both tiers at once, at the optimum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.world.shortlists import NONE
from solver import Problem, ShadowPrices, allocate

from .base import CappedPolicy, policy
from .round_view import RoundView, overflow


@policy("joint", grid=("whale_share", "k"), chain={"capacity": "joint", "cap": "joint"})
class Joint(CappedPolicy):
    """Both tiers at once at the greatest total EV, under the whale cap and the capacities.

    What any rule could reach in this round that keeps the caps: the price of going in tiers.
    """

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Place everybody at once."""
        streamer, _ = joint_optimum(view, self.k, self.whale_share)
        return overflow(streamer, ~view.whales(self.whale_share))


def joint_optimum(
    view: RoundView, k: int | None, whale_share: float
) -> tuple[NDArray[np.int64], ShadowPrices]:
    """Return the joint optimum of a round, -1 for users left out, and its prices.

    Where the optimum without a whale cap keeps the cap, it is the optimum under it.
    """
    whales = view.whales(whale_share)
    streamer, prices = view.joint
    if view.fits(np.where(whales, streamer, NONE), k):
        return streamer, prices
    problem = Problem(view.ev, whales=whales, whale_cap=view.limit(k), capacity=view.world.capacity)
    optimum = allocate(problem, fill="joint")
    return optimum.assignment, optimum.shadow_prices
