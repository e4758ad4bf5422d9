"""The pipeline from a problem to its allocation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .candidates import Candidates
from .certificate import Certificate, Scope, certify
from .errors import InputError
from .flow import min_cost_flow
from .greedy import greedy_edges, greedy_fill, greedy_swaps
from .joint import joint_transport
from .prices import ShadowPrices, least_prices
from .problem import Problem
from .transport import transport

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
    demand, load = problem.loads(choice)
    if (demand <= problem.whale_cap).all() and (load <= problem.capacity).all():
        streamer, prices = choice, ShadowPrices.zero(problem.n_streamers)
    else:
        streamer, prices = _exact(problem, fill == "joint")
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
        whale_objective=problem.total_ev(streamer, problem.whales),
        normal_objective=problem.total_ev(streamer, ~problem.whales),
        shadow_prices=prices,
        certificate=certificate,
        demand=demand,
    )


def _exact(problem: Problem, joint: bool) -> tuple[NDArray[np.int64], ShadowPrices]:
    """Return the optimal allocation of the whales, or of everybody, and its least prices."""
    ev, favourites = problem.ev, problem.favourites
    if isinstance(ev, Candidates) or favourites is None:
        return _exact_sparse(problem, joint)
    caps = problem.whale_cap, problem.capacity
    if joint:
        return joint_transport(ev, favourites, problem.whales, *caps)
    streamer = np.full(problem.n_users, -1, dtype=np.int64)
    rows = np.flatnonzero(problem.whales)
    if len(rows) < problem.n_users:
        ev, favourites = ev[rows], favourites.of(rows)
    streamer[rows], price = transport(ev, favourites, np.minimum(*caps))
    gated = problem.whale_cap <= problem.capacity
    return streamer, ShadowPrices(np.where(gated, price, 0.0), np.where(gated, 0.0, price))


def _exact_sparse(problem: Problem, joint: bool) -> tuple[NDArray[np.int64], ShadowPrices]:
    everybody = np.ones(problem.n_users, dtype=np.bool_)
    pairs = problem.pairs_worth_making(everybody if joint else problem.whales)
    caps = problem.whale_cap, problem.capacity
    streamer = min_cost_flow(pairs, problem.whales, *caps)
    return streamer, least_prices(pairs, streamer, problem.whales, *caps)


def _greedy(problem: Problem, algorithm: Algorithm, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the whales' allocation by one of the published experiment's algorithms."""
    pairs = problem.pairs_worth_making(problem.whales)
    streamer = greedy_edges(pairs, problem.whale_cap, problem.capacity)
    return greedy_swaps(problem, streamer, rng) if algorithm == "greedy-swaps" else streamer


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
