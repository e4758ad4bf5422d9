"""The same input has the same answer to the bit, in any process, on any number of threads."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from solver import Allocation, Fill, Problem, allocate, sensitivity

from .strategies import FAMILIES, NOTATIONS, changed, in_notation

ROOT = Path(__file__).parents[2]


def arrays_of(made: Allocation) -> Iterator[NDArray[np.generic]]:
    prices = made.shadow_prices
    yield from (made.assignment, made.demand, prices.whale_surcharge, prices.slot_price)
    yield from (prices.whale_cap, prices.capacity)
    yield np.array([made.objective, made.penalty, made.certificate.upper_bound])


def answers() -> Iterator[NDArray[np.generic]]:
    """Yield all that is answered about tight problems of every kind, many ties among them."""
    fills: tuple[Fill, ...] = ("none", "joint", "greedy")
    for family in ("heavy tail", "many ties"):
        rng = np.random.default_rng(3)
        plain = Problem(
            FAMILIES[family](rng, (200, 20)),
            whales=rng.random(200) < 0.6,
            whale_cap=5,
            capacity=rng.integers(4, 12, size=20),
        )
        for notation in NOTATIONS:
            problem = in_notation(plain, notation, rng)
            for it in (
                problem,
                changed(problem, max_streamers_per_user=2),
                changed(problem, min_users=3),
                changed(problem, whale_penalty=[0, 0, 0.5, 1]),
            ):
                for fill in fills:
                    made = allocate(it, fill=fill)
                    yield from arrays_of(made)
                again = allocate(it, fill="none", prices=made.shadow_prices, tolerance=0.01)
                yield from arrays_of(again)
            yield sensitivity(problem, largest_cap=6).objective


def digest() -> str:
    """Return one hash of all answers, to the bit."""
    hashed = hashlib.sha256()
    for array in answers():
        hashed.update(str((array.dtype, array.shape)).encode() + array.tobytes())
    return hashed.hexdigest()


@pytest.mark.slow
def test_the_same_input_has_the_same_answer_in_any_process_on_any_number_of_threads() -> None:
    module = __name__
    elsewhere = [
        subprocess.Popen(
            [sys.executable, "-c", f"from {module} import digest; print(digest())"],
            cwd=ROOT,
            env=os.environ | dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS"), threads),
            stdout=subprocess.PIPE,
            text=True,
        )
        for threads in ("1", "2")
    ]

    here = [digest(), digest()]

    assert [process.communicate()[0].strip() for process in elsewhere] == here
