"""The pipeline from a problem to its allocation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .certificate import Certificate, Scope, certify
from .errors import InputError
from .flow import min_cost_flow
from .greedy import greedy_edges, greedy_fill, greedy_swaps
from .prices import ShadowPrices, least_prices
from .problem import Problem

Algorithm = Literal["min-cost-flow", "greedy-edges", "greedy-swaps"]
Fill = Literal["greedy", "joint", "none"]
Step = Literal["whale_tier", "normal_tier", "certificate"]


@dataclass(frozen=True, eq=False)
class Allocation:
    """For each user a streamer or none, with its value, its prices and its proof.

    Parameters
    ----------
    streamer : (N,) int64
        Position of each user's streamer, -1 for none.
    whale_objective, normal_objective : float
        Total EV of the placed users of each tier, currency units.
    shadow_prices : ShadowPrices
        Of the exact optimum, whichever algorithm made the allocation.
    certificate : Certificate
    demand : (S,) int64
        How many whales would choose each streamer were there no caps.
    """

    streamer: NDArray[np.int64]
    whale_objective: float
    normal_objective: float
    shadow_prices: ShadowPrices
    certificate: Certificate
    demand: NDArray[np.int64]

    @property
    def objective(self) -> float:
        """Total EV of all placed users, currency units."""
        return self.whale_objective + self.normal_objective


def allocate(
    problem: Problem,
    algorithm: Algorithm = "min-cost-flow",
    fill: Fill = "greedy",
    rng: np.random.Generator | None = None,
    on_step: Callable[[Step], None] = lambda _: None,
) -> Allocation:
    """Allocate whales first, at most `whale_cap` to a streamer, then everybody else.

    Parameters
    ----------
    problem : Problem
    algorithm : {"min-cost-flow", "greedy-edges", "greedy-swaps"}
        How the whale tier is allocated. Min-cost flow is exact; the others are the published
        experiment's, for comparison.
    fill : {"greedy", "joint", "none"}
        Normal users: greedily into the capacity left; both tiers at once, at the greatest total
        EV there is; or not at all.
    rng : numpy.random.Generator, optional
        Draws the swaps of greedy-swaps; by default a generator seeded with 0.
    on_step : callable, optional
        Called with the name of each step as it ends: "whale_tier", "normal_tier", "certificate".

    Returns
    -------
    Allocation

    Raises
    ------
    InputError
        On an unknown algorithm or fill, or joint fill by a greedy algorithm.
    """
    _check_choices(algorithm, fill)
    everybody = np.ones(problem.n_users, dtype=np.bool_)
    tier = everybody if fill == "joint" else problem.whales
    scope: Scope = "joint" if fill == "joint" else "whale"

    choice = problem.first_choices(tier)
    if _fits(problem, choice):
        streamer, prices = choice, ShadowPrices.zero(problem.n_streamers)
    else:
        streamer, prices = _exact(problem, tier)
        if algorithm != "min-cost-flow":
            streamer = _greedy(problem, algorithm, rng or np.random.default_rng(0))
    on_step("whale_tier")

    if fill == "greedy":
        streamer = greedy_fill(problem, streamer, ~problem.whales)
    on_step("normal_tier")

    certificate = certify(problem, streamer, prices, scope)
    on_step("certificate")
    return Allocation(
        streamer=streamer,
        whale_objective=_total(problem, streamer, problem.whales),
        normal_objective=_total(problem, streamer, ~problem.whales),
        shadow_prices=prices,
        certificate=certificate,
        demand=_load(problem, choice, problem.whales),
    )


def _exact(problem: Problem, tier: NDArray[np.bool_]) -> tuple[NDArray[np.int64], ShadowPrices]:
    """Return the optimal allocation of the users in the mask and its least prices."""
    pairs = problem.pairs_worth_making(tier)
    caps = problem.whale_cap, problem.capacity
    streamer = min_cost_flow(pairs, problem.whales, *caps)
    return streamer, least_prices(pairs, streamer, problem.whales, *caps)


def _greedy(problem: Problem, algorithm: Algorithm, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the whales' allocation by one of the published experiment's algorithms."""
    pairs = problem.pairs_worth_making(problem.whales)
    streamer = greedy_edges(pairs, problem.whale_cap, problem.capacity)
    return greedy_swaps(problem, streamer, rng) if algorithm == "greedy-swaps" else streamer


def _fits(problem: Problem, streamer: NDArray[np.int64]) -> bool:
    """Return whether no cap is exceeded: then first choices are optimal and all prices 0."""
    everybody = np.ones(problem.n_users, dtype=np.bool_)
    whale_load = _load(problem, streamer, problem.whales)
    load = _load(problem, streamer, everybody)
    return bool((whale_load <= problem.whale_cap).all() and (load <= problem.capacity).all())


def _load(
    problem: Problem, streamer: NDArray[np.int64], users: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return (S,) int64: how many of the users in the mask are at each streamer."""
    return np.bincount(streamer[users & (streamer >= 0)], minlength=problem.n_streamers)


def _total(problem: Problem, streamer: NDArray[np.int64], users: NDArray[np.bool_]) -> float:
    placed = np.flatnonzero(users & (streamer >= 0))
    return float(problem.ev_at(placed, streamer[placed]).sum())


def _check_choices(algorithm: str, fill: str) -> None:
    for name, value, known in (
        ("algorithm", algorithm, get_args(Algorithm)),
        ("fill", fill, get_args(Fill)),
    ):
        if value not in known:
            raise InputError(name, f"Expected {name} as one of {', '.join(known)}; got {value}.")
    if fill == "joint" and algorithm != "min-cost-flow":
        raise InputError(
            "fill", f"Expected algorithm min-cost-flow with fill joint; got {algorithm}."
        )
