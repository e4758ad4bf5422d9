"""A verdict says when the cap never takes effect, and when a corrected test disagrees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import Sweep, headline, summarise
from simulator.inference.criteria import VERDICTS
from simulator.report.verdict import sweep_verdict, takes_effect, verdict_of
from tests.simulator.conftest import details


def result(
    verdict: str, *, k: int | None = 1, binds: int = 1, p_holm: float | None = 0.01
) -> dict[str, Any]:
    """What a verdict is made from."""
    return {
        "k": k,
        "binding": {"binding_rounds": binds},
        "gate_5c": "PASS" if verdict == "pass" else "FAIL",
        "gate": {"verdict": verdict},
        "delta": {"streamer_gini": {"p_holm": p_holm}},
    }


RESULTS = st.builds(
    result,
    st.sampled_from(["pass", "inconclusive", "fail"]),
    k=st.sampled_from([None, 1, 5]),
    binds=st.integers(0, 2),
    p_holm=st.sampled_from([None, 0.01, 0.5]),
)


@given(st.lists(RESULTS, min_size=1, max_size=6))
def test_only_caps_that_take_effect_pass(results: list[dict[str, Any]]) -> None:
    acting = [each for each in results if each["k"] is None or each["binding"]["binding_rounds"]]
    verdict = sweep_verdict(results)

    assert (verdict == "no-effect") == (not acting)
    assert (verdict == "pass") == any(each["gate"]["verdict"] == "pass" for each in acting)
    assert all(verdict_of(each) == "no-effect" for each in results if each not in acting)
    said = headline(results)
    assert (": pass" in said) == (verdict == "pass")
    assert ("never takes effect" in said) == (len(acting) < len(results))


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([result("pass", binds=0)], "Gate-5C: this cap never takes effect."),
        (
            [result("fail", binds=0)] * 2,
            "Gate-5C: this cap never takes effect in any of 2 configurations.",
        ),
        ([result("pass")], "Gate-5C by the 95 % intervals: pass."),
        (
            [result("pass", p_holm=0.25)],
            "Gate-5C by the 95 % intervals: pass; no fall of the Gini stands after Holm's "
            "correction.",
        ),
        (
            [result("fail"), result("inconclusive"), result("pass", binds=0)],
            "Gate-5C by the 95 % intervals: inconclusive, in 1 of 3 configurations; in 1, the cap "
            "never takes effect.",
        ),
    ],
)
def test_the_headline_says_what_the_verdict_is_worth(
    results: list[dict[str, Any]], said: str
) -> None:
    assert headline(results) == said


def test_a_sweep_whose_caps_never_bind_has_no_verdict(small_sweep: Sweep) -> None:
    config = replace(small_sweep.config, k_values=(40, 50))
    runs = [
        run
        if run.k is None
        else replace(run, overcrowded_share=0.0, streamer_gini=0.0, revenue=1e9)
        for run in small_sweep.runs
        if run.k != 1
    ]

    summary = summarise(config, runs)

    assert summary["gate"] == dict.fromkeys(VERDICTS, 0) | {"verdict": "no-effect", "no-effect": 8}
    assert all(each["gate_5c"] == "PASS" for each in summary["results"])  # the published rule
    said = summary["findings"] + details(summary, runs)
    assert not any("Gate-5C passes" in line for line in said)
    assert any("this cap never takes effect" in line for line in said)


def test_a_cap_on_spend_is_no_cap_on_whales() -> None:
    assert takes_effect(result("pass", k=None, binds=0))
    assert takes_effect({"k": 1, "gate_5c": "PASS"})  # an old result, which says nothing of it
