"""What a request may say, and what an answer says."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.payloads.arrays import Caps, Matrix, Numbers, Penalties, Positions, Values
from app.payloads.whole_numbers import Whole
from app.refusals.sentences import from_schema
from solver import Algorithm, Fill

Request = TypeVar("Request", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )


class CandidateLists(_Strict):
    """The allowed pairs, as three lists of one length."""

    user: Positions
    streamer: Positions
    ev: Values


class ProblemRequest(_Strict):
    """An allocation problem: EV, limits, and exactly one way to say who is a whale."""

    ev: Matrix | None = Field(None, description="users × streamers; null = forbidden")
    candidates: CandidateLists | None = Field(None, description="allowed pairs, instead of ev")
    k: Caps | None = Field(
        None,
        description="most whales a streamer takes; one number or one per streamer, 0 closes it to "
        "whales; may be left out where whale_penalty is given, and is then unbounded",
    )
    capacity: Caps | None = Field(
        None,
        description="most users a streamer takes, whales included; one number or one per "
        "streamer, 0 closes it; null = unbounded",
    )
    min_users: Caps | None = Field(
        None,
        description="least users a streamer is shown to, whales included: a guarantee of "
        "exposure; one number or one per streamer; default 0",
    )
    whale_penalty: Penalties | None = Field(
        None,
        description="what the first, second, … whale at a streamer costs, currency units: a soft "
        "cap; never falling, the last price goes on",
        examples=[[0, 0, 5, 20]],
    )
    max_streamers_per_user: Whole = Field(
        1, ge=1, description="most different streamers a user is shown to; each counts its EV"
    )
    wealth: Numbers | None = Field(None, description="one per user; any unit")
    whale_share: float | None = Field(None, gt=0, le=1, description="wealthiest share of users")
    whale_threshold: float | None = Field(None, description="users at least this wealthy")
    whales: list[str] | None = Field(None, description="ids of the whales")
    user_ids: list[str] | None = Field(None, description='default "0", "1", …')
    streamer_ids: list[str] | None = Field(None, description='default "0", "1", …')


Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class StartPrices(_Strict):
    """Prices to begin with, currency units, by streamer id; 0 where none is given."""

    whale_cap: dict[str, Price] = Field({}, description="of one more whale")
    capacity: dict[str, Price] = Field({}, description="of one more user")
    min_users: dict[str, Price] = Field({}, description="of one guaranteed user less")
    whale_penalty: dict[str, Price] = Field({}, description="what penalties add for a whale")


class AllocateRequest(ProblemRequest):
    """One allocation problem: EV, limits, exactly one way to say who is a whale; and how."""

    algorithm: Algorithm = Field("min-cost-flow", description="of the whale tier")
    fill: Fill = Field("greedy", description="how normal users are allocated")
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
            ]
        }
    )


class CurveRequest(ProblemRequest):
    """An allocation problem, and up to which k the curve goes.

    `k` counts for `slot_gain` alone: on the curve, every streamer has the same k, also one that
    `k` closes. A capacity of 0 keeps it closed.
    """

    k_max: Whole = Field(
        20, ge=1, description="the curve goes from k = 1 to this; the server sets its largest"
    )
    k: Caps | None = Field(
        None,
        description="the caps at which slot_gain is worked out; one number or one per streamer; "
        "by default unbounded, and slots are then scarce, and gain anything, only by capacity",
    )

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


class Objective(BaseModel):
    """Total EV of the placed users, currency units."""

    whale: float
    normal: float
    penalty: float | None = Field(
        None, description="what whale_penalty costs; only where the request gives it"
    )
    total: float = Field(description="whale + normal - penalty")


class CertificateAnswer(BaseModel):
    """What the prices prove: no allocation in scope is worth more than the upper bound."""

    scope: Literal["whale", "joint"]
    upper_bound: float
    gap: float
    proven_optimal: bool


class ShadowPricesAnswer(BaseModel):
    """What one more slot would add, currency units, by streamer; only where it is not 0.

    They are of the tier that the certificate's scope names: with fill greedy, normal users and
    what guarantees cost among them have no prices.
    """

    whale_cap: dict[str, float]
    capacity: dict[str, float]
    min_users: dict[str, float] | None = Field(
        None,
        description="what one guaranteed user less would add; only where the request has "
        "guarantees",
    )
    whale_penalty: dict[str, float] | None = Field(
        None,
        description="what penalties add to the price of a whale's slot; only where the request "
        "gives whale_penalty",
    )


class ScreeningAnswer(BaseModel):
    """How much of the exact tier had to be decided by shortest paths or by flow."""

    arcs: int = Field(description="pairs that the tier could make, forbidden ones included")
    contested_arcs: int = Field(
        description="those of them that prices could not rule out beforehand; 0 where first "
        "choices fit, or the auction alone came within the tolerance"
    )


class AllocationMetrics(BaseModel):
    """How the allocation spreads users and value over streamers."""

    overload_rate: float = Field(description="share of streamers with more users than capacity")
    streamer_gini: float = Field(description="of expected revenue over all streamers")
    unallocated_users: int = Field(description="users without any streamer")
    streamers_at_whale_cap: int
    max_whales_per_streamer: int


class AllocateAnswer(BaseModel):
    """One allocation with its prices and its proof."""

    allocations: dict[str, str | list[str] | None] = Field(
        description="null = not allocated; with max_streamers_per_user above 1 a list of streamers "
        "for each user, best first, empty = not allocated"
    )
    whales: list[str]
    objective: Objective
    certificate: CertificateAnswer
    shadow_prices: ShadowPricesAnswer
    screening: ScreeningAnswer
    metrics: AllocationMetrics
    notes: list[str]
    timings_ms: dict[str, float]


class Binding(BaseModel):
    """Which caps would bind: by where users go if there were none."""

    k: bool
    capacity: bool


class PlanAnswer(BaseModel):
    """What an allocation would have to solve: the answer to `validate_only`."""

    users: int
    streamers: int
    pairs: int = Field(description="forbidden ones in a matrix included")
    whales: int
    whale_slots: int = Field(description="whales that streamers take together, k and capacity kept")
    slots: int = Field(description="users that streamers take together")
    binds: Binding
    estimated_seconds: float | None = Field(
        description="of solving on two idle cores, right within a factor of two or so: a constant "
        "time for each pair, measured beforehand; null where nothing was measured: other "
        "algorithms, guarantees, penalties, several streamers a user"
    )
    timings_ms: dict[str, float]


class CurveAnswer(BaseModel):
    """What the whale tier is worth under every k, exactly."""

    k: list[int] = Field(description="1, 2, …, k_max: the same at every streamer")
    objective: list[float] = Field(
        description="greatest total EV of the whales, less penalties, currency units, at each k"
    )
    marginal: list[float] = Field(description="what each k adds to the one before, the first to 0")
    slot_gain: dict[str, float] = Field(
        description="what one more slot adds, currency units, at the k of the request, by "
        "streamer; only where it is not 0"
    )
    notes: list[str]
    timings_ms: dict[str, float]


class SweepSummary(BaseModel):
    """What a sweep amounts to."""

    id: str
    config: dict[str, Any]
    baseline: dict[str, Any] = Field(description="figures of the first capacity scale")
    baselines: list[dict[str, Any]] = Field(description="one for each capacity scale")
    results: list[dict[str, Any]] = Field(description="one for each configuration")
    gate_5c: Literal["PASS", "FAIL"]
    gate: dict[str, Any] = Field(description="the verdict by intervals: pass, fail, inconclusive")
    best: dict[str, Any]
    findings: list[str]
    timings_ms: dict[str, float]


class SweepAnswer(SweepSummary):
    """A finished sweep."""

    runs: list[dict[str, Any]] | None = Field(None, description="with ?include=runs")


class FoundConfiguration(BaseModel):
    """A configuration of the grid, by its settings, with the figures that the gate reads."""

    k: int | None
    whale_share: float
    capacity_scale: float
    algorithm: str | None
    policy: str
    users_per_round: int
    spend_cap: float | None
    revenue: float
    revenue_pct: float | None = Field(description="change against the baseline, percent")
    streamer_gini: float
    streamer_gini_change: float
    overcrowded_share: float
    gate_5c: Literal["PASS", "FAIL"]
    verdict: Literal["pass", "fail", "inconclusive"] = Field(description="by the intervals")


class Shortfall(BaseModel):
    """How far a criterion that fails is on the wrong side of its threshold."""

    criterion: Literal["H5C-1", "H5C-2", "H5C-3"]
    metric: str
    estimate: float
    threshold: float
    by: float = Field(description="in the metric's own unit")
    share: float = Field(description="of its yardstick: the threshold, or the baseline's Gini")


class NearestMiss(FoundConfiguration):
    """The configuration that comes nearest to passing, and what it lacks."""

    shortfalls: list[Shortfall]


class GateSearch(BaseModel):
    """What a grid holds of Gate-5C."""

    configurations: int = Field(description="how many were searched")
    passing: list[FoundConfiguration] = Field(description="by their means, the cheapest first")
    pareto: list[FoundConfiguration] = Field(
        description="beaten by none in ΔRevenue, streamer Gini and overcrowded share together"
    )
    nearest_miss: NearestMiss | None = Field(description="null where any passes")
    findings: list[str]


class FindGateAnswer(SweepSummary):
    """A sweep without its rows, and what the search of it found."""

    search: GateSearch


class ProblemDetails(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str = Field(description="one sentence: what was expected and what came")
    field: str | None = Field(None, description="field of the request at fault")
    position: list[int] = Field([], description="where in the field, outermost index first")
    streamers: list[str] | None = Field(
        None, description="ids of streamers whose min_users cannot be met together"
    )
    needed: int | None = Field(None, description="users that they are guaranteed in all")
    possible: int | None = Field(None, description="most users that can be shown to them")


def checked(model: type[Request], given: Any) -> Request:
    """Return what was given as a request.

    Raises
    ------
    solver.InputError
        With the first field that is wrong.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise from_schema(error) from error
