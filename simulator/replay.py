"""The replay: a policy run through the rounds of a world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .amounts import affinity, expected_value
from .gifts import play_gifts
from .policies import Placement, Policy
from .world import World


@dataclass(frozen=True, eq=False)
class Replay:
    """What happened: M interactions in R rounds. An unallocated user has no interaction.

    Parameters
    ----------
    rounds : (M,) int64
        Round of each interaction, in order.
    users, streamers : (M,) int64
        Who met whom.
    amounts : (M,) float64
        What the user gave, currency units; 0 for no gift.
    loads : (R, S) int64
        Users at each streamer in each round.
    whale_loads : (R, S) int64
        Whales at each streamer in each round.
    whales_seen : (R,) int64
        Whales among the users of each round, allocated or not.
    whales_wanted : (R,) int64
        The largest number of whales that wanted one streamer in each round.
    whale_cap : int or None
        The cap k the policy held; None without one.
    """

    rounds: NDArray[np.int64]
    users: NDArray[np.int64]
    streamers: NDArray[np.int64]
    amounts: NDArray[np.float64]
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


def replay(
    world: World, policy: Policy, rng: np.random.Generator, rounds: int, users_per_round: int
) -> Replay:
    """Play a policy through a world.

    Parameters
    ----------
    world : World
    policy : Policy
    rng : numpy.random.Generator
        Draws the users of a round and their gifts, in the published order.
    rounds, users_per_round : int

    Returns
    -------
    Replay
    """
    big_gifts = np.zeros(world.n_streamers, dtype=np.int64)
    who = np.empty((rounds, users_per_round), dtype=np.int64)
    amounts = np.zeros((rounds, users_per_round))
    placements: list[Placement] = []
    for this in range(rounds):
        users = rng.choice(world.n_users, size=users_per_round, replace=False)
        ev = expected_value(world, users, big_gifts)
        placement = policy.place(world, users, ev)
        play_round(world, rng, users, placement.streamer, big_gifts, amounts[this])
        who[this] = users
        placements.append(placement)
    return _record(world, policy, who, amounts, placements)


def play_round(
    world: World,
    rng: np.random.Generator,
    users: NDArray[np.int64],
    streamers: NDArray[np.int64],
    big_gifts: NDArray[np.int64],
    amounts: NDArray[np.float64],
) -> None:
    """Let the users of one round meet their streamers, one by one.

    Parameters
    ----------
    world : World
    rng : numpy.random.Generator
    users, streamers : (n,) int64
        Who meets whom; a user with streamer -1 meets nobody and draws nothing.
    big_gifts : (S,) int64
        Big gifts so far; counted on in place.
    amounts : (n,) float64
        Written in place: what each user gives.
    """
    load = _loads(streamers, world.n_streamers)
    # How far above capacity a streamer is, as a share of its capacity.
    crowding = np.maximum(0, load - world.capacity) / world.capacity
    config, tiers = world.config, world.tiers
    play_gifts(
        rng,
        config.amount_model,
        (config.gift_intercept, config.wealth_slope),
        (tiers.price, np.log(tiers.weight)),
        np.log1p(world.wealth[users]),
        affinity(world, users, streamers),
        streamers,
        world.popularity,
        crowding,
        big_gifts,
        amounts,
    )


def _loads(streamers: NDArray[np.int64], n_streamers: int) -> NDArray[np.int64]:
    """Return (S,) int64: how many of the users are at each streamer."""
    return np.bincount(streamers[streamers >= 0], minlength=n_streamers)


def _record(
    world: World,
    policy: Policy,
    who: NDArray[np.int64],
    amounts: NDArray[np.float64],
    placements: list[Placement],
) -> Replay:
    where = np.array([placement.streamer for placement in placements])
    met = where >= 0
    n_streamers = world.n_streamers
    return Replay(
        rounds=np.nonzero(met)[0],
        users=who[met],
        streamers=where[met],
        amounts=amounts[met],
        loads=np.array([_loads(p.streamer, n_streamers) for p in placements]),
        whale_loads=np.array([_loads(p.streamer[p.whales], n_streamers) for p in placements]),
        whales_seen=np.array([p.whales.sum() for p in placements]),
        whales_wanted=np.array([p.whale_demand.max() for p in placements]),
        whale_cap=policy.whale_cap,
    )
