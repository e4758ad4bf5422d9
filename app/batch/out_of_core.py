"""Allocations of more candidates than memory holds: a working set, and passes over all of them.

Column generation (see `solver.exact`) with the columns on disk. A sample of the whales gives the
first prices. Each pass keeps every whale's best candidates at the current prices, the tier is
solved on these, and the next pass computes the certificate of its prices from all data.
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

from .parquet.disk import Block, Disk
from .parquet.footprint import Footprint
from .result import Result

ROUNDS = 6
"""Maximum number of times that the tier is solved; each takes a pass over all candidates."""

WIDEST = 16
"""Maximum number of candidates that a whale keeps: further ones gain nothing."""


def allocate_out_of_core(
    disk: Disk, limits: Limits, memory: int, tolerance: float, fill: bool
) -> Result:
    """Allocate whales within a memory budget, then the others greedily.

    Parameters
    ----------
    disk : Disk
    limits : Limits
        Caps only: no guarantees and no penalties.
    memory : int
        Bytes.
    tolerance : float
        Gap, as a share of the objective, at which to stop before `ROUNDS` rounds.
    fill : bool
        Whether normal users are allocated.

    Returns
    -------
    Result

    Raises
    ------
    solver.InputError
        If data are invalid or memory is too small.
    """
    width = _width(disk, limits, memory)
    tier = _Tier(disk, limits)
    prices = _sampled_prices(tier, width)
    tier.read(Message("progress_reading", number=1), prices, width)
    for round_ in range(1, ROUNDS + 1):
        prices = tier.solve(tolerance / 4)
        proof = tier.read(Message("progress_reading", number=round_ + 1), prices, width)
        if proof.is_within(tolerance):
            break
    if fill and not limits.whales.all():
        disk.each(Message("progress_fill"), _fill_normal(tier, limits))
    of_whales = float(tier.ev[limits.whales].sum())
    return Result(
        mode="out of core",
        assignment=tier.assignment,
        ev=tier.ev.__getitem__,
        whale_objective=of_whales,
        normal_objective=float(tier.ev[~limits.whales].sum()),
        prices=prices,
        certificate=proof,
    )


class _Tier:
    """The state of the whale tier: its assignment, and the working set of candidates."""

    def __init__(self, disk: Disk, limits: Limits) -> None:
        self.disk, self.limits = disk, limits
        self.assignment = np.full(disk.users.count, NONE)
        self.ev = np.zeros(disk.users.count)
        self.working_set: list[Candidates] = []

    def read(self, title: Message, prices: ShadowPrices, width: int) -> Certificate:
        """Read all candidates: certify the assignment, and keep the best pairs at the prices."""
        charges, terms = whale_charges(self.limits, prices), []
        self.working_set = []

        def work(block: Block) -> None:
            whales, streamer = block.of(self.limits.whales), block.of(self.assignment)
            value = evaluate_block(block.pairs, whales, charges, streamer)
            terms.append(value.found)
            block.of(self.ev)[:] = value.ev
            self.working_set.append(
                keep_best_pairs(block.pairs, whales, charges.price, streamer, width)
            )

        self.disk.each(title, work)
        allowed = bool((self.ev > -np.inf).all())
        return certify_blocks(self.assignment, allowed, sum(terms, GapTerms()), prices, self.limits)

    def solve(self, tolerance: float) -> ShadowPrices:
        """Allocate the whales in the working set, and return the prices."""
        pairs = concatenate(self.working_set)
        self.working_set = []
        with self.disk.bar(Message("progress_allocate"), None):
            self.assignment, prices = _solve(pairs, self.limits, tolerance)
        return prices


def _solve(
    pairs: Candidates, limits: Limits, tolerance: float
) -> tuple[NDArray[np.int64], ShadowPrices]:
    problem = Problem(
        pairs, whales=limits.whales, whale_cap=limits.whale_cap, capacity=limits.capacity
    )
    allocation = allocate(problem, fill="none", tolerance=tolerance)
    return allocation.assignment, allocation.shadow_prices


def _sampled_prices(tier: _Tier, width: int) -> ShadowPrices:
    """Return the prices of a sample of the whales that is as large as a working set."""
    disk, limits = tier.disk, tier.limits
    n_pairs = sum(each.n_rows for each in disk.groups)
    n_whales = int(np.count_nonzero(limits.whales))
    whale_pairs = n_pairs * n_whales / disk.users.count
    share = min(1.0, width * n_whales / max(1.0, whale_pairs)) / 2
    samples: list[Candidates] = []
    free, unassigned = np.zeros(disk.streamers.count), np.full(disk.users.count, NONE)
    sample = limits.whales & sample_mask(0, disk.users.count, share)

    def work(block: Block) -> None:
        pairs, width = block.pairs, disk.streamers.count
        samples.append(keep_best_pairs(pairs, block.of(sample), free, block.of(unassigned), width))

    disk.each(Message("progress_sample"), work)
    whale_cap = sample_caps(np.minimum(limits.whale_cap, n_whales), share)
    capacity = sample_caps(np.minimum(limits.capacity, disk.users.count), share)
    sampled = Limits(sample, whale_cap, capacity, np.zeros_like(capacity), np.empty(0), 1)
    return _solve(concatenate(samples), sampled, 1e-4)[1]


def _fill_normal(tier: _Tier, limits: Limits) -> Callable[[Block], None]:
    """Return a function that places a block's normal users, each at its best with room."""
    whales = tier.assignment[tier.assignment != NONE]
    room = limits.capacity - np.bincount(whales, minlength=len(limits.capacity))

    def work(block: Block) -> None:
        streamer, ev = block.of(tier.assignment), block.of(tier.ev)
        normal = np.flatnonzero(~block.of(limits.whales))
        fill_block(block.pairs, normal, room, streamer)
        streamers = streamer[normal]
        ev[normal] = np.where(
            streamers == NONE, 0.0, block.pairs.ev_at(normal, np.maximum(streamers, 0))
        )

    return work


def _width(disk: Disk, limits: Limits, memory: int) -> int:
    """Return the number of candidates that a whale may keep."""
    footprint = Footprint.of(disk)
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
