"""Policies: rules from the users of a round to streamers. They draw nothing from the world.

A policy is one small class: who counts as a whale, the most whales it lets a streamer have, and a
method that returns a streamer for every user of a round::

    @dataclass(frozen=True)
    class NewcomersFirst:
        whale_share: float = 0.01
        whale_cap: int | None = None

        def place(self, offers: Offers) -> NDArray[np.int64]:
            ev = np.where(offers.world.new, offers.ev, 0.5 * offers.ev)
            return ev.argmax(axis=1)

    replay(world, NewcomersFirst(), draws, rounds=50)
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from solver import Algorithm, Problem, ShadowPrices, allocate
from solver.kernels import njit

from .offers import Offers, overflow
from .shortlists import NONE

GUARANTEED_SHARE = 0.25
"""Most users of a round that an exposure guarantee takes, as a share of the normal ones."""


class Policy(Protocol):
    """A rule from the offers of a round to a placement."""

    @property
    def whale_share(self) -> float:
        """Which users the whale figures count: this share of the population, by wealth."""

    @property
    def whale_cap(self) -> int | None:
        """Most whales a streamer takes; None without a cap."""

    def place(self, offers: Offers) -> NDArray[np.int64]:
        """Return each user's streamer, (n,) int64, -1 for none."""


@dataclass(frozen=True)
class Greedy:
    """Everybody to the streamer of the highest EV, without any cap: the baseline.

    Parameters
    ----------
    whale_share : float
        It changes nothing in the placement, here and in all policies without a whale cap.
    """

    whale_share: float = 0.01
    whale_cap: ClassVar[None] = None

    def place(self, offers: Offers) -> NDArray[np.int64]:
        """Place every user at its best streamer."""
        return offers.best


@dataclass(frozen=True)
class Tiered:
    """Whales first, at most `k` to a streamer; then everybody else into the capacity left.

    A whale whom no streamer can take stays unallocated. Normal users go in round order to the best
    streamer that has capacity left, and to `OVERFLOW_STREAMER` when none has any, as published.

    Parameters
    ----------
    k : int
        Whale cap.
    whale_share : float
        Share of the whole population, by wealth, that makes a whale.
    algorithm : {"min-cost-flow", "greedy-edges", "greedy-swaps"}
        How the whale tier is allocated.
    rng : numpy.random.Generator
        Draws the swaps of greedy-swaps. Never the world's own generator.
    """

    k: int
    whale_share: float = 0.01
    algorithm: Algorithm = "min-cost-flow"
    rng: np.random.Generator = field(
        default_factory=lambda: np.random.default_rng(0), repr=False, compare=False
    )

    @property
    def whale_cap(self) -> int:
        """Most whales a streamer takes."""
        return self.k

    def place(self, offers: Offers) -> NDArray[np.int64]:
        """Place whales under the cap, then the others into what is left."""
        whales = offers.whales(self.whale_share)
        streamer = np.where(whales, offers.best, NONE)
        # Where all first choices fit, they are the optimum, and what each algorithm returns.
        if not offers.fits(streamer, self.k):
            capacity = offers.world.capacity
            problem = Problem(offers.rows(whales), whale_cap=self.k, capacity=capacity)
            streamer[whales] = allocate(problem, self.algorithm, "none", self.rng).streamer
        return offers.fill(streamer, ~whales)


@dataclass(frozen=True)
class CapacityGreedy:
    """Everybody in round order to the best streamer with room: capacities, but no tiers."""

    whale_share: float = 0.01
    whale_cap: ClassVar[None] = None

    def place(self, offers: Offers) -> NDArray[np.int64]:
        """Fill the streamers in round order."""
        return offers.fill()


@dataclass(frozen=True)
class Joint:
    """Both tiers at once at the greatest total EV, under the whale cap and the capacities.

    What any rule could reach in this round that keeps the caps: the price of going in tiers.
    """

    k: int
    whale_share: float = 0.01

    @property
    def whale_cap(self) -> int:
        """Most whales a streamer takes."""
        return self.k

    def place(self, offers: Offers) -> NDArray[np.int64]:
        """Place everybody at once."""
        streamer, _ = joint_optimum(offers, self.k, self.whale_share)
        return overflow(streamer, ~offers.whales(self.whale_share))


@dataclass(frozen=True)
class Exposure:
    """Tiered, but streamers in turn are shown to at least `min_users` users, however unpopular.

    Guarantees take at most `GUARANTEED_SHARE` of a round's normal users: where that is too few for
    all streamers, those whose turn it is have one, and the turn goes on in the next round.

    Parameters
    ----------
    k : int
    min_users : int
        Least users a streamer is shown to in a round in which it has a guarantee.
    whale_share : float
    """

    k: int
    min_users: int = 1
    whale_share: float = 0.01

    @property
    def whale_cap(self) -> int:
        """Most whales a streamer takes."""
        return self.k

    def place(self, offers: Offers) -> NDArray[np.int64]:
        """Place whales under the cap, then what is guaranteed, then the others."""
        whales, capacity = offers.whales(self.whale_share), offers.world.capacity
        n_streamers = len(capacity)
        count = int(GUARANTEED_SHARE * np.count_nonzero(~whales)) // max(1, self.min_users)
        count = min(count, n_streamers)
        in_turn = (offers.this * count + np.arange(count)) % n_streamers
        guaranteed = np.zeros(n_streamers, dtype=np.int64)
        guaranteed[in_turn] = np.minimum(self.min_users, capacity[in_turn])
        problem = Problem(
            offers.ev,
            whales=whales,
            whale_cap=self.k,
            capacity=capacity,
            min_users=guaranteed,
        )
        return overflow(allocate(problem).streamer, ~whales)


@dataclass(frozen=True)
class Random:
    """Everybody in round order to any streamer with room, all equally likely.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the streamers. Never the world's own generator.
    whale_share : float
    """

    rng: np.random.Generator = field(
        default_factory=lambda: np.random.default_rng(0), repr=False, compare=False
    )
    whale_share: float = 0.01
    whale_cap: ClassVar[None] = None

    def place(self, offers: Offers) -> NDArray[np.int64]:
        """Draw a streamer for every user."""
        streamer = np.full(len(offers.users), NONE)
        _scatter(self.rng, offers.world.capacity.copy(), streamer)
        return overflow(streamer, streamer == NONE)


@dataclass(frozen=True)
class RoundRobin:
    """Everybody in round order to the streamers in turn, those without room left out.

    A round begins as many streamers further on as users came in the round before.
    """

    whale_share: float = 0.01
    whale_cap: ClassVar[None] = None

    def place(self, offers: Offers) -> NDArray[np.int64]:
        """Deal the users out."""
        n_users, capacity = len(offers.users), offers.world.capacity
        n_streamers = len(capacity)
        turn = (offers.this * n_users + np.arange(n_streamers)) % n_streamers
        places = _deal(capacity[turn], n_users)
        streamer = np.full(n_users, NONE)
        streamer[: len(places)] = turn[places]
        return overflow(streamer, streamer == NONE)


@dataclass(frozen=True)
class ShadowPrice:
    """Online: everybody in round order where EV less price is greatest and there is room.

    The prices are those of the joint optimum of the round before, which a platform knows when the
    next users come one by one; none in the first round. A dual-price rule as in N. R. Devanur and
    T. P. Hayes, "The adwords problem: online keyword matching with budgeted bidders under random
    permutations", EC 2009. Whales pay for their place below the cap as well.
    """

    k: int
    whale_share: float = 0.01
    _before: list[ShadowPrices] = field(default_factory=list, repr=False, compare=False)

    @property
    def whale_cap(self) -> int:
        """Most whales a streamer takes."""
        return self.k

    def place(self, offers: Offers) -> NDArray[np.int64]:
        """Place users one by one, at the prices of the round before."""
        if offers.this == 0:
            self._before[:] = [ShadowPrices.zero(offers.world.n_streamers)]
        (prices,) = self._before
        streamer = offers.fill(
            whales=offers.whales(self.whale_share),
            whale_cap=self.k,
            price=np.stack([prices.place, prices.place + prices.gate]),
        )
        _, self._before[0] = joint_optimum(offers, self.k, self.whale_share)
        return streamer


def joint_optimum(
    offers: Offers, k: int, whale_share: float
) -> tuple[NDArray[np.int64], ShadowPrices]:
    """Return the joint optimum of a round, -1 for users left out, and its prices.

    Where the optimum without a whale cap keeps the cap, it is the optimum under it.
    """
    whales = offers.whales(whale_share)
    streamer, prices = offers.joint
    if offers.fits(np.where(whales, streamer, NONE), k):
        return streamer, prices
    problem = Problem(offers.ev, whales=whales, whale_cap=k, capacity=offers.world.capacity)
    optimum = allocate(problem, fill="joint")
    return optimum.streamer, optimum.shadow_prices


def _deal(room: NDArray[np.int64], n_users: int) -> NDArray[np.int64]:
    """Return whose turn it is, (n,) int64: lap by lap, until no user or no room is left.

    Only the laps that users reach are made, so that the work is one of users and streamers,
    whatever the room.
    """

    def dealt(laps: int) -> int:
        return int(np.minimum(room, laps).sum())

    laps = min(n_users, bisect_left(range(n_users + 1), n_users, key=dealt))
    each = np.minimum(room, laps)
    who = np.repeat(np.arange(len(room)), each)
    lap = np.arange(len(who)) - np.repeat(np.cumsum(each) - each, each)
    return who[np.argsort(lap, kind="stable")][:n_users]


@njit(cache=True)
def _scatter(rng, room, streamer):  # type: ignore[no-untyped-def]
    """Write a streamer with room for each user, all equally likely; `room` (S,) is taken."""
    with_room = np.flatnonzero(room)
    count = len(with_room)
    for i in range(len(streamer)):
        if count == 0:
            break
        at = int(rng.random() * count)
        s = with_room[at]
        streamer[i] = s
        room[s] -= 1
        if room[s] == 0:
            count -= 1
            with_room[at] = with_room[count]
