"""Notes on allocations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from messages import Message
from solver import Algorithm, Allocation

from .fairness import WeighedAllocation, fairness_notes
from .problems import NamedProblem
from .shortage import warn_of_shortage


def collect_notes(
    case: NamedProblem, allocation: Allocation, algorithm: Algorithm, tolerance: float
) -> list[Message]:
    """Return notes on whales without a streamer, on limits that bind, and on the gap.

    A fair allocation has notes on what equality costs instead of the gap and of prices.
    """
    shortage = warn_of_shortage(case, allocation.assignment)
    if isinstance(allocation, WeighedAllocation):
        return [
            *([] if shortage is None else [shortage]),
            *_binding(case, allocation),
            *_penalties(case, allocation),
            *fairness_notes(allocation),
        ]
    return [
        *([] if shortage is None else [shortage]),
        *_binding(case, allocation),
        *_guarantees(case, allocation),
        *_penalties(case, allocation),
        *_optimality(allocation, algorithm, tolerance),
    ]


def _binding(case: NamedProblem, allocation: Allocation) -> Iterator[Message]:
    """Yield notes on whether k binds, and where a slot costs most."""
    problem = case.problem
    if not problem.whales.any():
        yield Message("no_whales")
        return
    if not case.capped:
        return
    caps = np.unique(problem.whale_cap)
    k = Message("k_equal", k=caps[0]) if len(caps) == 1 else Message("k_several")
    demand = allocation.demand
    overfull = np.flatnonzero(demand > problem.whale_cap)
    if not len(overfull):
        yield Message("k_never_binds", k=k, most=demand.max())
        return
    worst = int(overfull[np.argmax((demand - problem.whale_cap)[overfull])])
    yield Message(
        "k_binds",
        k=k,
        streamers=len(overfull),
        most=str(case.streamer_ids[worst]),
        wanted=demand[worst],
    )
    price = allocation.shadow_prices.whale_cap
    if price.any() and not isinstance(allocation, WeighedAllocation):  # of the optimum
        dearest = int(price.argmax())
        yield Message(
            "dearest_whale_slot",
            streamer=str(case.streamer_ids[dearest]),
            price=price[dearest],
        )


def _guarantees(case: NamedProblem, allocation: Allocation) -> Iterator[Message]:
    """Yield the note on the guarantee that costs most."""
    price = allocation.shadow_prices.min_users
    if price is not None and price.any():
        dearest = int(price.argmax())
        yield Message(
            "dearest_guarantee",
            streamer=str(case.streamer_ids[dearest]),
            price=price[dearest],
        )


def _penalties(case: NamedProblem, allocation: Allocation) -> Iterator[Message]:
    """Yield the note on the penalties of whales beyond those without a charge."""
    problem = case.problem
    penalty = problem.limits.whale_penalty
    if not len(penalty) or not problem.whales.any():
        return
    free = int((penalty == 0).sum())  # the first ones: prices never fall
    load = problem.tally(allocation.assignment).whale_load
    paying_whales = int(np.maximum(load - free, 0).sum()) if penalty.any() else 0
    if paying_whales:
        yield Message("penalties_paid", penalty=allocation.penalty, whales=paying_whales, free=free)
    elif not penalty.any():
        yield Message("penalties_all_zero")
    elif free:
        yield Message("penalties_within_free", free=free)
    else:
        yield Message("penalties_no_whale")


def _optimality(
    allocation: Allocation, algorithm: Algorithm, tolerance: float
) -> Iterator[Message]:
    certificate = allocation.certificate
    if certificate.proven_optimal:
        return
    bound = certificate.upper_bound
    percent = 100 * certificate.gap / bound if bound else 0.0
    distance = {"gap": certificate.gap, "percent": percent, "bound": bound}
    if algorithm == "min-cost-flow" and tolerance:
        yield Message("stopped_early", tolerance=tolerance, **distance)
    else:
        yield Message("below_bound", algorithm=algorithm, **distance)
