"""What a kernel is made of: every kernel and constant that it reaches, and nothing else."""

from __future__ import annotations

import math
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import simulator
import solver
from solver.kernels import kernels, njit
from solver.kernels.compilation.recipe import recipe

Calls = dict[int, set[int]]
"""Which earlier functions each function calls."""


@st.composite
def call_graphs(draw: st.DrawFn) -> Calls:
    size = draw(st.integers(2, 8))
    earlier = [st.sets(st.integers(0, each - 1), max_size=3) for each in range(1, size)]
    return {0: set(), **{each: draw(some) for each, some in enumerate(earlier, 1)}}


def program(calls: Calls, constants: dict[int, int], comment: str = "") -> dict[int, Any]:
    """Return functions that call each other, each in a module of its own."""
    functions: dict[int, Any] = {}
    for number, called in calls.items():
        module = ModuleType(f"module{number}")
        module.__dict__.update({f"f{each}": functions[each] for each in called})
        module.__dict__["CONSTANT"] = constants.get(number, 0)
        terms = "".join(f" + f{each}(x)" for each in sorted(called))
        text = f"def f{number}(x):\n    {comment}\n    return x * 2 + CONSTANT{terms}\n"
        exec(text, module.__dict__)  # noqa: S102 - it is the test's own
        functions[number] = njit(cache=False)(module.__dict__[f"f{number}"])
    return functions


def reaches(calls: Calls, one: int, other: int) -> bool:
    return one == other or any(reaches(calls, each, other) for each in calls[one])


@given(call_graphs(), st.data())
def test_an_edit_changes_the_kernels_that_reach_it_and_no_others(
    calls: Calls, data: st.DataObject
) -> None:
    edited = data.draw(st.sampled_from(sorted(calls)))
    before = program(calls, {})
    after = program(calls, {edited: 1}, comment="# other words")
    for number in calls:
        same = recipe(before[number].py_func) == recipe(after[number].py_func)
        assert same != reaches(calls, number, edited)


def made_of(text: str, **scope: Any) -> str:
    exec(text, scope)  # noqa: S102 - it is the test's own
    return recipe(scope["f"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(x): return x + 1", "def f(x): return x + 2"),
        ("def f(x): return x + 1", "def f(x): return x + 1.0"),
        ("def f(x): return x + 1", "def f(x): return x + True"),
        ("def f(x): return 0.0 * x", "def f(x): return -0.0 * x"),
        ("def f(x, y=1): return x + y", "def f(x, y=2): return x + y"),
        ("def f(x): return x.sum()", "def f(x): return x.max()"),
        ("def f(x): return x - x * 2", "def f(x): return x * 2 - x"),
        ("def f(x): return [i for i in (1, 2)]", "def f(x): return [i for i in (1, 3)]"),
    ],
)
def test_any_other_code_is_another_recipe(one: str, other: str) -> None:
    assert made_of(one) == made_of(one + "  # said otherwise")
    assert made_of(one) != made_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [(1, 2), (1.0, math.nextafter(1.0, 2)), ((1, 2), (1, 3))]
)
def test_any_other_constant_is_another_recipe(one: object, other: object) -> None:
    text = "def f(x): return x + NAME"
    assert made_of(text, NAME=one) == made_of(text, NAME=one)
    assert made_of(text, NAME=one) != made_of(text, NAME=other)


def test_what_nobody_can_tell_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Expected kernels, constants and modules.*\[1, 2\]"):
        made_of("def f(x): return NAME", NAME=[1, 2])


def test_every_kernel_of_the_project_has_a_recipe_and_the_cache() -> None:
    for package in (solver, simulator):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    ours = [each for each in kernels() if each.py_func.__module__.split(".")[0] != "tests"]
    assert len(ours) > 60
    recipes = {recipe(each.py_func) for each in ours if "module" not in each.py_func.__module__}
    assert len(recipes) > 60
