"""Compilation ahead of the first sweep."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any, get_args

from simulator.policies import COMPARED
from simulator.world.population import AmountModel, WorldConfig

from .config import DrawProtocol, SweepConfig
from .seeds import run_seed


def warm_up() -> None:
    """Compile every kernel, or load it from disk, by a few tiny sweeps.

    The kernels of `solver` that tiny sweeps need are compiled as well; for all of them there is
    `solver.warm_up`.
    """
    for step in warm_up_steps():
        step()


def warm_up_steps() -> list[Callable[[], object]]:
    """Return the tiny sweeps, each on its own: processes may share them out.

    The first is the one of all policies.
    """
    choices = product(
        reversed(get_args(AmountModel)), get_args(DrawProtocol), ("lognormal", "drawn")
    )
    return [partial(run_seed, _tiny(*choice), 0) for choice in choices]


def _tiny(amount_model: AmountModel, draws: DrawProtocol, ev_model: Any) -> SweepConfig:
    world = WorldConfig(n_users=60, n_streamers=12, amount_model=amount_model, ev_model=ev_model)
    return SweepConfig(
        policies=COMPARED if amount_model == 3 else ("tiered",),
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
