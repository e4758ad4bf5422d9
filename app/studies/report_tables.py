"""The tables of a report, as texts and looks that its template lays out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from messages import Message, render
from simulator import CRITERIA, ConfigurationResult, Criterion, StudyResult
from simulator.charts.style import plain, signed
from simulator.inference.criteria import OVERCROWDING
from simulator.inference.effects import METRICS
from simulator.inference.worth import GINI_METRIC, REVENUE_METRIC
from simulator.report.verdict import verdict_message
from simulator.study.result import Difference, Effect, EffectName, Estimate, GateVerdict

_LOOKS = {
    "worth_it": "pass",
    "gain": "pass",
    "not_worth_it": "fail",
    "loss": "fail",
    "undecided": "inconclusive",
    "unclear": "inconclusive",
    "no_effect": "no-effect",
    "negligible": "no-effect",
    "depends": "no-effect",
}
"""The classes of the style sheet, by verdict; those of the criteria are named as they look."""

_COMPARED: tuple[tuple[EffectName, str], ...] = (
    ("cap", REVENUE_METRIC),
    ("cap", GINI_METRIC),
    ("fairness", REVENUE_METRIC),
    ("fairness", GINI_METRIC),
    ("total", REVENUE_METRIC),
    ("total", GINI_METRIC),
)
"""Columns of the table of configurations."""


@dataclass(frozen=True)
class Cell:
    """A figure as the page shows it: its text, a smaller one below, and a class of the style."""

    estimate: str
    small: str = ""
    look: str = ""


@dataclass(frozen=True)
class CriterionCard:
    """A published criterion of a configuration, as the page shows it."""

    title: str
    metric: str
    threshold: str
    look: str
    word: str
    estimate: str
    interval: str


@dataclass(frozen=True)
class Table:
    """A table: headings, rows of a name and cells, and what is said above it."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    caption: str = ""


@dataclass(frozen=True)
class ReportTables:
    """Writes the tables of a study's report in a language."""

    language: str

    def say(self, code: str, **parameters: Any) -> str:
        """Return a text of the report."""
        return render(Message(f"report_{code}", **parameters), self.language)

    def look(self, verdict: str) -> str:
        """Return the class of the style sheet that a verdict has."""
        return _LOOKS.get(verdict, verdict)

    def chain(self, result: ConfigurationResult) -> Table:
        """Return what each change of rule does to every metric."""
        rows = [
            (
                self.say(f"effect_{effect}"),
                [self._effect(metric, changes[metric]) for metric in METRICS],
            )
            for effect, changes in result.effects.items()
        ]
        return Table([self.say(f"metric_{metric}") for metric in METRICS], rows)

    def criteria(self, result: ConfigurationResult) -> list[CriterionCard]:
        """Return the published criteria of a result that has no effects."""
        return [self._card(result, each) for each in CRITERIA]

    def configurations(self, study: StudyResult, names: Sequence[str]) -> Table:
        """Return all configurations: by effects, where the study has any, else by the criteria."""
        of_effects = all(each.by_effects is not None for each in study.results)
        results = study.results
        columns = self._effect_columns(results) if of_effects else self._criterion_columns()
        ends: list[tuple[str, Callable[[ConfigurationResult], Cell]]] = [
            (self.say("k_binds"), lambda each: Cell(self._binding(each))),
            (self.say("verdict_column"), self._verdict),
        ]
        columns += ends
        rows = [
            (name, [write(result) for _, write in columns])
            for name, result in zip(names, results, strict=True)
        ]
        caption = self.say(
            "caption_effects" if of_effects else "caption",
            simulations=study.simulations,
            matrix=study.of_matrix,
            corrected=_has_corrected(results),
        )
        return Table([heading for heading, _ in columns], rows, caption)

    def _effect_columns(
        self, results: Sequence[ConfigurationResult]
    ) -> list[tuple[str, Callable[[ConfigurationResult], Cell]]]:
        def write(effect: EffectName, metric: str) -> Callable[[ConfigurationResult], Cell]:
            return lambda each: self._judged_effect(each, effect, metric)

        shown = [each for each in _COMPARED if any(each[0] in one.effects for one in results)]
        columns = [
            (
                self.say(
                    "labelled",
                    title=self.say(f"effect_{effect}"),
                    word=self.say(f"metric_{metric}"),
                ),
                write(effect, metric),
            )
            for effect, metric in shown
        ]
        overcrowded = self.say(f"metric_{OVERCROWDING.metric}")
        return [*columns, (overcrowded, lambda each: self._figure(each, OVERCROWDING))]

    def _criterion_columns(self) -> list[tuple[str, Callable[[ConfigurationResult], Cell]]]:
        def write(criterion: Criterion) -> Callable[[ConfigurationResult], Cell]:
            return lambda each: self._figure(each, criterion)

        return [
            (
                self.say(
                    "labelled",
                    title=render(each.title, self.language),
                    word=f"{self.say(f'metric_{each.metric}')} {self._threshold(each)}",
                ),
                write(each),
            )
            for each in CRITERIA
        ]

    def _judged_effect(self, result: ConfigurationResult, effect: EffectName, metric: str) -> Cell:
        if effect not in result.effects:
            return Cell("–")
        decision = result.by_effects
        criterion = None if decision is None else decision.criteria[metric]
        is_judged = criterion is not None and criterion.effect == effect
        look = _LOOKS[criterion.sway] if criterion is not None and is_judged else ""
        return self._effect(metric, result.effects[effect][metric], look)

    def _effect(self, metric: str, effect: Effect, look: str = "") -> Cell:
        factor = 100.0 if metric == OVERCROWDING.metric else 1.0
        unit = self.say("points") if metric == OVERCROWDING.metric else ""
        unit = " %" if metric.endswith("_pct") else unit
        return self._cell(effect, effect.p_corrected, signed, factor, unit, look)

    def _figure(self, result: ConfigurationResult, criterion: Criterion) -> Cell:
        """Return the figure that a published criterion reads."""
        figure = result.figure(criterion)
        p = figure.p_holm if isinstance(figure, Difference) else None
        write = signed if criterion.part == "delta" else plain
        look = self._criterion_verdict(result, criterion) if result.by_effects is None else ""
        return self._cell(figure, p, write, criterion.factor, criterion.sign, look)

    def _cell(
        self,
        figure: Estimate,
        p: float | None,
        write: Callable[[float], str],
        factor: float,
        unit: str,
        look: str,
    ) -> Cell:
        if figure.mean is None:
            return Cell(self.say("none"), look=look)
        small = []
        if figure.ci95 is None:
            small.append(self.say("no_interval_short"))
        elif figure.ci95[0] < figure.ci95[1]:
            low, high = (write(factor * end) for end in figure.ci95)
            small.append(self.say("range", low=low, high=high))
        if p is not None and figure.std != 0:
            small.append(f"p {p:.2g}")
        return Cell(write(factor * figure.mean) + unit, ", ".join(small), look)

    def _verdict(self, result: ConfigurationResult) -> Cell:
        verdict = result.verdict or result.gate
        return Cell(self._word(verdict), look=f"word {self.look(verdict)}")

    def _word(self, verdict: str) -> str:
        if verdict in ("no-effect", "no_effect"):
            return self.say("no_effect_short")
        return render(verdict_message(verdict), self.language)

    def _binding(self, result: ConfigurationResult) -> str:
        """Return in how many rounds k binds; of a matrix, which is allocated once, where."""
        binding = result.binding
        if binding is None or result.k is None:
            return "–"
        if binding.streamers_over_cap is not None:
            return self.say("binds_at", streamers=binding.streamers_over_cap)
        return self.say("binds_in", percent=100 * binding.rounds_share)

    def _card(self, result: ConfigurationResult, criterion: Criterion) -> CriterionCard:
        figure, unit = result.figure(criterion), criterion.sign
        write = signed if criterion.part == "delta" else plain
        interval = self.say("no_interval")
        if figure.ci95 is not None:
            low, high = (write(criterion.factor * end) for end in figure.ci95)
            interval = self.say("interval", low=low, high=high, unit=unit)
        estimate = self.say("none")
        if figure.mean is not None:
            estimate = write(criterion.factor * figure.mean) + unit
        verdict = self._criterion_verdict(result, criterion)
        return CriterionCard(
            title=render(criterion.title, self.language),
            metric=self.say(f"metric_{criterion.metric}"),
            threshold=self._threshold(criterion),
            look=verdict,
            word=self._word(verdict),
            estimate=estimate,
            interval=interval,
        )

    def _threshold(self, criterion: Criterion) -> str:
        value = plain(criterion.factor * criterion.threshold) + criterion.sign
        return self.say(f"threshold_{criterion.direction}", value=value)

    def _criterion_verdict(self, result: ConfigurationResult, criterion: Criterion) -> GateVerdict:
        """Return the verdict on a criterion: by the interval, or by the mean without one."""
        if not result.takes_effect:
            return "no-effect"
        decided = result.by_intervals and result.by_intervals.criteria.get(criterion.code)
        if decided:
            return decided.verdict
        return "pass" if result.criteria_met[criterion.code] else "fail"


def _has_corrected(results: Sequence[ConfigurationResult]) -> bool:
    """Return whether any p was corrected."""
    differences = [each for result in results for each in result.delta.values()]
    changes = [
        change
        for result in results
        for metrics in result.effects.values()
        for change in metrics.values()
    ]
    return any(each.p_holm is not None for each in differences) or any(
        each.p_corrected is not None for each in changes
    )
