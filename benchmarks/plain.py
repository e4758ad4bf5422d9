"""The published experiment written plainly in NumPy: a baseline for the replay engine.

Every round scores every pair and walks the users in Python, as one would write it first. It draws
what `simulator.SequentialDraws` draws, in the same order, so its gifts are the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator import World
from solver import Problem, allocate

Streamers = NDArray[np.int64]


def plain_replay(
    world: World, rng: np.random.Generator, k: int | None, rounds: int, users_per_round: int
) -> float:
    """Return the revenue of a greedy replay, or of a tiered one under a whale cap."""
    big_gifts = np.zeros(world.n_streamers, dtype=np.int64)
    whales, revenue = world.whales(0.01), 0.0
    for _ in range(rounds):
        users = rng.choice(world.n_users, size=users_per_round, replace=False)
        ev = _scores(world, users, big_gifts)
        streamers = ev.argmax(axis=1) if k is None else _tiered(world, ev, whales[users], k)
        revenue += _gifts(world, rng, users, streamers, big_gifts)
    return revenue


def _scores(world: World, users: NDArray[np.int64], big_gifts: Streamers) -> NDArray[np.float64]:
    """Return the EV of every pair of the round, (n, S)."""
    w = np.log1p(world.wealth[users])[:, None]
    liking = world.preference[users] @ world.content.T
    pull = -5 + 0.5 * w + liking + 0.3 * world.popularity - 0.1 * big_gifts
    amount = np.maximum(1, np.exp(2 + 0.8 * w + 0.5 * liking + 0.125))
    ev: NDArray[np.float64] = amount / (1 + np.exp(-pull)) / (1 + 0.05 * big_gifts)
    return ev


def _tiered(world: World, ev: NDArray[np.float64], whales: NDArray[np.bool_], k: int) -> Streamers:
    """Place whales by the flow, then the others in order, each where there is room."""
    streamers = np.full(len(ev), -1)
    if whales.any():
        problem = Problem(ev[whales], whale_cap=k, capacity=world.capacity)
        streamers[whales] = allocate(problem, fill="none").assignment
    room = world.capacity - np.bincount(streamers[streamers >= 0], minlength=world.n_streamers)
    for user in np.flatnonzero(~whales):
        streamers[user] = np.where(room > 0, ev[user], -np.inf).argmax()
        room[streamers[user]] -= 1
    return streamers


def _gifts(
    world: World,
    rng: np.random.Generator,
    users: NDArray[np.int64],
    streamers: Streamers,
    big_gifts: Streamers,
) -> float:
    load = np.bincount(streamers[streamers >= 0], minlength=world.n_streamers)
    given = 0.0
    for u, s in zip(users[streamers >= 0], streamers[streamers >= 0], strict=True):
        w, liking = np.log1p(world.wealth[u]), world.preference[u] @ world.content[s]
        pull = -5 + 0.5 * w + liking + 0.3 * world.popularity[s] - 0.1 * big_gifts[s]
        if rng.random() >= 1 / (1 + np.exp(-pull)):
            continue
        tier = np.arange(len(world.tiers.price))
        logits = np.log(world.tiers.weight) + 0.05 * liking * tier
        logits += 0.10 * np.clip((w - 3) / 3, -1, 2) * tier
        chances = np.exp(logits - logits.max())
        amount = world.tiers.price[rng.choice(len(tier), p=chances / chances.sum())]
        amount /= 1 + 0.05 * big_gifts[s]
        amount /= 1 + 0.5 * max(0, load[s] - world.capacity[s]) / world.capacity[s]
        big_gifts[s] += amount > 100
        given += amount
    return float(given)
