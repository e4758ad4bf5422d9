"""From the name of a policy to the policy."""

from __future__ import annotations

from collections.abc import Callable

from .configuration import Configuration, PolicyName, SweepConfig
from .draws import PLACES, SWAPS, stream
from .policies import (
    CapacityGreedy,
    Exposure,
    Greedy,
    Joint,
    Policy,
    Random,
    RoundRobin,
    ShadowPrice,
    Tiered,
)
from .spend_cap import SpendCap

Constructor = Callable[[Configuration, SweepConfig, int], Policy]

POLICIES: dict[PolicyName, Constructor] = {
    "greedy": lambda point, _config, _seed: Greedy(point.whale_share),
    "tiered": lambda point, _, seed: Tiered(
        point.k or 0, point.whale_share, point.algorithm or "min-cost-flow", stream(seed, SWAPS)
    ),
    "capacity-greedy": lambda point, _config, _seed: CapacityGreedy(point.whale_share),
    "joint": lambda point, _config, _seed: Joint(point.k or 0, point.whale_share),
    "random": lambda point, _config, seed: Random(stream(seed, PLACES), point.whale_share),
    "round-robin": lambda point, _config, _seed: RoundRobin(point.whale_share),
    "shadow-price": lambda point, _config, _seed: ShadowPrice(point.k or 0, point.whale_share),
    "exposure": lambda point, config, _seed: Exposure(
        point.k or 0, config.min_users, point.whale_share
    ),
    "spend-cap": lambda point, _config, _seed: SpendCap(point.spend_cap or 0.0, point.whale_share),
}
"""Each builds its policy for one replay: (point of the grid, sweep, seed)."""


def policy_of(point: Configuration, config: SweepConfig, seed: int) -> Policy:
    """Return a new policy for one replay of a point of the grid."""
    return POLICIES[point.policy](point, config, seed)
