"""Findings of a study on a caller's own matrix. Every figure in them is computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from messages import Message
from simulator.inference.criteria import CONCENTRATION, LEAST_SIMULATIONS, OVERCROWDING, REVENUE
from simulator.report.certainty import (
    count_tests,
    count_verdicts,
    describe_effect,
    few_simulations,
)
from simulator.report.naming import in_group, name_group, name_ks
from simulator.report.overview import MOST_FINDINGS, overview
from simulator.study.result import ConfigurationResult, ExactFigures, StudyResult


def list_findings(study: StudyResult) -> list[Message]:
    """Return the findings of a study on a matrix.

    Parameters
    ----------
    study : StudyResult
        Its `findings` are ignored.

    Returns
    -------
    list of Message
        For each result: what its cap changes and whether that is worth having, whether k binds,
        whom it displaces and at what cost, what all rules change. Then the published criteria:
        which fail, and the verdicts by intervals and tests. Of more than `MOST_FINDINGS`, an
        `overview`, and what the cap costs where it displaces most.
    """
    results, simulations = study.results, study.simulations
    findings = _describe(results, study)
    for result in results:
        findings += in_group([*_verdict(result, study)], name_group(result, results))
    if simulations > 1:
        findings += few_simulations(simulations)
        if simulations >= LEAST_SIMULATIONS:
            findings.append(count_tests(results, simulations))
        findings.append(count_verdicts(results))
    if len(findings) <= MOST_FINDINGS:
        return findings
    dearest = max(results, key=lambda each: _exact(each).displaced["whales"].cost)
    return overview(study) + _describe([dearest], study)[:3]


def _exact(result: ConfigurationResult) -> ExactFigures:
    if result.exact is None:
        raise ValueError("Expected a result of a study on a matrix.")
    return result.exact


def _describe(results: Sequence[ConfigurationResult], study: StudyResult) -> list[Message]:
    """Return the findings of each result, with its whale share where there are several."""
    findings: list[Message] = []
    for result in results:
        effect = [describe_effect(name_ks([result]), result)] if result.effects else []
        sentences = [*effect, *_binding(result), _change(result, study.simulations)]
        findings += in_group(sentences, name_group(result, study.results))
    return findings


def _binding(result: ConfigurationResult) -> Iterator[Message]:
    binding, displaced = result.binding, _exact(result).displaced["whales"]
    if binding is None:
        return
    if not binding.streamers_over_cap:
        yield Message("matrix_k_never_binds", k=result.k, wanted=binding.max_whales_wanted)
        return
    yield Message(
        "matrix_k_binds",
        k=result.k,
        streamers=binding.streamers_over_cap,
        wanted=binding.max_whales_wanted,
        displaced=displaced.users,
        whales=binding.whales_per_round,
        mean_cost=displaced.mean_cost,
        cost=displaced.cost,
    )
    for limit, prices in _exact(result).shadow_prices.items():
        if prices:
            dearest = max(prices, key=prices.__getitem__)
            code = f"matrix_price_of_{limit}"
            yield Message(code, k=result.k, streamer=dearest, price=prices[dearest])


def _change(result: ConfigurationResult, simulations: int) -> Message:
    expected, delta = _exact(result).expected, result.delta["revenue_pct"]
    who = name_ks([result])
    if expected.revenue_pct is None:
        return Message("revenue_without_baseline", who=who)
    drawn = delta.ci95 is not None
    low, high = delta.ci95 or (0.0, 0.0)
    return Message(
        "matrix_change",
        who=who,
        revenue=expected.revenue_pct,
        gini=expected.streamer_gini_change,
        drawn=drawn,
        simulations=simulations,
        percent=delta.mean or 0.0,
        low=low,
        high=high,
    )


def _verdict(result: ConfigurationResult, study: StudyResult) -> Iterator[Message]:
    """State which criteria fail; or that all are met, or that the cap never takes effect."""
    who = name_ks([result])
    if not result.takes_effect:
        yield Message("cap_without_effect", who=who)
    elif result.passes:
        yield Message("all_criteria_met", who=who)
    for code in result.failing:
        if code == OVERCROWDING.code:
            yield Message(
                "matrix_overcrowding_fails",
                who=who,
                criterion=OVERCROWDING.title,
                percent=100 * result.figure(OVERCROWDING).value,
                threshold=100 * OVERCROWDING.threshold,
            )
        elif code == CONCENTRATION.code:
            metric = CONCENTRATION.metric
            yield Message(
                "matrix_concentration_fails",
                who=who,
                criterion=CONCENTRATION.title,
                after=result.metrics[metric].value,
                before=study.baseline.metrics[metric].value,
            )
        else:
            yield Message(
                "matrix_revenue_fails",
                who=who,
                criterion=REVENUE.title,
                percent=result.figure(REVENUE).value,
                threshold=REVENUE.threshold,
            )
