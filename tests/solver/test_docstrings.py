"""Examples in docstrings run, and what a console or a notebook shows is short."""

import doctest
import importlib

import numpy as np
import pytest

from solver import Candidates, Problem, allocate, allocate_within_spend, sensitivity

MODULES = (
    "solver.allocation",
    "solver.duality.certificate",
    "solver.model.candidates",
    "solver.model.problem",
    "solver.sensitivity_analysis",
    "solver.spend.allocation",
)
EV = np.arange(300.0).reshape(100, 3)
SHOWN = {
    "problem": Problem(EV),
    "candidates": Candidates([0, 1], [0, 1], [1.0, 2.0], (2, 2)),
    "allocation": allocate(Problem(EV, whale_cap=40)),
    "shadow prices": allocate(Problem(EV, whale_cap=40)).shadow_prices,
    "sensitivity": sensitivity(Problem(EV), 3),
    "spend": allocate_within_spend([[60, 50], [50, 45], [40, 10]], spend_cap=100),
}


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_is_one_line_a_text_and_a_table(name: str) -> None:
    shown = SHOWN[name]
    line = repr(shown)
    assert len(line) < 120
    assert "\n" not in line
    assert "array" not in line
    assert shown.summary().splitlines()[0] == type(shown).__name__
    assert shown._repr_html_().startswith("<table>")
