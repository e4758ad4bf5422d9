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
from simulator.study.result import ConfigurationResult, Criterion, Estimate, StudyResult

from .certainty import count_tests, count_verdicts, few_simulations, needed_simulations
from .naming import Namer, join_sentences, name_setting, namer, varying

MOST_FINDINGS = 15
"""A study with more findings than this has an overview instead."""

Write = Callable[[float], str]

_FIGURES: tuple[tuple[Criterion, Write], ...] = (
    (REVENUE, lambda value: f"{value:+.3g} %"),
    (CONCENTRATION, lambda value: f"{value:+.2g}"),
    (OVERCROWDING, lambda value: f"{100 * value:.3g} %"),
)
"""Figures of the overview, and how their values are written."""


def overview(study: StudyResult) -> list[Message]:
    """Return what many configurations show together.

    They are: how many pass, which is best, the range of each figure and the setting that it depends
    on most, where k binds, where the other definition of overload would change the verdict, and
    what tests and power say. At most 12 sentences for any number of results.
    """
    results, simulations = study.results, study.simulations
    name = namer(results)
    several = simulations > 1
    return [
        _by_means(results),
        *([count_verdicts(results)] if several else []),
        _best(study.best, name),
        *_ranges(results, name),
        *_binding(results, name),
        *_other_overload(results),
        *(few_simulations(simulations) if several else []),
        *([count_tests(results, simulations)] if simulations >= LEAST_SIMULATIONS else []),
        *needed_simulations(name(study.best), study.best, simulations),
    ]


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


def _best(best: ConfigurationResult, name: Namer) -> Message:
    figures = []
    for criterion, write in _FIGURES:
        figure = best.figure(criterion)
        if figure.mean is not None:
            low, high = figure.bounds
            figures.append(
                Message(
                    "best_figure",
                    figure=Message(f"figure_{criterion.metric}"),
                    value=write(figure.mean),
                    interval=low != high,
                    low=write(low),
                    high=write(high),
                )
            )
    return Message(
        "best_configuration",
        who=name(best),
        met=best.n_criteria_met,
        criteria=len(CRITERIA),
        figures=figures,
    )


def _ranges(results: Sequence[ConfigurationResult], name: Namer) -> Iterator[Message]:
    """State what each figure ranges over, and the setting that its mean depends on most."""
    for criterion, write in _FIGURES:
        values = [
            (mean, result)
            for result in results
            if (mean := result.figure(criterion).mean) is not None
        ]
        if not values:
            continue
        ordered = sorted(values, key=lambda each: each[0])
        (low, at_low), (high, at_high) = ordered[0], ordered[-1]
        figure = Message(f"figure_{criterion.metric}")
        if write(low) == write(high):
            parts = [
                Message("figure_constant", figure=figure, value=write(low), rounded=low != high)
            ]
        else:
            parts = [
                Message(
                    "figure_range",
                    figure=figure,
                    low=write(low),
                    at_low=name(at_low),
                    high=write(high),
                    at_high=name(at_high),
                ),
                *_dependence(values, write),
            ]
        if criterion is OVERCROWDING:
            parts.append(_under_greedy(results))
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


def _under_greedy(results: Sequence[ConfigurationResult]) -> Message:
    metric = OVERCROWDING.metric
    shares = [each.metrics[metric].value - each.delta[metric].value for each in results]
    low, high = (f"{100 * abs(end):.3g} %" for end in (min(shares), max(shares)))
    return Message("figure_under_greedy", low=low, high=high, constant=low == high)


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


def _other_overload(results: Sequence[ConfigurationResult]) -> Iterator[Message]:
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
