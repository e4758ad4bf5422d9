"""Optima for a sequence of decreasing caps, each computed from the one before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..auction import (
    BIDS_PER_USER,
    CONTEST_EPSILONS,
    AuctionInstance,
    Lists,
    auction_single_tier,
    min_margin,
    withdraw_slots,
)
from ..flow import polish_to_optimum, solve_by_shortest_paths, solve_contested
from ..kernels import NONE, MatrixRows, sum_ev
from .single_tier import allocate_heaps

Caps = NDArray[np.int64]


class Optimum(NamedTuple):
    """Optimal value of a tier under caps.

    Parameters
    ----------
    total_ev : float
        Currency units.
    max_load : int
        Largest number of users at a streamer. A cap of at least this has the same optimum.
    """

    total_ev: float
    max_load: int


@dataclass(eq=False)
class DecreasingCapsAuction:
    """Optima for decreasing caps, by an auction that continues as caps decrease.

    Prices only rise, so few users bid again. If ties are too many for short lists, or the polish
    takes too long, there are no further auctions: users who lose their slots are reassigned along
    shortest paths, from the optimum under the caps before.

    Parameters
    ----------
    instance : AuctionInstance
        Of a matrix, with short lists.
    min_epsilon : float
        Least ε, currency units.
    largest : (S,) int64
        The first caps, at least 1.
    tied : bool
        Whether to run no auction.
    """

    instance: AuctionInstance
    min_epsilon: float
    largest: Caps
    tied: bool = False

    def __post_init__(self) -> None:
        n_users, n_streamers = self._matrix.shape
        self._heaps = allocate_heaps(self.largest)
        self._load = np.zeros(n_streamers, dtype=np.int64)
        self._price = np.zeros(n_streamers)
        self._assignment = np.full(n_users, NONE)
        self._best = np.full(n_users, NONE), np.zeros(n_streamers)

    @property
    def _matrix(self) -> NDArray[Any]:
        assert isinstance(self.instance.rows, MatrixRows)  # noqa: S101
        return self.instance.rows.matrix

    def optimum(self, cap: Caps) -> Optimum | None:
        """Return the optimum under caps, (S,) int64, at most those of the call before.

        None if it takes too much work.
        """
        if not self.tied:
            optimum = self._optimum_by_auction(cap)
            if optimum is not None:
                return optimum
        return self._optimum_by_paths(cap)

    def _optimum_by_auction(self, cap: Caps) -> Optimum | None:
        """Continue the auction; None if ties are too many for short lists."""
        budget = BIDS_PER_USER * len(self._assignment)
        state = self._price, self._assignment, self._load, *self._heaps
        withdraw_slots(cap, *state)
        price, assignment, load, *heaps = state
        epsilon = auction_single_tier(
            self.instance.choices, cap, price, self.min_epsilon, budget, assignment, load, *heaps
        )
        contest_radius = CONTEST_EPSILONS * epsilon
        lists = self.instance.lists or Lists.empty(len(assignment))
        assignment, lowered = assignment.copy(), price.copy()
        arcs, work = solve_contested(self.instance, lists, cap, lowered, assignment, contest_radius)
        solved = arcs != NONE
        # Choices off the lists were worse by a margin, and still are if prices moved less.
        margin = min(contest_radius, min_margin(price, *lists))
        change = lowered - price
        moved = max(0.0, float(change.max())) + max(0.0, -float(change.min()))
        if not solved or moved > margin:
            # The polish rewrites short lists for its prices; the auction needs the present ones.
            separate = replace(self.instance, lists=lists.copy())
            assignment, lowered = self._assignment.copy(), price.copy()
            if (
                polish_to_optimum(
                    separate, cap, lowered, assignment, contest_radius, on_whole_rows=False
                )
                == NONE
            ):
                self.tied = True
                return None
        self._best = assignment, lowered
        self.tied = work > self.instance.size  # more than paths on whole rows would take
        return self._evaluate(assignment)

    def _optimum_by_paths(self, cap: Caps) -> Optimum | None:
        """Reassign the users who lose their slots along shortest paths, from the last optimum."""
        assignment, price = self._best
        order = np.argsort(assignment, kind="stable")
        first = np.searchsorted(assignment[order], assignment[order])
        assignment[
            order[
                np.arange(len(assignment)) - first
                >= np.where(assignment == NONE, 0, cap[assignment])[order]
            ]
        ] = NONE
        ev = self._matrix.astype(np.float64, copy=False)
        tier = ev, cap, price, assignment, self.instance.noise
        if not solve_by_shortest_paths(*tier):
            return None
        return self._evaluate(assignment)

    def _evaluate(self, assignment: NDArray[np.int64]) -> Optimum:
        max_load = int(np.bincount(assignment[assignment != NONE], minlength=1).max())
        return Optimum(float(sum_ev(self.instance.rows, assignment.reshape(-1, 1))), max_load)
