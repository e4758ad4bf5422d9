"""The answer of a study: whether a whale cap is worth having, and which."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from messages import Message
from simulator.inference.criteria import LEAST_SIMULATIONS, REVENUE
from simulator.inference.power import ALPHA, simulations_needed
from simulator.inference.worth import GINI_METRIC, JUDGED, REVENUE_METRIC, judged_effect
from simulator.study.result import (
    CapBinding,
    ConfigurationResult,
    Effect,
    EffectVerdict,
    StudyResult,
    Verdict,
)

from .naming import Namer, name_rule_before, name_shared_setting, namer

MOST_SETTINGS = 4
"""So many settings are answered one by one; of more, the answers are counted."""

_FROM_THE_BEST: tuple[Verdict, ...] = ("worth_it", "undecided", "not_worth_it", "no_effect")


def answer(study: StudyResult) -> Message | None:
    """Return whether a cap is worth having, which, what it gains and costs, and how sure that is.

    Configurations are compared within one setting of capacities and users a round. Where there are
    several, each has its answer.

    Returns
    -------
    Message or None
        None of a result without effects.
    """
    results = [each for each in study.results if each.by_effects is not None]
    if not results:
        return None
    answers = [(each, _answer_setting(each, study)) for each in group_by_setting(results)]
    if len(answers) == 1:
        return answers[0][1]
    if len(answers) <= MOST_SETTINGS:
        parts = [
            Message("answer_in_setting", setting=name_shared_setting(each, results), answer=text)
            for each, text in answers
        ]
        return Message("answers", answers=parts)
    verdicts = find_verdicts(study)
    counts = [
        Message(f"settings_{verdict}", count=verdicts.count(verdict))
        for verdict in _FROM_THE_BEST
        if verdict in verdicts
    ]
    return Message("answers_counted", settings=len(answers), counts=counts)


def best_of(study_results: Sequence[ConfigurationResult]) -> tuple[ConfigurationResult, Message]:
    """Return the best result of the first setting, and by what it is the best.

    It is the one that the answer names, where a cap is worth having. Else it is the one of the
    highest expected revenue.
    """
    first = [
        each
        for each in study_results
        if each.configuration.setting == study_results[0].configuration.setting
    ]
    foremost = pick_foremost(first) if all(each.by_effects for each in first) else first[0]
    if foremost.verdict == "worth_it":
        return foremost, Message("best_by_concentration")
    return max(first, key=_expected_revenue), Message("best_by_expected_revenue")


def _expected_revenue(result: ConfigurationResult) -> float:
    if result.exact is not None:
        return result.exact.expected.revenue
    revenue = result.metrics.get("expected_revenue", result.metrics["revenue"])
    return revenue.value


def find_foremost(study: StudyResult) -> ConfigurationResult | None:
    """Return the result that the answer names of the first setting; None without effects."""
    if any(each.by_effects is None for each in study.results):
        return None
    setting = study.results[0].configuration.setting
    return pick_foremost([each for each in study.results if each.configuration.setting == setting])


def find_verdicts(study: StudyResult) -> list[Verdict]:
    """Return the verdict that the answer gives in each setting; none of a result without effects.

    Settings are those of capacities and users a round.
    """
    results = [each for each in study.results if each.by_effects is not None]
    return [_decision(pick_foremost(each)).verdict for each in group_by_setting(results)]


def describe_effects(study: StudyResult) -> list[Message]:
    """Return what each change of rule does, for the configuration that the answer names.

    A sentence for each setting of capacities and users a round, at most `MOST_SETTINGS`.
    """
    results = [each for each in study.results if each.by_effects is not None]
    groups = group_by_setting(results)
    chains = []
    for group in groups[:MOST_SETTINGS]:
        foremost = pick_foremost(group)
        chain = describe_chain(foremost, namer(group)(foremost))
        if len(groups) > 1:
            setting = name_shared_setting(group, results)
            chain = Message("answer_in_setting", setting=setting, answer=chain)
        chains.append(chain)
    return chains


def describe_chain(result: ConfigurationResult, who: Message) -> Message:
    """Return what each change of rule does, from greedy to a configuration.

    Parameters
    ----------
    result : ConfigurationResult
        With effects.
    who : Message
        Its name.
    """
    steps = [
        Message(
            f"effect_{effect}",
            percent=changes[REVENUE_METRIC].mean or 0.0,
            gini=changes[GINI_METRIC].value,
        )
        for effect, changes in result.effects.items()
    ]
    return Message("effects_chain", who=who, steps=steps)


def group_by_setting(results: Sequence[ConfigurationResult]) -> list[list[ConfigurationResult]]:
    """Return the results in groups of the same capacities and users a round."""
    setting = attrgetter("configuration.setting")
    return [list(group) for _, group in groupby(sorted(results, key=setting), key=setting)]


def pick_foremost(results: Sequence[ConfigurationResult]) -> ConfigurationResult:
    """Return the result of the best verdict; of equal ones, that which lowers the Gini most.

    It is among those with a cap, if there are any; else among those with weights.
    """
    judged = ([each for each in results if effect in each.effects] for effect in JUDGED)
    compared = next(filter(None, judged))

    def order(result: ConfigurationResult) -> tuple[int, float]:
        verdict = _decision(result).verdict
        return _FROM_THE_BEST.index(verdict), _judged(result, GINI_METRIC).value

    return min(compared, key=order)


def _decision(result: ConfigurationResult) -> EffectVerdict:
    if result.by_effects is None:
        raise ValueError("Expected a result with effects.")
    return result.by_effects


def _judged(result: ConfigurationResult, metric: str) -> Effect:
    """Return the effect on a metric that the verdict judges."""
    return result.effects[judged_effect(result.effects)][metric]


def _answer_setting(results: Sequence[ConfigurationResult], study: StudyResult) -> Message:
    """Answer for one setting, by the configuration of the best verdict."""
    result = pick_foremost(results)
    revenue, gini = _judged(result, REVENUE_METRIC), _judged(result, GINI_METRIC)
    if result.verdict == "no_effect":
        judged = judged_effect(result.effects)
        idle = [each for each in results if judged_effect(each.effects) == judged]
        return _answer_without_effect(idle, study, namer(results))
    low, high = gini.bounds
    baseline = study.baseline_of(result).metrics.get("expected_revenue")
    total = 0.0 if baseline is None or baseline.mean is None else baseline.mean
    percent = revenue.mean or 0.0
    return Message(
        f"answer_{result.verdict}",
        who=namer(results)(result),
        against=name_rule_before(judged_effect(result.effects)),
        sway=_reason(result),
        gini=gini.value,
        gini_size=abs(gini.value),
        low=low,
        high=high,
        percent=percent,
        percent_size=abs(percent),
        amount=_amount(abs(percent) / 100 * total, study),
        exact=result.exact is not None,
        simulations=study.simulations,
        gini_change=describe_estimate(gini),
        revenue_change=describe_estimate(revenue, percent=True),
        **_certainty(result, study),
    )


def describe_estimate(effect: Effect, *, percent: bool = False) -> Message:
    """State an effect with its interval and corrected p, as far as it has them."""
    if effect.mean is None:
        return Message("effect_unknown")
    low, high = effect.bounds
    return Message(
        "estimate_of_effect",
        value=effect.mean,
        percent=percent,
        interval=low < high,
        low=low,
        high=high,
        tested=effect.p_corrected is not None,
        p=1.0 if effect.p_corrected is None else effect.p_corrected,
    )


def _certainty(result: ConfigurationResult, study: StudyResult) -> dict[str, float]:
    """Return how sure the answer is: nothing of exact figures, which are."""
    p = _judged(result, GINI_METRIC).p_corrected
    if result.exact is not None:
        return {}
    return {"p": 1.0 if p is None else p, "needed": count_to_decide([result], study)}


def count_to_decide(results: Sequence[ConfigurationResult], study: StudyResult) -> int:
    """Return how many simulations would decide about all results; 0 where that is not known.

    A study that may stop early has wider intervals, for which `needed_to_decide` has no formula.
    """
    if study.config.get("until_decided", False):
        return 0
    return max(map(needed_to_decide, results))


def _amount(revenue: float, study: StudyResult) -> Message:
    """Return an amount of expected revenue: a round's, or that of all users of a matrix."""
    if study.of_matrix:
        return Message("amount_in_all", amount=revenue)
    return Message("amount_a_round", amount=revenue / study.config.get("rounds", 1))


def _reason(result: ConfigurationResult) -> str:
    """Return in a word what the two effects amount to, as the messages know it.

    Where neither matters, the word names the effect that was judged, if it is not that of a cap.
    """
    criteria = _decision(result).criteria
    sways = criteria[REVENUE_METRIC].sway, criteria[GINI_METRIC].sway
    judged = judged_effect(result.effects)
    if sways == ("negligible", "negligible") and judged != "cap":
        return f"negligible_{judged}"
    return "_".join(sways)


def needed_to_decide(result: ConfigurationResult) -> int:
    """Return how many simulations would tell the effects from what leaves the verdict open.

    That is the smallest effect that matters or, of revenue that concentration is bought with, the
    greatest loss that the published study allows. Tests are at the level that the correction of
    this result's leaves to them. 0 where there is one simulation, and where no number is known or
    as many did not do.
    """
    criteria = _decision(result).criteria
    counts = [LEAST_SIMULATIONS]
    for metric, criterion in criteria.items():
        effect = _judged(result, metric)
        if criterion.sway == "unclear":
            counts.append(_needed(effect, criterion.minimum_effect))
        if metric == REVENUE_METRIC and criteria[GINI_METRIC].sway == "gain":
            low, high = effect.ci95 or (0.0, 0.0)
            if low <= REVENUE.threshold < high:
                counts.append(_needed(effect, -REVENUE.threshold))
    needed = max(counts)
    return needed if min(counts) and needed > _judged(result, GINI_METRIC).n else 0


def _needed(effect: Effect, bound: float) -> int:
    """Return how many simulations tell an effect from a bound of either sign; 0 if unknown."""
    if effect.mean is None or effect.std is None or effect.n < 2:
        return 0
    sample_std = effect.std * math.sqrt(effect.n / (effect.n - 1))
    level = ALPHA
    if effect.p and effect.p_corrected:
        level *= effect.p / effect.p_corrected
    return simulations_needed(abs(abs(effect.mean) - bound), sample_std, level) or 0


def _answer_without_effect(
    results: Sequence[ConfigurationResult], study: StudyResult, name: Namer
) -> Message:
    """State that no cap changes anything, and why: so few whales want the same streamer.

    Of weights, and of policies without either, state that they change nothing.
    """
    judged, who = judged_effect(results[0].effects), name(results[0])
    if judged != "cap":
        return Message(
            "answer_no_change", who=who, several=len(results) > 1, against=name_rule_before(judged)
        )
    capped = [each for each in results if each.k is not None]
    bindings = [each.binding for each in capped if each.binding]
    wanted = max((each.max_whales_wanted for each in bindings), default=0)
    least = min((each.k for each in capped if each.k is not None), default=0)
    is_certain = study.of_matrix or 0 < results[0].configuration.users_per_round <= least
    return Message(
        "answer_no_effect",
        who=who,
        several=len(results) > 1,
        wanted=wanted,
        reason=_reason_without_effect(bindings, wanted, least),
        simulations=0 if is_certain else study.simulations,
        # So large a share of simulations with an effect is still likely to show none of them.
        most=100 * (1 - ALPHA ** (1 / study.simulations)),
    )


def _reason_without_effect(bindings: Sequence[CapBinding], wanted: int, least: int) -> str:
    """Return in a word why caps on whales change nothing, as the messages know it."""
    if not bindings:
        return "unknown"
    if not any(each.whales_per_round for each in bindings):
        return "no_whales"
    return "capacity" if wanted > least else "few_wanted" if wanted else "no_value"
