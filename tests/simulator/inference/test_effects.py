"""Effects of one change of rule at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import permutation_test

from simulator import Sweep
from simulator.inference.effects import METRICS, Change, estimate_effects
from simulator.inference.resampling import correct_in_families, holm, resampling_weights
from tests.simulator.conftest import by_configuration


def change(
    effect: str, differences: NDArray[np.float64], base: float = 50.0
) -> Change:  # five metrics alike
    n = len(differences)
    before = np.full((n, 5), base)
    return Change(effect, before, before + differences[:, None], before)  # type: ignore[arg-type]


def test_an_effect_is_the_mean_paired_difference_and_revenue_in_percent_of_the_baseline() -> None:
    differences = np.array([1.0, 2.0, 4.0, -1.0, 3.0, 3.0, 2.5])

    effect = estimate_effects({"k": change("cap", differences)}, resampling_weights(7, 1), seed=1)[
        "k"
    ]

    assert tuple(effect) == METRICS
    assert effect["streamer_gini"].mean == pytest.approx(differences.mean())
    assert effect["expected_revenue_pct"].mean == pytest.approx(2 * differences.mean())
    test = permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert effect["revenue_pct"].p == pytest.approx(test.pvalue)


@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(2, 9))
def test_changes_that_are_0_count_in_no_family(seed: int, m: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    differences = rng.normal(0.5, 1, size=(m + 2, n, 2))
    differences[:2] = 0
    families = ["a", "b", *rng.choice(["a", "b"], size=m)]

    tests = correct_in_families(differences, families, seed)

    assert (tests[:2] == 1).all()
    for family in "ab":
        rows = [row for row in range(2, m + 2) if families[row] == family]
        for metric in range(2):
            np.testing.assert_array_equal(tests[rows, metric, 1], holm(tests[rows, metric, 0]))


def test_steps_of_a_chain_add_up_to_the_total(small_sweep: Sweep) -> None:
    for result in small_sweep.summary().results:
        for metric in METRICS:
            steps = [result.effects[step][metric].value for step in ("capacity", "priority", "cap")]
            assert sum(steps) == pytest.approx(result.effects["total"][metric].value, abs=1e-9)


def test_effects_compare_the_rules_of_the_chain_seed_by_seed(small_sweep: Sweep) -> None:
    runs = by_configuration(small_sweep)
    config = small_sweep.config
    for result in small_sweep.summary().results:
        rules = config.chain(result.configuration)
        assert [*rules] == ["capacity", "priority", "cap"]
        uncapped, capped = runs[rules["priority"]], runs[rules["cap"]]
        assert (rules["priority"].policy, rules["priority"].k) == ("tiered", None)
        assert rules["cap"] == result.configuration
        gini = [
            after.expected_streamer_gini - before.expected_streamer_gini
            for before, after in zip(uncapped, capped, strict=True)
        ]
        assert result.effects["cap"]["expected_streamer_gini"].mean == pytest.approx(
            np.mean(gini), abs=1e-12
        )


def test_a_cap_that_never_binds_changes_nothing_at_all(small_sweep: Sweep) -> None:
    idle = [each for each in small_sweep.summary().results if each.k in (40, 50)]

    assert len(idle) == 8
    for result in idle:
        assert result.verdict == "no_effect"
        for effect in result.effects["cap"].values():
            assert (effect.mean, effect.ci95, effect.p, effect.p_corrected) == (0, (0, 0), 1, 1)
            assert effect.simulations_needed is None
