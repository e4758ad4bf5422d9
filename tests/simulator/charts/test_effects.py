"""The picture of the chain of rules: its bars are the effects, each from the end of the last."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import StudyResult, Sweep, read_study
from simulator.charts import EFFECTS, figure, figures, render_svg
from simulator.charts.effects import chain_of_effects
from simulator.charts.sweep_points import SweepPoints
from tests.profiles import examples

from .test_charts import marks, one, spread, stored_study, swept, words

METRICS = ("expected_revenue_pct", "expected_streamer_gini")


def effect(mean: float, half: float = 0.0) -> dict[str, Any]:
    interval = spread(mean, mean - half, mean + half)
    return interval | {"p": 0.01, "p_corrected": 0.01, "simulations_needed": 9}


def chain(half: float = 0.01, **means: float) -> dict[str, Any]:
    """Effects of the same size on both metrics, and their sum."""
    means |= {"total": math.fsum(means.values())}
    return {
        name: {metric: effect(mean, half) for metric in METRICS} for name, mean in means.items()
    }


def answered(k: int | None, effects: dict[str, Any], verdict: str = "worth_it") -> dict[str, Any]:
    criteria = {
        metric: {"effect": "cap", "estimate": 0.0, "ci95": [0.0, 0.0], "p_corrected": 1.0,
                 "minimum_effect": 0.1, "sway": "gain"}
        for metric in METRICS
    }  # fmt: skip
    return one(k, spread(0, 0, 0), effects=effects, verdict=verdict, criteria=criteria)


def bars(study: StudyResult, result: int | None = None) -> list[list[dict[str, Any]]]:
    """Return the rows of both panels: revenue and Gini."""
    chosen = None if result is None else study.results[result]
    drawn = figure(study, EFFECTS, result=chosen)
    assert drawn is not None
    specification = drawn.to_dict()
    return [_rows(panel, specification.get("datasets", {})) for panel in specification["hconcat"]]


def _rows(panel: dict[str, Any], datasets: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of the layer of bars."""
    (given,) = (
        each.get("data", panel.get("data", {}))
        for each in panel["layer"]
        if each["mark"]["type"] == "bar"
    )
    rows: list[dict[str, Any]] = given.get("values") or datasets[given["name"]]
    return rows


@given(
    st.dictionaries(
        st.sampled_from(["capacity", "priority", "cap"]),
        st.floats(-1e3, 1e3, allow_subnormal=False),
        min_size=1,
    )
)
@examples(8)
def test_each_bar_begins_where_the_last_one_ends_and_the_total_ends_there_too(
    means: dict[str, float],
) -> None:
    ordered = {name: means[name] for name in ("capacity", "priority", "cap") if name in means}
    for panel in bars(swept(answered(2, chain(**ordered)))):
        *steps, total = panel
        ends = [0.0, *(row["to"] for row in steps)]
        assert [row["from"] for row in steps] == ends[:-1]
        assert [row["change"] for row in steps] == [*ordered.values()]
        assert total["from"] == 0
        assert math.isclose(total["to"], ends[-1], abs_tol=1e-9)
        for row in panel:
            assert row["high"] - row["to"] == pytest.approx(0.01)
            assert row["to"] - row["low"] == pytest.approx(0.01)


def test_the_effects_of_a_sweep_are_drawn_with_their_intervals(small_sweep: Sweep) -> None:
    study = read_study(small_sweep.as_mapping())
    for place, result in enumerate(study.results):
        for panel, metric in zip(bars(study, place), METRICS, strict=True):
            names = [*result.effects]
            for name, row in zip(names, panel, strict=True):
                estimate = result.effects[name][metric]
                assert row["change"] == estimate.mean
                assert row["high"] - row["low"] == pytest.approx(
                    estimate.bounds[1] - estimate.bounds[0]
                )
    svg = render_svg(figures(study)[EFFECTS])
    assert marks(svg, "bar") == 2 * len(study.results[0].effects)


def test_it_says_the_effects_in_words_and_numbers() -> None:
    effects = chain(capacity=5.6, priority=0.076, cap=-0.0065)
    effects["cap"] = {metric: effect(-0.0065, 0.001) for metric in METRICS}
    study = swept(answered(1, effects))
    english, chinese = (render_svg(figures(study, each)[EFFECTS]) for each in ("en", "zh"))

    for text in ("Capacity held", "Whales first", "Cap k = 1", "In all"):
        assert words(english).count(text) == 2  # once in each panel
    assert "+5.6 % (+5.59 to +5.61)" in words(english)
    assert "−0.0065 % (−0.0075 to −0.0055)" in words(english)
    assert "上限 k = 1" in words(chinese)
    assert "遵守容量" in words(chinese)


def test_a_step_that_a_policy_does_not_have_is_absent() -> None:
    greedy = answered(None, chain(capacity=1.0), "not_worth_it") | {"policy": "capacity-greedy"}
    for panel in bars(swept(greedy)):
        assert [row["step"] for row in panel] == ["Capacity held", "In all"]


def test_the_configuration_is_the_one_that_is_chosen_or_that_the_answer_names() -> None:
    study = swept(
        answered(1, chain(capacity=1.0, cap=-0.5), "undecided"),
        answered(2, chain(capacity=1.0, cap=-0.25), "worth_it"),
        answered(5, chain(capacity=1.0, cap=0.0), "no_effect"),
    )
    of_answer = bars(study)[0]
    chosen = bars(study, 2)[0]

    assert [row["step"] for row in of_answer] == ["Capacity held", "Cap k = 2", "In all"]
    assert [row["step"] for row in chosen] == ["Capacity held", "Cap k = 5", "In all"]


def test_results_of_early_versions_have_no_such_picture() -> None:
    study = read_study(stored_study(one(1, spread(0, 0, 0)), one(2, spread(0, 0, 0))))

    assert chain_of_effects(SweepPoints.of(study)) is None
    assert EFFECTS not in figures(study)
