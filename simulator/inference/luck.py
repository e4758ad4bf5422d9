"""Luck: how much of a Gini chance alone would give, and after how many rounds it is less."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.study.config import Configuration
from simulator.study.result import Concentration, Estimate, Luck

from .power import simulations_needed
from .resampling import estimates, paired_differences


def follow_luck(
    configuration: Configuration,
    checkpoints: Sequence[int],
    baseline: NDArray[np.float64],
    compared: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> Luck:
    """Return the concentration at every checkpoint, and from when on a test of it would tell.

    Parameters
    ----------
    configuration : Configuration
        What is compared with the baseline.
    checkpoints : sequence of int
        C rounds, rising.
    baseline : (n, 3, C) float64
        Realised, expected and chance Gini of the baseline, by seed.
    compared : (n, 2, C) float64
        Realised and expected Gini of the configuration, by seed.
    weights : (RESAMPLES, n) float64
        See `resampling.resampling_weights`.
    """
    effects = paired_differences(compared, baseline[:, :2])
    realised, expected, chance = _by_checkpoint(baseline, weights)
    realised_effects, expected_effects = _by_checkpoint(effects, weights)
    needed = [
        simulations_to_tell(effects[:, 0, at], effects[:, 1, at]) for at in range(len(checkpoints))
    ]
    points = zip(
        checkpoints,
        realised,
        chance,
        expected,
        realised_effects,
        expected_effects,
        needed,
        strict=True,
    )
    return Luck(
        configuration,
        tuple(Concentration(*each) for each in points),
        find_rounds_needed(checkpoints, needed, len(baseline)),
    )


def simulations_to_tell(realised: NDArray[np.float64], expected: NDArray[np.float64]) -> int | None:
    """Return how many simulations would show an effect in the realised Gini; see `power`.

    The effect on the expected Gini is known precisely, but luck dilutes it: where chance makes most
    of the realised Gini, that moves by a tenth of it. The effect on the realised Gini is what
    a test would look for, but few simulations know it badly. So the smaller of the two counts, and
    none where they differ in sign.

    Parameters
    ----------
    realised, expected : (n,) float64
        Paired differences of the realised and the expected Gini, by seed.

    Returns
    -------
    int or None
        None of one simulation, and where no number of them would.

    Examples
    --------
    >>> import numpy as np
    >>> from simulator.inference.luck import simulations_to_tell
    >>> realised = np.array([-0.004, 0.002, -0.003, 0.001])
    >>> simulations_to_tell(realised, np.array([-0.011, -0.010, -0.012, -0.011]))
    70
    >>> simulations_to_tell(realised, np.array([0.011, 0.010, 0.012, 0.011])) is None
    True
    """
    if len(realised) < 2:
        return None
    # From the first, so that equal values do not vary by rounding.
    std = float((realised - realised[0]).std(ddof=1))
    effects = float(realised.mean()), float(expected.mean())
    if effects[0] * effects[1] <= 0:
        return None
    return simulations_needed(min(effects, key=abs), std)


def find_rounds_needed(
    checkpoints: Sequence[int], needed: Sequence[int | None], simulations: int
) -> int | None:
    """Return the first checkpoint from which on so many simulations are enough; None if none is."""
    found = None
    for rounds, count in zip(reversed(checkpoints), reversed(needed), strict=True):
        if count is None or count > simulations:
            break
        found = rounds
    return found


def _by_checkpoint(
    values: NDArray[np.float64], weights: NDArray[np.float64]
) -> list[list[Estimate]]:
    """Return, for each of the m figures in (n, m, C) values, its estimates at the checkpoints."""
    return [estimates(values[:, figure], weights) for figure in range(values.shape[1])]
