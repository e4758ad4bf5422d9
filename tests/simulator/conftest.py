"""One small, crowded world, and one small sweep of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator import Sweep, SweepConfig, World, WorldConfig, draw_world, sweep

SMALL = WorldConfig(
    n_users=300, n_streamers=20, capacity_top10=4, capacity_middle=2, capacity_tail=1
)


@pytest.fixture
def world() -> World:
    return draw_world(SMALL, np.random.default_rng(7))


@pytest.fixture(scope="session")
def small_sweep() -> Sweep:
    """k = 1 binds, k = 40 cannot: 60 users a round are 20 whales at most."""
    return sweep(
        SweepConfig(
            k_values=(1, 40, 50),
            whale_shares=(0.2,),
            capacity_scales=(1.0, 3.0),
            algorithms=("min-cost-flow", "greedy-edges"),
            simulations=4,
            rounds=6,
            users_per_round=60,
            world=SMALL,
        )
    )


@pytest.fixture
def stored(small_sweep: Sweep) -> dict[str, Any]:
    """The small sweep as a result file holds it."""
    return small_sweep.as_mapping()
