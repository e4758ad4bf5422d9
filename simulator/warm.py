"""Compilation ahead of the first sweep."""

from __future__ import annotations

from itertools import product
from typing import Any, get_args

from .configuration import DrawProtocol, PolicyName, SweepConfig
from .sweep import run_seed
from .world import AmountModel, WorldConfig


def warm_up() -> None:
    """Compile every kernel, or load it from the cache on disk, by a few tiny sweeps.

    The kernels of `solver` that tiny sweeps need are compiled as well; for all of them there is
    `solver.warm_up`.
    """
    policies: Any = [name for name in get_args(PolicyName) if name != "greedy"]
    for draws, amount_model in product(get_args(DrawProtocol), get_args(AmountModel)):
        for ev_model in ("lognormal", "drawn"):
            world = WorldConfig(
                n_users=60, n_streamers=12, amount_model=amount_model, ev_model=ev_model
            )
            tiny = SweepConfig(
                policies=policies if amount_model == 3 else ("tiered",),
                k_values=(1,),
                whale_shares=(0.5,),
                capacity_scales=(0.2,),
                spend_caps=(50.0,),
                simulations=1,
                rounds=2,
                users_per_round=30,
                draws=draws,
                world=world,
            )
            run_seed(tiny, 0)
