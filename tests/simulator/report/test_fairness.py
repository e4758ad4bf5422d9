"""What a study says of weights for equality."""

from __future__ import annotations

import pytest

from messages import LANGUAGES, render
from simulator import Sweep, SweepConfig, WorldConfig, find_settings, first_difference, run_sweep
from simulator.charts import configuration_names, figures
from simulator.policies import POLICIES
from simulator.study.result_json import read_study, study_json

WORLD = WorldConfig(n_users=300, n_streamers=20, ev_model="drawn")


@pytest.fixture(scope="module")
def weighted() -> Sweep:
    return run_sweep(
        SweepConfig(
            policies=("fair-online",),
            alphas=(0.1, 1),
            simulations=8,
            rounds=10,
            users_per_round=40,
            world=WORLD,
        )
    )


def test_weights_are_judged_against_the_same_rule_without(weighted: Sweep) -> None:
    study = weighted.summary()

    for result in study.results:
        assert [*result.effects] == ["capacity", "priority", "fairness", "total"]
        assert result.by_effects is not None
        for metric, criterion in result.by_effects.criteria.items():
            assert criterion.effect == "fairness"
            assert criterion.estimate == result.effects["fairness"][metric].mean
        for metric, total in result.effects["total"].items():
            steps = [
                result.effects[each][metric].value for each in ("capacity", "priority", "fairness")
            ]
            assert sum(steps) == pytest.approx(total.value, abs=1e-9)
    first, second = (each.effects["fairness"] for each in study.results)
    assert second["expected_streamer_gini"].value < first["expected_streamer_gini"].value < 0


def test_the_answer_is_about_weights(weighted: Sweep) -> None:
    study = weighted.summary()

    assert study.answer is not None
    assert study.answer.code == "answer_worth_it"
    assert study.answer.parameters["against"].code == "against_same_weights"
    assert study.answer.parameters["who"].code == "point_alpha"
    assert {each.code for each in find_settings(study).findings} >= {"search_compared_by_weights"}
    for language in LANGUAGES:
        for message in (study.answer, *study.findings):
            assert render(message, language)


def test_a_study_of_weights_is_stored_and_verified(weighted: Sweep) -> None:
    stored = weighted.as_mapping()

    assert [each["alpha"] for each in stored["results"]] == [0.1, 1]
    assert {run["alpha"] for run in stored["runs"]} == {None, 0, 0.1, 1}
    assert first_difference(stored) is None
    assert study_json(read_study(stored)) == study_json(weighted.summary())


def test_caps_come_before_weights_where_a_study_has_both() -> None:
    config = SweepConfig(
        policies=("tiered", "fair-online"),
        k_values=(1,),
        whale_shares=(0.2,),
        simulations=6,
        rounds=3,
        users_per_round=40,
        world=WORLD,
    )
    study = run_sweep(config).summary()

    assert study.answer is not None
    assert study.answer.parameters["who"].code != POLICIES["fair-online"].title.code
    assert {*study.results[1].effects} == {"capacity", "priority", "fairness", "total"}


def test_weights_that_change_nothing_say_so() -> None:
    config = SweepConfig(
        policies=("fair-online",),
        simulations=6,
        rounds=2,
        users_per_round=5,
        world=WorldConfig(n_users=40, n_streamers=1),
    )
    study = run_sweep(config).summary()

    assert study.answer is not None
    assert study.answer.code == "answer_no_change"
    for language in LANGUAGES:
        assert render(study.answer, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_of_weights_name_them(weighted: Sweep, language: str) -> None:
    study = weighted.summary()
    drawn = figures(study, language)

    assert [str(each) for each in configuration_names(study)] == [
        "fair-online with α = 0.1",
        "fair-online with α = 1",
    ]
    assert "α = 1" in drawn["chain-of-effects"].to_json(ensure_ascii=False)
