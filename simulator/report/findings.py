"""Findings: what a sweep shows, in sentences whose every figure is computed from its runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from itertools import groupby
from statistics import fmean, pstdev
from typing import Any

import numpy as np

from simulator.inference.criteria import LEAST_REVENUE_PCT, MOST_OVERLOAD, judge
from simulator.inference.resampling import paired_differences
from simulator.study.config import Configuration
from simulator.study.run import Run

from .certainty import by_intervals, needed, of_all
from .naming import listed
from .overview import MOST_FINDINGS, overview
from .verdict import takes_effect

Result = Mapping[str, Any]
RunsByPoint = Mapping[Configuration, Sequence[Run]]
Cluster = list[Result]
"""Results whose figures are the same for every seed."""


def findings(
    results: Sequence[Result],
    baselines: Sequence[Result],
    best: Result,
    runs: RunsByPoint,
    baseline_runs: Mapping[tuple[float, int], Sequence[Run]],
) -> list[str]:
    """Return the findings of a sweep: those of every configuration, or of many an overview.

    Parameters
    ----------
    results, baselines : sequence of mapping
        As `summarise` reports them, results with k varying fastest.
    best : mapping
        The best of the results.
    runs : mapping from Configuration to sequence of Run
        The runs of each result, by seed.
    baseline_runs : mapping from (float, int) to sequence of Run
        The greedy runs at each capacity scale and number of users a round, by seed.

    Returns
    -------
    list of str
        About a dozen sentences, and at most `MOST_FINDINGS`.
    """
    said = of_configurations(results, baselines, runs, baseline_runs)
    if len(said) <= MOST_FINDINGS:
        return said
    simulations = len(next(iter(runs.values())))
    return overview(results, best, simulations) + _same_algorithms(results, runs)


def of_configurations(
    results: Sequence[Result],
    baselines: Sequence[Result],
    runs: RunsByPoint,
    baseline_runs: Mapping[tuple[float, int], Sequence[Run]],
) -> list[str]:
    """Return what can be said of the single configurations, however many there are.

    Per group of results that differ in k alone: where k binds, which k give the same figures,
    whether the change of revenue stands out of the noise, which hypotheses fail and by how much,
    what the intervals make of the gate, where `overload_rate` would give another verdict, and how
    many simulations it would take. Then, which algorithms give the same, and what the tests of all
    configurations amount to. The parameters are those of `findings`.
    """
    simulations = len(next(iter(runs.values())))
    baseline_of = {_setting(baseline): baseline["metrics"] for baseline in baselines}
    said = []
    for group in _groups(results):
        clusters = _clusters(group, runs)
        setting = _setting(group[0])
        sentences = [
            *_binding(group),
            *_same(clusters),
            *_revenue(clusters, runs, baseline_runs[setting]),
            *_verdicts(clusters, baseline_of[setting]),
            *_certainty(clusters, simulations),
            *_other_overload(clusters),
        ]
        where = _where(group[0], results)
        said += [where + sentence for sentence in sentences]
    return said + _same_algorithms(results, runs) + of_all(results, simulations)


def _point(result: Result) -> Configuration:
    return Configuration(**{each.name: result[each.name] for each in fields(Configuration)})


def _setting(result: Result) -> tuple[float, int]:
    return result["capacity_scale"], result["users_per_round"]


def _groups(results: Sequence[Result]) -> list[list[Result]]:
    """Return the results in groups that differ in k alone."""

    def setting(result: Result) -> tuple[Any, ...]:
        point = _point(result)
        return tuple(vars(replace(point, k=None)).values())

    return [list(group) for _, group in groupby(results, key=setting)]


def _clusters(group: Sequence[Result], runs: RunsByPoint) -> list[Cluster]:
    """Return the group's results, those together that are equal in every metric and seed."""
    by_figures: dict[tuple[tuple[float, ...], ...], Cluster] = {}
    for result in group:
        figures = tuple(run.metrics for run in runs[_point(result)])
        by_figures.setdefault(figures, []).append(result)
    return list(by_figures.values())


def _by_effect(clusters: Sequence[Cluster]) -> Iterator[Cluster]:
    """Yield the clusters, apart what caps that take effect have and what others have."""
    for cluster in clusters:
        for effect in (True, False):
            if part := [result for result in cluster if takes_effect(result) == effect]:
                yield part


def _binding(group: Sequence[Result]) -> Iterator[str]:
    """Say in how many rounds each k keeps a whale from its first choice."""
    if group[0]["k"] is None:
        return
    never = [result for result in group if not result["binding"]["binding_rounds"]]
    for result in group:
        binding = result["binding"]
        if result not in never:
            yield (
                f"k = {result['k']} binds in {binding['binding_rounds']:,} of "
                f"{binding['rounds']:,} rounds: up to "
                f"{_count(binding['max_whales_wanted'], 'whale')} wanted one streamer, with "
                f"{binding['whales_per_round']:.3g} whales in a round on average."
            )
    if never:
        who = "k" if len(never) == len(group) else _ks(never)
        rounds = never[0]["binding"]["rounds"]
        each = " for each k" if len(never) > 1 else ""
        most = max(result["binding"]["max_whales_wanted"] for result in never)
        yield (
            f"{who} never {'binds' if who == 'k' or len(never) == 1 else 'bind'}: in {rounds:,} of "
            f"{rounds:,} rounds{each}, no streamer was wanted by more than "
            f"{_count(most, 'whale')}."
        )


def _same(clusters: Sequence[Cluster]) -> Iterator[str]:
    for cluster in clusters:
        if len(cluster) > 1:
            yield f"{_ks(cluster)} give the same figures for every seed."


def _revenue(
    clusters: Sequence[Cluster], runs: RunsByPoint, baseline: Sequence[Run]
) -> Iterator[str]:
    """Say whether the change of revenue, paired by seed, is more than noise."""
    for cluster in clusters:
        change = cluster[0]["delta"]["revenue_pct"]
        if change["mean"] is None:
            yield f"{_ks(cluster)}: the baseline has no revenue to compare with."
            continue
        start = f"{_ks(cluster)}: ΔRevenue {change['mean']:+.3g} %"
        low, high = change["ci95"]
        pairs = list(zip(runs[_point(cluster[0])], baseline, strict=True))
        revenues = np.array([(run.revenue, base.revenue) for run, base in pairs])
        differing = np.count_nonzero(paired_differences(*revenues.T))
        if len(pairs) == 1:
            yield f"{start} comes from one simulation, which has no interval."
        elif differing == 0:
            yield f"{start}: no seed's revenue differs from the baseline's."
        else:
            inside = low <= 0 <= high
            verdict = "inside the noise: its" if inside else "outside the noise: its"
            holds = "contains 0" if inside else "does not contain 0"
            yield (
                f"{start}, paired by seed, is {verdict} 95 % interval, {low:+.3g} to "
                f"{high:+.3g} %, {holds}; revenue differs from the baseline's in "
                f"{differing:,} of {len(pairs):,} seeds, and itself varies from seed to seed with "
                f"a standard deviation of {_variation(baseline):.3g} %."
            )


def _variation(runs: Sequence[Run]) -> float:
    """Return the standard deviation of revenue over seeds, percent of its mean."""
    revenues = [run.revenue for run in runs]
    return 100 * pstdev(revenues) / fmean(revenues)


def _verdicts(clusters: Sequence[Cluster], baseline: Result) -> Iterator[str]:
    """Say which hypothesis fails and by how much, or that none does."""
    sentences: tuple[tuple[str, Callable[[Result, Result], str]], ...] = (
        ("H5C-1", _overload_fault),
        ("H5C-2", _gini_fault),
        ("H5C-3", _revenue_fault),
    )
    for cluster in _by_effect(clusters):
        for name, say in sentences:
            if not cluster[0]["hypotheses"][name]:
                yield f"{name} fails for {_ks(cluster)}: {say(cluster[0], baseline)}."
        if cluster[0]["gate_5c"] == "PASS" and takes_effect(cluster[0]):
            yield f"{_ks(cluster)}: all three hypotheses hold, Gate-5C passes."


def _certainty(clusters: Sequence[Cluster], simulations: int) -> Iterator[str]:
    """Say what the intervals make of the gate, and how many simulations it would take."""
    for cluster in _by_effect(clusters):
        yield by_intervals(_ks(cluster), cluster[0], simulations)
        yield from needed(_ks(cluster), cluster[0], simulations)


def _overload_fault(result: Result, baseline: Result) -> str:
    share = result["metrics"]["overcrowded_share"]["mean"]
    was = baseline["overcrowded_share"]["mean"]
    return (
        f"the overcrowded share is {100 * share:.3g} %, {100 * (share - MOST_OVERLOAD):.3g} points "
        f"above the limit of {100 * MOST_OVERLOAD:g} % (baseline {100 * was:.3g} %)"
    )


def _gini_fault(result: Result, baseline: Result) -> str:
    change = result["delta"]["streamer_gini"]["mean"]
    now, was = result["metrics"]["streamer_gini"]["mean"], baseline["streamer_gini"]["mean"]
    if change == 0:
        return f"the streamer Gini stays at {was:.7f}"
    return f"the streamer Gini rises by {change:.2g}, from {was:.7f} to {now:.7f}"


def _revenue_fault(result: Result, _: Result) -> str:
    change = result["delta"]["revenue_pct"]["mean"]
    return (
        f"ΔRevenue is {change:+.3g} %, {LEAST_REVENUE_PCT - change:.3g} points below the limit of "
        f"{LEAST_REVENUE_PCT:g} %"
    )


def _other_overload(clusters: Sequence[Cluster]) -> Iterator[str]:
    """Say where `overload_rate` in the place of `overcrowded_share` would change the verdict."""
    for cluster in _by_effect(clusters):
        result = cluster[0]
        if not takes_effect(result):
            continue
        crowded = result["metrics"]["overcrowded_share"]["mean"]
        rate = result["metrics"]["overload_rate"]["mean"]
        delta = result["delta"]
        other = judge(rate, delta["streamer_gini"]["mean"], delta["revenue_pct"]["mean"])
        if other.hypotheses["H5C-1"] == result["hypotheses"]["H5C-1"]:
            continue
        would = "hold" if other.overload_low else "fail"
        gate = "would" if other.gate_5c != result["gate_5c"] else "would still"
        yield (
            f"By overload_rate ({100 * rate:.3g} % of streamers) instead of overcrowded_share "
            f"({100 * crowded:.3g} % of interactions), H5C-1 would {would} for {_ks(cluster)}; "
            f"Gate-5C {gate} {other.gate_5c}."
        )


def _same_algorithms(results: Sequence[Result], runs: RunsByPoint) -> list[str]:
    """Say which algorithms are equal in every metric, seed, k, share and scale."""
    by_figures: dict[tuple[Any, ...], list[str]] = {}
    tiered = [result for result in results if result["policy"] == "tiered"]
    for algorithm in dict.fromkeys(result["algorithm"] for result in tiered):
        points = [_point(result) for result in tiered if result["algorithm"] == algorithm]
        figures = tuple(run.metrics for point in points for run in runs[point])
        by_figures.setdefault(figures, []).append(algorithm)
    return [
        f"{listed(same)} give the same figures for every seed and configuration."
        for same in by_figures.values()
        if len(same) > 1
    ]


def _where(result: Result, results: Sequence[Result]) -> str:
    """Return what sets a result's group apart, to begin its sentences with; "" if nothing does."""

    def varies(name: str) -> bool:
        return any(other[name] != result[name] for other in results)

    parts = []
    if varies("whale_share"):
        parts.append(f"top {100 * result['whale_share']:g} %")
    if varies("capacity_scale"):
        parts.append(f"capacity × {result['capacity_scale']:g}")
    if varies("users_per_round"):
        parts.append(f"{result['users_per_round']:,} users a round")
    if varies("policy") and result["k"] is not None:
        parts.append(result["policy"])
    algorithms = {other["algorithm"] for other in results if other["policy"] == "tiered"}
    if result["policy"] == "tiered" and len(algorithms) > 1:
        parts.append(result["algorithm"])
    return f"[{', '.join(parts)}] " if parts else ""


def _ks(results: Sequence[Result]) -> str:
    """Return for example ``k = 2, 3 and 5``; or who it is, where no k is held."""
    if results[0]["k"] is None:
        cap = results[0]["spend_cap"]
        return f"{results[0]['policy']}{'' if cap is None else f' within {cap:g}'}"
    return f"k = {listed([str(result['k']) for result in results])}"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
