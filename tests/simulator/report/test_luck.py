"""Luck in words: each sentence only where its figures say so."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from messages import Message
from simulator import StudyResult, Sweep, first_difference, read_study, study_json
from simulator.report.luck import describe_luck
from simulator.study.result import Concentration, Estimate, Luck


def estimate(mean: float) -> Estimate:
    return Estimate(mean, 0.01, (mean - 0.01, mean + 0.01), 30)


@pytest.fixture(scope="module")
def study(small_sweep: Sweep) -> StudyResult:
    """One setting of the small sweep."""
    found = small_sweep.summary()
    results = [each for each in found.results if each.configuration.capacity_scale == 1]
    return replace(found, baselines=found.baselines[:1], results=tuple(results), simulations=30)


def with_ginis(study: StudyResult, **ginis: float) -> StudyResult:
    metrics = dict(study.baseline.metrics) | {name: estimate(gini) for name, gini in ginis.items()}
    return replace(study, baselines=(replace(study.baseline, metrics=metrics),))


def sentences(study: StudyResult) -> dict[str, Message]:
    return {each.code: each for each in describe_luck(study)}


@pytest.mark.parametrize(
    ("realised", "chance", "code", "percent"),
    [
        (0.907, 0.908, "luck_alone", 0.11),
        (0.907, 0.889, "luck_alone", 1.98),
        (0.9, 0.45, "luck_exceeded", 50.0),
        (0.584, 0.671, "luck_undercut", 14.9),
    ],
)
def test_concentration_is_luck_only_where_chance_gives_as_much(
    study: StudyResult, realised: float, chance: float, code: str, percent: float
) -> None:
    found = sentences(
        with_ginis(
            study,
            streamer_gini=realised,
            chance_streamer_gini=chance,
            expected_streamer_gini=0.286,
        )
    )[code]

    figures = found.parameters
    assert (figures["realised"], figures["chance"]) == (realised, chance)
    assert figures["expected"] == 0.286
    assert figures["percent"] == pytest.approx(percent, rel=0.01)


def test_without_gifts_there_is_no_luck(study: StudyResult) -> None:
    assert describe_luck(with_ginis(study, streamer_gini=0.0)) == []


def test_results_of_version_0_1_have_no_sentence(study: StudyResult) -> None:
    metrics = {"streamer_gini": study.baseline.metrics["streamer_gini"]}

    assert (
        describe_luck(replace(study, baselines=(replace(study.baseline, metrics=metrics),))) == []
    )


def with_luck(study: StudyResult, rounds_needed: int | None, needed: int | None) -> StudyResult:
    checkpoints = tuple(
        Concentration(rounds, *[estimate(0.5)] * 3, *[estimate(-0.01)] * 2, needed)
        for rounds in (50, 100, 200)
    )
    return replace(study, luck=Luck(study.results[0].configuration, checkpoints, rounds_needed))


@pytest.mark.parametrize(
    ("rounds_needed", "needed", "code", "said"),
    [
        (100, 20, "luck_ends", {"rounds": 100, "before": 50, "simulations": 30}),
        (50, 20, "luck_ends", {"rounds": 50, "before": 0, "simulations": 30}),
        (None, 77, "luck_hides", {"rounds": 200, "needed": 77, "simulations": 30}),
        (None, None, "luck_hides", {"rounds": 200, "needed": 0, "simulations": 30}),
    ],
)
def test_rounds_are_named_only_where_they_were_played(
    study: StudyResult,
    rounds_needed: int | None,
    needed: int | None,
    code: str,
    said: dict[str, Any],
) -> None:
    found = sentences(with_luck(study, rounds_needed, needed))

    assert found.keys() & {"luck_ends", "luck_hides"} == {code}
    assert found[code].parameters.items() >= said.items()


def test_too_few_simulations_for_any_test_say_nothing_of_rounds(study: StudyResult) -> None:
    few = replace(with_luck(study, None, None), simulations=5)

    assert not sentences(few).keys() & {"luck_ends", "luck_hides"}


def test_luck_is_a_finding_and_a_conclusion(small_sweep: Sweep) -> None:
    found = small_sweep.summary()

    expected = describe_luck(found)
    assert expected
    assert {each.code for each in expected} == {"answer_in_setting"}  # of two, the first
    assert list(found.findings[-len(expected) :]) == expected
    assert all(each in found.conclusions for each in expected)


def test_luck_is_read_back_and_its_checkpoints_are_those_of_the_rows(small_sweep: Sweep) -> None:
    found = small_sweep.summary()

    luck = read_study(json.loads(json.dumps(study_json(found)))).luck

    assert luck == found.luck
    assert luck is not None
    assert [each.rounds for each in luck.checkpoints] == [1, 2, 3, 6]
    assert luck.checkpoints[-1].realised == found.baseline.metrics["streamer_gini"]
    assert luck.checkpoints[-1].chance == found.baseline.metrics["chance_streamer_gini"]
    assert luck.checkpoints[-1].expected == found.baseline.metrics["expected_streamer_gini"]
    named = next(each for each in found.results if each.configuration == luck.configuration)
    effect = named.effects["total"]["expected_streamer_gini"]
    assert luck.checkpoints[-1].expected_effect.mean == pytest.approx(effect.mean)


@pytest.mark.parametrize("column", ["checkpoint_gini", "checkpoint_chance_gini"])
def test_a_tampered_checkpoint_is_found(stored: dict[str, Any], column: str) -> None:
    result = json.loads(json.dumps(stored))
    result["runs"][0][column][0] += 0.01

    assert str(first_difference(result)).startswith("luck.checkpoints[0].")


def test_rows_without_checkpoints_have_no_luck(small_sweep: Sweep) -> None:
    runs = tuple(
        replace(run, checkpoint_gini=(), checkpoint_expected_gini=(), checkpoint_chance_gini=())
        for run in small_sweep.runs
    )

    found = replace(small_sweep, runs=runs).summary()

    assert found.luck is None
    assert found.answer == small_sweep.summary().answer
