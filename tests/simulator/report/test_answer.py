"""The answer of a study claims no more than its figures do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from messages import LANGUAGES, Message, render
from simulator import ConfigurationResult, StudyResult, study_json
from simulator.inference.worth import GINI_METRIC, REVENUE_METRIC, judge
from simulator.report.answer import MOST_SETTINGS, answer, describe_estimate, needed_to_decide
from simulator.study.config import MinimumEffect
from simulator.study.result import BaselineResult, Effect

from ..study.results import configuration_result, effect, effective_result, study_of

NOTHING = effect(0.0)


def judged(revenue: Effect, gini: Effect) -> ConfigurationResult:
    """A result whose cap has these effects."""
    changes = {REVENUE_METRIC: revenue, GINI_METRIC: gini}
    result = replace(configuration_result(1), effects={"cap": changes, "total": changes})
    return replace(result, by_effects=judge(result.effects, MinimumEffect()))


@pytest.mark.parametrize(
    ("k", "users_per_round", "simulations", "most"),
    [(5, 200, 16, 17.1), (5, 200, 50, 5.8), (5, 200, 1, 95.0), (5, 5, 16, None)],
)
def test_no_effect_in_so_many_simulations_bounds_the_share_that_could_have_one(
    k: int, users_per_round: int, simulations: int, most: float | None
) -> None:
    result = effective_result(k, total=(5.0, -0.1), users_per_round=users_per_round)

    found = answer(study_of(result, simulations=simulations))

    assert found is not None
    assert found.code == "answer_no_effect"
    assert found.parameters["simulations"] == (simulations if most else 0)
    if most:
        assert found.parameters["most"] == pytest.approx(most, abs=0.05)
    for language in LANGUAGES:
        assert ("95 %" in render(found, language)) == bool(most)


def test_a_cap_without_whales_is_not_said_to_have_whales_that_bring_nothing() -> None:
    result = effective_result(5, total=(5.0, -0.1))
    assert result.binding is not None

    for whales in (0.0, 2.0):
        binding = replace(result.binding, whales_per_round=whales, max_whales_wanted=0)
        found = answer(study_of(replace(result, binding=binding)))
        assert found is not None
        assert found.parameters["reason"] == ("no_value" if whales else "no_whales")


def test_a_spend_cap_without_effect_has_no_reason_of_caps_on_whales() -> None:
    zero = {REVENUE_METRIC: NOTHING, GINI_METRIC: NOTHING}
    result = judged(NOTHING, NOTHING)
    capped = replace(result.configuration, k=None, policy="spend-cap", spend_cap=1e9)
    result = replace(result, configuration=capped, effects={"cap": zero, "total": zero})

    found = answer(study_of(result))

    assert found is not None
    assert found.parameters["reason"] == "unknown"
    assert "whale" not in str(found)


def test_an_effect_without_an_interval_has_none_in_the_answer() -> None:
    once = Effect(-0.02, 0.0, None, 1, 1.0, 1.0)

    found = answer(study_of(judged(once, once), simulations=1))

    assert found is not None
    assert found.code == "answer_undecided"
    for change in ("gini_change", "revenue_change"):
        message = found.parameters[change]
        assert isinstance(message, Message)
        assert message.parameters["interval"] is False
        assert not any(mark in str(message) for mark in "(,")
    assert describe_estimate(Effect(None, None, None, 8)) == Message("effect_unknown")


def test_the_simulations_needed_are_more_than_there_are_and_allow_for_correction() -> None:
    """Eight tests at eight seeds leave p ≥ 8 / 2^7: beyond 5 %, whatever the effect."""
    sure = Effect(-0.1, 0.001, (-0.11, -0.09), 8, 2.0**-7, 2.0**-4)

    assert needed_to_decide(judged(NOTHING, sure)) == 9
    assert needed_to_decide(judged(NOTHING, replace(sure, n=40))) == 0


def test_a_loss_that_may_be_too_great_is_told_from_the_greatest_that_is_allowed() -> None:
    gain = effect(-0.1, 0.01, n=20)
    loss = Effect(-4.0, 4.0, (-5.7, -2.3), 20, 0.001, 0.001)
    result = judged(loss, gain)

    assert result.verdict == "undecided"
    assert needed_to_decide(result) > 100


def test_caps_without_effect_are_told_from_policies_without_a_cap() -> None:
    """The policy without a cap changes much; the only cap changes nothing."""
    free = effective_result(None, -5.0, -0.1, policy="capacity-greedy")
    found = answer(study_of(free, effective_result(5, total=(5.0, -0.1))))

    assert found is not None
    assert found.code == "answer_no_effect"
    assert found.parameters["several"] is False
    assert "k = 5" in str(found)


def settings_study(*results: ConfigurationResult) -> StudyResult:
    """A study of these results and its answer, with a baseline for each setting."""
    made = study_of(*results)
    (first,) = made.baselines
    baselines = {
        each.configuration.setting: BaselineResult(
            replace(
                first.configuration,
                capacity_scale=each.configuration.capacity_scale,
                users_per_round=each.configuration.users_per_round,
            ),
            first.metrics,
        )
        for each in results
    }
    made = replace(made, baselines=tuple(baselines.values()))
    return replace(made, answer=answer(made))


def of_scale(scale: float, gini_change: float = -0.1, **settings: Any) -> ConfigurationResult:
    return effective_result(gini_change=gini_change, capacity_scale=scale, **settings)


@pytest.mark.parametrize(
    ("results", "names"),
    [
        ([of_scale(0.5), of_scale(1.0)], ["capacity × 0.5", "capacity × 1"]),
        (
            [of_scale(1.0, users_per_round=20), of_scale(1.0, users_per_round=30)],
            ["20 users a round", "30 users a round"],
        ),
        (
            [of_scale(0.5, users_per_round=20), of_scale(1.0, users_per_round=30)],
            ["capacity × 0.5, 20 users a round", "capacity × 1, 30 users a round"],
        ),
    ],
)
def test_each_setting_has_its_answer_and_is_named_by_what_varies(
    results: list[ConfigurationResult], names: list[str]
) -> None:
    stored = study_json(settings_study(*results))["answer"]

    assert stored["code"] == "answers"
    assert stored["text"] == " ".join(stored["parts"])
    for part, name in zip(stored["parts"], names, strict=True):
        assert part.startswith(f"[{name}] Yes")


def test_a_single_setting_has_no_parts() -> None:
    made = settings_study(of_scale(1.0), of_scale(1.0, k=2))

    assert study_json(made)["answer"]["parts"] == []


def test_many_settings_are_counted_without_verdicts_that_none_has() -> None:
    scales = range(1, MOST_SETTINGS + 2)
    found = settings_study(*(of_scale(scale, -0.1 if scale < 3 else 0.1) for scale in scales))

    assert found.answer == Message(
        "answers_counted",
        settings=MOST_SETTINGS + 1,
        counts=[
            Message("settings_worth_it", count=2),
            Message("settings_not_worth_it", count=MOST_SETTINGS - 1),
        ],
    )


def test_a_study_that_may_stop_early_advises_no_number() -> None:
    """Its intervals are wider than those of the formula."""
    unclear = judged(NOTHING, effect(-0.1, 0.2))
    made = study_of(unclear)
    early = replace(made, config={**made.config, "until_decided": True})

    for study, is_known in ((made, True), (early, False)):
        found = answer(study)
        assert found is not None
        assert bool(found.parameters["needed"]) is is_known
