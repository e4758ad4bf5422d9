"""What a sweep's settings must be, as JSON Schema says it; `simulator` refuses the rest.

The classes that check settings know nothing of schemas; a test compares the two.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from app.settings import Settings

_MOST = 10**9
_SHARE = {"minimum": 0, "maximum": 1}
_ABOVE_0 = {"exclusiveMinimum": 0}
_COUNT = {"minimum": 1, "maximum": _MOST}


def _list(**items: Any) -> dict[str, Any]:
    return {"minItems": 1, "uniqueItems": True, "items": items}


_SWEEP: dict[str, dict[str, Any]] = {
    "policies": _list(),
    "k_values": _list(minimum=0, maximum=_MOST),
    "whale_shares": _list(**_ABOVE_0, maximum=1),
    "capacity_scales": _list(**_ABOVE_0, maximum=1e6),
    "algorithms": _list(),
    "spend_caps": {"uniqueItems": True, "items": {**_ABOVE_0, "maximum": 1e15}},
    "min_users": _COUNT,
    "simulations": _COUNT,
    "rounds": _COUNT,
    "seed": {"minimum": 0, "maximum": _MOST},
}

_WORLD: dict[str, dict[str, Any]] = {
    "n_users": _COUNT,
    "n_streamers": _COUNT,
    "n_features": _COUNT,
    "capacity_top10": _COUNT,
    "capacity_middle": _COUNT,
    "capacity_tail": _COUNT,
    "pareto_share": _SHARE,
    "new_streamer_share": _SHARE,
    "gift_intercept": {"minimum": -50, "maximum": 50},
    "wealth_slope": {"minimum": -10, "maximum": 10},
    "wealth_sigma": {"minimum": 0, "maximum": 4},
    "wealth_tail_index": {"minimum": 0.75, "maximum": 100},
    "popularity_tail_index": {"minimum": 0.1, "maximum": 100},
    "tiers": {"minItems": 1, "items": {**_ABOVE_0, "maximum": 1e9}},
    "tier_weights": {"minItems": 1, "items": {"minimum": 0, "maximum": 1e9}},
}


def constraints() -> dict[str, dict[str, dict[str, Any]]]:
    """Return what the numbers of a sweep and of its world must be, by name of the setting."""
    return deepcopy({"sweep": _SWEEP, "world": _WORLD})


SMALL_SWEEP = {
    "k_values": [1, 2],
    "simulations": 2,
    "rounds": 3,
    "users_per_round": 40,
    "world": {"n_users": 200, "n_streamers": 20},
}
"""Answered in a moment."""


def constrain_sweep(schemas: dict[str, Any], settings: Settings) -> None:
    """Add to the schemas of a sweep and its world what their values must be, in place.

    Parameters
    ----------
    schemas : dict
        With `SweepRequest` and `WorldConfig`.
    settings : Settings
        Of the service: its limits are the document's.
    """
    sweep, world = schemas["SweepRequest"], schemas["WorldConfig"]
    _constrain(sweep["properties"], _SWEEP)
    _constrain(world["properties"], _WORLD)
    one = {"type": "integer", **_COUNT}
    several = {"type": "array", **_list(**one)}
    sweep["properties"]["users_per_round"] |= {"anyOf": [one, several]}
    several_policies = sweep["properties"]["policies"]["items"]["enum"]
    several_policies.remove("greedy")  # what all others are compared with
    limit_sweep(sweep["properties"], settings)
    world["properties"]["n_users"]["maximum"] = settings.max_pairs
    world["properties"]["n_streamers"]["maximum"] = settings.max_pairs
    for schema in (sweep, world):
        schema["additionalProperties"] = False
    sweep["examples"] = [SMALL_SWEEP]


def limit_sweep(properties: dict[str, Any], settings: Settings) -> None:
    """Add the service's limits on any sweep, in place."""
    properties["simulations"]["maximum"] = settings.max_simulations
    properties["k_values"]["maxItems"] = settings.max_k_values


def _constrain(properties: dict[str, Any], constraints: dict[str, dict[str, Any]]) -> None:
    for name, constraint in deepcopy(constraints).items():
        items = constraint.pop("items", {})
        properties[name] |= constraint
        if items:
            properties[name]["items"] |= items
