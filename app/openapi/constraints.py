"""The limits of the service in the schemas of sweeps, and an example.

All other bounds are annotations of the simulator's settings, from which the schemas are generated.
"""

from __future__ import annotations

from typing import Any

from app.settings import Settings
from simulator.policies import COMPARED, POLICIES

SMALL_SWEEP = {
    "k_values": [1, 2],
    "simulations": 2,
    "rounds": 3,
    "users_per_round": 40,
    "world": {"n_users": 200, "n_streamers": 20},
}
"""A sweep that takes less than a second."""


def constrain_sweep(schemas: dict[str, Any], settings: Settings) -> None:
    """Add the service's limits to the schemas of a sweep and its world, in place.

    Parameters
    ----------
    schemas : dict
        With `SweepRequest`, `WorldConfig` and `MinimumEffect`.
    settings : Settings
        With the limits.
    """
    sweep, world = schemas["SweepRequest"], schemas["WorldConfig"]
    limit_sweep(sweep["properties"], settings)
    sweep["properties"]["policies"]["description"] = _describe_policies()
    world["properties"]["n_users"]["maximum"] = settings.max_pairs
    world["properties"]["n_streamers"]["maximum"] = settings.max_pairs
    for schema in (sweep, world, schemas["MinimumEffect"]):
        schema["additionalProperties"] = False
    sweep["examples"] = [SMALL_SWEEP]


def _describe_policies() -> str:
    """Return a line for each policy that a sweep may compare."""
    return "\n".join(f"- `{name}`: {POLICIES[name].description}" for name in COMPARED)


def limit_sweep(properties: dict[str, Any], settings: Settings) -> None:
    """Add the service's limits on any sweep, in place."""
    properties["simulations"]["maximum"] = settings.max_simulations
    properties["k_values"]["maxItems"] = settings.max_k_values
