"""What a sweep on an own matrix may be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ConfigDict, Field

from app.allocations.requests import IDS, CandidateLists, ProblemRequest
from app.payloads.arrays import Caps, Ids, Matrix, Numbers
from app.payloads.checking import StrictModel
from app.payloads.whole_numbers import Whole


def different(**items: float) -> Callable[[dict[str, Any]], None]:
    """Return what adds to the schema of a list that it has values, none twice, and which.

    The simulator refuses others, and says so in a sentence of its own.
    """

    def add(schema: dict[str, Any]) -> None:
        schema |= {"minItems": 1, "uniqueItems": True, "items": schema["items"] | items}

    return add


class OwnSweepRequest(StrictModel):
    """The caller's EV, wealth and capacities, and what to sweep over them."""

    ev: Matrix | None = Field(None, description="users × streamers; null = forbidden")
    candidates: CandidateLists | None = Field(None, description="allowed pairs, instead of ev")
    wealth: Numbers = Field(description="one per user; any unit: only the order counts")
    capacity: Caps | None = Field(
        None, description="most users a streamer takes; one number or one per streamer"
    )
    user_ids: Ids | None = Field(None, description=IDS)
    streamer_ids: Ids | None = Field(None, description=IDS)
    k_values: list[Whole] = Field(
        [1, 2, 3, 5],
        description="whale caps",
        json_schema_extra=different(minimum=0, maximum=10**9),
    )
    whale_shares: list[float] = Field(
        [0.01],
        description="wealthiest shares of users",
        json_schema_extra=different(exclusiveMinimum=0, maximum=1),
    )
    simulations: Whole = Field(
        200, description="how often gifts are drawn", json_schema_extra={"minimum": 1}
    )
    seed: Whole = Field(
        42,
        description="of the first simulation",
        json_schema_extra={"minimum": 0, "maximum": 10**9},
    )
    gift_probability: float = Field(
        0.015,
        description="of a user giving anything; a gift is then EV / probability on average",
        json_schema_extra={"exclusiveMinimum": 0, "maximum": 1},
    )
    amount_sigma: float = Field(
        1.0,
        description="standard deviation of a pair's log amount",
        json_schema_extra={"minimum": 0, "maximum": 5},
    )

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
        given: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("ev", "candidates", "wealth", "capacity", "user_ids", "streamer_ids")
        }
        return ProblemRequest.model_construct(**given, whale_share=1.0)
