"""Findings of a study on drawn worlds. Every figure in them is computed from its runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from statistics import fmean, pstdev
from typing import Any

import numpy as np

from messages import Message
from simulator.inference.criteria import CONCENTRATION, OVERCROWDING, REVENUE
from simulator.inference.resampling import paired_differences
from simulator.study.config import Configuration
from simulator.study.result import BaselineResult, ConfigurationResult, StudyResult
from simulator.study.run import Run

from .certainty import judge_by_intervals, needed_simulations, summarise_certainty
from .naming import in_group, name_group, name_ks, name_setting, settings_of
from .overview import MOST_FINDINGS, overview

RunsByPoint = Mapping[Configuration, Sequence[Run]]
Cluster = list[ConfigurationResult]
"""Results whose figures are the same for every seed."""


def list_findings(
    study: StudyResult,
    runs: RunsByPoint,
    baseline_runs: Mapping[tuple[float, int], Sequence[Run]],
) -> list[Message]:
    """Return the findings of a study: those of each configuration or, of many, an overview.

    Parameters
    ----------
    study : StudyResult
        Its `findings` are ignored.
    runs : mapping from Configuration to sequence of Run
        The runs of each result, by seed.
    baseline_runs : mapping from (float, int) to sequence of Run
        The greedy runs at each capacity scale and number of users a round, by seed.

    Returns
    -------
    list of Message
        About a dozen sentences, and at most `MOST_FINDINGS`.
    """
    findings = describe_configurations(study, runs, baseline_runs)
    if len(findings) <= MOST_FINDINGS:
        return findings
    return overview(study) + _same_algorithms(study.results, runs)


def describe_configurations(
    study: StudyResult,
    runs: RunsByPoint,
    baseline_runs: Mapping[tuple[float, int], Sequence[Run]],
) -> list[Message]:
    """Return the findings of every configuration.

    Per group of results that differ in k alone: where k binds, which k give the same figures,
    whether the change of revenue stands out of the noise, which criteria fail and by how much,
    what the intervals make of them, where `overload_rate` would give another verdict, and how
    many simulations it would take. Then, which algorithms give the same, and what the tests of all
    configurations amount to. The parameters are those of `find`.
    """
    results, simulations = study.results, study.simulations
    findings: list[Message] = []
    for group in _groups(results):
        clusters = _clusters(group, runs)
        baseline = study.baseline_of(group[0])
        sentences = [
            *_binding(group),
            *_same_figures(clusters),
            *_revenue(clusters, runs, baseline_runs[group[0].configuration.setting]),
            *_verdicts(clusters, baseline),
            *_certainty(clusters, simulations),
            *_other_overload(clusters),
        ]
        findings += in_group(sentences, name_group(group[0], results))
    return findings + _same_algorithms(results, runs) + summarise_certainty(results, simulations)


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
    for cluster in clusters:
        if len(cluster) > 1:
            yield Message("same_figures", who=name_ks(cluster))


def _revenue(
    clusters: Sequence[Cluster], runs: RunsByPoint, baseline: Sequence[Run]
) -> Iterator[Message]:
    """State whether the change of revenue, paired by seed, is more than noise."""
    for cluster in clusters:
        who, change = name_ks(cluster), cluster[0].delta["revenue_pct"]
        if change.mean is None:
            yield Message("revenue_without_baseline", who=who)
            continue
        pairs = list(zip(runs[cluster[0].configuration], baseline, strict=True))
        revenues = np.array([(run.revenue, base.revenue) for run, base in pairs])
        differing = np.count_nonzero(paired_differences(*revenues.T))
        if change.ci95 is None:
            yield Message("revenue_of_one_simulation", who=who, percent=change.mean)
        elif differing == 0:
            yield Message("revenue_unchanged", who=who, percent=change.mean)
        else:
            low, high = change.ci95
            yield Message(
                "revenue_change",
                who=who,
                percent=change.mean,
                noise=low <= 0 <= high,
                low=low,
                high=high,
                differing=differing,
                seeds=len(pairs),
                variation=_variation(baseline),
            )


def _variation(runs: Sequence[Run]) -> float:
    """Return the standard deviation of revenue over seeds, percent of its mean."""
    revenues = [run.revenue for run in runs]
    return 100 * pstdev(revenues) / fmean(revenues)


def _verdicts(clusters: Sequence[Cluster], baseline: BaselineResult) -> Iterator[Message]:
    """State which criterion fails and by how much, or that none does."""
    faults = {
        OVERCROWDING.code: _overcrowding_fault,
        CONCENTRATION.code: _concentration_fault,
        REVENUE.code: _revenue_fault,
    }
    for cluster in _by_effect(clusters):
        who = name_ks(cluster)
        for code in cluster[0].failing:
            yield faults[code](who, cluster[0], baseline)
        if cluster[0].passes:
            yield Message("all_criteria_met", who=who)


def _certainty(clusters: Sequence[Cluster], simulations: int) -> Iterator[Message]:
    """State what the intervals make of the criteria, and how many simulations it would take."""
    for cluster in _by_effect(clusters):
        yield judge_by_intervals(name_ks(cluster), cluster[0], simulations)
        yield from needed_simulations(name_ks(cluster), cluster[0], simulations)


def _overcrowding_fault(
    who: Message, result: ConfigurationResult, baseline: BaselineResult
) -> Message:
    share = result.figure(OVERCROWDING).value
    return Message(
        "overcrowding_fails",
        who=who,
        criterion=OVERCROWDING.title,
        percent=100 * share,
        points=100 * OVERCROWDING.shortfall(share),
        threshold=100 * OVERCROWDING.threshold,
        baseline=100 * baseline.metrics[OVERCROWDING.metric].value,
    )


def _concentration_fault(
    who: Message, result: ConfigurationResult, baseline: BaselineResult
) -> Message:
    change = result.figure(CONCENTRATION).value
    return Message(
        "concentration_fails",
        who=who,
        criterion=CONCENTRATION.title,
        unchanged=change == 0,
        change=change,
        before=baseline.metrics[CONCENTRATION.metric].value,
        after=result.metrics[CONCENTRATION.metric].value,
    )


def _revenue_fault(who: Message, result: ConfigurationResult, _: BaselineResult) -> Message:
    change = result.figure(REVENUE).value
    return Message(
        "revenue_fails",
        who=who,
        criterion=REVENUE.title,
        percent=change,
        points=REVENUE.shortfall(change),
        threshold=REVENUE.threshold,
    )


def _other_overload(clusters: Sequence[Cluster]) -> Iterator[Message]:
    """State where `overload_rate` in the place of `overcrowded_share` would change the verdict."""
    for cluster in _by_effect(clusters):
        result = cluster[0]
        rate = result.metrics["overload_rate"].value
        is_met = OVERCROWDING.met_by(rate)
        if not result.takes_effect or is_met == result.criteria_met[OVERCROWDING.code]:
            continue
        passes = is_met and all(
            met for code, met in result.criteria_met.items() if code != OVERCROWDING.code
        )
        yield Message(
            "other_overload",
            who=name_ks(cluster),
            criterion=OVERCROWDING.title,
            rate=100 * rate,
            crowded=100 * result.figure(OVERCROWDING).value,
            holds=is_met,
            passes=passes,
            still=passes == result.passes,
        )


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
