"""Findings of a study on drawn worlds. Every figure in them is computed from its runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from messages import Message
from simulator.inference.criteria import CRITERIA
from simulator.study.config import Configuration
from simulator.study.result import ConfigurationResult, StudyResult
from simulator.study.run import Run

from .certainty import count_verdicts, describe_effect, describe_needed, few_simulations
from .naming import in_group, name_group, name_ks, name_setting, settings_of
from .overview import MOST_FINDINGS, other_overload, overview

RunsByPoint = Mapping[Configuration, Sequence[Run]]
Cluster = list[ConfigurationResult]
"""Results whose figures are the same for every seed."""


def list_findings(study: StudyResult, runs: RunsByPoint) -> list[Message]:
    """Return the findings of a study: those of each configuration or, of many, an overview.

    Parameters
    ----------
    study : StudyResult
        Its `findings` are ignored.
    runs : mapping from Configuration to sequence of Run
        The runs of each result, by seed.

    Returns
    -------
    list of Message
        About a dozen sentences, and at most `MOST_FINDINGS`.
    """
    findings = describe_configurations(study, runs)
    if len(findings) <= MOST_FINDINGS:
        return findings
    return overview(study) + _same_algorithms(study.results, runs)


def describe_configurations(study: StudyResult, runs: RunsByPoint) -> list[Message]:
    """Return the findings of every configuration.

    Per group of results that differ in k alone: what each k changes and whether that is worth
    having, where k binds, which k give the same figures, and how many simulations would show the
    effects. Then, which algorithms give the same, and what so few simulations cannot show. At the
    end, what the published criteria make of the configurations. The parameters are those of
    `list_findings`.
    """
    results, simulations = study.results, study.simulations
    findings: list[Message] = []
    published: list[Message] = []
    for group in _groups(results):
        clusters = _clusters(group, runs)
        sentences = [
            *(describe_effect(name_ks(each), each[0]) for each in clusters if each[0].effects),
            *_binding(group),
            *_same_figures(clusters),
            *describe_needed([(name_ks(each), each[0]) for each in clusters], simulations),
        ]
        name = name_group(group[0], results)
        findings += in_group(sentences, name)
        published += in_group([_published(clusters)], name)
    findings += _same_algorithms(results, runs)
    if simulations > 1:
        findings += few_simulations(simulations)
        if len(results) > 1:
            published.append(count_verdicts(results))
    return [*findings, *published, *other_overload(results)]


def _groups(results: Sequence[ConfigurationResult]) -> list[list[ConfigurationResult]]:
    """Return the results in groups that differ in k alone."""

    def setting(result: ConfigurationResult) -> tuple[Any, ...]:
        return settings_of(replace(result.configuration, k=None))

    return [list(group) for _, group in groupby(results, key=setting)]


def _clusters(group: Sequence[ConfigurationResult], runs: RunsByPoint) -> list[Cluster]:
    """Return the group's results, those together that are equal in every metric and seed."""
    by_figures: dict[tuple[tuple[float, ...], ...], Cluster] = {}
    for result in group:
        figures = tuple(run.metrics for run in runs[result.configuration])
        by_figures.setdefault(figures, []).append(result)
    return list(by_figures.values())


def _by_effect(clusters: Sequence[Cluster]) -> Iterator[Cluster]:
    """Yield the clusters, split into caps that take effect and caps that do not."""
    for cluster in clusters:
        for effect in (True, False):
            if part := [each for each in cluster if each.takes_effect == effect]:
                yield part


def _binding(group: Sequence[ConfigurationResult]) -> Iterator[Message]:
    """State in how many rounds each k keeps a whale from its first choice."""
    never = []
    for result in group:
        binding = result.binding
        if result.k is None or binding is None:
            return
        if not binding.binding_rounds:
            never.append(result)
            continue
        yield Message(
            "cap_binds",
            k=result.k,
            binding_rounds=binding.binding_rounds,
            rounds=binding.rounds,
            wanted=binding.max_whales_wanted,
            whales=binding.whales_per_round,
        )
    bindings = [each.binding for each in never if each.binding is not None]
    if bindings:
        yield Message(
            "cap_never_binds",
            who=Message("any_k") if len(never) == len(group) else name_ks(never),
            several=len(never) > 1,
            all=len(never) == len(group),
            rounds=bindings[0].rounds,
            wanted=max(each.max_whales_wanted for each in bindings),
        )


def _same_figures(clusters: Sequence[Cluster]) -> Iterator[Message]:
    """State which k give the same figures, if they change anything."""
    for cluster in clusters:
        if len(cluster) > 1 and cluster[0].verdict != "no_effect":
            yield Message("same_figures", who=name_ks(cluster))


def _published(clusters: Sequence[Cluster]) -> Message:
    """State which means meet the published criteria, and which criteria the others miss."""
    parts = [
        Message(code, who=name_ks(results))
        for code, results in (
            ("published_met", [each for one in clusters for each in one if each.passes]),
            ("published_idle", [each for one in clusters for each in one if not each.takes_effect]),
        )
        if results
    ]
    for cluster in _by_effect(clusters):
        if cluster[0].takes_effect and not cluster[0].passes:
            missed = [
                Message(
                    f"missed_{each.name}",
                    criterion=each.title,
                    value=each.factor * cluster[0].figure(each).value,
                )
                for each in CRITERIA
                if each.code in cluster[0].failing
            ]
            parts.append(Message("published_missed", who=name_ks(cluster), criteria=missed))
    return Message("published_by_means", parts=parts)


def _same_algorithms(results: Sequence[ConfigurationResult], runs: RunsByPoint) -> list[Message]:
    """State which algorithms are equal in every metric, seed, k, share and scale."""
    by_figures: dict[tuple[Any, ...], list[str]] = {}
    tiered = [each.configuration for each in results if each.configuration.policy == "tiered"]
    for algorithm in dict.fromkeys(point.algorithm for point in tiered if point.algorithm):
        points = [point for point in tiered if point.algorithm == algorithm]
        figures = tuple(run.metrics for point in points for run in runs[point])
        by_figures.setdefault(figures, []).append(algorithm)
    return [
        Message("same_algorithms", algorithms=[name_setting("algorithm", each) for each in same])
        for same in by_figures.values()
        if len(same) > 1
    ]
