"""Published assignment problems with known optima.

J. E. Beasley, "OR-Library: distributing test problems by electronic mail", Journal of the
Operational Research Society 41 (1990); instances assign100 and assign200.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from solver import Problem, allocate

INSTANCES = Path(__file__).parents[1] / "data"
ABOVE_ALL_COSTS = 1000


@pytest.mark.parametrize(
    ("name", "rows_to_a_column", "least_cost"),
    [
        ("assign100", 1, 305),  # published
        ("assign200", 1, 475),  # published
        ("assign100", 2, 256),
        ("assign200", 2, 438),
    ],
)
def test_the_least_cost_of_a_published_problem_is_found_and_proven(
    name: str, rows_to_a_column: int, least_cost: int
) -> None:
    size, *costs = map(int, (INSTANCES / f"{name}.txt").read_text().split())
    cost = np.array(costs).reshape(size, size)
    problem = Problem(ABOVE_ALL_COSTS - cost, whale_cap=rows_to_a_column)

    result = allocate(problem)

    assert cost[np.arange(size), result.assignment].sum() == least_cost
    assert result.objective == size * ABOVE_ALL_COSTS - least_cost
    assert result.certificate.upper_bound == result.objective
    assert np.bincount(result.assignment).max() <= rows_to_a_column
