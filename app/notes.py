"""What is worth knowing of an allocation, in sentences computed from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from solver import Algorithm, Allocation, Problem


def notes(
    problem: Problem, streamer_ids: Sequence[str], allocation: Allocation, algorithm: Algorithm
) -> list[str]:
    """Return sentences on whether k binds, where, who is left out and what a greedy rule costs."""
    return [
        *_binding(problem, streamer_ids, allocation),
        *_left_out(problem, allocation),
        *_optimality(allocation, algorithm),
    ]


def _binding(
    problem: Problem, streamer_ids: Sequence[str], allocation: Allocation
) -> Iterator[str]:
    """Say whether any streamer is wanted by more whales than its k."""
    if not problem.whales.any():
        yield "There are no whales: nobody is named, or nobody's wealth reaches the threshold."
        return
    caps = np.unique(problem.whale_cap)
    k = f"k = {caps[0]}" if len(caps) == 1 else "k"
    demand = allocation.demand
    over = np.flatnonzero(demand > problem.whale_cap)
    if not len(over):
        yield (
            f"{k} never binds: the largest number of whales that want one streamer is "
            f"{demand.max()}"
        )
        return
    most = int(over[np.argmax((demand - problem.whale_cap)[over])])
    yield (
        f"{k} binds: {_count(len(over), 'streamer')} {'is' if len(over) == 1 else 'are'} wanted by "
        f"more whales than k allows, most of all {streamer_ids[most]}, by {demand[most]}"
    )
    price = allocation.shadow_prices.whale_cap
    if price.any():
        dearest = int(price.argmax())
        yield (
            f"One more whale slot is worth most at {streamer_ids[dearest]}: {price[dearest]:.6g}"
        )


def _left_out(problem: Problem, allocation: Allocation) -> Iterator[str]:
    left_out = int((problem.whales & (allocation.streamer < 0)).sum())
    if left_out:
        yield (
            f"{_count(left_out, 'whale')} {'is' if left_out == 1 else 'are'} unallocated: no "
            "streamer with room takes them at a value of 0 or more"
        )


def _optimality(allocation: Allocation, algorithm: Algorithm) -> Iterator[str]:
    certificate = allocation.certificate
    if certificate.proven_optimal:
        return
    bound = certificate.upper_bound
    share = 100 * certificate.gap / bound if bound else 0.0
    yield (
        f"{algorithm} is {certificate.gap:.6g} ({share:.3g} %) below the upper bound of {bound:.6g}"
    )


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
