"""Allocations of more candidates than memory holds: a working set, and readings of all of them.

Column generation (see `solver.exact`) whose columns are on disk. A sample of the whales
prices the slots; each reading then keeps every whale's best candidates at the prices of the moment,
the tier is solved on these, and the next reading says what its prices prove on all data.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from messages import Message
from solver import Candidates, Certificate, InputError, Problem, ShadowPrices, allocate
from solver.duality import GapTerms, whale_charges
from solver.model import NONE, Limits
from solver.scale import (
    MIN_WIDTH,
    certify_blocks,
    concatenate,
    evaluate_block,
    fill_block,
    keep_best_pairs,
    sample_caps,
    sample_mask,
)

from .parquet.blocks import Block
from .parquet.disk import Disk
from .parquet.footprint import Footprint
from .parquet.row_groups import ev_dtype
from .result import Result

ROUNDS = 6
"""Most times that the tier is solved; each takes a reading of all candidates."""

WIDEST = 16
"""Most candidates a whale keeps, however much memory there is: further ones gain nothing."""


def allocate_out_of_core(
    disk: Disk, limits: Limits, memory: int, tolerance: float, fill: bool
) -> Result:
    """Allocate whales within a memory budget, then the others greedily.

    Parameters
    ----------
    disk : Disk
    limits : Limits
        Plain ones.
    memory : int
        Bytes.
    tolerance : float
        Gap, a share of the objective, at which to stop; else after `ROUNDS` rounds.
    fill : bool
        Whether normal users are allocated.

    Returns
    -------
    Result

    Raises
    ------
    solver.InputError
        Where data are at fault or memory is too little.
    """
    width = _width(disk, limits, memory)
    tier = _Tier(disk, limits)
    prices = _sampled_prices(tier, width)
    tier.read("read 1", prices, width)
    for round_ in range(1, ROUNDS + 1):
        prices = tier.solve(tolerance / 4)
        proof = tier.read(f"read {round_ + 1}", prices, width)
        if proof.is_within(tolerance):
            break
    if fill and not limits.whales.all():
        disk.each("fill", _filling(tier, limits))
    of_whales = float(tier.ev[limits.whales].sum())
    return Result(
        mode="out of core",
        streamer=tier.streamer,
        ev=tier.ev.__getitem__,
        whale_objective=of_whales,
        normal_objective=float(tier.ev[~limits.whales].sum()),
        prices=prices,
        certificate=proof,
    )


class _Tier:
    """The whale tier as it is: where its whales are, and the candidates that are kept."""

    def __init__(self, disk: Disk, limits: Limits) -> None:
        self.disk, self.limits = disk, limits
        self.streamer = np.full(disk.users.count, NONE)
        self.ev = np.zeros(disk.users.count)
        self.kept: list[Candidates] = []

    def read(self, what: str, prices: ShadowPrices, width: int) -> Certificate:
        """Read all candidates: judge what there is, and keep what is best at the prices."""
        charges, terms = whale_charges(self.limits, prices), []
        self.kept = []

        def work(block: Block) -> None:
            whales, streamer = block.of(self.limits.whales), block.of(self.streamer)
            judged = evaluate_block(block.pairs, whales, charges, streamer)
            terms.append(judged.found)
            block.of(self.ev)[:] = judged.ev
            self.kept.append(keep_best_pairs(block.pairs, whales, charges.price, streamer, width))

        self.disk.each(what, work)
        allowed = bool((self.ev > -np.inf).all())
        return certify_blocks(self.streamer, allowed, sum(terms, GapTerms()), prices, self.limits)

    def solve(self, tolerance: float) -> ShadowPrices:
        """Allocate the whales among what is kept, and return the prices."""
        pairs = concatenate(self.kept)
        self.kept = []
        with self.disk.bar("allocate", None):
            allocation = _solved(pairs, self.limits, tolerance)
        self.streamer = allocation[0]
        return allocation[1]


def _solved(
    pairs: Candidates, limits: Limits, tolerance: float
) -> tuple[NDArray[np.int64], ShadowPrices]:
    problem = Problem(
        pairs, whales=limits.whales, whale_cap=limits.whale_cap, capacity=limits.capacity
    )
    allocation = allocate(problem, fill="none", tolerance=tolerance)
    return allocation.assignment, allocation.shadow_prices


def _sampled_prices(tier: _Tier, width: int) -> ShadowPrices:
    """Return the prices of a sample of the whales that takes as much memory as a working set."""
    disk, limits = tier.disk, tier.limits
    n_pairs = sum(each.n_rows for each in disk.groups)
    n_whales = int(np.count_nonzero(limits.whales))
    whale_pairs = n_pairs * n_whales / disk.users.count
    share = min(1.0, width * n_whales / max(1.0, whale_pairs)) / 2
    kept: list[Candidates] = []
    anything, nowhere = np.zeros(disk.streamers.count), np.full(disk.users.count, NONE)
    sample = limits.whales & sample_mask(0, disk.users.count, share)

    def work(block: Block) -> None:
        whole = disk.streamers.count
        kept.append(
            keep_best_pairs(block.pairs, block.of(sample), anything, block.of(nowhere), whole)
        )

    disk.each("sample", work)
    caps = (sample_caps(each, share) for each in (
        np.minimum(limits.whale_cap, n_whales), np.minimum(limits.capacity, disk.users.count)
    ))  # fmt: skip
    whale_cap, capacity = caps
    rough = Limits(sample, whale_cap, capacity, np.zeros_like(capacity), np.empty(0), 1)
    return _solved(concatenate(kept), rough, 1e-4)[1]


def _filling(tier: _Tier, limits: Limits) -> Callable[[Block], None]:
    """Return what places the normal users of a block, in order, each at its best with room."""
    placed = tier.streamer[tier.streamer != NONE]
    room = limits.capacity - np.bincount(placed, minlength=len(limits.capacity))

    def work(block: Block) -> None:
        streamer, ev = block.of(tier.streamer), block.of(tier.ev)
        normal = np.flatnonzero(~block.of(limits.whales))
        fill_block(block.pairs, normal, room, streamer)
        streamers = streamer[normal]
        ev[normal] = np.where(
            streamers == NONE, 0.0, block.pairs.ev_at(normal, np.maximum(streamers, 0))
        )

    return work


def _width(disk: Disk, limits: Limits, memory: int) -> int:
    """Return how many candidates a whale may keep."""
    footprint = Footprint.of(disk.groups, disk.users, ev_dtype(disk.groups))
    n_whales = max(1, int(np.count_nonzero(limits.whales)))
    width = int((memory - footprint.users) / (2 * footprint.pair * n_whales))
    if width < MIN_WIDTH:
        least = footprint.users + 2 * MIN_WIDTH * footprint.pair * n_whales
        raise InputError(
            "memory",
            Message(
                "memory_too_small",
                least=least / 2**30,
                users=disk.users.count,
                received=memory / 2**30,
            ),
        )
    return min(width, WIDEST)
