"""After the warm-up nothing is compiled any more, however the data come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from solver import Candidates, Problem, allocate, sensitivity, warm_up
from solver.kernels import kernels

RNG = np.random.default_rng(7)
EV = RNG.random((40, 6)) * 10
USERS, STREAMERS = np.nonzero(EV > 2)
WHALES = np.arange(40) < 20


def read_only(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array.flags.writeable = False
    return array


def strided(array: np.ndarray) -> np.ndarray:
    return np.repeat(array, 2, axis=-1)[..., ::2]


LAYOUTS: dict[str, Callable[[np.ndarray], Any]] = {
    "as it is": np.array,
    "read-only": read_only,
    "by column": np.asfortranarray,
    "strided": strided,
    "big-endian": lambda array: array.astype(array.dtype.newbyteorder(">")),
    "lists": np.ndarray.tolist,
}

EV_TYPES = (np.float64, np.float32, np.float16, np.int64, np.int8)

POSITION_TYPES = (np.int64, np.int32, np.uint8)


def compiled() -> set[tuple[str, str]]:
    ours = (each for each in kernels() if each.py_func.__module__.startswith("solver."))
    return {(each.__name__, str(types)) for each in ours for types in each.signatures}


@pytest.fixture(scope="module")
def known() -> set[tuple[str, str]]:
    warm_up()
    return compiled()


def solve(values: Any, change: Callable[[np.ndarray], Any] = np.array) -> None:
    limits = {"whale_cap": change(np.full(6, 2)), "capacity": change(np.full(6, 5))}
    problem = Problem(values, whales=change(WHALES), **limits)
    for fill in ("greedy", "joint", "none"):
        start = allocate(problem, fill=fill).shadow_prices
        allocate(problem, fill=fill, prices=start)
    allocate(problem, algorithm="greedy-edges")
    allocate(problem, algorithm="greedy-swaps")
    sensitivity(problem, largest_cap=2)
    allocate(Problem(values, whale_cap=2, capacity=5, min_users=1), fill="joint")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_matrix_compiles_anything(layout: str, known: set[tuple[str, str]]) -> None:
    for dtype in EV_TYPES:
        solve(LAYOUTS[layout](EV.astype(dtype)), LAYOUTS[layout])
    assert compiled() - known == set()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_pairs_compile_anything(layout: str, known: set[tuple[str, str]]) -> None:
    for candidates in every_candidates(LAYOUTS[layout]):
        solve(candidates)
    assert compiled() - known == set()


def every_candidates(change: Callable[[np.ndarray], Any]) -> Iterator[Candidates]:
    for dtype in POSITION_TYPES:
        for ev_dtype in (np.float64, np.float32):
            columns = (USERS.astype(dtype), STREAMERS.astype(dtype))
            ev = EV[USERS, STREAMERS].astype(ev_dtype)
            order = RNG.permutation(len(ev))
            yield Candidates(*map(change, columns), change(ev), EV.shape)
            yield Candidates(
                *(change(each[order]) for each in columns), change(ev[order]), EV.shape
            )


def test_what_may_not_be_written_is_not_copied_and_stays_as_it_was() -> None:
    ev = read_only(EV)
    problem = Problem(ev, whales=WHALES, whale_cap=2, capacity=5)
    assert np.shares_memory(problem.ev, ev)  # type: ignore[arg-type]
    solve(ev)
    np.testing.assert_array_equal(ev, EV)
    assert not ev.flags.writeable
