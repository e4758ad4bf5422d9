"""Schemas of the answers on studies. Their parts are the simulator's types, as JSON."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator.policies import PolicyName
from simulator.study.result import (
    CapBinding,
    CriterionVerdict,
    DisplacedTier,
    EffectName,
    ExpectedFigures,
    GateVerdict,
    OpenReason,
    PassOrFail,
    Power,
    Sway,
    Unit,
    Verdict,
)
from solver import Algorithm

FINDINGS = "in the language of Accept-Language"


class MessageAnswer(BaseModel):
    """A message as data: its text is in the catalogue of each language."""

    code: str
    parameters: dict[str, Any]


class EstimateAnswer(BaseModel):
    """The mean of a figure over simulations; null where the figure does not exist."""

    mean: float | None
    std: float | None = Field(description="of the population")
    ci95: tuple[float | None, float | None] = Field(description="95 % bootstrap interval")


class DifferenceAnswer(EstimateAnswer):
    """The mean difference of a figure from the baseline's, paired by simulation."""

    p: float | None = Field(description="of the sign-flip test")
    p_holm: float | None = Field(description="corrected for having tested all configurations")


class EffectAnswer(EstimateAnswer):
    """What a change of rule does to a figure, paired by simulation."""

    p: float | None = Field(description="of the sign-flip test; null where the figure is exact")
    p_corrected: float | None = Field(
        description="corrected for having tested this effect of all configurations (Holm)"
    )
    simulations_needed: int | None = Field(description="to show an effect of this size")


class EffectCriterionAnswer(BaseModel):
    """What an effect amounts to, beside the smallest effect that matters."""

    effect: EffectName = Field(description="the change of rule that is judged")
    estimate: float | None
    ci95: tuple[float | None, float | None]
    p_corrected: float | None
    minimum_effect: float = Field(description="in the figure's own unit")
    sway: Sway


class TextAnswer(MessageAnswer):
    """A message as data, with its text."""

    text: str = Field(description=FINDINGS)


class SweepTextAnswer(TextAnswer):
    """The answer to the question of a study, with its text."""

    parts: list[str] = Field(
        [],
        description="the text of each setting of capacities and users a round, where there are 2 "
        "to 4; `text` is all of them",
    )


class ConcentrationAnswer(BaseModel):
    """How concentrated the baseline's revenue is after some rounds, and by what."""

    rounds: int
    realised: EstimateAnswer = Field(description="Gini of revenue over streamers")
    chance: EstimateAnswer = Field(description="had the same gifts fallen at random")
    expected: EstimateAnswer = Field(description="Gini of expected revenue")
    realised_effect: EstimateAnswer = Field(
        description="what the configuration changes in the realised Gini"
    )
    expected_effect: EstimateAnswer = Field(
        description="what the configuration changes in the expected Gini"
    )
    simulations_needed: int | None = Field(description="to show the effect in the realised Gini")


class CriterionAnswer(BaseModel):
    """A figure that has to be on one side of a threshold, strictly."""

    code: str = Field(description="of the published study's hypothesis")
    name: str
    title: MessageAnswer
    part: Literal["metrics", "delta"] = Field(description="where a result has the figure")
    metric: str
    unit: Unit
    threshold: float = Field(description="in the figure's own unit")
    direction: Literal["below", "above"]


class CriterionResultAnswer(BaseModel):
    """What the interval of a configuration's figure makes of a criterion."""

    metric: str
    estimate: float | None
    ci95: tuple[float | None, float | None]
    threshold: float
    verdict: CriterionVerdict
    reason: OpenReason | None = Field(description="why it is inconclusive")


class IntervalVerdictAnswer(BaseModel):
    """What intervals make of the criteria."""

    verdict: GateVerdict = Field(description="no-effect where the cap never takes effect")
    criteria: dict[str, CriterionResultAnswer] = Field(description="by code")


class StudyVerdictAnswer(BaseModel):
    """The verdict of the configurations that do best, and how many have each."""

    verdict: GateVerdict
    passing: int = Field(alias="pass")
    inconclusive: int
    fail: int
    no_effect: int = Field(alias="no-effect")


class SettingsAnswer(BaseModel):
    """What sets a configuration apart from the others of its study."""

    k: int | None
    whale_share: float
    capacity_scale: float
    algorithm: Algorithm | None
    policy: PolicyName


class BaselineAnswer(BaseModel):
    """The figures of a baseline."""

    capacity_scale: float
    whale_share: float
    users_per_round: int | None = Field(None, description="not of an own matrix")
    metrics: dict[str, EstimateAnswer]
    whale_histogram: list[int] | None = Field(
        None, description="how many streamers had 1, 2, 3, … whales in a round"
    )
    expected: ExpectedFigures | None = Field(None, description="of an own matrix, exactly")


class ConfigurationAnswer(SettingsAnswer):
    """What one configuration of a study comes to."""

    users_per_round: int | None = Field(None, description="not of an own matrix")
    spend_cap: float | None = None
    alpha: float | None = None
    theta: float | None = None
    metrics: dict[str, EstimateAnswer]
    delta: dict[str, DifferenceAnswer] = Field(description="against the baseline")
    effects: dict[EffectName, dict[str, EffectAnswer]] = Field(
        {}, description="of each change of rule from greedy to this one, and in total, by metric"
    )
    verdict: Verdict | None = Field(None, description="whether the cap is worth having")
    criteria: dict[str, EffectCriterionAnswer] = Field(
        {}, description="what the verdict is made of, by metric"
    )
    hypotheses: dict[str, bool] = Field(description="whether the means meet each criterion")
    published_rule: PassOrFail | None = Field(
        None, description="PASS where the means meet all criteria of the published study"
    )
    gate_5c: PassOrFail = Field(description="published_rule under its old name", deprecated=True)
    gate: IntervalVerdictAnswer = Field(
        description="what intervals make of the published study's criteria"
    )
    power: dict[str, Power]
    binding: CapBinding
    whale_histogram: list[int] | None = None
    expected: ExpectedFigures | None = Field(None, description="of an own matrix, exactly")
    objective: dict[str, float] | None = None
    certificate: dict[str, Any] | None = None
    shadow_prices: dict[str, dict[str, float]] | None = None
    displaced: dict[str, DisplacedTier] | None = None


class ResultSettingsAnswer(SettingsAnswer):
    """The settings of a configuration on drawn worlds."""

    users_per_round: int
    spend_cap: float | None
    alpha: float | None = None
    theta: float | None = None


class LuckAnswer(BaseModel):
    """How much of the concentration of the first baseline's revenue is luck, by rounds."""

    configuration: ResultSettingsAnswer = Field(
        description="that which the answer names in the first setting"
    )
    checkpoints: list[ConcentrationAnswer]
    rounds_needed: int | None = Field(
        description="the first checkpoint from which on the realised Gini would tell the"
        " configuration from the baseline in 80 % of studies with as many simulations"
    )


class RunAnswer(BaseModel):
    """A row behind the figures: one replay, or one simulation of the gifts."""

    model_config = ConfigDict(extra="allow")

    policy: PolicyName
    algorithm: Algorithm | None
    k: int | None
    whale_share: float
    capacity_scale: float
    seed: int
    revenue: float
    streamer_gini: float
    overcrowded_share: float
    overload_rate: float


class SweepSummary(BaseModel):
    """What a study comes to."""

    id: str
    config: dict[str, Any]
    baseline: BaselineAnswer = Field(description="figures of the first capacity scale")
    baselines: list[BaselineAnswer] = Field(description="one for each capacity scale")
    results: list[ConfigurationAnswer] = Field(description="one for each configuration")
    answer: SweepTextAnswer | None = Field(
        None, description="whether a cap is worth having, which, at what price, and how sure"
    )
    stopping: TextAnswer | None = Field(
        None, description="with until_decided: after how many simulations it stopped, and why"
    )
    luck: LuckAnswer | None = Field(
        None, description="of concentration, by rounds; null for an own matrix"
    )
    published_rule: PassOrFail | None = Field(
        None, description="PASS where the means of any configuration meet all published criteria"
    )
    gate_5c: PassOrFail = Field(description="published_rule under its old name", deprecated=True)
    gate: StudyVerdictAnswer = Field(
        description="what intervals make of the published study's criteria"
    )
    best: ConfigurationAnswer
    best_by: TextAnswer | None = Field(None, description="by what it is the best")
    criteria: list[CriterionAnswer] = Field([], description="what the verdicts are made of")
    findings: list[str] = Field(description=FINDINGS)
    finding_messages: list[MessageAnswer] = Field([], description="the same as data")
    conclusions: list[str] = Field([], description="the verdict in sentences, as findings are")
    conclusion_messages: list[MessageAnswer] = Field([], description="the same as data")
    timings_ms: dict[str, float]


class SweepAnswer(SweepSummary):
    """A finished study."""

    runs: list[RunAnswer] | None = Field(None, description="with ?include=runs")


class FoundConfiguration(ResultSettingsAnswer):
    """A configuration of the grid, by its settings, with the figures that are compared."""

    cap_expected_revenue_pct: float | None = Field(
        description="effect of the cap, percent; null without a cap"
    )
    cap_expected_streamer_gini: float | None = Field(description="effect of the cap")
    fairness_expected_revenue_pct: float | None = Field(
        None, description="effect of weights, percent; null without weights"
    )
    fairness_expected_streamer_gini: float | None = Field(None, description="effect of weights")
    total_expected_revenue_pct: float | None = Field(
        description="effect of all rules against greedy, percent; null where that earns nothing"
    )
    total_expected_streamer_gini: float = Field(description="effect of all rules against greedy")
    overcrowded_share: float
    verdict: Verdict = Field(description="whether its cap is worth having")
    revenue: float
    revenue_pct: float | None = Field(
        description="change of realised revenue against greedy, percent"
    )
    streamer_gini: float
    streamer_gini_change: float
    published_rule: PassOrFail
    gate_5c: PassOrFail = Field(description="published_rule under its old name", deprecated=True)
    gate: GateVerdict = Field(
        description="on the published criteria, by intervals; no-effect where the cap never binds"
    )


class ShortfallAnswer(BaseModel):
    """How far an effect is from what would make a cap worth having."""

    lacking: Literal["concentration", "gain", "loss", "more_concentration", "significance"]
    effect: EffectName = Field(description="the change of rule that is judged")
    metric: str
    estimate: float
    bound: float = Field(description="the end of the interval that is too far")
    threshold: float = Field(description="where that end has to be")
    by: float = Field(description="in the metric's own unit")
    share: float = Field(
        description="of the smallest effect that matters, or of the most that revenue may fall"
    )
    p_corrected: float | None


class NearestMiss(FoundConfiguration):
    """The configuration that comes nearest to being worth having, and what it lacks."""

    shortfalls: list[ShortfallAnswer]


class SettingsSearchAnswer(BaseModel):
    """What a search of a grid found."""

    configurations: int = Field(description="how many were searched")
    compared_by: TextAnswer = Field(description="what makes a configuration worth having")
    passing: list[FoundConfiguration] = Field(
        description="those that are worth having; the least loss of expected revenue first"
    )
    pareto: list[FoundConfiguration] = Field(
        description="beaten by none in expected revenue, its Gini and overcrowded share together"
    )
    nearest_miss: NearestMiss | None = Field(
        description="null where any passes, or where no cap changes anything"
    )
    findings: list[str] = Field(description=FINDINGS)
    finding_messages: list[MessageAnswer] = Field([], description="the same as data")


class FindSettingsAnswer(SweepSummary):
    """A sweep without its rows, and what the search of it found."""

    search: SettingsSearchAnswer
