"""Random draws of a replay: the users of each round, and their gifts.

Two protocols. `SequentialDraws` is the published one: users and gifts come from one stream, each
number drawn when it is needed. One gift more under one policy shifts every later draw: from then
on, two policies meet different users and different random numbers.

`CommonDraws` are common random numbers (P. Glasserman and D. D. Yao, "Some guidelines and
guarantees for common random numbers", Management Science 38, 1992). All numbers are drawn up front,
each kind from its own stream, and do not depend on the policy:

- the users of every round are the same for all policies of a seed;
- the i-th user of a round has a uniform number of its own that decides whether it gives (it does
  if that is below the probability at the streamer it meets), and numbers of its own that decide
  how much, by inverse transform: the same numbers give a larger amount wherever larger amounts
  are likelier.

So two policies differ by their decisions only: a user sent to the same streamer, in the same state,
gives the same. The world is drawn from the seed itself under both protocols, and is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .gifts import play_common, play_sequential
from .population import World

SWAPS, USERS, CHANCES, BRANCHES, LEVELS, NOISES, PLACES, FALLS = range(1, 9)
"""Purposes of the streams; the world has a stream of its own, that of the seed alone."""


def stream(seed: int, purpose: int) -> np.random.Generator:
    """Return the generator that a seed has for one purpose."""
    return np.random.default_rng([seed, purpose])


class Draws(Protocol):
    """The users of each round and their gifts. Rounds are requested in order."""

    def users(self, round_index: int) -> NDArray[np.int64]:
        """Return the users of a round, (n,) int64, all different."""

    def play(
        self,
        world: World,
        round_index: int,
        users: NDArray[np.int64],
        streamers: NDArray[np.int64],
        big_gifts: NDArray[np.int64],
        amounts: NDArray[np.float64],
        before: NDArray[np.int64],
    ) -> None:
        """Let the users of a round meet their streamers, one by one.

        Parameters
        ----------
        world : World
        round_index : int
            Round.
        users, streamers : (n,) int64
            Who meets whom; a user with streamer -1 meets nobody.
        big_gifts : (S,) int64
            Big gifts so far; counted on in place.
        amounts : (n,) float64
            Written in place: what each user gives.
        before : (n,) int64
            Written in place: big gifts of each user's streamer when they meet.
        """


@dataclass(frozen=True, eq=False)
class SequentialDraws:
    """Draws in the published order, from one generator.

    Parameters
    ----------
    rng : numpy.random.Generator
        As `draw_world` left it, for the published figures.
    n_users, users_per_round : int

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import SequentialDraws, WorldConfig, draw_world
    >>> rng = np.random.default_rng(42)
    >>> world = draw_world(WorldConfig(n_users=200, n_streamers=10), rng)
    >>> draws = SequentialDraws(rng, world.n_users, users_per_round=5)
    >>> draws.users(0).tolist()
    [98, 23, 128, 107, 129]
    """

    rng: np.random.Generator
    n_users: int
    users_per_round: int

    def users(self, round_index: int) -> NDArray[np.int64]:  # noqa: ARG002
        """Draw the users of a round."""
        return self.rng.choice(self.n_users, size=self.users_per_round, replace=False)

    def play(
        self,
        world: World,
        round_index: int,  # noqa: ARG002
        users: NDArray[np.int64],
        streamers: NDArray[np.int64],
        big_gifts: NDArray[np.int64],
        amounts: NDArray[np.float64],
        before: NDArray[np.int64],
    ) -> None:
        """Draw the gifts of a round; a user that meets nobody draws nothing."""
        play_sequential(self.rng, users, streamers, big_gifts, amounts, before, *world.gift_terms)


@dataclass(frozen=True, eq=False)
class CommonDraws:
    """Common random numbers, drawn up front.

    Parameters
    ----------
    who : (R, n) int64
        Users of each round.
    chances, branches, levels : (R, n) float64
        Uniform numbers; see `simulator.world.gifts.play_common`.
    noises : (R, n) float64
        Standard normal numbers.

    Examples
    --------
    >>> from whale_matching import CommonDraws
    >>> draws = CommonDraws.of_seed(42, n_users=200, rounds=3, users_per_round=5)
    >>> draws.users(0).tolist()
    [173, 57, 189, 70, 43]
    >>> draws.users(0).tolist()
    [173, 57, 189, 70, 43]
    """

    who: NDArray[np.int64]
    chances: NDArray[np.float64]
    branches: NDArray[np.float64]
    levels: NDArray[np.float64]
    noises: NDArray[np.float64]

    @classmethod
    def of_seed(cls, seed: int, n_users: int, rounds: int, users_per_round: int) -> CommonDraws:
        """Draw the numbers of a seed."""
        visits, shape = stream(seed, USERS), (rounds, users_per_round)
        who = [visits.choice(n_users, users_per_round, replace=False) for _ in range(rounds)]
        return cls(
            np.array(who),
            stream(seed, CHANCES).random(shape),
            stream(seed, BRANCHES).random(shape),
            stream(seed, LEVELS).random(shape),
            stream(seed, NOISES).standard_normal(shape),
        )

    def users(self, round_index: int) -> NDArray[np.int64]:
        """Return the users of a round."""
        users: NDArray[np.int64] = self.who[round_index]
        return users

    def play(
        self,
        world: World,
        round_index: int,
        users: NDArray[np.int64],
        streamers: NDArray[np.int64],
        big_gifts: NDArray[np.int64],
        amounts: NDArray[np.float64],
        before: NDArray[np.int64],
    ) -> None:
        """Look up the gifts of a round."""
        play_common(
            self.chances[round_index],
            self.branches[round_index],
            self.levels[round_index],
            self.noises[round_index],
            users,
            streamers,
            big_gifts,
            amounts,
            before,
            *world.gift_terms,
        )
