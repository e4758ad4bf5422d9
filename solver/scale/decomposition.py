"""Dual decomposition: users in partitions, common prices, and quotas that divide each cap.

This solves the tier of `solver.exact.single_tier` when its users are in partitions that are never
on one machine. Given prices, each partition returns a few numbers per streamer, and the next prices
depend only on their sums. The bound is a sum over partitions too, so the prices prove as much as on
one machine. Each cap is then divided in proportion to the partitions' demand at the common prices,
so that slots move to the partitions where they are worth more.

Prices follow the subgradient of the dual. The step of a streamer is estimated from the number of
users close to indifference, and limited by a step limit, which grows while the excess keeps its
sign and shrinks when it changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import add
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..allocation import allocate
from ..duality import ShadowPrices
from ..kernels import NONE, get_row, njit
from ..model import Candidates, Problem
from .working_set import sample_caps

Prices = NDArray[np.float64]
Counts = NDArray[np.int64]

STEP_GROWTH, STEP_SHRINKAGE = 1.5, 0.5
"""Factors of the step limit when the excess keeps its sign and when it changes."""

SAMPLE_PRICE_ERROR = 0.1
"""Assumed error of a sample's prices, as a share of their mean."""


@dataclass(frozen=True)
class PartitionIndex:
    """Position of a partition, and the number of partitions."""

    index: int
    count: int


class Demand(NamedTuple):
    """Demand of users at prices. Demands of partitions can be added.

    Parameters
    ----------
    profit : float
        Sum of the greatest profits above 0, EV - price, currency units: the users' part of the
        bound.
    load : (S,) int64
        Users whose first choice is the streamer.
    leaving : (S,) int64
        Of these, users who would choose another one at a price higher by the step limit.
    coming : (S,) int64
        Other users who would choose the streamer at a price lower by the step limit.
    """

    profit: float
    load: Counts
    leaving: Counts
    coming: Counts

    def __add__(self, other: object) -> Demand:
        if not isinstance(other, Demand):
            return NotImplemented
        return Demand(*map(add, self, other))


def compute_demand(
    pairs: Candidates, users: NDArray[np.bool_], price: Prices, step_limit: Prices
) -> Demand:
    """Return the demand of a partition's users at prices.

    Parameters
    ----------
    pairs : Candidates
    users : (n,) bool
        Users to include.
    price : (S,) float64
        Currency units. Infinite at closed streamers.
    step_limit : (S,) float64
        Largest next change of each price, currency units.
    """
    load, leaving, coming = (np.zeros(len(price), dtype=np.int64) for _ in range(3))
    profit = _add_demand(pairs.rows, users, price, step_limit, load, leaving, coming)
    return Demand(float(profit), load, leaving, coming)


@dataclass(frozen=True, eq=False)
class DualAscent:
    """Ascent of the dual to prices at which demand meets the caps.

    Parameters
    ----------
    cap : (S,) int64
        Largest number of users at each streamer.
    price : (S,) float64
        Prices to evaluate next, currency units, ≥ 0.
    step_limit : (S,) float64
        Largest change of each price after that, currency units.
    excess : (S,) int64
        Demand above the caps at the previous prices.
    best : (S,) float64
        The prices with the least bound so far.
    bound : float
        The least bound so far, currency units.
    """

    cap: Counts
    price: Prices
    step_limit: Prices
    excess: Counts
    best: Prices
    bound: float

    @staticmethod
    def initial(cap: Counts, price: Prices, step_limit: float) -> DualAscent:
        """Return the initial state, with the same step limit for all streamers."""
        return DualAscent(
            cap,
            price,
            np.full(len(cap), step_limit),
            np.zeros(len(cap), dtype=np.int64),
            price,
            np.inf,
        )

    @property
    def open_price(self) -> Prices:
        """The prices to evaluate next, infinite at closed streamers."""
        return np.where(self.cap > 0, self.price, np.inf)

    def step(self, demand: Demand) -> DualAscent:
        """Return the next state, given the demand of all users at the present prices."""
        excess = demand.load - self.cap
        turned = np.sign(excess) * np.sign(self.excess)
        step_limit = self.step_limit * np.where(turned < 0, STEP_SHRINKAGE, 1.0)
        moving = np.where(excess > 0, demand.leaving, demand.coming)
        share = np.minimum(np.abs(excess) / np.maximum(moving, 1), 1.0)
        step = np.sign(excess) * share * step_limit
        far = (share == 1.0) & (turned > 0)
        bound = demand.profit + float((self.cap * self.price).sum())
        better = bound < self.bound
        return DualAscent(
            cap=self.cap,
            price=np.maximum(self.price + step, 0.0),
            step_limit=np.where(far, step_limit * STEP_GROWTH, step_limit),
            excess=excess,
            best=self.price if better else self.best,
            bound=bound if better else self.bound,
        )


def compute_quota(
    cap: Counts, before: Counts, own: Counts, total: Counts, partition: PartitionIndex
) -> Counts:
    """Return a partition's share of each cap, in proportion to demand; equal shares without any.

    The quotas of all partitions are integers whose sum is the cap. If total demand equals the cap,
    each quota equals the demand.

    Parameters
    ----------
    cap : (S,) int64
        At most the number of users, so that products of two fit into 64 bits.
    before : (S,) int64
        Demand of the partitions before this one, in a fixed order.
    own, total : (S,) int64
        Demand of this partition, and of all.
    partition : PartitionIndex
    """
    none = total == 0
    before, own = np.where(none, partition.index, before), np.where(none, 1, own)
    total = np.where(none, partition.count, total)
    share: Counts = cap * (before + own) // total - cap * before // total
    return share


def allocate_within_quota(
    pairs: Candidates,
    users: NDArray[np.bool_],
    quota: Counts,
    price: Prices,
    tolerance: float,
) -> Counts:
    """Allocate a partition's users at the greatest total EV within its quota.

    Parameters
    ----------
    pairs : Candidates
    users : (n,) bool
        Users to allocate.
    quota : (S,) int64
    price : (S,) float64
        Initial prices: the common ones, currency units.
    tolerance : float
        Accepted gap, as a share of the partition's objective.

    Returns
    -------
    (n,) int64
        Streamer of each user, -1 for none.
    """
    problem = Problem(pairs, whales=users, whale_cap=quota, capacity=quota)
    prices = ShadowPrices(price, np.zeros(len(price)))
    return allocate(problem, fill="none", prices=prices, tolerance=tolerance).assignment


def sample_prices(pairs: Candidates, cap: Counts, share: float) -> tuple[Prices, float]:
    """Return the prices of a sample of the users, and their estimated error.

    Parameters
    ----------
    pairs : Candidates
        Of the sample alone.
    cap : (S,) int64
        Of all users.
    share : float
        Share of the users that are in the sample.

    Returns
    -------
    (S,) float64, float
        Currency units. The second is above 0 if an EV is.
    """
    if not len(pairs):
        return np.zeros(len(cap)), 1.0
    problem = Problem(pairs, whale_cap=sample_caps(cap, share))
    price = allocate(problem, fill="none", tolerance=1e-4).shadow_prices
    paid = price.whale_price
    typical = float(np.maximum(pairs.best_ev(), 0.0).mean(dtype=np.float64))
    return paid, SAMPLE_PRICE_ERROR * max(float(paid.mean()), SAMPLE_PRICE_ERROR * typical)


@njit(cache=True, nogil=True)
def _add_demand(rows, users, price, step_limit, load, leaving, coming):
    total = 0.0
    for u in range(len(users)):
        if not users[u]:
            continue
        which, values = get_row(rows, u)
        best, first, second = NONE, 0.0, 0.0
        for i in range(len(which)):
            profit = values[i] - price[which[i]]
            if profit > first:
                second, first, best = first, profit, which[i]
            elif profit > second:
                second = profit
        total += first
        if best != NONE:
            load[best] += 1
            leaving[best] += first - second < step_limit[best]
        for i in range(len(which)):
            s = which[i]
            if s != best and first - (values[i] - price[s]) < step_limit[s] and values[i] >= 0.0:
                coming[s] += 1
    return total
