"""How many simulations see a difference, against the t test's exact power and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulator.inference.criteria import LEAST_SIMULATIONS
from simulator.inference.power import power, simulations_needed
from simulator.inference.resampling import sign_flip_test
from simulator.study.result import NeededSimulations, Power


def exact(effect: float) -> int:
    """The least n at which a two-sided paired t test at 5 % has 80 % power."""
    n = 2
    while True:
        critical = stats.t.ppf(0.975, n - 1)
        noncentral = stats.nct(n - 1, effect * np.sqrt(n))
        if noncentral.sf(critical) + noncentral.cdf(-critical) >= 0.8:
            return n
        n += 1


@pytest.mark.parametrize("effect", [0.1, 0.25, 0.5, 0.8, 1.0, 1.3])
def test_the_number_is_the_t_tests_within_one(effect: float) -> None:
    assert abs(simulations_needed(effect * 7, 7) - exact(effect)) <= 1  # type: ignore[operator]


@pytest.mark.parametrize("effect", [0.5, 0.8, 1.0, 1.2, 1.5, 1.8])
def test_with_the_number_four_of_five_sweeps_see_the_difference(effect: float) -> None:
    n = simulations_needed(effect, 1.0)
    assert n is not None
    sweeps = np.random.default_rng(0).normal(effect, 1.0, (n, 2000))

    seen = sign_flip_test(sweeps, np.random.default_rng(1), flips=1000) <= 0.05

    assert 0.77 < seen.mean() < (0.83 if n > LEAST_SIMULATIONS + 1 else 0.9)


def test_no_number_is_below_what_a_sign_flip_test_needs() -> None:
    def least_p(n: int) -> float:
        return float(sign_flip_test(np.ones((n, 1)), np.random.default_rng(0))[0])

    assert simulations_needed(1000, 1) == LEAST_SIMULATIONS
    assert least_p(LEAST_SIMULATIONS) <= 0.05 < least_p(LEAST_SIMULATIONS - 1)

    eighth = simulations_needed(1000, 1, 0.05 / 8)
    assert eighth is not None
    assert least_p(eighth) <= 0.05 / 8 < least_p(eighth - 1)


@pytest.mark.parametrize(
    ("difference", "std"),
    [
        (1.0, 0.0),  # nothing varies
        (0.0, 1.0),  # nothing to see
        (1.0, float("nan")),  # no sample
        (1e-9, 1.0),  # 7.8e18 simulations
        (5e-324, 1e300),  # beyond any float
    ],
)
def test_there_is_no_number_where_none_would_do(difference: float, std: float) -> None:
    assert simulations_needed(difference, std) is None


def test_power_asks_for_the_thresholds_and_for_what_was_observed() -> None:
    rng = np.random.default_rng(2)
    crowded = 0.02 + 0.01 * rng.random(30)
    names = ("revenue_pct", "streamer_gini", "overcrowded_share")
    differences = {name: rng.normal(0.1, 2.0, 30) for name in names}

    needed = power(crowded, differences)

    change = differences["revenue_pct"]
    asked = needed["revenue_pct"].asked
    assert asked is not None
    assert asked.difference == 5.0
    assert asked.std == pytest.approx(change.std(ddof=1))
    assert asked.simulations == simulations_needed(5, change.std(ddof=1))
    assert needed["revenue_pct"].observed.difference == pytest.approx(change.mean())
    assert needed["streamer_gini"].asked is None
    of_share = needed["overcrowded_share"].asked
    assert of_share is not None
    assert of_share.difference == pytest.approx(crowded.mean() - 0.1)
    assert of_share.std == pytest.approx(crowded.std(ddof=1))


def test_power_says_null_where_differences_do_not_vary_or_do_not_exist() -> None:
    always = np.full(9, 0.1 + 0.2)
    undefined = np.full(9, np.nan)
    differences = dict.fromkeys(("streamer_gini", "overcrowded_share"), always)

    needed = power(always, {"revenue_pct": undefined, **differences})

    nothing = NeededSimulations(None, None, None)
    assert needed["revenue_pct"] == Power(nothing, nothing)
    assert needed["streamer_gini"].observed.std == 0
    assert needed["streamer_gini"].observed.simulations is None
    one = power(always[:1], dict.fromkeys(needed, always[:1]))
    assert one["revenue_pct"].asked == NeededSimulations(5.0, None, None)
