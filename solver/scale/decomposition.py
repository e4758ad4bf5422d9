"""Dual decomposition: users in partitions, common prices, and quotas that divide each cap.

The tier of `solver.exact.single_tier`, whose users are in partitions that no machine sees at once.
Each partition answers prices with a few numbers a streamer, and the next prices need only their
sums. The bound is a sum over partitions too, so the prices prove as much as on one machine. Then
each cap is divided in proportion to what partitions demand at the common prices: slots move to
the partitions where they are worth more.

Prices follow the subgradient of the dual, one step a streamer: as far as users close to
indifference, counted in the same reading, say that its excess goes, and no further than a reach of
its own, which widens while the excess keeps its sign and narrows when it changes.
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
"""How the reach of a step changes when the excess keeps its sign, and when it changes it."""

SAMPLE_PRICE_ERROR = 0.1
"""Share of the mean price of a sample by which its prices are taken to be off."""


@dataclass(frozen=True)
class PartitionIndex:
    """Which partition: its position among all, and how many these are."""

    index: int
    count: int


class Demand(NamedTuple):
    """What users want at prices; demands of partitions add up.

    Parameters
    ----------
    profit : float
        Σ of the greatest profits above 0, EV - price, currency units: their share of the bound.
    load : (S,) int64
        Users whose first choice each streamer is.
    leaving : (S,) int64
        Of these, users whom a price higher by its reach would send elsewhere.
    coming : (S,) int64
        Users of other first choices whom a price lower by its reach would bring.
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
    """Return what users of a partition want at prices.

    Parameters
    ----------
    pairs : Candidates
    users : (n,) bool
        Who counts.
    price : (S,) float64
        Currency units; infinite where a streamer takes nobody.
    step_limit : (S,) float64
        How far each price may move next, currency units.
    """
    load, leaving, coming = (np.zeros(len(price), dtype=np.int64) for _ in range(3))
    profit = _add_demand(pairs.rows, users, price, step_limit, load, leaving, coming)
    return Demand(float(profit), load, leaving, coming)


@dataclass(frozen=True, eq=False)
class DualAscent:
    """Prices on their way to where demand meets the caps.

    Parameters
    ----------
    cap : (S,) int64
        Most users a streamer takes.
    price : (S,) float64
        To be tried next, currency units, ≥ 0.
    step_limit : (S,) float64
        How far each may move after that, currency units.
    excess : (S,) int64
        Demand above the caps at the prices before.
    best : (S,) float64
        The prices of the least bound so far.
    bound : float
        Which is that, currency units.
    """

    cap: Counts
    price: Prices
    step_limit: Prices
    excess: Counts
    best: Prices
    bound: float

    @staticmethod
    def initial(cap: Counts, price: Prices, step_limit: float) -> DualAscent:
        """Return where pricing begins: at given prices, with one reach for all."""
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
        """The prices to be tried, infinite where a streamer takes nobody."""
        return np.where(self.cap > 0, self.price, np.inf)

    def step(self, demand: Demand) -> DualAscent:
        """Return the prices to try after what all users wanted at these."""
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
    """Return a partition's share of each cap, in proportion to demand; alike where there is none.

    Whole numbers that add up to the cap over the partitions, whatever they demand; where demand
    meets the cap, each is given what it demands.

    Parameters
    ----------
    cap : (S,) int64
        At most the number of users, so that products of two fit into 64 bits.
    before : (S,) int64
        What partitions before this one demand, in a fixed order of all.
    own, total : (S,) int64
        What this one demands, and all do.
    partition : Place
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
        Who takes part.
    quota : (S,) int64
    price : (S,) float64
        Of the market, currency units, to begin with.
    tolerance : float
        Gap, a share of the partition's objective, that is good enough.

    Returns
    -------
    (n,) int64
        Each user's streamer, -1 for none.
    """
    problem = Problem(pairs, whales=users, whale_cap=quota, capacity=quota)
    prices = ShadowPrices(price, np.zeros(len(price)))
    return allocate(problem, fill="none", prices=prices, tolerance=tolerance).assignment


def sample_prices(pairs: Candidates, cap: Counts, share: float) -> tuple[Prices, float]:
    """Return the prices of a sample of the users, and how far these may be off.

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
        Currency units; the second is above 0 wherever an EV is.
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
