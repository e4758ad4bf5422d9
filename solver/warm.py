"""Compilation ahead of the first request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import get_args

import numpy as np

from .allocation import Algorithm, Fill, allocate
from .auction import Lists, rebuild_lists
from .fairness import allocate_fair
from .flow import tighten_prices
from .model import Candidates, Problem
from .sensitivity_analysis import sensitivity

Step = Callable[[], object]


def warm_up() -> None:
    """Compile every kernel, or load it from disk, by solving a few tiny problems.

    Call it once before the first request. The first call after an installation takes up to a
    minute or two; later processes load the compiled kernels.

    Examples
    --------
    >>> from whale_matching import warm_up
    >>> warm_up()
    """
    for step in warm_up_steps():
        step()


def warm_up_steps() -> list[Step]:
    """Return the tiny problems, each on its own: processes may share them out.

    Neighbours are of different kinds of values, and have few kernels in common.
    """
    ev = np.array([[3.0, 1.0, 2.0], [3.0, 1.0, 2.0], [2.0, 1.0, 1.0], [1.0, 0.5, 2.0]])
    user, streamer = np.nonzero(ev)
    pairs = Candidates(user, streamer, ev[user, streamer], ev.shape)
    single = Candidates(user, streamer, ev[user, streamer].astype(np.float32), ev.shape)
    kinds = [list(_steps(values)) for values in (pairs, ev, single)]
    kinds[1] += _of_whole_rows(ev)
    longest = max(map(len, kinds))
    mixed = [steps[place] for place in range(longest) for steps in kinds if place < len(steps)]
    return [*mixed, *_steps(ev.astype(np.float32))]


def _steps(values: np.ndarray | Candidates) -> Iterator[Step]:
    whales = np.array([True, True, True, False])
    problem = Problem(values, whales=whales, whale_cap=np.array([1, 1, 0]), capacity=2)
    for fill in get_args(Fill):
        yield partial(_solve_twice, problem, fill)
    for algorithm in get_args(Algorithm):
        yield partial(allocate, problem, algorithm=algorithm)
    yield partial(sensitivity, problem, largest_cap=2)
    for several in (1, 2):
        rich = Problem(
            values,
            whales=whales,
            whale_cap=2,
            min_users=[1, 1, 0],
            whale_penalty=[0.0, 1.0],
            max_streamers_per_user=several,
        )
        for fill in get_args(Fill):
            yield partial(allocate, rich, fill=fill)
    yield partial(allocate_fair, problem, theta=0.5)
    yield partial(allocate_fair, problem, alpha=0.5)


def _of_whole_rows(ev: np.ndarray) -> Iterator[Step]:
    yield partial(tighten_prices, ev, np.full(3, 2), np.zeros(3), np.array([0, 0, 1, 1]), 0.0)
    yield partial(allocate, Problem(np.ones_like(ev), whale_cap=1))  # ties
    yield partial(_relist, Problem(ev))


def _solve_twice(problem: Problem, fill: Fill) -> None:
    earlier = allocate(problem, fill=fill)
    allocate(problem, fill=fill, prices=earlier.shadow_prices, tolerance=0.5)


def _relist(problem: Problem) -> None:
    rebuild_lists(problem.rows, np.zeros(3), np.full(4, -1), np.arange(0), *Lists.empty(4))
