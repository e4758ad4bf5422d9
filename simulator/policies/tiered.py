"""Whales first under a cap, then everybody else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.world.random_numbers import SWAPS, stream
from simulator.world.shortlists import NONE
from solver import Algorithm, Problem, allocate

from .base import CappedPolicy, PolicySettings, policy
from .round_view import RoundView


@policy("tiered", grid=("whale_share", "algorithm", "k"))
@dataclass(frozen=True)
class Tiered(CappedPolicy):
    """Whales first, at most `k` to a streamer; then everybody else into the capacity left.

    A whale whom no streamer can take stays unallocated. Normal users go in round order to the best
    streamer that has capacity left, and to `OVERFLOW_STREAMER` when none has any, as published.

    Parameters
    ----------
    algorithm : {"min-cost-flow", "greedy-edges", "greedy-swaps"}
        How the whale tier is allocated.
    rng : numpy.random.Generator
        Draws the swaps of greedy-swaps. Never the world's own generator.
    """

    algorithm: Algorithm = "min-cost-flow"
    rng: np.random.Generator = field(
        default_factory=lambda: np.random.default_rng(0), repr=False, compare=False
    )

    @classmethod
    def build(cls, settings: PolicySettings) -> Self:
        """Return the policy of one replay."""
        return cls(
            settings.k, settings.whale_share, settings.algorithm, stream(settings.seed, SWAPS)
        )

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Place whales under the cap, then the others into what is left."""
        whales = view.whales(self.whale_share)
        streamer = np.where(whales, view.best, NONE)
        # Where all first choices fit, they are the optimum, and what each algorithm returns.
        if not view.fits(streamer, self.k):
            capacity = view.world.capacity
            problem = Problem(view.rows(whales), whale_cap=self.k, capacity=capacity)
            streamer[whales] = allocate(
                problem, algorithm=self.algorithm, fill="none", rng=self.rng
            ).assignment
        return view.fill(streamer, ~whales)
