"""Schemas of answers on allocations."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from app.errors.schema import Reason
from solver.fairness import Measure

Id = str | int
"""An id, of the type that it has in the request."""


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
    gap: float = Field(
        description="upper_bound less what the users in scope are worth; of a fair allocation, "
        "what equality costs"
    )
    proven_optimal: bool = Field(description="whether no allocation is worth more")


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
    streamer_gini: float | None = Field(
        description="of expected revenue over all streamers; null where that of a streamer is "
        "below 0, which allow_negative_ev makes possible"
    )
    unallocated_users: int = Field(description="users without any streamer")
    unallocated_whales: int = Field(
        description="whales without any streamer; where there are any, the first note says why"
    )
    streamers_at_whale_cap: int
    max_whales_per_streamer: int


class FairCertificateAnswer(BaseModel):
    """What weights and prices prove about every allocation, from the data alone."""

    scope: Literal["whale", "joint"] = Field(description="users whose revenue counts")
    welfare: float = Field(
        description="total × (1 - θ × gini), or total × (1 - Atkinson's index), less penalties"
    )
    welfare_bound: float = Field(description="no allocation has more welfare")
    gap: float = Field(description="welfare_bound less welfare")
    gini_at_least: float = Field(
        description="no allocation of at least this objective has a lower Gini coefficient; 0 "
        "where the measure is alpha"
    )
    inequality_at_least: float = Field(description="the same of the measure's index")
    total_at_most: float = Field(
        description="no allocation that is as equal has a greater objective"
    )
    large: int = Field(
        description="number of the most valuable users that the proof treats as indivisible"
    )


class RevenueAnswer(BaseModel):
    """Revenues of streamers and how equal they are."""

    gini: float
    revenue: dict[str, float] = Field(description="by streamer, base included")
    lorenz: list[float] = Field(
        description="cumulated shares of the total, the poorest streamer first, from 0 to 1, at "
        "evenly spaced shares of the streamers; at most 101 numbers"
    )


class FairnessAnswer(RevenueAnswer):
    """What equality costs, and what is proven of it."""

    measure: Measure
    theta: float | None = Field(None, description="of the welfare; where the measure is gini")
    alpha: float | None = Field(None, description="of the welfare; where the measure is alpha")
    loss: float = Field(description="share of the optimum that was given up, from 0 to 1")
    objective: float = Field(
        description="total EV of the users in the certificate's scope, less penalties"
    )
    optimum: float = Field(description="greatest objective of any allocation")
    total: float = Field(description="revenue of all streamers, base included")
    at_optimum: RevenueAnswer
    weights: dict[str, float] = Field(
        description="ω, by streamer: what a unit of revenue is worth there"
    )
    prices: ShadowPricesAnswer = Field(
        description="of the limits, at the EVs ω × EV; with the weights, they prove welfare_bound"
    )
    certificate: FairCertificateAnswer


class AllocateAnswer(BaseModel):
    """One allocation with its prices and its proof."""

    allocations: dict[str, Id | list[Id] | None] = Field(
        description="by user id, which is text here also where the request has numbers; null = not "
        "allocated; with max_streamers_per_user above 1 a list of streamers "
        "for each user, best first, empty = not allocated"
    )
    whales: list[Id]
    objective: Objective
    certificate: CertificateAnswer
    shadow_prices: ShadowPricesAnswer
    screening: ScreeningAnswer
    metrics: AllocationMetrics
    fairness: FairnessAnswer | None = Field(
        None,
        description="only where the request has fairness. `certificate.upper_bound` and "
        "`shadow_prices` are those of the optimum then: `certificate.gap` is what equality costs",
    )
    notes: list[str] = Field(
        description="what is worth knowing, in the language of Accept-Language; first of all, "
        "whales that have no streamer and why"
    )
    note_messages: list[Reason] = Field(description="the notes as data")
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
    note_messages: list[Reason] = Field(description="the notes as data")
    timings_ms: dict[str, float]


class FrontierPoint(BaseModel):
    """An allocation on the frontier."""

    theta: float
    loss: float = Field(description="share of the optimum that was given up, from 0 to 1")
    gini: float
    gini_at_least: float = Field(
        description="no allocation of at least this objective has a lower Gini coefficient: the "
        "best that the certificates of all points prove"
    )
    objective: float = Field(
        description="total EV of the users in scope, less penalties, currency units"
    )
    optimum: float
    total: float = Field(description="revenue of all streamers, base included")
    lorenz: list[float] = Field(
        description="cumulated shares of the total, the poorest streamer first, from 0 to 1, at "
        "evenly spaced shares of the streamers; at most 101 numbers"
    )
    certificate: FairCertificateAnswer
    allocations: dict[str, Id | list[Id] | None] | None = Field(
        None, description="as in POST /allocate; only with assignments"
    )


class FrontierAnswer(BaseModel):
    """The trade-off between the total and equality, and what is impossible."""

    scope: Literal["whale", "joint"] = Field(description="users whose revenue counts")
    optimum: float = Field(description="greatest objective of any allocation")
    points: list[FrontierPoint] = Field(
        description="by θ, ascending; the first is the optimum, its lorenz is that before"
    )
    notes: list[str]
    note_messages: list[Reason] = Field(description="the notes as data")
    timings_ms: dict[str, float]
