"""Schemas of answers on allocations."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from app.errors.schema import Reason

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
