"""Everybody one at a time, where little revenue has been placed so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Self

import numpy as np
from annotated_types import Ge, Gt, Le
from numpy.typing import NDArray

from simulator.settings import LARGEST, check
from simulator.world.shortlists import NONE
from solver.kernels import njit

from .base import CappedPolicy, PolicySettings, policy
from .round_view import OVERFLOW_STREAMER, RoundView

Alpha = Annotated[float, Ge(0), Le(10)]
"""How much equality counts; 0 for not at all."""

Offset = Annotated[float, Gt(0), Le(1e6)]
"""Revenue, as a share of the mean, that is added to that of every streamer."""

Horizon = Annotated[int, Ge(0), Le(LARGEST)]
"""Rounds; 0 for none."""

DAMPING = 5.0
"""How much lower the power is at first: 1 / (1 + DAMPING · α) of that at the horizon.

By measurement; half or twice as much makes little difference."""

ROUNDING = 1 + 1e-12
"""Beyond what a power is off by rounding."""


@policy(
    "fair-online",
    grid=("alpha",),
    chain={"capacity": "capacity-greedy", "priority": "fair-online", "fairness": "fair-online"},
)
@dataclass(frozen=True)
class FairOnline(CappedPolicy):
    """Everybody, the richest first, to the streamer with room of the greatest weighted EV.

    The weight of a streamer falls as it is given more::

        w_s = (R_s + δ · mean R + revenue still to come)^(-α / (1 + 5 α · share of rounds left))

    with R_s the EV placed at s, in all earlier rounds and so far in this one. Every placement
    changes the weights. Constant factors do not matter; at the `horizon`, and without one, this is
    (R_s / mean R + δ)^(-α).

    What is to come, to each streamer in the rounds left until the horizon, is the mean of the
    rounds so far: early inequality is small beside it, and hardly corrected, as most of it evens
    out by itself. The power grows towards the end, where a correction is not undone by chance: as
    the gain of the linear control that has the least quadratic cost, which is 1 / (time left +
    constant). For the same equality at the end, both cost less revenue than looking back alone.

    As the greedy rule for a concave welfare of revenues: A. L. Stolyar, "On the asymptotic
    optimality of the gradient scheduling algorithm for multiuser throughput allocation",
    Operations Research 53(1), 2005. The welfare is the α-fair one of J. Mo and J. Walrand, "Fair
    end-to-end window-based congestion control", IEEE/ACM Transactions on Networking 8(5), 2000.

    Parameters
    ----------
    k : int or None
        Whale cap; None without one. Whales whom no streamer can take stay unallocated.
    alpha : float
        How much equality counts in the end, ≥ 0; 0 is greedy within capacities.
    offset : float
        δ, > 0: how much a streamer without revenue differs from others.
    horizon : int
        Rounds until which revenues are to be equal; 0 to look back alone.
    richest_first : bool
        Whether users of a round are placed by wealth; else in the order in which they come.

    Raises
    ------
    solver.InputError
        With the field at fault.

    Examples
    --------
    >>> import numpy as np
    >>> from simulator.policies import FairOnline
    >>> from whale_matching import CommonDraws, WorldConfig, draw_world, replay_policy
    >>> world = draw_world(WorldConfig(n_users=200, n_streamers=10), np.random.default_rng(42))
    >>> draws = CommonDraws.of_seed(42, n_users=200, rounds=20, users_per_round=20)
    >>> for alpha in (0, 0.1, 1):
    ...     replay = replay_policy(world, FairOnline(alpha=alpha, horizon=20), draws, rounds=20)
    ...     placed = np.bincount(replay.streamers, replay.expected)
    ...     print(f"{placed.sum():.0f} in all, {placed.min():.0f} to {placed.max():.0f}")
    1436 in all, 46 to 326
    1430 in all, 63 to 294
    1403 in all, 95 to 238
    """

    k: int | None = None
    alpha: Alpha = 0.1
    offset: Offset = 0.1
    horizon: Horizon = 0
    richest_first: bool = True
    _revenue: list[NDArray[np.float64]] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        check("alpha", self.alpha, Alpha)
        check("offset", self.offset, Offset)
        check("horizon", self.horizon, Horizon)

    @classmethod
    def build(cls, settings: PolicySettings) -> Self:
        """Return the policy of one replay."""
        return cls(
            None,
            settings.whale_share,
            settings.alpha,
            settings.fairness_offset,
            settings.fairness_horizon,
        )

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Place users one by one, by weights that follow what is placed."""
        order = np.arange(len(view.users))
        if self.richest_first:
            order = np.argsort(-view.world.log_wealth[view.users], kind="stable")
        whales = view.whales(self.whale_share) & (self.k is not None)
        assignment = np.full(len(order), NONE)
        if self.alpha == 0:  # as below, without computing all EVs
            in_order = replace(view, users=view.users[order])
            assignment[order] = in_order.fill(whales=whales[order], whale_cap=self.k)
            return assignment
        if view.round_index == 0:
            self._revenue[:] = [np.zeros(view.world.n_streamers)]
        (revenue,) = self._revenue
        rounds_left = max(0, self.horizon - view.round_index - 1)
        power = self.alpha / (1 + DAMPING * self.alpha * rounds_left / max(1, self.horizon))
        _place_by_weight(
            view.ev,
            order,
            whales,
            view.limit(self.k),
            view.world.capacity,
            self._expect(view, float(revenue.sum()), rounds_left),
            self.offset,
            power,
            OVERFLOW_STREAMER,
            revenue,
            assignment,
        )
        return assignment

    def _expect(self, view: RoundView, placed: float, rounds_left: int) -> float:
        """Return the revenue that a streamer may expect in the rounds left.

        This round counts with what everybody's first choice is worth.
        """
        so_far = placed + float(view.ev.max(axis=1).sum())
        return so_far / (view.round_index + 1) * rounds_left / view.world.n_streamers


@njit(cache=True)
def _place_by_weight(  # type: ignore[no-untyped-def]
    ev, order, whales, whale_cap, capacity, to_come, offset, power, overflow, revenue, assignment
):
    """Place users one by one at the streamer with room of the greatest weighted EV.

    Within a round no weight rises: each is kept with the streamer and computed anew only where EV
    times the old one is not below the best of the others. So a user takes a look at every streamer,
    but only a few powers.

    Parameters
    ----------
    ev : (n, S) float64
        At least 0.
    order : (n,) int64
        Positions of users, first to last.
    whales : (n,) bool
        Who is under the whale cap, and has nobody where there is no room.
    whale_cap : int
    capacity : (S,) int64
    to_come, offset, power : float
        See `FairOnline`.
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
    most_weight = np.full(n_streamers, np.inf)
    total = revenue.sum()
    for i in order:
        tier = int(whales[i])
        level = offset * total / n_streamers + to_come
        choice, most = NONE, -np.inf
        for s in range(n_streamers):
            if min(room[0, s], room[tier, s]) < 1 or most_weight[s] * ev[i, s] < most:
                continue
            weight = 1.0
            if level > 0:
                weight = (revenue[s] + level) ** -power
                most_weight[s] = weight * ROUNDING
            if weight * ev[i, s] > most:
                choice, most = s, weight * ev[i, s]
        if choice == NONE and not whales[i]:
            choice = overflow
        assignment[i] = choice
        if choice != NONE:
            room[0, choice] -= 1
            room[1, choice] -= tier
            revenue[choice] += ev[i, choice]
            total += ev[i, choice]
