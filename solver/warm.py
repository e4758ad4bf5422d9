"""Compilation ahead of the first request."""

from __future__ import annotations

from typing import get_args

import numpy as np

from .allocate import Algorithm, allocate
from .candidates import Candidates
from .problem import Problem


def warm_up() -> None:
    """Compile every kernel, or load it from the cache on disk, by solving two tiny problems."""
    ev = np.array([[2.0, 1.0], [2.0, 0.0], [1.0, 0.0]])
    user, streamer = np.nonzero(ev)
    pairs = Candidates(user, streamer, ev[user, streamer], ev.shape)
    whales = np.array([True, True, False])
    for values in (ev, pairs):
        problem = Problem(values, whales=whales, whale_cap=1, capacity=2)
        for algorithm in get_args(Algorithm):
            allocate(problem, algorithm)
        allocate(problem, fill="joint")
