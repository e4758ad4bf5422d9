"""The replay: a policy run through the rounds of a world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.policies.base import Policy
from simulator.policies.round_view import RoundView
from simulator.world.population import World
from simulator.world.random_numbers import Draws

from .expectation import expected_gifts


@dataclass(frozen=True, eq=False)
class Replay:
    """The M interactions of a policy in R rounds. An unallocated user has no interaction.

    Parameters
    ----------
    rounds : (M,) int64
        Round of each interaction, in order.
    users, streamers : (M,) int64
        Who met whom.
    amounts : (M,) float64
        What the user gave, currency units; 0 for no gift.
    expected : (M,) float64
        What it would give on average, given that meeting and the state then; see
        `simulator.replay.expectation`.
    loads : (R, S) int64
        Users at each streamer in each round.
    whale_loads : (R, S) int64
        Whales at each streamer in each round.
    whales_seen : (R,) int64
        Whales among the users of each round, allocated or not.
    whales_wanted : (R,) int64
        The largest number of whales that wanted one streamer in each round.
    whale_cap : int or None
        Whale cap k of the policy; None without one.

    Examples
    --------
    >>> import numpy as np
    >>> from simulator import Tiered
    >>> from whale_matching import CommonDraws, WorldConfig, draw_world, replay_policy
    >>> world = draw_world(WorldConfig(n_users=200, n_streamers=10), np.random.default_rng(42))
    >>> draws = CommonDraws.of_seed(42, n_users=200, rounds=3, users_per_round=20)
    >>> replay = replay_policy(world, Tiered(k=1, whale_share=0.5), draws, rounds=3)
    >>> replay.whales_seen.tolist(), replay.whales_wanted.tolist()
    ([13, 7, 8], [3, 2, 2])
    >>> replay.binding.tolist()
    [True, True, True]
    >>> int(replay.whale_loads.max())
    1
    """

    rounds: NDArray[np.int64]
    users: NDArray[np.int64]
    streamers: NDArray[np.int64]
    amounts: NDArray[np.float64]
    expected: NDArray[np.float64]
    loads: NDArray[np.int64]
    whale_loads: NDArray[np.int64]
    whales_seen: NDArray[np.int64]
    whales_wanted: NDArray[np.int64]
    whale_cap: int | None

    @property
    def binding(self) -> NDArray[np.bool_]:
        """(R,) bool: in which rounds more whales wanted one streamer than k lets in."""
        if self.whale_cap is None:
            return np.zeros(len(self.whales_wanted), dtype=np.bool_)
        binding: NDArray[np.bool_] = self.whales_wanted > self.whale_cap
        return binding


def replay_policy(world: World, policy: Policy, draws: Draws, rounds: int) -> Replay:
    """Play a policy through a world.

    Parameters
    ----------
    world : World
    policy : Policy
    draws : Draws
        The users of each round and their gifts.
    rounds : int

    Returns
    -------
    Replay

    Examples
    --------
    >>> import numpy as np
    >>> from simulator import Greedy
    >>> from whale_matching import CommonDraws, WorldConfig, draw_world, replay_policy
    >>> world = draw_world(WorldConfig(n_users=200, n_streamers=10), np.random.default_rng(42))
    >>> draws = CommonDraws.of_seed(42, n_users=200, rounds=3, users_per_round=20)
    >>> replay = replay_policy(world, Greedy(), draws, rounds=3)
    >>> replay.loads.sum(axis=1).tolist()
    [20, 20, 20]
    >>> float(replay.amounts.sum())
    53.0
    """
    big_gifts = np.zeros(world.n_streamers, dtype=np.int64)
    visitors, placements, first_choices, amounts, big_gifts_before = [], [], [], [], []
    for round_index in range(rounds):
        users = draws.users(round_index)
        view = RoundView(world, users, big_gifts.copy(), round_index)
        streamers = policy.place(view)
        amounts_of_round, before = np.zeros(len(users)), np.zeros(len(users), dtype=np.int64)
        draws.play(world, round_index, users, streamers, big_gifts, amounts_of_round, before)
        visitors.append(users)
        placements.append(streamers)
        first_choices.append(view.best)
        amounts.append(amounts_of_round)
        big_gifts_before.append(before)
    users_by_round, streamers_by_round = np.array(visitors), np.array(placements)
    is_placed, whales = streamers_by_round >= 0, world.whales(policy.whale_share)[users_by_round]
    meetings = np.flatnonzero(is_placed)
    rounds_of_meetings = meetings // is_placed.shape[1]
    users, streamers = users_by_round.ravel()[meetings], streamers_by_round.ravel()[meetings]
    loads = _loads(streamers_by_round, is_placed, world.n_streamers)
    return Replay(
        rounds=rounds_of_meetings,
        users=users,
        streamers=streamers,
        amounts=np.concatenate(amounts)[meetings],
        expected=expected_gifts(
            world,
            users,
            streamers,
            np.concatenate(big_gifts_before)[meetings],
            loads[rounds_of_meetings, streamers],
        ),
        loads=loads,
        whale_loads=_loads(streamers_by_round, is_placed & whales, world.n_streamers),
        whales_seen=whales.sum(axis=1),
        whales_wanted=_loads(np.array(first_choices), whales, world.n_streamers).max(axis=1),
        whale_cap=policy.whale_cap,
    )


def _loads(
    streamers_by_round: NDArray[np.int64], mask: NDArray[np.bool_], n_streamers: int
) -> NDArray[np.int64]:
    """Return (R, S) int64: how many of the users in a mask are at each streamer in each round."""
    n_rounds = len(streamers_by_round)
    place = np.arange(n_rounds)[:, None] * n_streamers + streamers_by_round
    loads = np.bincount(place[mask], minlength=n_rounds * n_streamers)
    return loads.reshape(n_rounds, n_streamers)
