"""Allocations across workers: common prices first, then quotas, until the gap is proven small.

Prices go out and demands come back, S numbers each, summed by a tree: see `solver.scale`. Where
further prices would prove little more, each streamer's cap is divided among the partitions, each
allocates exactly within its quota, and all data say what that is worth. While the gap is too
large, prices go on from where they were, and the caps are divided anew.

Where partitions have few users a streamer and EVs tie, prices alone do not say who goes where, and
that may never end. There are few users then: one place allocates the best candidates of them all.
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
    best_of,
    compute_part_demand,
    evaluate_partition,
    fill_normal,
    pass_through,
    place_whales,
    remaining_room,
    sample_of,
    streamer_of,
    whale_loads,
)

SAMPLE = 1 << 22
"""Most pairs that come to one place, however many there are: those whose prices are the first."""

SAMPLED = 0.125
"""Most of the whales that are in it."""

ITERATIONS = 200
"""Most times that prices go out."""

DIVISIONS = 3
"""Times that caps are divided before one place allocates, where users are few enough."""

TOGETHER = 4
"""Times that it does, each with the candidates that are best at the prices of the time before."""

PATIENCE = 1.5
"""How many times as many iterations there are each time before caps are divided again."""


@dataclass(frozen=True, eq=False)
class Solved:
    """An allocation whose parts are with the workers.

    Parameters
    ----------
    streamer : list of futures of (n,) int64
        One a partition.
    verdict : Verdict
    prices : ShadowPrices
    certificate : Certificate
    """

    streamer: list[Any]
    verdict: Verdict
    prices: ShadowPrices
    certificate: Certificate

    @property
    def gap(self) -> float:
        """Share of the objective by which it may be short of the optimum."""
        return self.certificate.relative_gap


class Market:
    """The whale tier across partitions, on its way to where demand meets the caps.

    Parameters
    ----------
    cluster : Cluster
    limits : Limits
        Plain ones.
    tolerance : float
        Gap, a share of the objective, at which to stop.
    progress : callable
        Called with how many iterations there were, and how many there may be.
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
        """Price and divide until the gap is within the tolerance, or `ITERATIONS` is reached."""
        width = SAMPLE // max(1, int(np.count_nonzero(self.limits.whales))) - 1
        together = range(DIVISIONS, DIVISIONS + TOGETHER if width >= MIN_WIDTH else 0)
        ascent = self._priced(self._begin(n_pairs), 0)
        best = made = self._divided(ascent)
        rounds = 1
        while not best.certificate.is_within(self.tolerance) and len(self.prices) < ITERATIONS:
            if rounds in together:
                made = self._together(made, width)
            else:
                ascent = self._priced(ascent, int(PATIENCE * len(self.prices)) + 1)
                made = self._divided(ascent)
            best, rounds = min(best, made, key=lambda solved: solved.gap), rounds + 1
        return best

    @property
    def prices(self) -> list[dict[str, Any]]:
        """The iterations in which prices went out."""
        return [each for each in self.trace if each["step"] == "price"]

    def _begin(self, n_pairs: int) -> DualAscent:
        share = min(SAMPLED, SAMPLE / n_pairs)
        pairs = concatenate(self.cluster.gather_results(self.cluster.each(sample_of, share)))
        price, reach = sample_prices(pairs, self.cap, share)
        self._count("sample", _size(pairs.rows))
        return DualAscent.initial(self.cap, price, reach)

    def _priced(self, ascent: DualAscent, until: int) -> DualAscent:
        """Go on, first until it gains little, later until there were so many iterations."""
        while len(self.prices) < ITERATIONS:
            signal = Signal(ascent.open_price, ascent.step_limit)
            cluster = self.cluster
            demands = cluster.each(compute_part_demand, cluster.submit(pass_through, signal))
            wanted = cluster.sum(demands).result()
            before, ascent = ascent.bound, ascent.step(wanted)
            self._count("price", _size(signal) + _size(wanted), bound=ascent.bound)
            gain = before - ascent.bound
            if len(self.prices) >= until and not gain > self.tolerance / 4 * abs(ascent.bound):
                break
        return ascent

    def _divided(self, ascent: DualAscent) -> Solved:
        """Divide the caps at the best prices, allocate within, and evaluate what comes of it."""
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
        streamer = [
            cluster.submit_to(
                index, place_whales, cap, *claims, everybody, price, self.tolerance / 10
            )
            for index, claims in enumerate(zip(before, own, strict=True))
        ]
        solved = self._proven(streamer, ascent.best)
        self._count("divide", _size(solved.verdict) + 5 * charged.nbytes, gap=solved.gap)
        return solved

    def _together(self, before: Solved, width: int) -> Solved:
        """Allocate all whales here, each with as many candidates: the best at the prices before."""
        cluster = self.cluster
        price = before.prices.whale_price
        signal = cluster.submit(pass_through, np.where(self.cap > 0, price, np.inf))
        same = [[each] * len(before.streamer) for each in (signal, width)]
        kept = cluster.gather_results(cluster.map_partitions(best_of, before.streamer, *same))
        pairs = concatenate(kept)
        problem = Problem(pairs, whale_cap=self.cap, capacity=self.cap)
        allocation = allocate(problem, fill="none", tolerance=self.tolerance / 4)
        ends = np.cumsum([each.shape[0] for each in kept])[:-1]
        pieces = [
            cluster.submit(pass_through, each)
            for each in np.split(allocation.assignment.astype(np.int32), ends)
        ]
        prices = allocation.shadow_prices
        solved = self._proven(cluster.map_partitions(assign_whales, pieces), prices.whale_price)
        self._count("together", _size(pairs.rows) + 4 * len(allocation.assignment), gap=solved.gap)
        return solved

    def _proven(self, streamer: list[Any], price: NDArray[np.float64]) -> Solved:
        """Return an allocation with what all data prove of it at prices."""
        verdict = self.evaluate(streamer, np.where(self.cap > 0, price, np.inf))
        prices = self._shadow(price)
        allowed = verdict.whale_objective > -np.inf
        proof = certify_loads(verdict.whale_load, allowed, verdict.found, prices, self.limits)
        return Solved(streamer, verdict, prices, proof)

    def evaluate(self, streamer: list[Any], charged: NDArray[np.float64]) -> Verdict:
        """Return what all data say of an allocation at prices."""
        sent = [self.cluster.submit(pass_through, charged)] * len(streamer)
        verdicts = self.cluster.map_partitions(evaluate_partition, streamer, sent)
        verdict: Verdict = self.cluster.sum(verdicts).result()
        return verdict

    def fill(self, solved: Solved) -> Solved:
        """Place the normal users, partition after partition, in the room that whales leave."""
        cluster = self.cluster
        room = cluster.submit(pass_through, self.limits.capacity - solved.verdict.whale_load)
        streamer = []
        for index, placed in enumerate(solved.streamer):
            done = cluster.submit_to(index, fill_normal, placed, room)
            room = cluster.submit(remaining_room, done)
            streamer.append(cluster.submit(streamer_of, done))
        price = solved.prices.whale_price
        verdict = self.evaluate(streamer, np.where(self.cap > 0, price, np.inf))
        self._count("fill", _size(verdict) + 2 * price.nbytes)
        return Solved(streamer, verdict, solved.prices, solved.certificate)

    def _shadow(self, price: NDArray[np.float64]) -> ShadowPrices:
        """Return prices as those of the cap that is the smaller."""
        gated = self.limits.whale_cap <= self.limits.capacity
        return ShadowPrices(np.where(gated, price, 0.0), np.where(gated, 0.0, price))

    def _count(self, step: str, here: int, **figures: float) -> None:
        """Note a step: how long it took, bytes between workers, and between them and here."""
        now = time.perf_counter()
        seconds, self._since = round(now - self._since, 3), now
        figures |= {"seconds": seconds}
        self.trace.append({"step": step, "bytes": self.cluster.sent() + here, **figures})
        self.progress(len(self.prices), ITERATIONS)


def _size(values: tuple[Any, ...]) -> int:
    return sum(np.asarray(each).nbytes for each in values)
