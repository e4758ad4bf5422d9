"""What a request may say, and what an answer says."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.json_schema import models_json_schema

from simulator import SweepConfig
from solver import Algorithm, Fill

from .arrays import Caps, Matrix, Numbers, Positions

_REF = "#/components/schemas/{model}"


class _Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )


class CandidateLists(_Strict):
    """The allowed pairs, as three lists of one length."""

    user: Positions
    streamer: Positions
    ev: Numbers


class AllocateRequest(_Strict):
    """One allocation problem: EV, caps, and exactly one way to say who is a whale."""

    ev: Matrix | None = Field(None, description="users × streamers; null = forbidden")
    candidates: CandidateLists | None = Field(None, description="allowed pairs, instead of ev")
    k: Caps = Field(description="most whales a streamer takes; one number or one per streamer")
    capacity: Caps | None = Field(
        None, description="most users a streamer takes, whales included; null = unbounded"
    )
    wealth: Numbers | None = Field(None, description="one per user; any unit")
    whale_share: float | None = Field(None, gt=0, le=1, description="wealthiest share of users")
    whale_threshold: float | None = Field(None, description="users at least this wealthy")
    whales: list[str] | None = Field(None, description="ids of the whales")
    user_ids: list[str] | None = Field(None, description='default "0", "1", …')
    streamer_ids: list[str] | None = Field(None, description='default "0", "1", …')
    algorithm: Algorithm = Field("min-cost-flow", description="of the whale tier")
    fill: Fill = Field("greedy", description="how normal users are allocated")

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
                }
            ]
        }
    )


class Objective(BaseModel):
    """Total EV of the placed users, currency units."""

    whale: float
    normal: float
    total: float


class CertificateAnswer(BaseModel):
    """What the prices prove: no allocation in scope is worth more than the upper bound."""

    scope: Literal["whale", "joint"]
    upper_bound: float
    gap: float
    proven_optimal: bool


class ShadowPricesAnswer(BaseModel):
    """What one more slot would add, currency units, by streamer; only where it is not 0."""

    whale_cap: dict[str, float]
    capacity: dict[str, float]


class AllocationMetrics(BaseModel):
    """How the allocation spreads users and value over streamers."""

    overload_rate: float = Field(description="share of streamers with more users than capacity")
    streamer_gini: float = Field(description="of expected revenue over all streamers")
    unallocated_users: int
    streamers_at_whale_cap: int
    max_whales_per_streamer: int


class AllocateAnswer(BaseModel):
    """One allocation with its prices and its proof."""

    allocations: dict[str, str | None] = Field(description="null = not allocated")
    whales: list[str]
    objective: Objective
    certificate: CertificateAnswer
    shadow_prices: ShadowPricesAnswer
    metrics: AllocationMetrics
    notes: list[str]
    timings_ms: dict[str, float]


class SweepAnswer(BaseModel):
    """A finished sweep."""

    id: str
    config: dict[str, Any]
    baseline: dict[str, Any] = Field(description="figures of the first capacity scale")
    baselines: list[dict[str, Any]] = Field(description="one for each capacity scale")
    results: list[dict[str, Any]] = Field(description="one for each configuration")
    gate_5c: Literal["PASS", "FAIL"]
    best: dict[str, Any]
    findings: list[str]
    timings_ms: dict[str, float]
    runs: list[dict[str, Any]] | None = Field(None, description="with ?include=runs")


class ProblemDetails(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str = Field(description="one sentence: what was expected and what came")
    field: str | None = Field(None, description="field of the request at fault")
    position: list[int] = Field([], description="where in the field, outermost index first")


def request_components() -> dict[str, Any]:
    """Return the JSON schemas of the request bodies, which the routes read by themselves."""
    _, models = models_json_schema([(AllocateRequest, "validation")], ref_template=_REF)
    sweep = TypeAdapter(SweepConfig).json_schema(ref_template=_REF)
    return {**models["$defs"], **sweep.pop("$defs"), "SweepRequest": sweep}


def request_body(name: str, required: bool) -> dict[str, Any]:
    """Return what OpenAPI says of a route whose JSON body is the component `name`."""
    schema = {"$ref": _REF.format(model=name)}
    return {
        "requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}
    }
