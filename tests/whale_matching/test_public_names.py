"""The public package: every name is there, documented, and what 0.1.0 made public still works."""

import doctest
import inspect
from importlib.metadata import version

import pytest

import whale_matching

NAMES = [name for name in whale_matching.__all__ if name != "__version__"]
PUBLIC = {name: getattr(whale_matching, name) for name in NAMES}


def test_the_version_is_that_of_the_distribution():
    assert whale_matching.__version__ == version("whale-matching")


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_has_a_docstring(name):
    assert inspect.getdoc(PUBLIC[name])


@pytest.mark.parametrize("name", NAMES)
def test_no_public_function_is_hidden_by_a_module(name):
    assert not inspect.ismodule(PUBLIC[name])


def test_the_example_of_the_package_runs():
    assert doctest.testmod(whale_matching).failed == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_has_examples(name):
    assert "\nExamples\n--------\n" in inspect.getdoc(PUBLIC[name])
    assert doctest.DocTestFinder().find(PUBLIC[name], name, globs={})[0].examples


@pytest.mark.parametrize("name", NAMES)
def test_every_example_runs(name):
    found = doctest.DocTestFinder().find(PUBLIC[name], name, globs={})
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    assert [each.name for each in found if runner.run(each).failed] == []


@pytest.mark.parametrize("name", [name for name in NAMES if inspect.isclass(PUBLIC[name])])
def test_every_public_method_has_a_docstring(name):
    for method, value in vars(PUBLIC[name]).items():
        if not method.startswith("_") and (callable(value) or isinstance(value, property)):
            assert inspect.getdoc(value), f"{name}.{method}"


def test_names_of_version_0_1_0_still_work():
    from solver import Candidates, Problem, allocate, certify, sensitivity

    problem = Problem([[9.0, 1.0], [8.0, 7.0]], whale_cap=1)
    allocation = allocate(problem)
    with pytest.warns(DeprecationWarning, match=r"use Allocation\.assignment"):
        streamer = allocation.streamer
    assert streamer.tolist() == [0, 1]
    assert certify(problem, streamer, allocation.shadow_prices).proven_optimal
    assert sensitivity(problem, largest_cap=2).objective.tolist() == [16.0, 17.0]
    assert Candidates([0, 1], [0, 1], [9.0, 7.0], (2, 2)).shape == (2, 2)


def test_options_that_version_0_1_0_took_by_position_still_work():
    from solver import Problem, allocate, certify, sensitivity

    problem = Problem([[9.0, 1.0], [8.0, 7.0]], whales=[True, False], whale_cap=1, capacity=1)
    with pytest.warns(DeprecationWarning, match="use find_settings"):
        from whale_matching import find_gate
    assert find_gate is whale_matching.find_settings
    with pytest.warns(DeprecationWarning, match="write algorithm=…, fill=…"):
        allocation = allocate(problem, "min-cost-flow", "joint")  # type: ignore[misc]
    assert allocation.certificate.scope == "joint"
    with pytest.warns(DeprecationWarning, match="write scope=…"):
        proof = certify(problem, allocation.assignment, allocation.shadow_prices, "joint")  # type: ignore[misc]
    assert proof.proven_optimal
    with pytest.warns(DeprecationWarning, match="write largest_cap=…"):
        assert sensitivity(problem, 2).whale_cap.tolist() == [1, 2]  # type: ignore[misc]


def test_too_many_arguments_are_refused_by_name():
    from solver import Problem, sensitivity

    with pytest.raises(TypeError, match=r"^sensitivity\(\)"):
        sensitivity(Problem([[1.0]]), 2, 3)  # type: ignore[misc]
