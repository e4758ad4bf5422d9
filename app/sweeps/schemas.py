"""What the answers on sweeps say."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class SweepSummary(BaseModel):
    """What a sweep amounts to."""

    id: str
    config: dict[str, Any]
    baseline: dict[str, Any] = Field(description="figures of the first capacity scale")
    baselines: list[dict[str, Any]] = Field(description="one for each capacity scale")
    results: list[dict[str, Any]] = Field(description="one for each configuration")
    gate_5c: Literal["PASS", "FAIL"]
    gate: dict[str, Any] = Field(
        description="the verdict by intervals: pass, inconclusive, fail, or no-effect where the "
        "cap never takes effect; and how many configurations have each"
    )
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
    verdict: Literal["pass", "inconclusive", "fail", "no-effect"] = Field(
        description="by the intervals; no-effect where the cap never takes effect"
    )


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
    passing: list[FoundConfiguration] = Field(
        description="by their means, with a cap that takes effect; the cheapest first"
    )
    pareto: list[FoundConfiguration] = Field(
        description="beaten by none in ΔRevenue, streamer Gini and overcrowded share together"
    )
    nearest_miss: NearestMiss | None = Field(
        description="null where any passes, or where no cap takes effect"
    )
    findings: list[str]


class FindGateAnswer(SweepSummary):
    """A sweep without its rows, and what the search of it found."""

    search: GateSearch
