"""Schemas of requests for allocations."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from app.fields.fairness import BaseRevenue, FairnessOptions, Points, WithAssignments
from app.fields.problem import (
    AlgorithmName,
    AllowNegativeEv,
    CandidatePairs,
    Capacity,
    CurveK,
    Ev,
    FillName,
    K,
    KMax,
    MinUsers,
    SideIds,
    StreamersPerUser,
    Wealth,
    WhalePenalty,
    Whales,
    WhaleShare,
    WhaleThreshold,
)
from app.fields.strict_model import StrictModel


class ProblemRequest(StrictModel):
    """An allocation problem: EV, limits, and exactly one way to say who is a whale."""

    ev: Ev = None
    candidates: CandidatePairs = None
    k: K = None
    capacity: Capacity = None
    min_users: MinUsers = None
    allow_negative_ev: AllowNegativeEv = False
    whale_penalty: WhalePenalty = None
    max_streamers_per_user: StreamersPerUser = 1
    wealth: Wealth = None
    whale_share: WhaleShare = None
    whale_threshold: WhaleThreshold = None
    whales: Whales = None
    user_ids: SideIds = None
    streamer_ids: SideIds = None


Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class StartPrices(StrictModel):
    """Initial prices by streamer id, currency units; 0 for streamers without one."""

    whale_cap: dict[str, Price] = Field({}, description="of one more whale")
    capacity: dict[str, Price] = Field({}, description="of one more user")
    min_users: dict[str, Price] = Field({}, description="of one guaranteed user less")
    whale_penalty: dict[str, Price] = Field({}, description="what penalties add for a whale")


class AllocateRequest(ProblemRequest):
    """One allocation problem: EV, limits, exactly one way to say who is a whale; and how."""

    algorithm: AlgorithmName = "min-cost-flow"
    fill: FillName = "greedy"
    fairness: FairnessOptions = None
    base: BaseRevenue = None
    prices: StartPrices | None = Field(
        None,
        description="a warm start: the shadow_prices of an earlier answer to a similar problem; "
        "they change how long it takes, not how good the allocation is",
    )
    tolerance: float = Field(
        0,
        ge=0,
        le=1,
        description="gap to the optimum, as a share of the objective, at which the solver may "
        "stop; default 0, exact",
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ev": [[85.3, 12.0], [40.1, None]],
                    "k": 2,
                    "wealth": [52340.5, 18.2],
                    "whale_share": 0.01,
                    "user_ids": ["u0", "u1"],
                    "streamer_ids": ["s0", "s1"],
                },
                {
                    "ev": [[9.0, 1.0], [8.0, 7.0], [4.0, 3.0]],
                    "whale_penalty": [0, 0.5, 5],
                    "min_users": [0, 1],
                    "whales": ["0", "1"],
                },
                {
                    "ev": [[-1.5, -4.0], [-2.0, -0.5], [-3.0, -2.5]],
                    "k": 3,
                    "min_users": 1,
                    "allow_negative_ev": True,
                    "whales": ["0", "1", "2"],
                },
                {
                    "ev": [[5.0, 3.0], [5.0, 4.0], [5.0, 4.0]],
                    "k": 3,
                    "whale_share": 1,
                    "fairness": {"max_loss": 0.1},
                },
            ]
        }
    )


class FrontierRequest(ProblemRequest):
    """An allocation problem, and the points of the trade-off between its total and equality."""

    points: Points = 10
    fill: FillName = "greedy"
    base: BaseRevenue = None
    assignments: WithAssignments = False

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ev": [[5.0, 3.0], [5.0, 4.0], [5.0, 4.0], [9.0, 2.0]],
                    "k": 3,
                    "whale_share": 1,
                    "points": 3,
                }
            ]
        }
    )


class CurveRequest(ProblemRequest):
    """An allocation problem, and up to which k the curve goes.

    `k` counts for `slot_gain` alone: on the curve, every streamer has the same k, also one that
    `k` closes. A capacity of 0 keeps it closed.
    """

    k_max: KMax = 20
    k: CurveK = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ev": [[9.0, 1.0], [8.0, 7.0], [6.0, 2.0]],
                    "k": 1,
                    "k_max": 4,
                    "whales": ["u0", "u1", "u2"],
                    "user_ids": ["u0", "u1", "u2"],
                    "streamer_ids": ["s0", "s1"],
                }
            ]
        }
    )
