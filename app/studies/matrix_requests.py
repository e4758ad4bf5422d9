"""The request for a sweep on the caller's own matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ConfigDict, Field, TypeAdapter

from app.allocations.requests import ProblemRequest
from app.fields.problem import CandidatePairs, Capacity, Ev, OrderedWealth, SideIds
from app.fields.strict_model import StrictModel
from app.fields.whole_numbers import Whole
from simulator import MatrixStudyConfig

_SCHEMA = TypeAdapter(MatrixStudyConfig).json_schema()
_SETTINGS: dict[str, Any] = _SCHEMA["properties"] | {
    f"gift_{name}" if name == "probability" else f"amount_{name}": schema
    for name, schema in _SCHEMA["$defs"]["GiftModel"]["properties"].items()
}
_SETTINGS |= {
    f"minimum_effect.{name}": schema
    for name, schema in _SCHEMA["$defs"]["MinimumEffect"]["properties"].items()
}
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "minItems", "uniqueItems")


def bounds(name: str) -> Callable[[dict[str, Any]], None]:
    """Return a function that adds the bounds of a study's setting to the schema of a field.

    The study checks the values and raises its own errors.
    """
    setting = _SETTINGS[name]

    def add(schema: dict[str, Any]) -> None:
        schema |= {bound: setting[bound] for bound in _BOUNDS if bound in setting}
        if "items" in setting:
            schema["items"] |= setting["items"]

    return add


class MinimumEffectRequest(StrictModel):
    """The smallest effects that matter; the verdict on a cap calls smaller ones negligible."""

    revenue_pct: float = Field(
        0.1,
        description="on expected revenue, percent of the baseline's",
        json_schema_extra=bounds("minimum_effect.revenue_pct"),
    )
    streamer_gini: float = Field(
        0.001,
        description="on the Gini of expected revenue",
        json_schema_extra=bounds("minimum_effect.streamer_gini"),
    )


class OwnSweepRequest(StrictModel):
    """The caller's EV, wealth and capacities, and what to sweep over them."""

    ev: Ev = None
    candidates: CandidatePairs = None
    wealth: OrderedWealth
    capacity: Capacity = None
    user_ids: SideIds = None
    streamer_ids: SideIds = None
    k_values: list[Whole] = Field(
        [1, 2, 3, 5],
        description="whale caps",
        json_schema_extra=bounds("k_values"),
    )
    whale_shares: list[float] = Field(
        [0.01],
        description="wealthiest shares of users",
        json_schema_extra=bounds("whale_shares"),
    )
    simulations: Whole = Field(
        200, description="how often gifts are drawn", json_schema_extra=bounds("simulations")
    )
    seed: Whole = Field(
        42,
        description="of the first simulation",
        json_schema_extra=bounds("seed"),
    )
    gift_probability: float = Field(
        0.015,
        description="of a user giving anything; a gift is then EV / probability on average",
        json_schema_extra=bounds("gift_probability"),
    )
    amount_sigma: float = Field(
        1.0,
        description="standard deviation of a pair's log amount",
        json_schema_extra=bounds("amount_sigma"),
    )
    minimum_effect: MinimumEffectRequest = MinimumEffectRequest()

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ev": [[9.0, 1.0], [8.0, 7.0], [4.0, None]],
                    "wealth": [520.0, 300.0, 18.0],
                    "k_values": [1, 2],
                    "whale_shares": [0.67],
                    "capacity": [2, 2],
                }
            ]
        }
    )

    def problem(self) -> ProblemRequest:
        """Return the allocation problem behind it; its whales are those of the first share."""
        fields: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("ev", "candidates", "wealth", "capacity", "user_ids", "streamer_ids")
        }
        return ProblemRequest.model_construct(**fields, whale_share=1.0)
