"""Compilation ahead of the first request."""

from __future__ import annotations

from typing import get_args

import numpy as np

from .allocate import Algorithm, Fill, allocate
from .candidates import Candidates
from .lists import relist
from .offers import empty_lists
from .problem import Problem
from .sensitivity import sensitivity
from .shortest_paths import tighten_prices


def warm_up() -> None:
    """Compile every kernel, or load it from the cache on disk, by solving a few tiny problems."""
    ev = np.array([[3.0, 1.0, 2.0], [3.0, 1.0, 2.0], [2.0, 1.0, 1.0], [1.0, 0.5, 2.0]])
    user, streamer = np.nonzero(ev)
    pairs = Candidates(user, streamer, ev[user, streamer], ev.shape)
    whales = np.array([True, True, True, False])
    cap = np.array([1, 1, 0])
    for values in (ev, ev.astype(np.float32), pairs):
        problem = Problem(values, whales=whales, whale_cap=cap, capacity=2)
        for algorithm in get_args(Algorithm):
            allocate(problem, algorithm)
        for fill in get_args(Fill):
            earlier = allocate(problem, fill=fill)
            allocate(problem, fill=fill, prices=earlier.shadow_prices, tolerance=0.5)
        sensitivity(problem, 2)
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
                allocate(rich, fill=fill)
    for values in (ev, ev.astype(np.float32)):
        tighten_prices(values, np.full(3, 2), np.zeros(3), np.array([0, 0, 1, 1]), 0.0)
        allocate(Problem(np.ones_like(values), whale_cap=1))  # ties, on whole rows
        rows = Problem(values).rows
        relist(rows, np.zeros(3), np.full(4, -1), np.arange(0), *empty_lists(4))
