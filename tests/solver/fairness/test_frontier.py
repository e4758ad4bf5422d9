"""Frontiers fall, and no point is below the line that all certificates draw together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solver import InputError, Problem, allocate
from solver.fairness import FairAllocation, frontier
from tests.solver.fairness.oracles import all_outcomes
from tests.solver.fairness.test_allocation import drawn


def test_a_frontier_falls_from_the_optimum() -> None:
    problem = Problem(drawn(1000, 20), whale_cap=60)
    seen: list[FairAllocation] = []
    found = frontier(problem, points=6, on_point=seen.append)
    assert tuple(seen) == found.points
    thetas = [point.theta for point in found.points]
    assert thetas == pytest.approx([0, 0.04, 0.16, 0.36, 0.64, 1])
    assert found.points[0].objective == allocate(problem).objective
    ginis = [point.gini for point in found.points]
    assert (np.diff(ginis) <= 1e-3).all()
    assert ginis[-1] < 0.3 * ginis[0]
    for point in found.points:
        floor = found.gini_at_least(point.objective)
        assert point.certificate.gini_at_least <= floor <= point.gini


@pytest.mark.parametrize("seed", range(6))
def test_no_allocation_is_below_the_line(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = Problem(
        rng.lognormal(size=(5, 3)), whale_cap=3, whale_penalty=[0.0, 0.2] if seed % 2 else None
    )
    found = frontier(problem, points=5)
    outcomes = all_outcomes(problem, "whale", np.zeros(3))
    for objective, reached in zip(outcomes.objective, outcomes.gini, strict=True):
        assert found.gini_at_least(float(objective)) <= reached + 1e-12


@pytest.mark.parametrize("points", [1, 201, 2.5, True, "ten"])
def test_a_number_of_points_out_of_range_is_refused(points: Any) -> None:
    with pytest.raises(InputError) as refused:
        frontier(Problem(drawn(20, 3)), points=points)
    assert refused.value.field == "points"


def test_summaries_show_every_point() -> None:
    found = frontier(Problem(drawn(100, 5), whale_cap=30), points=3)
    assert found.summary().count("Gini coefficient") == 3
    assert "0.0000%" not in repr(found)
    assert found.summary("zh") != found.summary()
