"""A verdict says when the cap never takes effect, and when a corrected test disagrees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import Message
from simulator import ConfigurationResult, Sweep, headline, summarise
from simulator.report.verdict import conclude
from simulator.study.result import GATE_VERDICTS, GateVerdict

from ..conftest import by_code, details
from ..study.results import configuration_result, study_of


def result(
    verdict: GateVerdict, *, k: int | None = 1, binds: int = 1, p_holm: float | None = 0.01
) -> ConfigurationResult:
    """A result whose intervals come to a verdict."""
    crowded = {"pass": 0.05, "inconclusive": 0.1, "fail": 0.2}[verdict]
    return configuration_result(
        k,
        crowded=crowded,
        width=0.01,
        p=None if p_holm is None else p_holm / 2,
        p_holm=p_holm,
        binding_rounds=binds,
    )


RESULTS = st.builds(
    result,
    st.sampled_from(["pass", "inconclusive", "fail"]),
    k=st.sampled_from([None, 1, 5]),
    binds=st.integers(0, 2),
    p_holm=st.sampled_from([None, 0.01, 0.5]),
)


def binds(each: ConfigurationResult) -> bool:
    return each.k is None or (each.binding is not None and each.binding.binding_rounds > 0)


def decided(each: ConfigurationResult) -> str:
    assert each.by_intervals is not None
    return each.by_intervals.verdict


@given(st.lists(RESULTS, min_size=1, max_size=6))
def test_only_caps_that_take_effect_pass(results: list[ConfigurationResult]) -> None:
    acting = [each for each in results if binds(each)]
    study = study_of(*results)
    verdict = study.gate.verdict

    assert (verdict == "no-effect") == (not acting)
    assert (verdict == "pass") == any(decided(each) == "pass" for each in acting)
    assert all(each.gate == "no-effect" for each in results if not binds(each))
    found = headline(study)
    assert (found.code == "headline_no_effect") == (not acting)
    if acting:
        assert found.parameters["verdict"] == Message(f"verdict_is_{verdict}")
        assert found.parameters["idle"] == len(results) - len(acting)


@pytest.mark.parametrize(
    ("results", "verdict", "counts"),
    [
        ([result("pass")], "pass", {"count": 1, "idle": 0, "doubtful": False}),
        ([result("pass", p_holm=0.25)], "pass", {"count": 1, "idle": 0, "doubtful": True}),
        (
            [result("fail"), result("inconclusive"), result("pass", binds=0)],
            "inconclusive",
            {"count": 1, "idle": 1, "doubtful": False},
        ),
    ],
)
def test_the_headline_counts_the_verdicts_and_doubts_a_pass(
    results: list[ConfigurationResult], verdict: str, counts: dict[str, Any]
) -> None:
    expected = counts | {
        "verdict": Message(f"verdict_is_{verdict}"),
        "configurations": len(results),
    }
    assert headline(study_of(*results)) == Message("headline", **expected)


@pytest.mark.parametrize(
    ("results", "codes"),
    [
        ([result("pass", binds=0)] * 2, ["study_without_effect"]),
        ([result("pass")], ["study_of_one_pass"]),
        ([result("pass", p_holm=0.25)], ["study_of_one_pass", "study_doubtful"]),
        ([result("fail")], ["study_of_one_fail"]),
        ([result("inconclusive")], ["study_of_one_inconclusive"]),
        ([result("pass"), result("pass", p_holm=0.25)], ["study_of_several"]),
    ],
)
def test_the_conclusions_are_of_one_configuration_or_of_several(
    results: list[ConfigurationResult], codes: list[str]
) -> None:
    assert [each.code for each in conclude(study_of(*results))] == codes


def test_the_conclusions_count_the_verdicts() -> None:
    results = [result("pass"), result("fail"), result("inconclusive"), result("pass", binds=0)]

    (conclusion,) = conclude(study_of(*results))

    assert conclusion.parameters == {
        "passing": 1,
        "configurations": 4,
        "inconclusive": 1,
        "idle": 1,
    }


def _parts(message: Message) -> list[Message]:
    parts = message.parameters["parts"]
    assert isinstance(parts, tuple)
    return [each for each in parts if isinstance(each, Message)]


def test_a_sweep_whose_caps_never_bind_has_no_verdict(small_sweep: Sweep) -> None:
    config = replace(small_sweep.config, k_values=(40, 50))
    runs = [
        run
        if run.k is None
        else replace(run, overcrowded_share=0.0, streamer_gini=0.0, revenue=1e9)
        for run in small_sweep.runs
        if run.k != 1
    ]

    study = summarise(config, runs)

    assert study.gate.verdict == "no-effect"
    assert study.gate.counts == dict.fromkeys(GATE_VERDICTS, 0) | {"no-effect": 8}
    assert all(each.published_rule == "PASS" for each in study.results)  # the published rule
    found = [*study.findings, *details(study, runs)]
    parts = [part for each in by_code(found, "published_by_means") for part in _parts(each)]
    assert parts
    assert {each.code for each in parts} == {"published_idle"}


def test_a_cap_without_effect_has_no_failing_criterion(small_sweep: Sweep) -> None:
    """k = 40 and 50 never bind, and their Gini rises: nothing is said to fail but for k = 1."""
    runs = [
        run if run.k is None else replace(run, streamer_gini=1.0, overcrowded_share=0.5)
        for run in small_sweep.runs
    ]

    found = details(summarise(small_sweep.config, runs), runs)

    parts = [part for each in by_code(found, "published_by_means") for part in _parts(each)]
    failing = by_code(parts, "published_missed")
    assert {str(each.parameters["who"]) for each in failing} == {"k = 1"}


def test_a_cap_on_spend_is_no_cap_on_whales() -> None:
    assert result("pass", k=None, binds=0).takes_effect
    old = replace(result("pass"), binding=None)  # an old result, which says nothing of it
    assert old.takes_effect
