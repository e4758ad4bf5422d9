"""Notes on an allocation: messages computed from it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from messages import Message
from solver import Algorithm, Allocation

from .problems import NamedProblem
from .shortage import warn_of_shortage


def collect_notes(
    named: NamedProblem, allocation: Allocation, algorithm: Algorithm, tolerance: float
) -> list[Message]:
    """Return notes: whales without a streamer, limits that bind, how far the optimum is."""
    shortage = warn_of_shortage(named, allocation.assignment)
    return [
        *([] if shortage is None else [shortage]),
        *_binding(named, allocation),
        *_guarantees(named, allocation),
        *_penalties(named, allocation),
        *_optimality(allocation, algorithm, tolerance),
    ]


def _binding(named: NamedProblem, allocation: Allocation) -> Iterator[Message]:
    """Yield whether any streamer is wanted by more whales than its k."""
    problem = named.problem
    if not problem.whales.any():
        yield Message("no_whales")
        return
    if not named.capped:
        return
    caps = np.unique(problem.whale_cap)
    k = Message("k_equal", k=caps[0]) if len(caps) == 1 else Message("k_several")
    demand = allocation.demand
    over = np.flatnonzero(demand > problem.whale_cap)
    if not len(over):
        yield Message("k_never_binds", k=k, most=demand.max())
        return
    most = int(over[np.argmax((demand - problem.whale_cap)[over])])
    yield Message(
        "k_binds",
        k=k,
        streamers=len(over),
        most=str(named.streamer_ids[most]),
        wanted=demand[most],
    )
    price = allocation.shadow_prices.whale_cap
    if price.any():
        dearest = int(price.argmax())
        yield Message(
            "dearest_whale_slot",
            streamer=str(named.streamer_ids[dearest]),
            price=price[dearest],
        )


def _guarantees(named: NamedProblem, allocation: Allocation) -> Iterator[Message]:
    """Yield which guarantee costs most."""
    price = allocation.shadow_prices.min_users
    if price is not None and price.any():
        dearest = int(price.argmax())
        yield Message(
            "dearest_guarantee",
            streamer=str(named.streamer_ids[dearest]),
            price=price[dearest],
        )


def _penalties(named: NamedProblem, allocation: Allocation) -> Iterator[Message]:
    """Yield what whales pay beyond those that a streamer takes free of charge."""
    problem = named.problem
    penalty = problem.limits.whale_penalty
    if not len(penalty) or not problem.whales.any():
        return
    free = int((penalty == 0).sum())  # the first ones: prices never fall
    load = problem.tally(allocation.assignment).whale_load
    paying = int(np.maximum(load - free, 0).sum()) if penalty.any() else 0
    if paying:
        yield Message("penalties_paid", penalty=allocation.penalty, whales=paying, free=free)
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
