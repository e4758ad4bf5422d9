"""Policies: rules from the users of a round to an allocation. They draw nothing from the world."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from solver import Algorithm, Problem, allocate

from .world import World

QUIRK_STREAMER = 0
"""Where the published experiment sends normal users when no streamer has capacity left."""


@dataclass(frozen=True, eq=False)
class Placement:
    """What a policy decided for one round of n users.

    Parameters
    ----------
    streamer : (n,) int64
        Position of each user's streamer; -1 for a user that is unallocated.
    whales : (n,) bool
        Which users count as whales.
    whale_demand : (S,) int64
        How many whales of the round would choose each streamer were there no caps.
    """

    streamer: NDArray[np.int64]
    whales: NDArray[np.bool_]
    whale_demand: NDArray[np.int64]


class Policy(Protocol):
    """A rule from (world, users of the round, their EV) to a placement."""

    @property
    def whale_cap(self) -> int | None:
        """Most whales a streamer takes; None without a cap."""

    def place(self, world: World, users: NDArray[np.int64], ev: NDArray[np.float64]) -> Placement:
        """Place users, (n,) int64, by the EV of the start of the round, (n, S) float64."""


@dataclass(frozen=True)
class Greedy:
    """Everybody to the streamer of the highest EV, without any cap: the baseline.

    Parameters
    ----------
    whale_share : float
        Which users the whale figures count; it changes nothing in the placement.
    """

    whale_share: float = 0.01
    whale_cap: ClassVar[None] = None
    algorithm: ClassVar[None] = None

    def place(self, world: World, users: NDArray[np.int64], ev: NDArray[np.float64]) -> Placement:
        """Place every user at its best streamer."""
        best = ev.argmax(axis=1)
        whales = world.whales(self.whale_share)[users]
        demand = np.bincount(best[whales], minlength=world.n_streamers)
        return Placement(best, whales, demand)


@dataclass(frozen=True)
class Tiered:
    """Whales first, at most `k` to a streamer; then everybody else into the capacity left.

    A whale whom no streamer can take stays unallocated. Normal users go in round order to the best
    streamer that has capacity left, and to `QUIRK_STREAMER` when none has any, as published.

    Parameters
    ----------
    k : int
        Whale cap.
    whale_share : float
        Share of the whole population, by wealth, that makes a whale.
    algorithm : {"min-cost-flow", "greedy-edges", "greedy-swaps"}
        How the whale tier is allocated.
    rng : numpy.random.Generator
        Draws the swaps of greedy-swaps. Never the world's own generator.
    """

    k: int
    whale_share: float = 0.01
    algorithm: Algorithm = "min-cost-flow"
    rng: np.random.Generator = field(
        default_factory=lambda: np.random.default_rng(0), repr=False, compare=False
    )

    @property
    def whale_cap(self) -> int:
        """Most whales a streamer takes."""
        return self.k

    def place(self, world: World, users: NDArray[np.int64], ev: NDArray[np.float64]) -> Placement:
        """Place whales under the cap, then the others into what is left."""
        whales = world.whales(self.whale_share)[users]
        problem = Problem(ev, whales=whales, whale_cap=self.k, capacity=world.capacity)
        allocation = allocate(problem, algorithm=self.algorithm, fill="greedy", rng=self.rng)
        no_room = ~whales & (allocation.streamer < 0)
        streamer = np.where(no_room, QUIRK_STREAMER, allocation.streamer)
        return Placement(streamer, whales, allocation.demand)
