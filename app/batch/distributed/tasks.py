"""What workers do with their partitions: pure functions, whose results can be made again."""

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
    """What goes out to all partitions: prices, (S,) float64, and how far each may move."""

    price: Prices
    reach: Prices


class Verdict(NamedTuple):
    """What the data say of an allocation; verdicts of partitions add up.

    Parameters
    ----------
    found : GapTerms
        What the whales have, and what they would gain elsewhere at the prices.
    whale_objective, normal_objective : float
        Currency units; -inf where a pair is forbidden.
    whale_load, load : (S,) int64
    whales, normal : int
        How many of either are allocated.
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
    """Where everybody is, (n,) int64, and the room that is left at each streamer, (S,) int64."""

    streamer: Counts
    room: Counts


def pass_through(value: Any) -> Any:
    """Return a value: a task that holds it can be done again wherever it was lost."""
    return value


def add_all(parts: list[Any]) -> Any:
    """Return the sum of what some partitions say."""
    return reduce(add, parts)


def sample_of(part: Part, share: float) -> Candidates:
    """Return the candidates of the whales of a partition that belong to a sample."""
    chosen = part.whales & sample_mask(part.users.first, len(part.whales), share)
    return part.pairs.select_users(np.flatnonzero(chosen))


def best_of(part: Part, streamer: Counts, charged: Prices, width: int) -> Candidates:
    """Return the best candidates of a partition's whales at prices, and those that they have."""
    kept = keep_best_pairs(part.pairs, part.whales, charged, streamer, width)
    return kept.select_users(np.flatnonzero(part.whales))


def assign_whales(part: Part, assigned: NDArray[np.int32]) -> Counts:
    """Return where everybody is, given where each whale is."""
    streamer = np.full(len(part.whales), NONE)
    streamer[part.whales] = assigned
    return streamer


def compute_part_demand(part: Part, signal: Signal) -> Demand:
    """Return the demand of a partition's whales."""
    return compute_demand(part.pairs, part.whales, *signal)


def whale_loads(demand: Demand) -> Counts:
    """Return how many whales demand each streamer."""
    return demand.load


def place_whales(
    part: Part,
    cap: Counts,
    before: Counts,
    own: Counts,
    everybody: Demand,
    price: Prices,
    tolerance: float,
) -> Counts:
    """Return where a partition's whales are, within its share of the caps."""
    share = compute_quota(cap, before, own, everybody.load, part.partition)
    return allocate_within_quota(part.pairs, part.whales, share, price, tolerance)


def fill_normal(part: Part, streamer: Counts, room: Counts) -> Filled:
    """Place normal users in order, each at its best with room, after the partitions before."""
    streamer, room = streamer.copy(), room.copy()
    fill_block(part.pairs, np.flatnonzero(~part.whales), room, streamer)
    return Filled(streamer, room)


def remaining_room(filled: Filled) -> Counts:
    """Return the room that is left."""
    return filled.room


def streamer_of(filled: Filled) -> Counts:
    """Return where everybody is."""
    return filled.streamer


def evaluate_partition(part: Part, streamer: Counts, charged: Prices) -> Verdict:
    """Return what a partition's data say of an allocation at prices of whales' slots."""
    pairs, whales = part.pairs, part.whales
    whale = evaluate_block(pairs, whales, Charges.single(charged), np.where(whales, streamer, NONE))
    free = Charges.single(np.zeros(part.n_streamers))
    normal = evaluate_block(pairs, ~whales, free, np.where(whales, NONE, streamer))
    there = streamer != NONE
    return Verdict(
        found=whale.found,
        whale_objective=float(whale.ev.sum()),
        normal_objective=float(normal.ev.sum()),
        whale_load=np.bincount(streamer[there & whales], minlength=part.n_streamers),
        load=np.bincount(streamer[there], minlength=part.n_streamers),
        whales=int(np.count_nonzero(there & whales)),
        normal=int(np.count_nonzero(there & ~whales)),
    )


def write_partition_of(
    part: Part, streamer: Counts, streamers: Side, prices: ShadowPrices, destination: Destination
) -> dict[str, Any]:
    """Write a partition of the result, whole or not at all; return the manifest's entry of it."""
    users = np.arange(len(streamer))
    ev: NDArray[np.float64] = part.pairs.ev_at(users, streamer)
    outcome = Outcome(0, streamer, ev, part.whales)
    return write_partition(
        destination, part.partition.index, outcome, part.users, streamers, prices
    )
