"""Findings on certainty: what intervals, tests and power leave open."""

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

TESTED = ("revenue_pct", "streamer_gini", "overcrowded_share")
"""Differences that findings speak of; the message ``metric_<name>`` is each one's name."""


def judge_by_intervals(who: Message, result: ConfigurationResult, simulations: int) -> Message:
    """Say what the intervals make of the criteria, and which keep it from passing.

    Parameters
    ----------
    who : Message
        Which configurations have these figures.
    result : ConfigurationResult
    simulations : int
    """
    verdict = result.verdict
    if verdict == "no-effect" or result.by_intervals is None:
        return Message("cap_without_effect", who=who)
    if simulations == 1:
        return Message("verdict_of_one_simulation", who=who, verdict=verdict_message(verdict))
    if verdict == "pass":
        return Message("intervals_pass", who=who)
    decided = result.by_intervals.criteria
    reasons = [
        _open_criterion(each, decided[each.code])
        for each in CRITERIA
        if decided[each.code].verdict != "pass"
    ]
    code = "intervals_fail" if verdict == "fail" else "intervals_inconclusive"
    return Message(code, who=who, reasons=reasons)


def _open_criterion(criterion: Criterion, decided: CriterionResult) -> Message:
    """Return how the interval of a criterion lies to its threshold."""
    low, high = decided.ci95 or (0.0, 0.0)
    few = decided.reason == "too_few_simulations"
    return Message(
        f"interval_of_{criterion.name}",
        criterion=criterion.title,
        fails=decided.verdict == "fail",
        low=criterion.factor * low,
        high=criterion.factor * high,
        threshold=criterion.factor * decided.threshold,
        few=few,
    )


def needed_simulations(
    who: Message, result: ConfigurationResult, simulations: int
) -> Iterator[Message]:
    """Say how many simulations would show what was asked about, and what was observed.

    What does not vary from seed to seed is left out: no number of simulations says more of it.
    """
    power = result.power
    if not power:
        return
    needs = []
    revenue, crowded = power["revenue_pct"].asked, power["overcrowded_share"].asked
    if count := _count(revenue):
        difference = 0.0 if revenue is None else revenue.difference
        needs.append(Message("simulations_for_revenue", count=count, percent=difference))
    if count := _count(crowded):
        percent = 100 * OVERCROWDING.threshold
        needs.append(Message("simulations_for_overcrowding", count=count, percent=percent))
    observed = [
        Message("simulations_for_metric", count=count, metric=Message(f"metric_{metric}"))
        for metric in TESTED
        if (count := _count(power[metric].observed))
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


def _count(needed: NeededSimulations | None) -> int | None:
    return None if needed is None else needed.simulations


def summarise_certainty(results: Sequence[ConfigurationResult], simulations: int) -> list[Message]:
    """Say what the criteria and the tests amount to over all configurations of a study."""
    found = [*few_simulations(simulations)] if simulations > 1 else []
    if simulations >= LEAST_SIMULATIONS:
        found += [_tests(metric, results) for metric in TESTED if _tested(metric, results)]
    if len(results) > 1 and simulations > 1:
        found.append(count_verdicts(results))
    return found


def few_simulations(simulations: int) -> Iterator[Message]:
    """Say what so few simulations cannot show."""
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


def _tested(metric: str, results: Sequence[ConfigurationResult]) -> list[Difference]:
    """Return the differences of a metric that were tested."""
    deltas = [each.delta[metric] for each in results]
    return [each for each in deltas if each.p is not None and each.p_holm is not None]


def _p(delta: Difference) -> float:
    return 1.0 if delta.p is None else delta.p


def _p_holm(delta: Difference) -> float:
    return 1.0 if delta.p_holm is None else delta.p_holm


def _tests(metric: str, results: Sequence[ConfigurationResult]) -> Message:
    """Say in how many configurations a metric differs from the baseline's, and after Holm."""
    tested = _tested(metric, results)
    least, name = min(map(_p_holm, tested)), Message(f"metric_{metric}")
    if len(tested) == 1:
        return Message("test_of_one", metric=name, p=least)
    return Message(
        "tests_of_metric",
        metric=name,
        level=ALPHA,
        alone=sum(_p(each) <= ALPHA for each in tested),
        tested=len(tested),
        corrected=sum(_p_holm(each) <= ALPHA for each in tested),
        least=least,
    )


def count_tests(results: Sequence[ConfigurationResult], simulations: int) -> Message:
    """Say how many changes of each metric stand after Holm's correction, or that none could."""
    counts = []
    for metric in TESTED:
        if tested := _tested(metric, results):
            stand = sum(_p_holm(each) <= ALPHA for each in tested)
            name = Message(f"metric_{metric}")
            counts.append(Message("tests_count", metric=name, stand=stand, tested=len(tested)))
    found = [Message("tests_none", level=ALPHA)]
    if counts:
        found = [Message("tests_counts", level=ALPHA, counts=counts)]
    least = 2.0 ** (1 - simulations)
    if least * len(results) > ALPHA:
        found.append(
            Message(
                "tests_impossible",
                configurations=len(results),
                simulations=simulations,
                least_p=least,
            )
        )
    return join_sentences(found)


def count_verdicts(results: Sequence[ConfigurationResult]) -> Message:
    """Say how many configurations pass, fail or stay open by their intervals."""
    verdicts = [each.verdict for each in results]
    found = [
        Message(
            "verdict_counts",
            configurations=len(results),
            passing=verdicts.count("pass"),
            failing=verdicts.count("fail"),
            inconclusive=verdicts.count("inconclusive"),
        )
    ]
    if idle := verdicts.count("no-effect"):
        found.append(Message("caps_without_effect", count=idle))
    if "pass" in verdicts:
        falls = sum(gini_fall_stands(each) for each in results if each.verdict == "pass")
        found.append(Message("gini_falls_stand", count=falls))
    return join_sentences(found)
