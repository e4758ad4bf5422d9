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


@policy(
    "tiered",
    grid=("whale_share", "algorithm", "k"),
    chain={"capacity": "capacity-greedy", "priority": "tiered", "cap": "tiered"},
)
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
    whales_respect_capacity : bool
        Whether capacities limit whales too. If not, a streamer takes `k` whales even where that is
        more than its capacity, and normal users fill what is left, as published.

    Examples
    --------
    Streamers of capacity 1, which two whales may overcrowd if capacities are not for whales:

    >>> import numpy as np
    >>> from simulator import Tiered
    >>> from whale_matching import RoundView, WorldConfig, draw_world
    >>> config = WorldConfig(60, 4, capacity_top10=1, capacity_middle=1, capacity_tail=1)
    >>> world = draw_world(config, np.random.default_rng(42))
    >>> view = RoundView(world, users=np.arange(60), big_gifts=np.zeros(4, dtype=np.int64))
    >>> whales = view.whales(0.2)
    >>> for respected in (True, False):
    ...     policy = Tiered(k=2, whale_share=0.2, whales_respect_capacity=respected)
    ...     assignment = policy.place(view)[whales]
    ...     np.bincount(assignment[assignment >= 0]).tolist()
    [1, 1, 1, 1]
    [2, 2, 2, 2]
    """

    algorithm: Algorithm = "min-cost-flow"
    rng: np.random.Generator = field(
        default_factory=lambda: np.random.default_rng(0), repr=False, compare=False
    )
    whales_respect_capacity: bool = True

    @classmethod
    def build(cls, settings: PolicySettings) -> Self:
        """Return the policy of one replay."""
        return cls(
            settings.k,
            settings.whale_share,
            settings.algorithm,
            stream(settings.seed, SWAPS),
            settings.whales_respect_capacity,
        )

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Place whales under the cap, then the others into what is left."""
        whales = view.whales(self.whale_share)
        streamer = np.where(whales, view.best, NONE)
        capacity = view.world.capacity
        if not self.whales_respect_capacity:
            capacity = np.full_like(capacity, len(whales))  # unlimited
        # Where all first choices fit, they are the optimum, and what each algorithm returns.
        if not view.fits(streamer, self.k, capacity):
            problem = Problem(view.rows(whales), whale_cap=view.limit(self.k), capacity=capacity)
            streamer[whales] = allocate(
                problem, algorithm=self.algorithm, fill="none", rng=self.rng
            ).assignment
        return view.fill(streamer, ~whales)
