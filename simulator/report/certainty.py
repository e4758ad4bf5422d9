"""Findings on certainty, by intervals, tests and power."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import NormalDist

from messages import Message
from simulator.inference.criteria import LEAST_SIMULATIONS
from simulator.inference.power import ALPHA, POWER
from simulator.inference.worth import GINI_METRIC, JUDGED, REVENUE_METRIC, judged_effect
from simulator.study.result import ConfigurationResult, Difference, EffectName

from .answer import describe_estimate
from .naming import join_sentences, name_rule_before
from .verdict import gini_fall_stands, verdict_message

STUDENT = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306}
"""t quantiles at 97.5 % for so few simulations that percentile intervals are far too narrow."""

TESTED_METRICS = ("revenue_pct", "streamer_gini", "overcrowded_share")
"""Differences that findings speak of; the message ``metric_<name>`` is each one's name."""


_EFFECTS_TESTS: dict[EffectName, str] = {
    "cap": "effects_tests",
    "fairness": "effects_tests_of_weights",
    "total": "effects_tests_of_policies",
}
"""Messages, by the first of `JUDGED` that the tests are of."""


def describe_effect(who: Message, result: ConfigurationResult) -> Message:
    """State what a cap, or a policy without one, changes, and whether it is worth having.

    Parameters
    ----------
    who : Message
        Which configurations have these figures.
    result : ConfigurationResult
        With effects.
    """
    effect = judged_effect(result.effects)
    against = name_rule_before(effect)
    if result.verdict == "no_effect":
        return Message("finding_no_effect", who=who, against=against)
    changes = result.effects[effect]
    return Message(
        "finding_effect",
        who=who,
        against=against,
        revenue=describe_estimate(changes[REVENUE_METRIC], percent=True),
        gini=describe_estimate(changes[GINI_METRIC]),
        verdict=verdict_message(result.verdict or "undecided"),
    )


def describe_needed(
    results: Sequence[tuple[Message, ConfigurationResult]], simulations: int
) -> Iterator[Message]:
    """State how many simulations would show the effects observed, on expected figures.

    Effects that do not vary between seeds are left out: more simulations would not change them.

    Parameters
    ----------
    results : sequence of (Message, ConfigurationResult)
        With their names.
    simulations : int
        That the study has.
    """
    needs = []
    for who, result in results:
        if not result.effects:
            continue
        changes = result.effects[judged_effect(result.effects)]
        counts = [
            Message("needed_for_metric", count=count, metric=Message(f"metric_{metric}"))
            for metric in (REVENUE_METRIC, GINI_METRIC)
            if (count := changes[metric].simulations_needed)
        ]
        if counts:
            needs.append(Message("needed_for", who=who, counts=counts))
    if needs:
        yield Message(
            "effects_needed",
            level=100 * ALPHA,
            power=100 * POWER,
            simulations=simulations,
            needs=needs,
        )


def count_effect_tests(results: Sequence[ConfigurationResult], simulations: int) -> list[Message]:
    """State how many effects are significant after Holm's correction, or that none could be."""
    changes = [each.effects[judged_effect(each.effects)] for each in results if each.effects]
    tested = {
        metric: [
            p
            for each in changes
            if (p := each[metric].p_corrected) is not None and not each[metric].is_zero
        ]
        for metric in (REVENUE_METRIC, GINI_METRIC)
    }
    counts = [
        Message(
            "tests_count",
            metric=Message(f"metric_{metric}"),
            stand=sum(p <= ALPHA for p in ps),
            tested=len(ps),
        )
        for metric, ps in tested.items()
        if ps
    ]
    if not counts:
        return []
    judged = {judged_effect(each.effects) for each in results if each.effects}
    first = next(effect for effect in JUDGED if effect in judged)
    findings = [Message(_EFFECTS_TESTS[first], level=ALPHA, counts=counts)]
    least_p, most = 2.0 ** (1 - simulations), max(map(len, tested.values()))
    if least_p * most > ALPHA:
        findings.append(
            Message(
                "tests_impossible", configurations=most, simulations=simulations, least_p=least_p
            )
        )
    return [join_sentences(findings)]


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


def _p_holm(delta: Difference) -> float:
    return 1.0 if delta.p_holm is None else delta.p_holm


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
