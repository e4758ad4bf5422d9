"""Types of the result of a study. `result_json` writes them as JSON and reads them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from messages import Message

from .config import Configuration

PassOrFail = Literal["PASS", "FAIL"]

CriterionVerdict = Literal["pass", "fail", "inconclusive"]
"""Verdict of the interval of a figure on a criterion."""

_FROM_THE_WORST: tuple[CriterionVerdict, ...] = ("fail", "inconclusive")

GateVerdict = Literal["pass", "inconclusive", "fail", "no-effect"]
"""What intervals make of the published criteria; no-effect where a cap never takes effect."""

GATE_VERDICTS: tuple[GateVerdict, ...] = get_args(GateVerdict)
"""From the best: that of a study is the best of its configurations'."""

EffectName = Literal["capacity", "priority", "cap", "fairness", "total"]
"""A change of rule: a step of a policy's chain, or all of them together."""

Verdict = Literal["worth_it", "not_worth_it", "no_effect", "undecided"]
"""Whether a whale cap is worth having; no_effect where it changes nothing."""

Sway = Literal["gain", "loss", "negligible", "unclear"]
"""What an effect amounts to, beside the smallest effect that matters."""

OpenReason = Literal["one_simulation", "interval_straddles_threshold", "too_few_simulations"]
"""Why a criterion is inconclusive."""

Unit = Literal["share", "percent", "number"]
"""Of a figure: a share is shown in percent, and its changes in points."""


@dataclass(frozen=True)
class Estimate:
    """The mean of a figure over simulations.

    Parameters
    ----------
    mean : float or None
        None where the figure does not exist, as the change of a revenue that is 0.
    std : float or None
        Standard deviation of the population.
    ci95 : (float, float) or None
        95 % bootstrap interval of the mean; None of one simulation, and where there is no mean.
    n : int
        How many simulations.

    Examples
    --------
    >>> from whale_matching import Estimate
    >>> revenue = Estimate(mean=29.5, std=26.7, ci95=(9.8, 50.0), n=6)
    >>> revenue.value, revenue.bounds
    (29.5, (9.8, 50.0))
    """

    mean: float | None
    std: float | None
    ci95: tuple[float, float] | None
    n: int

    @property
    def value(self) -> float:
        """The mean of a figure that exists.

        Raises
        ------
        ValueError
            If it does not.
        """
        if self.mean is None:
            raise ValueError("Expected a figure that exists.")
        return self.mean

    @property
    def bounds(self) -> tuple[float, float]:
        """The interval; the mean twice where there is one simulation."""
        return self.ci95 or (self.value, self.value)


@dataclass(frozen=True)
class Difference(Estimate):
    """The mean difference of a figure from the baseline's, paired by simulation.

    Parameters
    ----------
    p : float or None
        Of the sign-flip test; None where nothing was tested.
    p_holm : float or None
        Corrected for having tested all configurations.
    """

    p: float | None = None
    p_holm: float | None = None


@dataclass(frozen=True)
class Effect(Estimate):
    """What a change of rule does to a figure, paired by simulation.

    Of a sweep with `until_decided`, the interval and p of the effect that the verdict is by are
    always valid (`simulator.inference.sequential`); the interval is None where it has no bounds.

    Parameters
    ----------
    p : float or None
        Of the sign-flip test; None where nothing was tested, as in a study on a matrix, which is
        exact.
    p_corrected : float or None
        Corrected for having tested this effect of all configurations (Holm).
    simulations_needed : int or None
        How many would show an effect of this size; None where none would.
    """

    p: float | None = None
    p_corrected: float | None = None
    simulations_needed: int | None = None

    @property
    def is_zero(self) -> bool:
        """Whether it is exactly 0 in every simulation."""
        return self.mean == 0 and self.std == 0


@dataclass(frozen=True)
class EffectCriterion:
    """What an effect amounts to for the verdict.

    Parameters
    ----------
    effect : str
        The change of rule that is judged.
    estimate : float or None
    ci95 : (float, float) or None
    p_corrected : float or None
    minimum_effect : float
        The smallest that matters, in the figure's unit.
    sway : {"gain", "loss", "negligible", "unclear"}
    """

    effect: EffectName
    estimate: float | None
    ci95: tuple[float, float] | None
    p_corrected: float | None
    minimum_effect: float
    sway: Sway


@dataclass(frozen=True)
class EffectVerdict:
    """Whether a cap, or a policy without one, is worth having, and why.

    Parameters
    ----------
    verdict : {"worth_it", "not_worth_it", "no_effect", "undecided"}
    criteria : mapping from str to EffectCriterion
        By metric.
    """

    verdict: Verdict
    criteria: Mapping[str, EffectCriterion]


@dataclass(frozen=True)
class Concentration:
    """How concentrated the baseline's revenue is after some rounds, and by what.

    Parameters
    ----------
    rounds : int
    realised : Estimate
        Gini of revenue over streamers.
    chance : Estimate
        That had the same gifts fallen on streamers uniformly at random.
    expected : Estimate
        Gini of expected revenue.
    realised_effect, expected_effect : Estimate
        What the study's foremost configuration changes in the realised and the expected Gini,
        paired by simulation.
    simulations_needed : int or None
        How many simulations would show that in the realised Gini; None where none would.
    """

    rounds: int
    realised: Estimate
    chance: Estimate
    expected: Estimate
    realised_effect: Estimate
    expected_effect: Estimate
    simulations_needed: int | None


@dataclass(frozen=True)
class Luck:
    """How much of the concentration of revenue is luck, and from when on it is not.

    Parameters
    ----------
    configuration : Configuration
        That which the answer names in the first setting; its effects are followed.
    checkpoints : tuple of Concentration
        Of the baseline of the first setting, by rounds.
    rounds_needed : int or None
        The first checkpoint from which on the realised Gini would tell the configuration from the
        baseline, with the simulations that the study has. None where it would not within them.
    """

    configuration: Configuration
    checkpoints: tuple[Concentration, ...]
    rounds_needed: int | None


@dataclass(frozen=True)
class Criterion:
    """A figure that has to be on one side of a threshold, strictly.

    Parameters
    ----------
    code : str
        In the published study: the hypothesis, such as "H5C-1".
    name : str
        For programs; the message ``criterion_<name>`` is its name for readers.
    part : {"metrics", "delta"}
        Whether the figure is a level or a difference from the baseline.
    metric : str
    unit : {"share", "percent", "number"}
    threshold : float
        In the figure's own unit.
    direction : {"below", "above"}
        Where the figure has to be.

    Examples
    --------
    >>> from whale_matching import Criterion
    >>> revenue = Criterion("H5C-3", "revenue", "delta", "revenue_pct", "percent", -5.0, "above")
    >>> revenue.met_by(-3.0), revenue.met_by(-7.0)
    (True, False)
    >>> revenue.shortfall(-7.0)
    2.0
    >>> print(revenue.title)
    Revenue (H5C-3)
    """

    code: str
    name: str
    part: Literal["metrics", "delta"]
    metric: str
    unit: Unit
    threshold: float
    direction: Literal["below", "above"]

    @property
    def title(self) -> Message:
        """Its name for readers, with the study's code."""
        return Message(f"criterion_{self.name}", code=self.code)

    @property
    def factor(self) -> float:
        """What the figure is multiplied by to be shown."""
        return 100.0 if self.unit == "share" else 1.0

    @property
    def sign(self) -> str:
        """The unit as it is shown."""
        return "" if self.unit == "number" else " %"

    def met_by(self, value: float | None) -> bool:
        """Return whether a value is on the right side; one that does not exist is."""
        if value is None:
            return True
        return value < self.threshold if self.direction == "below" else value > self.threshold

    def shortfall(self, value: float) -> float:
        """Return how far a value is on the wrong side of the threshold."""
        return value - self.threshold if self.direction == "below" else self.threshold - value


@dataclass(frozen=True)
class CriterionResult:
    """Verdict of the interval of a configuration's figure on a criterion.

    Parameters
    ----------
    metric : str
    estimate : float or None
    ci95 : (float, float) or None
    threshold : float
    verdict : str
    reason : str or None
        Why it is inconclusive.
    """

    metric: str
    estimate: float | None
    ci95: tuple[float, float] | None
    threshold: float
    verdict: CriterionVerdict
    reason: OpenReason | None


@dataclass(frozen=True)
class IntervalVerdict:
    """Verdict of the intervals of a configuration on all criteria.

    Parameters
    ----------
    criteria : mapping from str to CriterionResult
        By the criterion's code.
    """

    criteria: Mapping[str, CriterionResult]

    @property
    def verdict(self) -> CriterionVerdict:
        """Fail where any criterion fails, else inconclusive where any is, else pass."""
        verdicts = {each.verdict for each in self.criteria.values()}
        return next((each for each in _FROM_THE_WORST if each in verdicts), "pass")


@dataclass(frozen=True)
class StudyVerdict:
    """What intervals make of a study, and how many of its configurations have each verdict."""

    verdict: GateVerdict
    counts: Mapping[GateVerdict, int]


@dataclass(frozen=True)
class NeededSimulations:
    """How many simulations would show a difference.

    Parameters
    ----------
    difference : float or None
    std : float or None
        Of a sample.
    simulations : int or None
        None where no number of them would.
    """

    difference: float | None
    std: float | None
    simulations: int | None


@dataclass(frozen=True)
class Power:
    """How many simulations would show the difference asked about, and the one observed."""

    asked: NeededSimulations | None
    observed: NeededSimulations


@dataclass(frozen=True)
class CapBinding:
    """Where a whale cap keeps a whale from its first choice.

    Parameters
    ----------
    rounds_share : float
    binding_rounds, rounds : int
    whales_per_round : float
        A whole number in a matrix, where all users meet at once.
    max_whales_wanted : int
        Most whales that wanted one streamer in one round.
    streamers_over_cap : int or None
        Of a matrix: how many streamers are wanted by more whales than fit.
    """

    rounds_share: float
    binding_rounds: int
    rounds: int
    whales_per_round: float
    max_whales_wanted: int
    streamers_over_cap: int | None = None


@dataclass(frozen=True)
class ExpectedFigures:
    """Expected figures of an allocation of the caller's own matrix.

    Parameters
    ----------
    revenue, streamer_gini, overload_rate : float
    unallocated_users : int
    revenue_pct, streamer_gini_change : float or None
        Against the baseline; None of the baseline. `revenue_pct` is None as well where the
        baseline has no revenue.
    """

    revenue: float
    streamer_gini: float
    overload_rate: float
    unallocated_users: int
    revenue_pct: float | None = None
    streamer_gini_change: float | None = None


@dataclass(frozen=True)
class DisplacedTier:
    """How many users get less than at their first choice, and how much less."""

    users: int
    cost: float
    mean_cost: float


@dataclass(frozen=True)
class ExactFigures:
    """Exact figures of an allocation of the caller's own matrix.

    Parameters
    ----------
    expected : ExpectedFigures
    objective : mapping from str to float
        Of whales, of normal users and in total.
    certificate : mapping
        The solver's certificate, as JSON.
    shadow_prices : mapping from str to mapping
        By limit, then by the streamer's id; only prices that are not 0.
    displaced : mapping from str to DisplacedTier
        Of whales and of normal users.
    """

    expected: ExpectedFigures
    objective: Mapping[str, float]
    certificate: Mapping[str, Any]
    shadow_prices: Mapping[str, Mapping[str, float]]
    displaced: Mapping[str, DisplacedTier]


@dataclass(frozen=True)
class BaselineResult:
    """The figures of a baseline.

    Parameters
    ----------
    configuration : Configuration
    metrics : mapping from str to Estimate
    whale_histogram : tuple of int
        How many (streamer, round) pairs had 1, 2, 3, … whales; empty of a matrix.
    expected : ExpectedFigures or None
        Of a matrix.
    """

    configuration: Configuration
    metrics: Mapping[str, Estimate]
    whale_histogram: tuple[int, ...] = ()
    expected: ExpectedFigures | None = None


@dataclass(frozen=True)
class Comparison:
    """A configuration compared with its baseline: figures, tests, verdicts and power.

    Parameters
    ----------
    metrics : mapping from str to Estimate
    delta : mapping from str to Difference
    criteria_met : mapping from str to bool
        Whether the means meet each criterion, by its code.
    by_intervals : IntervalVerdict or None
        What intervals make of the criteria; None in results of early versions.
    power : mapping from str to Power
        By metric; empty in results of early versions.
    """

    metrics: Mapping[str, Estimate]
    delta: Mapping[str, Difference]
    criteria_met: Mapping[str, bool]
    by_intervals: IntervalVerdict | None
    power: Mapping[str, Power]

    @property
    def published_rule(self) -> PassOrFail:
        """PASS where the means meet all criteria: the published study's plain rule."""
        return "PASS" if all(self.criteria_met.values()) else "FAIL"

    @property
    def n_criteria_met(self) -> int:
        """How many criteria the means meet."""
        return sum(self.criteria_met.values())

    def figure(self, criterion: Criterion) -> Estimate:
        """Return the figure that a criterion reads."""
        return self.metrics[criterion.metric] if criterion.part == "metrics" else (
            self.delta[criterion.metric]
        )  # fmt: skip


@dataclass(frozen=True)
class ConfigurationResult(Comparison):
    """The result of one configuration of a study.

    Parameters
    ----------
    configuration : Configuration
    binding : CapBinding or None
    whale_histogram : tuple of int
    exact : ExactFigures or None
        Of a matrix.
    effects : mapping from str to mapping from str to Effect
        By the change of rule, then by the metric; empty in results of early versions.
    by_effects : EffectVerdict or None
        Whether its cap is worth having; None in results of early versions.

    Examples
    --------
    >>> from whale_matching import GiftModel, MatrixStudyConfig, Problem, study_matrix
    >>> problem = Problem([[9.0, 1.0], [8.0, 7.0], [4.0, 2.0]], capacity=2)
    >>> config = MatrixStudyConfig(k_values=(1, 2), whale_shares=(0.67,), gifts=GiftModel(0.5))
    >>> study = study_matrix(problem, [520.0, 300.0, 18.0], config)
    >>> result = study.results[0]
    >>> result.k, result.takes_effect, result.gate
    (1, True, 'inconclusive')
    >>> result.failing
    ['H5C-3']
    >>> result.exact.expected.revenue
    20.0
    """

    configuration: Configuration
    binding: CapBinding | None = None
    whale_histogram: tuple[int, ...] = ()
    exact: ExactFigures | None = None
    effects: Mapping[EffectName, Mapping[str, Effect]] = field(default_factory=dict)
    by_effects: EffectVerdict | None = None

    @property
    def verdict(self) -> Verdict | None:
        """Whether its cap is worth having; None in results of early versions."""
        return None if self.by_effects is None else self.by_effects.verdict

    @property
    def k(self) -> int | None:
        """Whale cap; None for a policy without one."""
        return self.configuration.k

    @property
    def takes_effect(self) -> bool:
        """Whether there is no whale cap, or one that binds in any round.

        A cap that never binds keeps no whale from its first choice, so it cannot have caused the
        figures.
        """
        return self.k is None or self.binding is None or self.binding.binding_rounds > 0

    @property
    def passes(self) -> bool:
        """Whether the means meet all criteria, by a cap that takes effect."""
        return self.takes_effect and self.published_rule == "PASS"

    @property
    def failing(self) -> list[str]:
        """Codes of the criteria that the means miss; none where the cap takes no effect."""
        missed = [code for code, met in self.criteria_met.items() if not met]
        return missed if self.takes_effect else []

    @property
    def gate(self) -> GateVerdict:
        """What intervals make of the published criteria; the means, where there are none."""
        if not self.takes_effect:
            return "no-effect"
        if self.by_intervals is not None:
            return self.by_intervals.verdict
        return "pass" if self.published_rule == "PASS" else "fail"


@dataclass(frozen=True)
class StudyResult:
    """The result of a study.

    Parameters
    ----------
    config : mapping
        Settings that run the study again, as JSON.
    simulations, seed : int
        How many were run, and the first seed.
    baselines : tuple of BaselineResult
        One for each setting; the first is that of the first capacity scale.
    results : tuple of ConfigurationResult
        With k varying fastest.
    best : ConfigurationResult
        One of the results.
    best_by : Message or None
        By what it is the best.
    answer : Message or None
        Whether a cap is worth having, which, what it gains and costs, and how sure that is.
    stopping : Message or None
        After how many simulations it stopped, and why; None of a study that always runs all.
    luck : Luck or None
        How much of the concentration is luck, by rounds; None in results of early versions, and of
        a matrix.
    findings : tuple of Message
    conclusions : tuple of Message
        The verdict in a few sentences.
    of_matrix : bool
        Whether it is a study on a caller's own matrix.
    rows : sequence of mapping
        The rows that the figures were computed from, as JSON; empty in a result without rows.

    Examples
    --------
    >>> from whale_matching import GiftModel, MatrixStudyConfig, Problem, study_matrix
    >>> problem = Problem([[9.0, 1.0], [8.0, 7.0], [4.0, 2.0]], capacity=2)
    >>> config = MatrixStudyConfig(k_values=(1, 2), whale_shares=(0.67,), gifts=GiftModel(0.5))
    >>> study = study_matrix(problem, [520.0, 300.0, 18.0], config)
    >>> study.gate.verdict
    'inconclusive'
    >>> study.best.k
    1
    >>> study.findings[0].code
    'finding_effect'
    """

    config: Mapping[str, Any]
    simulations: int
    seed: int
    baselines: tuple[BaselineResult, ...]
    results: tuple[ConfigurationResult, ...]
    best: ConfigurationResult
    criteria: tuple[Criterion, ...] = ()
    findings: tuple[Message, ...] = ()
    conclusions: tuple[Message, ...] = ()
    of_matrix: bool = False
    best_by: Message | None = None
    answer: Message | None = None
    stopping: Message | None = None
    luck: Luck | None = None
    rows: Sequence[Mapping[str, Any]] = field(default=(), repr=False)

    @property
    def baseline(self) -> BaselineResult:
        """The first baseline."""
        return self.baselines[0]

    def baseline_of(self, result: ConfigurationResult) -> BaselineResult:
        """Return the baseline of a result's setting."""
        for each in self.baselines:
            if each.configuration.setting == result.configuration.setting:
                return each
        return self.baselines[0]

    @property
    def published_rule(self) -> PassOrFail:
        """PASS where the means of any configuration meet all criteria."""
        return "PASS" if any(each.published_rule == "PASS" for each in self.results) else "FAIL"

    @property
    def gate(self) -> StudyVerdict:
        """What intervals make of the best configurations, and how many have each verdict."""
        verdicts = [each.gate for each in self.results]
        counts = {each: verdicts.count(each) for each in GATE_VERDICTS}
        return StudyVerdict(next(each for each in GATE_VERDICTS if counts[each]), counts)
