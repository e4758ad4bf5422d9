"""Rules of the code that linters do not know."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "solver").rglob("*.py"))
WINGS = ("messages", "solver", "simulator", "app", "whale_matching")
ALL_SOURCES = [path for wing in WINGS for path in sorted((ROOT / wing).rglob("*.py"))]

MOST_FLAT = 8
"""Modules of a wing that lie in no room."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: Function) -> int:
    """Return the lines of a function's body, but for its docstring."""
    documented = ast.get_docstring(function) is not None
    body = function.body[1:] if documented else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_kernel(function: Function) -> bool:
    called = [each.func if isinstance(each, ast.Call) else each for each in function.decorator_list]
    return any(isinstance(each, ast.Name) and each.id == "njit" for each in called)


def lacks_types(function: Function) -> bool:
    given = function.args
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    named = [each for each in arguments if each is not None and each.arg not in ("self", "cls")]
    return function.returns is None or any(each.annotation is None for each in named)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_all_functions_but_kernels_have_types(path: Path) -> None:
    """Mypy is told not to ask kernels for types, and asks no function of their modules then."""
    untyped = [each.name for each in functions(path) if lacks_types(each) and not is_kernel(each)]
    assert not untyped


@pytest.mark.parametrize("wing", WINGS)
def test_no_function_is_longer_than_sixty_lines(wing: str) -> None:
    long = {
        f"{path.relative_to(ROOT)}: {function.name}": body_lines(function)
        for path in ALL_SOURCES
        if path.is_relative_to(ROOT / wing)
        for function in functions(path)
        if body_lines(function) > 60
    }
    assert not long


@pytest.mark.parametrize("wing", WINGS)
def test_few_modules_lie_in_no_room(wing: str) -> None:
    flat = [path.name for path in (ROOT / wing).glob("*.py") if path.name != "__init__.py"]
    assert len(flat) <= MOST_FLAT, flat


@pytest.mark.parametrize("wing", [each for each in WINGS if each != "whale_matching"])
def test_tests_mirror_the_rooms(wing: str) -> None:
    rooms = {path.parent.name for path in (ROOT / wing).glob("*/__init__.py")}
    tested = {path.parent.name for path in (ROOT / "tests" / wing).glob("*/__init__.py")}
    assert tested <= rooms


@pytest.mark.parametrize("wing", WINGS)
def test_no_public_name_hides_a_module(wing: str) -> None:
    """`from solver import x` is a function; `solver.x` must not be a module as well."""
    package = ROOT / wing
    modules = {path.stem for path in package.glob("*.py")}
    modules |= {path.parent.name for path in package.glob("*/__init__.py")}
    exported = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert not modules & exported
