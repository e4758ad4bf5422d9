"""Findings of a large study: about a dozen sentences on all of its configurations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import fmean
from typing import Any

from messages import Message
from simulator.inference.criteria import (
    CONCENTRATION,
    CRITERIA,
    LEAST_SIMULATIONS,
    OVERCROWDING,
    REVENUE,
)
from simulator.inference.worth import GINI_METRIC, JUDGED, REVENUE_METRIC, judged_effect
from simulator.study.result import (
    ConfigurationResult,
    Criterion,
    EffectName,
    Estimate,
    StudyResult,
)

from .certainty import count_effect_tests, count_verdicts, describe_needed, few_simulations
from .naming import Namer, join_sentences, name_rule_before, name_setting, namer, varying

MOST_FINDINGS = 12
"""A study with more findings than this has an overview instead."""

Write = Callable[[float], str]
Figure = tuple[Message, Callable[[ConfigurationResult], float | None], Write]
"""A figure of the overview: its name, its value and how that is written."""


def overview(study: StudyResult) -> list[Message]:
    """Return what many configurations show together.

    They are: in how many a cap is worth having, which is best, the range of each effect and the
    setting that it depends on most, where k binds, and what tests and power say. At the end, what
    the published criteria make of them. At most 12 sentences for any number of results.
    """
    results, simulations = study.results, study.simulations
    name = namer(results)
    several = simulations > 1
    has_effects = all(each.by_effects is not None for each in results)
    figures = _effect_figures(results) if has_effects else _CRITERION_FIGURES
    return [
        *([_count_effects(results), *_best(study, name)] if has_effects else []),
        *(sentence for each in figures for sentence in _range(results, each, name)),
        *_binding(results, name),
        *(count_effect_tests(results, simulations) if simulations >= LEAST_SIMULATIONS else []),
        *describe_needed([(name(study.best), study.best)], simulations),
        *(few_simulations(simulations) if several else []),
        _by_means(results),
        *([count_verdicts(results)] if several else []),
        *other_overload(results),
    ]


def _count_effects(results: Sequence[ConfigurationResult]) -> Message:
    verdicts = [each.verdict for each in results]
    return Message(
        "effects_overview",
        configurations=len(results),
        worth_it=verdicts.count("worth_it"),
        not_worth_it=verdicts.count("not_worth_it"),
        no_effect=verdicts.count("no_effect"),
        undecided=verdicts.count("undecided"),
    )


def _best(study: StudyResult, name: Namer) -> Iterator[Message]:
    """State which configuration is the best of the first setting, by what, and its effects."""
    if study.best_by is None:
        return
    judged = judged_effect(study.best.effects)
    changes = study.best.effects[judged]
    yield Message(
        "best_by_effects",
        who=name(study.best),
        by=study.best_by,
        percent=changes[REVENUE_METRIC].mean or 0.0,
        gini=changes[GINI_METRIC].value,
        against=name_rule_before(judged),
    )


def _write_percent(value: float) -> str:
    return f"{value:+.3g} %" if value else "0 %"


def _write_gini(value: float) -> str:
    return f"{value:+.2g}" if value else "0"


def _effect_figures(results: Sequence[ConfigurationResult]) -> list[Figure]:
    """Return the effects of caps or weights and of all rules, as far as any result has them."""

    def figure(effect: EffectName, metric: str, write: Write) -> Figure:
        def value(result: ConfigurationResult) -> float | None:
            return result.effects[effect][metric].mean if effect in result.effects else None

        return Message(f"figure_{effect}_{metric}"), value, write

    judged = [name for name in JUDGED if any(name in each.effects for each in results)]
    figures = [
        figure(name, metric, write)
        for name in judged[:1]
        for metric, write in ((REVENUE_METRIC, _write_percent), (GINI_METRIC, _write_gini))
    ]
    return [*figures, *(figure(name, REVENUE_METRIC, _write_percent) for name in judged[1:])]


def _criterion_figure(criterion: Criterion, write: Write) -> Figure:
    return (
        Message(f"figure_{criterion.metric}"),
        lambda result: result.figure(criterion).mean,
        write,
    )


_CRITERION_FIGURES = (
    _criterion_figure(REVENUE, _write_percent),
    _criterion_figure(CONCENTRATION, _write_gini),
    _criterion_figure(OVERCROWDING, lambda value: f"{100 * value:.3g} %"),
)
"""Figures of a study without effects."""


def _by_means(results: Sequence[ConfigurationResult]) -> Message:
    failing = [
        Message(
            "means_failing",
            count=sum(each.code in result.failing for result in results),
            criterion=each.title,
        )
        for each in CRITERIA
    ]
    idle = sum(not each.takes_effect for each in results)
    sentences = [
        Message(
            "means_overview",
            passing=sum(each.passes for each in results),
            configurations=len(results),
            failing=failing,
        )
    ]
    if idle:
        sentences.append(Message("means_without_effect", count=idle))
    return join_sentences(sentences)


def _range(
    results: Sequence[ConfigurationResult], figure: Figure, name: Namer
) -> Iterator[Message]:
    """State what a figure ranges over, and the setting that its mean depends on most."""
    title, value, write = figure
    values = [(mean, each) for each in results if (mean := value(each)) is not None]
    if not values:
        return
    ordered = sorted(values, key=lambda each: each[0])
    (low, at_low), (high, at_high) = ordered[0], ordered[-1]
    if write(low) == write(high):
        parts = [Message("figure_constant", figure=title, value=write(low), rounded=low != high)]
    else:
        parts = [
            Message(
                "figure_range",
                figure=title,
                low=write(low),
                at_low=name(at_low),
                high=write(high),
                at_high=name(at_high),
            ),
            *_dependence(values, write),
        ]
    yield Message("figure_overview", parts=parts)


def _dependence(
    values: Sequence[tuple[float, ConfigurationResult]], write: Write
) -> Iterator[Message]:
    """State with which setting a figure varies most, and its means at the ends."""
    setting, levels = _most_telling(values)
    if setting is None:
        return
    ends = (min(levels, key=levels.__getitem__), max(levels, key=levels.__getitem__))
    yield Message(
        "figure_dependence",
        setting=Message(f"setting_name_{setting}"),
        ends=[
            Message("figure_at_level", value=write(levels[end]), level=_level(setting, end))
            for end in ends
        ],
    )


def _most_telling(
    values: Sequence[tuple[float, ConfigurationResult]],
) -> tuple[str | None, dict[Any, float]]:
    """Return the setting whose levels' means are farthest apart, and these means."""
    best: tuple[str | None, dict[Any, float]] = (None, {})
    largest_distance = 0.0
    for setting in varying([result for _, result in values]):
        by_level: dict[Any, list[float]] = {}
        for value, result in values:
            by_level.setdefault(getattr(result.configuration, setting), []).append(value)
        levels = {level: fmean(each) for level, each in by_level.items()}
        distance = max(levels.values()) - min(levels.values())
        if distance > largest_distance:
            best, largest_distance = (setting, levels), distance
    return best


def _level(setting: str, value: Any) -> Message:
    if value is None:
        return Message("no_setting", setting=Message(f"setting_name_{setting}"))
    return name_setting(setting, value)


def _binding(results: Sequence[ConfigurationResult], name: Namer) -> Iterator[Message]:
    """State how many configurations with a k it ever binds in, and where most."""
    capped = [(each, each.binding) for each in results if each.k is not None and each.binding]
    binds = [(each, binding) for each, binding in capped if binding.binding_rounds]
    if not capped:
        return
    wanted = max(binding.max_whales_wanted for _, binding in capped)
    if not binds:
        yield Message("k_never_binds_anywhere", configurations=len(capped), wanted=wanted)
        return
    most, binding = max(binds, key=lambda each: each[1].rounds_share)
    yield Message(
        "k_binds_somewhere",
        count=len(binds),
        configurations=len(capped),
        in_rounds=binding.rounds > 1,
        who=name(most),
        binding_rounds=binding.binding_rounds,
        rounds=binding.rounds,
        wanted=wanted,
    )


def other_overload(results: Sequence[ConfigurationResult]) -> Iterator[Message]:
    """State how often `overload_rate` instead of `overcrowded_share` would decide otherwise."""
    count = sum(
        OVERCROWDING.met_by(_mean(each.metrics["overload_rate"]))
        != each.criteria_met[OVERCROWDING.code]
        for each in results
    )
    if count:
        yield Message(
            "other_overload_anywhere",
            criterion=OVERCROWDING.title,
            count=count,
            configurations=len(results),
        )


def _mean(figure: Estimate) -> float | None:
    return figure.mean
