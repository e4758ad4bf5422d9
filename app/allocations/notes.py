"""What is worth knowing of an allocation, in sentences computed from it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from app.words import count
from solver import Algorithm, Allocation

from .problems import NamedProblem
from .shortage import warning


def notes(
    named: NamedProblem, allocation: Allocation, algorithm: Algorithm, tolerance: float
) -> list[str]:
    """Return sentences: whales without a streamer, limits that bind, how far the optimum is."""
    shortage = warning(named, allocation.assignment)
    return [
        *([] if shortage is None else [shortage]),
        *_binding(named, allocation),
        *_guarantees(named, allocation),
        *_penalties(named, allocation),
        *_optimality(allocation, algorithm, tolerance),
    ]


def _binding(named: NamedProblem, allocation: Allocation) -> Iterator[str]:
    """Say whether any streamer is wanted by more whales than its k."""
    problem = named.problem
    if not problem.whales.any():
        yield "There are no whales: nobody is named, or nobody's wealth reaches the threshold."
        return
    if not named.capped:
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
        f"{k} binds: {count(len(over), 'streamer')} {'is' if len(over) == 1 else 'are'} wanted by "
        f"more whales than k allows, most of all {named.streamer_ids[most]}, by {demand[most]}"
    )
    price = allocation.shadow_prices.whale_cap
    if price.any():
        dearest = int(price.argmax())
        yield (
            f"One more whale slot is worth most at {named.streamer_ids[dearest]}: "
            f"{price[dearest]:.6g}"
        )


def _guarantees(named: NamedProblem, allocation: Allocation) -> Iterator[str]:
    """Say which guarantee costs most."""
    price = allocation.shadow_prices.min_users
    if price is not None and price.any():
        dearest = int(price.argmax())
        yield (
            f"A guarantee costs most at {named.streamer_ids[dearest]}: one guaranteed user less "
            f"would add {price[dearest]:.6g}"
        )


def _penalties(named: NamedProblem, allocation: Allocation) -> Iterator[str]:
    """Say what whales pay beyond those that a streamer takes free of charge."""
    problem = named.problem
    penalty = problem.limits.whale_penalty
    if not len(penalty) or not problem.whales.any():
        return
    free = int((penalty == 0).sum())  # the first ones: prices never fall
    load = problem.tally(allocation.assignment).whale_load
    paying = int(np.maximum(load - free, 0).sum()) if penalty.any() else 0
    if paying:
        beyond = f" beyond a streamer's first{f' {free}' if free > 1 else ''}" if free else ""
        yield f"Penalties come to {allocation.penalty:.6g}, for {count(paying, 'whale')}{beyond}"
    elif not penalty.any():
        yield "No penalty is paid: every price in whale_penalty that whales can reach is 0"
    elif free:
        yield f"No penalty is paid: no streamer has more than {count(free, 'whale')}"
    else:
        yield "No penalty is paid: no whale is allocated"


def _optimality(allocation: Allocation, algorithm: Algorithm, tolerance: float) -> Iterator[str]:
    certificate = allocation.certificate
    if certificate.proven_optimal:
        return
    bound = certificate.upper_bound
    share = 100 * certificate.gap / bound if bound else 0.0
    short = f"{certificate.gap:.6g} ({share:.3g} %) below the upper bound of {bound:.6g}"
    if algorithm == "min-cost-flow" and tolerance:
        yield f"tolerance = {tolerance:g} stopped early: the allocation is {short}"
    else:
        yield f"{algorithm} is {short}"
