"""Tasks of workers on their partitions: pure functions, so that lost results can be recomputed."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.batch.parquet.destination import Destination
from app.batch.parquet.results import Outcome, write_partition
from app.batch.parquet.sides import Side
from solver import Candidates, ShadowPrices
from solver.duality import Charges, GapTerms
from solver.model import NONE
from solver.scale import (
    Counts,
    Demand,
    Prices,
    allocate_within_quota,
    compute_demand,
    compute_quota,
    evaluate_block,
    fill_block,
    keep_best_pairs,
    sample_mask,
)

from .shares import Part


class Signal(NamedTuple):
    """Prices sent to all partitions, (S,) float64, and how far each may move."""

    price: Prices
    reach: Prices


class Verdict(NamedTuple):
    """Value, loads and gap terms of an allocation; verdicts of partitions can be added.

    Parameters
    ----------
    found : GapTerms
        The whales' value, and what they would gain elsewhere at the prices.
    whale_objective, normal_objective : float
        Currency units; -inf where a pair is forbidden.
    whale_load, load : (S,) int64
    whales, normal : int
        Number of allocated users of each tier.
    """

    found: GapTerms
    whale_objective: float
    normal_objective: float
    whale_load: Counts
    load: Counts
    whales: int
    normal: int

    def __add__(self, other: object) -> Verdict:
        if not isinstance(other, Verdict):
            return NotImplemented
        return Verdict(*map(add, self, other))


class Filled(NamedTuple):
    """The assignment of all users, (n,) int64, and each streamer's remaining room, (S,) int64."""

    assignment: Counts
    room: Counts


def pass_through(value: Any) -> Any:
    """Return a value. As the result of a task, it can be recomputed if its worker is lost."""
    return value


def add_all(parts: list[Any]) -> Any:
    """Return the sum of the results of partitions."""
    return reduce(add, parts)


def sample_whales(part: Part, share: float) -> Candidates:
    """Return the candidates of a partition's sampled whales."""
    chosen = part.whales & sample_mask(part.users.first, len(part.whales), share)
    return part.pairs.select_users(np.flatnonzero(chosen))


def best_candidates(part: Part, assignment: Counts, charged: Prices, width: int) -> Candidates:
    """Return the best candidates of a partition's whales at prices, and their current pairs."""
    best = keep_best_pairs(part.pairs, part.whales, charged, assignment, width)
    return best.select_users(np.flatnonzero(part.whales))


def assign_whales(part: Part, streamers: NDArray[np.int32]) -> Counts:
    """Return the assignment of all users of a partition, given each whale's streamer."""
    assignment = np.full(len(part.whales), NONE)
    assignment[part.whales] = streamers
    return assignment


def compute_part_demand(part: Part, signal: Signal) -> Demand:
    """Return the demand of a partition's whales."""
    return compute_demand(part.pairs, part.whales, *signal)


def whale_loads(demand: Demand) -> Counts:
    """Return the number of whales that demand each streamer."""
    return demand.load


def place_whales(
    part: Part,
    cap: Counts,
    before: Counts,
    own: Counts,
    total: Demand,
    price: Prices,
    tolerance: float,
) -> Counts:
    """Return the assignment of a partition's whales within its share of the caps."""
    quota = compute_quota(cap, before, own, total.load, part.partition)
    return allocate_within_quota(part.pairs, part.whales, quota, price, tolerance)


def fill_normal(part: Part, assignment: Counts, room: Counts) -> Filled:
    """Place normal users in order, each at its best streamer that has room."""
    assignment, room = assignment.copy(), room.copy()
    fill_block(part.pairs, np.flatnonzero(~part.whales), room, assignment)
    return Filled(assignment, room)


def remaining_room(filled: Filled) -> Counts:
    """Return each streamer's remaining room."""
    return filled.room


def assignment_of(filled: Filled) -> Counts:
    """Return the assignment of all users."""
    return filled.assignment


def evaluate_partition(part: Part, assignment: Counts, charged: Prices) -> Verdict:
    """Return the verdict of a partition on an allocation at prices of whales' slots."""
    pairs, whales = part.pairs, part.whales
    of_whales = np.where(whales, assignment, NONE)
    whale = evaluate_block(pairs, whales, Charges.single(charged), of_whales)
    free = Charges.single(np.zeros(part.n_streamers))
    normal = evaluate_block(pairs, ~whales, free, np.where(whales, NONE, assignment))
    allocated = assignment != NONE
    return Verdict(
        found=whale.found,
        whale_objective=float(whale.ev.sum()),
        normal_objective=float(normal.ev.sum()),
        whale_load=np.bincount(assignment[allocated & whales], minlength=part.n_streamers),
        load=np.bincount(assignment[allocated], minlength=part.n_streamers),
        whales=int(np.count_nonzero(allocated & whales)),
        normal=int(np.count_nonzero(allocated & ~whales)),
    )


def write_partition_of(
    part: Part, assignment: Counts, streamers: Side, prices: ShadowPrices, destination: Destination
) -> dict[str, Any]:
    """Write a partition of the result, completely or not at all; return its manifest entry."""
    users = np.arange(len(assignment))
    ev: NDArray[np.float64] = part.pairs.ev_at(users, assignment)
    outcome = Outcome(0, assignment, ev, part.whales)
    return write_partition(
        destination, part.partition.index, outcome, part.users, streamers, prices
    )
