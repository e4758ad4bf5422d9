"""What a policy sees of a round: its users, and the EV of every pair."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.world.expected_value import expected_value
from simulator.world.population import World
from simulator.world.shortlists import NONE, Shortlists, choose_best, fill_in_order, fits
from solver import Problem, ShadowPrices, allocate

OVERFLOW_STREAMER = 0
"""Where the published experiment sends normal users when no streamer has capacity left."""

_NO_ROW = np.empty(0)


@dataclass(frozen=True, eq=False)
class RoundView:
    """The users of one round, and the EV of every pair as it stands at the start of the round.

    `best` and `fill` do not compute all EVs; use them instead of `ev` where possible.

    Parameters
    ----------
    world : World
        With the capacities that hold in this replay.
    users : (n,) int64
        Users of the round, in the order in which they come.
    big_gifts : (S,) int64
        Big gifts each streamer has had so far.
    round_index : int
        Round, from 0.

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import RoundView, WorldConfig, draw_world
    >>> world = draw_world(WorldConfig(n_users=200, n_streamers=10), np.random.default_rng(42))
    >>> no_gifts = np.zeros(10, dtype=np.int64)
    >>> view = RoundView(world, users=np.array([3, 1, 4]), big_gifts=no_gifts)
    >>> view.ev.shape
    (3, 10)
    >>> view.best.tolist()
    [8, 5, 9]
    >>> view.whales(0.5).tolist()
    [False, False, True]
    """

    world: World
    users: NDArray[np.int64]
    big_gifts: NDArray[np.int64]
    round_index: int = 0

    @cached_property
    def ev(self) -> NDArray[np.float64]:
        """EV of every pair, (n, S) float64, currency units."""
        return expected_value(self.world, self.users, self.big_gifts)

    def rows(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the rows of `ev` of some users, by position in the round or by mask."""
        return expected_value(self.world, self.users[which], self.big_gifts)

    def whales(self, whale_share: float) -> NDArray[np.bool_]:
        """Return (n,) bool: which users are in the wealthiest share of the whole population."""
        return self.world.whales(whale_share)[self.users]

    @cached_property
    def best(self) -> NDArray[np.int64]:
        """Each user's streamer of the highest EV, ignoring loads, (n,) int64."""
        lists, rows = self._lists
        best = np.empty(len(self.users), dtype=np.int64)
        if not choose_best(rows, self.big_gifts, lists, best):
            undecided = np.flatnonzero(best == NONE)
            best[undecided] = self.rows(undecided).argmax(axis=1)
        return best

    @property
    def joint(self) -> tuple[NDArray[np.int64], ShadowPrices]:
        """Everybody placed at once, without a whale cap, at the greatest total EV, and the prices.

        The result is cached by the state of the round: another policy of the grid whose cap has not
        bound so far needs the same one.
        """
        fingerprint = hashlib.blake2b(self.users.tobytes())
        fingerprint.update(self.big_gifts.tobytes())
        fingerprint.update(self.world.capacity.tobytes())
        cache, key = self.world.cache, ("joint", fingerprint.digest())
        if key not in cache:
            cache[key] = self._joint()
        optimum: tuple[NDArray[np.int64], ShadowPrices] = cache[key]
        return optimum

    def _joint(self) -> tuple[NDArray[np.int64], ShadowPrices]:
        best, capacity = self.best, self.world.capacity
        if self.fits(best, len(best)):
            return best, ShadowPrices.zero(len(capacity))
        optimum = allocate(Problem(self.ev, whale_cap=len(best), capacity=capacity), fill="joint")
        return optimum.assignment, optimum.shadow_prices

    def fits(
        self,
        streamer: NDArray[np.int64],
        whale_cap: int | None,
        capacity: NDArray[np.int64] | None = None,
    ) -> bool:
        """Return whether users, placed at streamers or -1, keep the cap and the capacities.

        The capacities are those of the world by default.
        """
        limits = self.world.capacity if capacity is None else capacity
        return bool(fits(streamer, self.limit(whale_cap), limits))

    def limit(self, whale_cap: int | None) -> int:
        """Return a whale cap as a number; without one, all users of the round are within it."""
        return len(self.users) if whale_cap is None else whale_cap

    def fill(
        self,
        assignment: NDArray[np.int64] | None = None,
        waiting: NDArray[np.bool_] | None = None,
        *,
        whales: NDArray[np.bool_] | None = None,
        whale_cap: int | None = None,
        price: NDArray[np.float64] | None = None,
    ) -> NDArray[np.int64]:
        """Place users in the order in which they come, each at its best streamer with room.

        Parameters
        ----------
        assignment : (n,) int64, optional
            The streamer of each user who has one already, -1 for the others. By default nobody
            has one. It is not changed.
        waiting : (n,) bool, optional
            Whom to place; by default everybody without a streamer.
        whales : (n,) bool, optional
            Users who pay the second price and, if it is given, count towards the whale cap.
        whale_cap : int, optional
            Most whales of `waiting` a streamer takes.
        price : (2, S) float64, optional
            What a place costs a normal user and a whale, at least 0, currency units: each goes
            where EV less price is greatest.

        Returns
        -------
        (n,) int64
            Users for whom no streamer has room: whales have none, and the others
            `OVERFLOW_STREAMER`, as published.
        """
        n_users, capacity = len(self.users), self.world.capacity
        assignment = np.full(n_users, NONE) if assignment is None else assignment.copy()
        waiting = assignment == NONE if waiting is None else waiting
        whales = np.zeros(n_users, dtype=np.bool_) if whales is None else whales
        price = np.zeros((2, len(capacity))) if price is None else price
        lists, rows = self._lists
        arguments = (
            rows,
            waiting,
            whales,
            price,
            self.limit(whale_cap),
            capacity,
            self.big_gifts,
            lists,
        )
        position, ev = 0, _NO_ROW
        while position < n_users:
            position = fill_in_order(position, ev, *arguments, OVERFLOW_STREAMER, assignment)
            if position < n_users:
                ev = self.rows(np.array([position]))[0]
        return assignment

    @cached_property
    def _lists(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Short lists, and in which rows of them those of this round's users begin."""
        shortlists = Shortlists.of(self.world)
        return shortlists.lists, shortlists.rows(self.world, self.users)


def overflow(streamer: NDArray[np.int64], users: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return a placement in which those users of a mask who have none have `OVERFLOW_STREAMER`."""
    return np.where(users & (streamer == NONE), OVERFLOW_STREAMER, streamer)
