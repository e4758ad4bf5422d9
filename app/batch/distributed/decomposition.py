"""Allocations across workers: common prices first, then quotas, until the gap is proven small.

Every iteration sends prices to all partitions and sums their demands by a tree, S numbers each;
see `solver.scale`. When further prices improve the bound little, each streamer's cap is divided
into quotas, each partition allocates exactly within its quotas, and a certificate is computed from
all data. While the gap is too large, the prices are improved further and the caps divided again.

If partitions have few users per streamer and EVs tie, prices alone do not determine the allocation
and the gap may not close. There are few users then, so this process allocates the best candidates
of all of them together.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver import Certificate, Problem, ShadowPrices, allocate
from solver.model import Limits
from solver.scale import MIN_WIDTH, DualAscent, certify_loads, concatenate, sample_prices

from .cluster import Cluster
from .tasks import (
    Signal,
    Verdict,
    assign_whales,
    assignment_of,
    best_candidates,
    compute_part_demand,
    evaluate_partition,
    fill_normal,
    pass_through,
    place_whales,
    remaining_room,
    sample_whales,
    whale_loads,
)

SAMPLE = 1 << 22
"""Maximum number of pairs sent to this process: those of the sample and of a joint allocation."""

SAMPLED = 0.125
"""Maximum share of the whales in the sample."""

ITERATIONS = 200
"""Maximum number of iterations, each of which sends prices to all partitions."""

DIVISIONS = 3
"""Times that caps are divided before this process allocates jointly, if users are few enough."""

TOGETHER = 4
"""Joint allocations at most, each of the best candidates at the prices of the one before."""

PATIENCE = 1.5
"""Factor by which the number of iterations grows before caps are divided again."""


@dataclass(frozen=True, eq=False)
class Solved:
    """An allocation that stays with the workers, partition by partition.

    Parameters
    ----------
    assignment : list of futures of (n,) int64
        One per partition.
    verdict : Verdict
    prices : ShadowPrices
    certificate : Certificate
    """

    assignment: list[Any]
    verdict: Verdict
    prices: ShadowPrices
    certificate: Certificate

    @property
    def gap(self) -> float:
        """Gap to the upper bound, as a share of the objective."""
        return self.certificate.relative_gap


class Market:
    """The whale tier across partitions, while its prices are improved.

    Parameters
    ----------
    cluster : Cluster
    limits : Limits
        Caps only: no guarantees and no penalties.
    tolerance : float
        Gap, a share of the objective, at which to stop.
    progress : callable
        Called with the number of iterations so far and the maximum.
    """

    def __init__(
        self,
        cluster: Cluster,
        limits: Limits,
        tolerance: float,
        progress: Callable[[int, int], None],
    ) -> None:
        self.cluster, self.limits, self.tolerance = cluster, limits, tolerance
        self.progress = progress
        cap = np.minimum(limits.whale_cap, limits.capacity)
        self.cap = np.minimum(cap, np.count_nonzero(limits.whales))
        self.trace: list[dict[str, Any]] = []
        self._since = time.perf_counter()

    def solve(self, n_pairs: int) -> Solved:
        """Improve prices and divide caps until the gap is within the tolerance, or `ITERATIONS`."""
        width = SAMPLE // max(1, int(np.count_nonzero(self.limits.whales))) - 1
        together = range(DIVISIONS, DIVISIONS + TOGETHER if width >= MIN_WIDTH else 0)
        ascent = self._ascend(self._sample(n_pairs), 0)
        best = latest = self._divide(ascent)
        rounds = 1
        while not best.certificate.is_within(self.tolerance) and len(self.prices) < ITERATIONS:
            if rounds in together:
                latest = self._allocate_together(latest, width)
            else:
                ascent = self._ascend(ascent, int(PATIENCE * len(self.prices)) + 1)
                latest = self._divide(ascent)
            best, rounds = min(best, latest, key=lambda solved: solved.gap), rounds + 1
        return best

    @property
    def prices(self) -> list[dict[str, Any]]:
        """The steps that sent prices."""
        return [each for each in self.trace if each["step"] == "price"]

    def _sample(self, n_pairs: int) -> DualAscent:
        share = min(SAMPLED, SAMPLE / n_pairs)
        pairs = concatenate(self.cluster.gather_results(self.cluster.each(sample_whales, share)))
        price, reach = sample_prices(pairs, self.cap, share)
        self._count("sample", _size(pairs.rows))
        return DualAscent.initial(self.cap, price, reach)

    def _ascend(self, ascent: DualAscent, until: int) -> DualAscent:
        """Improve prices until the bound gains little, and at least until iteration `until`."""
        while len(self.prices) < ITERATIONS:
            signal = Signal(ascent.open_price, ascent.step_limit)
            cluster = self.cluster
            demands = cluster.each(compute_part_demand, cluster.submit(pass_through, signal))
            demand = cluster.sum(demands).result()
            before, ascent = ascent.bound, ascent.step(demand)
            self._count("price", _size(signal) + _size(demand), bound=ascent.bound)
            gain = before - ascent.bound
            if len(self.prices) >= until and not gain > self.tolerance / 4 * abs(ascent.bound):
                break
        return ascent

    def _divide(self, ascent: DualAscent) -> Solved:
        """Divide the caps at the best prices, allocate within the quotas, and certify."""
        cluster = self.cluster
        charged = np.where(self.cap > 0, ascent.best, np.inf)
        signal = cluster.submit(pass_through, Signal(charged, ascent.step_limit))
        price, cap = (cluster.submit(pass_through, each) for each in (ascent.best, self.cap))
        demands = cluster.each(compute_part_demand, signal)
        everybody = cluster.sum(demands)
        own = [cluster.submit(whale_loads, each) for each in demands]
        before = [cluster.submit(pass_through, np.zeros_like(self.cap))]
        for each in own[:-1]:
            before.append(cluster.submit(np.add, before[-1], each))
        assignment = [
            cluster.submit_to(
                index, place_whales, cap, *claims, everybody, price, self.tolerance / 10
            )
            for index, claims in enumerate(zip(before, own, strict=True))
        ]
        solved = self._certify(assignment, ascent.best)
        self._count("divide", _size(solved.verdict) + 5 * charged.nbytes, gap=solved.gap)
        return solved

    def _allocate_together(self, before: Solved, width: int) -> Solved:
        """Allocate all whales in this process from their best candidates at the prices before."""
        cluster = self.cluster
        price = before.prices.whale_price
        signal = cluster.submit(pass_through, np.where(self.cap > 0, price, np.inf))
        same = [[each] * len(before.assignment) for each in (signal, width)]
        best = cluster.map_partitions(best_candidates, before.assignment, *same)
        candidates = cluster.gather_results(best)
        pairs = concatenate(candidates)
        problem = Problem(pairs, whale_cap=self.cap, capacity=self.cap)
        allocation = allocate(problem, fill="none", tolerance=self.tolerance / 4)
        ends = np.cumsum([each.shape[0] for each in candidates])[:-1]
        pieces = [
            cluster.submit(pass_through, each)
            for each in np.split(allocation.assignment.astype(np.int32), ends)
        ]
        prices = allocation.shadow_prices
        solved = self._certify(cluster.map_partitions(assign_whales, pieces), prices.whale_price)
        self._count("together", _size(pairs.rows) + 4 * len(allocation.assignment), gap=solved.gap)
        return solved

    def _certify(self, assignment: list[Any], price: NDArray[np.float64]) -> Solved:
        """Return an allocation with its certificate at prices, from all data."""
        verdict = self.evaluate(assignment, np.where(self.cap > 0, price, np.inf))
        prices = self._shadow(price)
        allowed = verdict.whale_objective > -np.inf
        proof = certify_loads(verdict.whale_load, allowed, verdict.found, prices, self.limits)
        return Solved(assignment, verdict, prices, proof)

    def evaluate(self, assignment: list[Any], charged: NDArray[np.float64]) -> Verdict:
        """Return the value and the gap terms of an allocation at prices, from all data."""
        sent = [self.cluster.submit(pass_through, charged)] * len(assignment)
        verdicts = self.cluster.map_partitions(evaluate_partition, assignment, sent)
        verdict: Verdict = self.cluster.sum(verdicts).result()
        return verdict

    def fill(self, solved: Solved) -> Solved:
        """Place the normal users in the remaining room, partition after partition."""
        cluster = self.cluster
        room = cluster.submit(pass_through, self.limits.capacity - solved.verdict.whale_load)
        assignment = []
        for index, whales in enumerate(solved.assignment):
            filled = cluster.submit_to(index, fill_normal, whales, room)
            room = cluster.submit(remaining_room, filled)
            assignment.append(cluster.submit(assignment_of, filled))
        price = solved.prices.whale_price
        verdict = self.evaluate(assignment, np.where(self.cap > 0, price, np.inf))
        self._count("fill", _size(verdict) + 2 * price.nbytes)
        return Solved(assignment, verdict, solved.prices, solved.certificate)

    def _shadow(self, price: NDArray[np.float64]) -> ShadowPrices:
        """Return shadow prices: each price belongs to the smaller of both caps."""
        is_whale_cap = self.limits.whale_cap <= self.limits.capacity
        return ShadowPrices(np.where(is_whale_cap, price, 0.0), np.where(is_whale_cap, 0.0, price))

    def _count(self, step: str, here: int, **figures: float) -> None:
        """Record a step: its duration, and the bytes sent among workers and this process."""
        now = time.perf_counter()
        seconds, self._since = round(now - self._since, 3), now
        figures |= {"seconds": seconds}
        self.trace.append({"step": step, "bytes": self.cluster.sent() + here, **figures})
        self.progress(len(self.prices), ITERATIONS)


def _size(values: tuple[Any, ...]) -> int:
    return sum(np.asarray(each).nbytes for each in values)
