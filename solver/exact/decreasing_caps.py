"""The optimum as caps fall: an auction that goes on, or paths on whole rows."""

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
    """What a tier is worth under caps.

    Parameters
    ----------
    total_ev : float
        Currency units.
    max_load : int
        Most users that a streamer has: under a cap from this on, the tier is worth the same.
    """

    total_ev: float
    max_load: int


@dataclass(eq=False)
class DecreasingCapsAuction:
    """An auction that goes on as caps fall: prices only rise, and few users bid again.

    Where ties are too many for short lists, or repairs take too long, no auction is held any more:
    from the optimum under the caps before, users who lose their slots are sent over shortest paths.

    Parameters
    ----------
    instance : AuctionInstance
        Of a matrix, with short lists.
    min_epsilon : float
        Least rise of a bid, currency units.
    largest : (S,) int64
        The first caps, at least 1.
    tied : bool
        Whether no auction is to be held.
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
        self._at = np.full(n_users, NONE)
        self._best = np.full(n_users, NONE), np.zeros(n_streamers)

    @property
    def _matrix(self) -> NDArray[Any]:
        assert isinstance(self.instance.rows, MatrixRows)  # noqa: S101
        return self.instance.rows.matrix

    def optimum(self, cap: Caps) -> Optimum | None:
        """Return the optimum under caps, (S,) int64, no larger than those before.

        None where it takes too much work.
        """
        if not self.tied:
            found = self._by_auction(cap)
            if found is not None:
                return found
        return self._by_paths(cap)

    def _by_auction(self, cap: Caps) -> Optimum | None:
        """Go on with the auction; None where ties are too many for short lists."""
        budget = BIDS_PER_USER * len(self._at)
        state = self._price, self._at, self._load, *self._heaps
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
        # What is off the lists was worse by a margin; prices that moved less leave it worse.
        margin = min(contest_radius, min_margin(price, *lists))
        fall = lowered - price
        moved = max(0.0, float(fall.max())) + max(0.0, -float(fall.min()))
        if not solved or moved > margin:
            # Lists of its own, which it writes for other prices than the auction goes on with.
            apart = replace(self.instance, lists=lists.copy())
            assignment, lowered = self._at.copy(), price.copy()
            if (
                polish_to_optimum(
                    apart, cap, lowered, assignment, contest_radius, on_whole_rows=False
                )
                == NONE
            ):
                self.tied = True
                return None
        self._best = assignment, lowered
        self.tied = work > self.instance.size  # more than paths on whole rows would take
        return self._evaluate(assignment)

    def _by_paths(self, cap: Caps) -> Optimum | None:
        """Send the users who lose their slots over shortest paths, from the optimum before."""
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
        return Optimum(float(sum_ev(self.instance.rows, assignment)), max_load)
