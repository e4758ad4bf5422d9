"""From how many rounds on a Gini tells policies apart, against the exact power of t tests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.inference.luck import find_rounds_needed, follow_luck, simulations_to_tell
from simulator.inference.resampling import resampling_weights
from simulator.study.config import Configuration

POINT = Configuration(1, 0.01, 1.0, "min-cost-flow")


def differences(mean: float, std: float, n: int = 50) -> np.ndarray:
    """So many differences with just this mean and sample standard deviation."""
    values = np.random.default_rng(3).normal(size=n)
    values = (values - values.mean()) / values.std(ddof=1)
    return mean + std * values


def t_test_power(effect: float, std: float, n: int) -> float:
    critical = stats.t.ppf(0.975, n - 1)
    noncentral = stats.nct(n - 1, effect / std * np.sqrt(n))
    return float(noncentral.sf(critical) + noncentral.cdf(-critical))


@pytest.mark.parametrize(
    ("realised", "expected", "smaller"),
    [(-0.003, -0.011, 0.003), (0.02, 0.004, 0.004), (-0.002, -0.002, 0.002)],
)
def test_the_number_has_80_percent_power_for_the_smaller_effect(
    realised: float, expected: float, smaller: float
) -> None:
    n = simulations_to_tell(differences(realised, 0.009), differences(expected, 0.001))

    assert n is not None
    assert t_test_power(smaller, 0.009, n + 1) >= 0.8
    assert t_test_power(smaller, 0.009, n - 2) < 0.8


@pytest.mark.parametrize(
    ("realised", "expected"),
    [
        (differences(0.01, 0.001), differences(-0.01, 0.001)),  # it moves the other way
        (np.zeros(9), np.zeros(9)),
        (np.zeros(9), differences(0.01, 0.001, 9)),
        (np.array([0.01]), np.array([0.01])),  # one simulation
    ],
)
def test_no_number_tells_what_does_not_move_with_the_expected_gini(
    realised: np.ndarray, expected: np.ndarray
) -> None:
    assert simulations_to_tell(realised, expected) is None


@given(st.lists(st.none() | st.integers(6, 200), min_size=1, max_size=8), st.integers(1, 200))
def test_from_the_rounds_needed_on_every_checkpoint_tells(
    needed: list[int | None], simulations: int
) -> None:
    checkpoints = [2**position for position in range(len(needed))]

    found = find_rounds_needed(checkpoints, needed, simulations)

    tells = {
        rounds: count is not None and count <= simulations
        for rounds, count in zip(checkpoints, needed, strict=True)
    }
    candidates = [
        rounds
        for rounds in checkpoints
        if all(tells[each] for each in checkpoints if each >= rounds)
    ]
    assert found == min(candidates, default=None)


def test_a_realised_gini_that_converges_tells_from_a_checkpoint_on() -> None:
    """20 seeds: the expected effect is the same, and the realised one grows out of the noise."""
    rng, n = np.random.default_rng(4), 20
    expected = rng.normal(0.3, 0.01, (n, 3))
    realised = rng.normal(0.9, 0.01, (n, 3))
    baseline = np.stack([realised, expected, realised], axis=1)
    moved = np.stack([differences(move, 0.01, n) for move in (-0.001, -0.004, -0.01)], axis=1)
    compared = np.stack([realised + moved, expected - 0.02], axis=1)

    luck = follow_luck(POINT, (50, 100, 200), baseline, compared, resampling_weights(n, 1))

    assert luck.rounds_needed == 200
    powers = [t_test_power(move, 0.01, n) for move in (0.001, 0.004, 0.01)]
    assert [each >= 0.8 for each in powers] == [False, False, True]
    assert luck.checkpoints[2].realised_effect.mean == pytest.approx(-0.01)
    assert luck.checkpoints[0].expected_effect.mean == pytest.approx(-0.02)
    assert luck.checkpoints[1].realised.mean == pytest.approx(realised[:, 1].mean())
    assert luck.checkpoints[1].chance == luck.checkpoints[1].realised
