"""Whether a cap is worth having: its effects beside the smallest that matter."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.inference.worth import GINI_METRIC, REVENUE_METRIC, find_sway, judge
from simulator.study.config import MinimumEffect
from simulator.study.result import Effect, Verdict

MINIMUM = MinimumEffect()


def effect(low: float, high: float, p: float = 0.001, n: int = 20) -> Effect:
    return Effect((low + high) / 2, (high - low) / 4 or 0.0, (low, high), n, p, p, 9)


NOTHING = effect(0, 0)


def verdict(revenue: Effect, gini: Effect) -> Verdict:
    return judge({"cap": {REVENUE_METRIC: revenue, GINI_METRIC: gini}}, MINIMUM).verdict


@pytest.mark.parametrize(
    ("revenue", "gini", "expected"),
    [
        (NOTHING, NOTHING, "no_effect"),
        # a fall of the Gini that matters
        (effect(-0.02, -0.01), effect(-0.003, -0.002), "worth_it"),
        (effect(-2, -1), effect(-0.03, -0.02), "worth_it"),
        (effect(0.2, 0.4), effect(-0.03, -0.02), "worth_it"),
        (effect(-9, -7), effect(-0.03, -0.02), "not_worth_it"),  # the study allows 5 %
        (effect(-6, -4), effect(-0.03, -0.02), "undecided"),
        # more revenue
        (effect(0.2, 0.4), effect(-0.0001, 0.0001), "worth_it"),
        (effect(0.2, 0.4), effect(0.002, 0.004), "not_worth_it"),
        # nothing that matters
        (effect(-0.01, 0.01), effect(-0.0008, -0.0004), "not_worth_it"),
        (effect(-2, -1), effect(-0.0008, -0.0004), "not_worth_it"),
        # not known
        (effect(-0.01, 0.01), effect(-0.0012, -0.0004), "undecided"),
        (effect(-0.3, 0.01), effect(-0.0008, -0.0004), "undecided"),
        (effect(-0.01, 0.01), effect(-0.003, -0.002, p=0.06), "undecided"),  # Holm disagrees
        (effect(-0.01, 0.01), effect(-0.003, -0.002, n=5), "undecided"),  # too few
        (effect(-0.01, 0.01), effect(-0.003, 0.003), "undecided"),
    ],
)
def test_a_verdict_weighs_revenue_against_concentration(
    revenue: Effect, gini: Effect, expected: Verdict
) -> None:
    assert verdict(revenue, gini) == expected


def test_a_policy_without_a_cap_is_judged_against_greedy() -> None:
    effects = {REVENUE_METRIC: effect(0.2, 0.4), GINI_METRIC: effect(-0.0001, 0.0001)}

    decided = judge({"capacity": effects, "total": effects}, MINIMUM)

    assert decided.verdict == "worth_it"
    assert {each.effect for each in decided.criteria.values()} == {"total"}


ENDS = st.tuples(st.floats(-10, 10), st.floats(-10, 10)).map(sorted)


@given(ENDS, st.floats(0, 5), st.sampled_from([1, -1]), st.floats(0, 1))
def test_a_sway_is_what_the_interval_shows(
    ends: list[float], minimum: float, better: int, p: float
) -> None:
    low, high = ends
    sway = find_sway(effect(low, high, p), minimum, better)
    mirrored = find_sway(effect(-high, -low, p), minimum, -better)

    assert sway == mirrored
    if sway in ("gain", "loss"):
        assert p <= 0.05
        assert min(abs(low), abs(high)) >= minimum
        assert (low > 0) == (high > 0)
        assert (sway == "gain") == (better * low > 0)
    if sway == "negligible":
        assert max(abs(low), abs(high)) < minimum or low == high == 0


@given(ENDS, ENDS, st.floats(0, 1))
def test_every_pair_of_intervals_has_a_verdict(
    revenue: list[float], gini: list[float], p: float
) -> None:
    assert verdict(effect(*revenue, p), effect(*gini, p)) in get_args(Verdict)
