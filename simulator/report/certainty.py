"""Findings on certainty, by intervals, tests and power."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import NormalDist

from messages import Message
from simulator.inference.criteria import CRITERIA, LEAST_SIMULATIONS, OVERCROWDING
from simulator.inference.power import ALPHA, POWER
from simulator.study.result import (
    ConfigurationResult,
    Criterion,
    CriterionResult,
    Difference,
    NeededSimulations,
)

from .naming import join_sentences
from .verdict import gini_fall_stands, verdict_message

STUDENT = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306}
"""t quantiles at 97.5 % for so few simulations that percentile intervals are far too narrow."""

TESTED_METRICS = ("revenue_pct", "streamer_gini", "overcrowded_share")
"""Differences that findings speak of; the message ``metric_<name>`` is each one's name."""


def judge_by_intervals(who: Message, result: ConfigurationResult, simulations: int) -> Message:
    """State what the intervals make of the criteria, and which keep it from passing.

    Parameters
    ----------
    who : Message
        Which configurations have these figures.
    result : ConfigurationResult
    simulations : int
    """
    verdict = result.gate
    if verdict == "no-effect" or result.by_intervals is None:
        return Message("cap_without_effect", who=who)
    if simulations == 1:
        return Message("verdict_of_one_simulation", who=who, verdict=verdict_message(verdict))
    if verdict == "pass":
        return Message("intervals_pass", who=who)
    criterion_results = result.by_intervals.criteria
    reasons = [
        _open_criterion(each, criterion_results[each.code])
        for each in CRITERIA
        if criterion_results[each.code].verdict != "pass"
    ]
    code = "intervals_fail" if verdict == "fail" else "intervals_inconclusive"
    return Message(code, who=who, reasons=reasons)


def _open_criterion(criterion: Criterion, result: CriterionResult) -> Message:
    """Return how the interval of a criterion lies to its threshold."""
    low, high = result.ci95 or (0.0, 0.0)
    few = result.reason == "too_few_simulations"
    return Message(
        f"interval_of_{criterion.name}",
        criterion=criterion.title,
        fails=result.verdict == "fail",
        low=criterion.factor * low,
        high=criterion.factor * high,
        threshold=criterion.factor * result.threshold,
        few=few,
    )


def needed_simulations(
    who: Message, result: ConfigurationResult, simulations: int
) -> Iterator[Message]:
    """State how many simulations would show the differences asked about and those observed.

    Figures that do not vary between seeds are left out: more simulations would not change them.
    """
    power = result.power
    if not power:
        return
    needs = []
    revenue, crowded = power["revenue_pct"].asked, power["overcrowded_share"].asked
    if count := _count_needed(revenue):
        difference = 0.0 if revenue is None else revenue.difference
        needs.append(Message("simulations_for_revenue", count=count, percent=difference))
    if count := _count_needed(crowded):
        percent = 100 * OVERCROWDING.threshold
        needs.append(Message("simulations_for_overcrowding", count=count, percent=percent))
    observed = [
        Message("simulations_for_metric", count=count, metric=Message(f"metric_{metric}"))
        for metric in TESTED_METRICS
        if (count := _count_needed(power[metric].observed))
    ]
    if observed:
        needs.append(Message("simulations_for_observed", counts=observed))
    if needs:
        yield Message(
            "simulations_needed",
            who=who,
            level=100 * ALPHA,
            power=100 * POWER,
            simulations=simulations,
            needs=needs,
        )


def _count_needed(needed: NeededSimulations | None) -> int | None:
    return None if needed is None else needed.simulations


def summarise_certainty(results: Sequence[ConfigurationResult], simulations: int) -> list[Message]:
    """Summarise criteria and tests over all configurations of a study."""
    findings = [*few_simulations(simulations)] if simulations > 1 else []
    if simulations >= LEAST_SIMULATIONS:
        findings += [
            _tests(metric, results)
            for metric in TESTED_METRICS
            if _tested_differences(metric, results)
        ]
    if len(results) > 1 and simulations > 1:
        findings.append(count_verdicts(results))
    return findings


def few_simulations(simulations: int) -> Iterator[Message]:
    """State what too few simulations cannot show."""
    if simulations in STUDENT:
        normal = NormalDist().inv_cdf(1 - ALPHA / 2)
        width = (1 - 1 / simulations) ** 0.5 * normal / STUDENT[simulations]
        yield Message("few_simulations", simulations=simulations, width=width)
    if simulations < LEAST_SIMULATIONS:
        yield Message(
            "no_test_possible",
            simulations=simulations,
            level=ALPHA,
            least_p=2.0 ** (1 - simulations),
            needed=LEAST_SIMULATIONS,
        )


def _tested_differences(metric: str, results: Sequence[ConfigurationResult]) -> list[Difference]:
    """Return the differences of a metric that were tested."""
    deltas = [each.delta[metric] for each in results]
    return [each for each in deltas if each.p is not None and each.p_holm is not None]


def _p(delta: Difference) -> float:
    return 1.0 if delta.p is None else delta.p


def _p_holm(delta: Difference) -> float:
    return 1.0 if delta.p_holm is None else delta.p_holm


def _tests(metric: str, results: Sequence[ConfigurationResult]) -> Message:
    """State in how many configurations a metric differs from the baseline's, and after Holm."""
    differences = _tested_differences(metric, results)
    least_p, name = min(map(_p_holm, differences)), Message(f"metric_{metric}")
    if len(differences) == 1:
        return Message("test_of_one", metric=name, p=least_p)
    return Message(
        "tests_of_metric",
        metric=name,
        level=ALPHA,
        alone=sum(_p(each) <= ALPHA for each in differences),
        tested=len(differences),
        corrected=sum(_p_holm(each) <= ALPHA for each in differences),
        least=least_p,
    )


def count_tests(results: Sequence[ConfigurationResult], simulations: int) -> Message:
    """State how many changes of each metric stand after Holm's correction, or that none could."""
    counts = []
    for metric in TESTED_METRICS:
        if differences := _tested_differences(metric, results):
            stand = sum(_p_holm(each) <= ALPHA for each in differences)
            name = Message(f"metric_{metric}")
            counts.append(Message("tests_count", metric=name, stand=stand, tested=len(differences)))
    findings = [Message("tests_none", level=ALPHA)]
    if counts:
        findings = [Message("tests_counts", level=ALPHA, counts=counts)]
    least_p = 2.0 ** (1 - simulations)
    if least_p * len(results) > ALPHA:
        findings.append(
            Message(
                "tests_impossible",
                configurations=len(results),
                simulations=simulations,
                least_p=least_p,
            )
        )
    return join_sentences(findings)


def count_verdicts(results: Sequence[ConfigurationResult]) -> Message:
    """State how many configurations pass, fail or stay open by their intervals."""
    verdicts = [each.gate for each in results]
    findings = [
        Message(
            "verdict_counts",
            configurations=len(results),
            passing=verdicts.count("pass"),
            failing=verdicts.count("fail"),
            inconclusive=verdicts.count("inconclusive"),
        )
    ]
    if idle := verdicts.count("no-effect"):
        findings.append(Message("caps_without_effect", count=idle))
    if "pass" in verdicts:
        falls = sum(gini_fall_stands(each) for each in results if each.gate == "pass")
        findings.append(Message("gini_falls_stand", count=falls))
    return join_sentences(findings)
