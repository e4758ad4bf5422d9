"""Everybody by the weights and prices of a fair allocation of all who are still to come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Self

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from simulator.settings import Count, check
from simulator.world.listed_pairs import listed_candidates
from simulator.world.shortlists import NONE
from solver import FairWeights, Problem, fair_weights
from solver.kernels import njit

from .base import CappedPolicy, PolicySettings, policy
from .fair_online import Horizon
from .round_view import OVERFLOW_STREAMER, RoundView

Theta = Annotated[float, Ge(0), Le(1)]
"""How much equality counts; 0 for not at all."""

GAIN = 0.05
"""How far a weight falls when a streamer is ahead of the plan by as much as a mean streamer is to
be given in all rounds left.

By measurement; half or twice as much makes little difference."""

LARGEST_BASE = 1e15
"""Revenue, currency units: the solver's largest."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What the rounds ahead are to bring to each streamer.

    Parameters
    ----------
    fair : FairWeights
    price : (2, S) float64
        Of a place for a normal user and for a whale, at weighted EVs, currency units.
    placed : (S,) float64
        EV placed at each streamer before the first round of the plan.
    per_round : (S,) float64
        EV that a round is to add.
    first, end : int
        The first round of the plan, and the one after its last.
    """

    fair: FairWeights
    price: NDArray[np.float64]
    placed: NDArray[np.float64]
    per_round: NDArray[np.float64]
    first: int
    end: int

    def due(self, round_index: int) -> NDArray[np.float64]:
        """Return the EV that each streamer is to have in the middle of a round, (S,) float64."""
        return self.placed + (round_index - self.first + 0.5) * self.per_round

    def gain(self, round_index: int) -> float:
        """Return how much a weight falls for each currency unit that a streamer is ahead."""
        left = max(1, self.end - round_index)
        mean = float(self.per_round.mean())
        return GAIN / (mean * left) if mean > 0 else 0.0


@policy(
    "fair-horizon",
    grid=("theta",),
    chain={
        "capacity": "capacity-greedy",
        "priority": "fair-horizon",
        "fairness": "fair-horizon",
    },
)
@dataclass(frozen=True)
class FairHorizon(CappedPolicy):
    """Everybody, the richest first, by weights and prices of a fair allocation of the future.

    Every few rounds, the welfare T (1 - θ G) of what is placed when the horizon is reached is
    maximised (`solver.fair_weights`): of the revenue so far, and of all users of the population,
    each of whom comes a fraction of a time in each round left. The result is a weight ω_s of each
    streamer, a price of its places, and what it is to be given in a round. Users go where there is
    room and ω_s EV less the price is greatest.

    Who comes is chance, so that a streamer gets ahead of the plan or behind it. Between two
    solutions, its weight falls or rises by that, divided by the rounds left and by what a mean
    streamer is given in a round: the nearer the end, the less evens out by itself. No weight leaves
    the range that θ gives.

    Parameters
    ----------
    k : int or None
        Whale cap; None without one. Whales whom no streamer can take stay unallocated.
    theta : float
        How much equality counts, from 0 to 1; 0 is greedy within capacities.
    horizon : int
        Rounds until which revenues are to be equal. From there on, and with 0, a solution looks
        ahead to the next one.
    every : int
        Rounds from one solution to the next, ≥ 1.

    Raises
    ------
    solver.InputError
        With the field at fault.

    Examples
    --------
    >>> import numpy as np
    >>> from simulator.policies import FairHorizon
    >>> from whale_matching import CommonDraws, WorldConfig, draw_world, replay_policy
    >>> world = draw_world(WorldConfig(n_users=200, n_streamers=10), np.random.default_rng(42))
    >>> draws = CommonDraws.of_seed(42, n_users=200, rounds=20, users_per_round=20)
    >>> for theta in (0, 0.1, 0.3):
    ...     replay = replay_policy(world, FairHorizon(theta=theta, horizon=20), draws, rounds=20)
    ...     placed = np.bincount(replay.streamers, replay.expected)
    ...     print(f"{placed.sum():.0f} in all, {placed.min():.0f} to {placed.max():.0f}")
    1436 in all, 46 to 326
    1425 in all, 68 to 275
    1368 in all, 61 to 213
    """

    k: int | None = None
    theta: Theta = 0.1
    horizon: Horizon = 0
    every: Count = 10
    _revenue: list[NDArray[np.float64]] = field(default_factory=list, repr=False, compare=False)
    _plan: list[Plan] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        check("theta", self.theta, Theta)
        check("horizon", self.horizon, Horizon)
        check("every", self.every, Count)

    @classmethod
    def build(cls, settings: PolicySettings) -> Self:
        """Return the policy of one replay."""
        return cls(
            None,
            settings.whale_share,
            settings.theta,
            settings.fairness_horizon,
            settings.fairness_every,
        )

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Place users one by one, by weights that follow the plan."""
        order = np.argsort(-view.world.log_wealth[view.users], kind="stable")
        whales = view.whales(self.whale_share) & (self.k is not None)
        assignment = np.full(len(order), NONE)
        if self.theta == 0:
            in_order = replace(view, users=view.users[order])
            assignment[order] = in_order.fill(whales=whales[order], whale_cap=self.k)
            return assignment
        if view.round_index == 0:
            self._revenue[:] = [np.zeros(view.world.n_streamers)]
            self._plan.clear()
        if view.round_index % self.every == 0:
            self._plan[:] = [self._solve(view)]
        (revenue,), (plan,) = self._revenue, self._plan
        spread = self.theta * (1 - 1 / view.world.n_streamers)
        _place_by_plan(
            view.ev,
            order,
            whales,
            view.limit(self.k),
            view.world.capacity,
            plan.fair.weights,
            plan.price,
            plan.due(view.round_index),
            plan.gain(view.round_index),
            (1 - spread, 1 + spread),
            OVERFLOW_STREAMER,
            revenue,
            assignment,
        )
        return assignment

    def _solve(self, view: RoundView) -> Plan:
        """Return the plan of the rounds from this one to the horizon.

        The problem has each user once. With n of N users a round and L rounds left, that is N / (n
        L) of what is to come: so are the capacities of all these rounds, and what was placed so
        far. The welfare does not depend on the unit.
        """
        world, (revenue,) = view.world, self._revenue
        first, n_users = view.round_index, len(view.users)
        end = self.horizon if self.horizon > first else first + self.every
        per_round = world.n_users / n_users
        share = per_round / (end - first)
        whales, whale_cap = None, world.n_users
        if self.k is not None:
            whales = world.whales(self.whale_share)
            whale_cap = int(np.rint(self.k * per_round))
        problem = Problem(
            listed_candidates(world, view.big_gifts),
            whales=whales,
            whale_cap=whale_cap,
            capacity=np.maximum(1, np.rint(world.capacity * per_round)).astype(np.int64),
        )
        base = np.minimum(revenue * share, LARGEST_BASE)
        before = self._plan[0].fair if self._plan else None
        fair = fair_weights(problem, self.theta, base=base, start=before)
        of_normal = fair.prices.slot_price if self.k is not None else fair.prices.whale_price
        price = np.stack([of_normal, fair.prices.whale_price])
        return Plan(fair, price, revenue.copy(), fair.revenue / per_round, first, end)


@njit(cache=True)
def _place_by_plan(  # type: ignore[no-untyped-def]
    ev, order, whales, whale_cap, capacity, weights, price, due, gain, allowed, overflow, revenue,
    assignment,
):  # fmt: skip
    """Place users one by one at the streamer with room of the greatest weighted EV less price.

    Parameters
    ----------
    ev : (n, S) float64
    order : (n,) int64
        Positions of users, first to last.
    whales : (n,) bool
        Who is under the whale cap, and has nobody where there is no room.
    whale_cap : int
    capacity : (S,) int64
    weights : (S,) float64
        Of streamers that have what is due.
    price : (2, S) float64
        For normal users and for whales.
    due : (S,) float64
        EV that streamers are to have.
    gain : float
        How much a weight falls for each unit beyond that.
    allowed : (float, float)
        Least and greatest weight.
    overflow : int
        Where users who are no whales go when nobody has room.
    revenue : (S,) float64
        EV placed at each streamer so far. Written: with this round's.
    assignment : (n,) int64
        Written.
    """
    n_streamers = len(capacity)
    room = np.empty((2, n_streamers), np.int64)
    room[0], room[1] = capacity, whale_cap
    least, most = allowed
    weight = np.empty(n_streamers)
    for s in range(n_streamers):
        weight[s] = min(most, max(least, weights[s] - gain * (revenue[s] - due[s])))
    for i in order:
        tier = int(whales[i])
        choice, best = NONE, -np.inf
        for s in range(n_streamers):
            if min(room[0, s], room[tier, s]) > 0:
                profit = weight[s] * ev[i, s] - price[tier, s]
                if profit > best:
                    choice, best = s, profit
        if choice == NONE and not whales[i]:
            choice = overflow
        assignment[i] = choice
        if choice != NONE:
            room[0, choice] -= 1
            room[1, choice] -= tier
            revenue[choice] += ev[i, choice]
            ahead = revenue[choice] - due[choice]
            weight[choice] = min(most, max(least, weights[choice] - gain * ahead))
