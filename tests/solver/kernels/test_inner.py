"""Inner kernels: parts of others, which Python cannot call."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from solver.kernels import njit
from solver.kernels.rows import two_sum

ROOT = Path(__file__).parents[3]

PROGRAM = """
import numpy as np
from solver.kernels import njit


@njit(inner=True)
def half(x):
    if x < 0.0:
        raise ValueError("below zero", x)
    return x / 2.0


@njit(inner=True)
def quarter(x):
    return half(half(x))


@njit
def quarters(values):
    total = 0.0
    for value in values:
        total += quarter(value)
    return total


print(quarters(np.array([4.0, 8.0])), sum(quarters.stats.cache_misses.values()))
try:
    quarters(np.array([4.0, -8.0]))
except ValueError as error:
    print(*error.args)
"""


@njit(inner=True)
def _twice(x):  # type: ignore[no-untyped-def]
    return x + x


@njit(cache=False)
def _four_times(x):  # type: ignore[no-untyped-def]
    return _twice(_twice(x))


def test_a_kernel_calls_inner_ones_and_python_cannot() -> None:
    assert _four_times(3) == 12
    assert _four_times(1.5) == 6.0
    with pytest.raises(TypeError, match=r"call of .*_twice from a kernel"):
        _twice(3)
    with pytest.raises(TypeError, match=r"call of solver\.kernels\.rows\.two_sum from a kernel"):
        two_sum(1.0, 2.0)


@pytest.mark.slow
def test_inner_kernels_compute_and_raise_the_same_from_disk(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    call = [sys.executable, str(program)]
    runs = [
        subprocess.check_output(call, env=environment, text=True, timeout=120) for _ in range(2)
    ]
    assert runs == ["3.0 1\nbelow zero -8.0\n", "3.0 0\nbelow zero -8.0\n"]


def is_kernel(node: ast.AST, *, inner: bool = False) -> bool:
    """Return whether a node defines a kernel, or an inner one."""
    if not isinstance(node, ast.FunctionDef):
        return False
    decorators = [ast.unparse(each) for each in node.decorator_list]
    return any(
        each.startswith("njit") and (not inner or "inner=True" in each) for each in decorators
    )


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in ("solver", "simulator", "app", "benchmarks"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def test_nothing_but_kernels_calls_inner_ones() -> None:
    trees = dict(modules())
    inner = {
        (path, node.name)
        for path, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and is_kernel(node, inner=True)
    }
    assert len(inner) > 50
    for path, tree in trees.items():
        # What a module defines under a name hides what another one does.
        own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        imported = {
            name.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for name in node.names
        }
        visible = {
            name for at, name in inner if at == path or (name in imported and name not in own)
        }
        outside = [node for node in tree.body if not is_kernel(node)]
        called = {
            call.func.id
            for node in outside
            for call in ast.walk(node)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        }
        assert not called & visible, path
