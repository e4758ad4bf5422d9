"""Kernels with one version for each kind of their first argument."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from solver.kernels import Variants, njit
from solver.kernels.compilation.recipe import recipe


class Pair(NamedTuple):
    first: np.ndarray
    second: np.ndarray


class Single(NamedTuple):
    only: np.ndarray


@njit(inner=True)
def _total_of_pair(values):
    return values.first.sum() + values.second.sum()


@njit(inner=True)
def _total_of_single(values):
    return values.only.sum()


@njit(inner=True)
def _mean_of_single(values):
    return values.only.mean()


total = Variants({Pair: _total_of_pair, Single: _total_of_single})


@njit(cache=False)
def twice_the_total(values):
    return 2.0 * total(values)


def test_the_type_of_the_first_argument_selects_the_version() -> None:
    values = np.array([1.0, 2.0])
    assert twice_the_total(Pair(values, values)) == 12.0
    assert twice_the_total(Single(values)) == 6.0


def test_another_version_is_another_recipe() -> None:
    def recipe_with(kernels: Variants) -> str:
        scope = {"total": kernels}
        exec("def f(values): return total(values)", scope)  # noqa: S102 - it is the test's own
        return recipe(scope["f"])  # type: ignore[arg-type]

    other = Variants({Pair: _total_of_pair, Single: _mean_of_single})
    same = Variants({Pair: _total_of_pair, Single: _total_of_single})
    assert recipe_with(total) == recipe_with(same)
    assert recipe_with(total) != recipe_with(other)
    assert recipe_with(total) != recipe_with(Variants({Pair: _total_of_pair}))
