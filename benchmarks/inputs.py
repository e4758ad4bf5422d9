"""What is solved: drawn worlds, candidates by the million, and families known to be hard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator import World, WorldConfig, draw_world, expected_value

Matrix = NDArray[Any]
Pairs = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]
Caps = int | NDArray[np.int64]
Shape = tuple[int, int]
BLOCK = 10_000
"""Users whose EVs are computed at a time."""


def drawn(n_users: int = 10_000, n_streamers: int = 500) -> World:
    """Return the simulator's world, seed 0."""
    config = WorldConfig(n_users=n_users, n_streamers=n_streamers)
    return draw_world(config, np.random.default_rng(0))


def matrix(world: World, dtype: type = np.float64) -> Matrix:
    """Return the EVs of a world's first round, (N, S), currency units."""
    ev: Matrix = np.empty((world.n_users, world.n_streamers), dtype)
    no_gifts = np.zeros(world.n_streamers, dtype=np.int64)
    for start in range(0, world.n_users, BLOCK):
        users = np.arange(start, min(start + BLOCK, world.n_users))
        ev[users[0] : users[-1] + 1] = expected_value(world, users, no_gifts)
    return ev


def popular_candidates(n_users: int, n_streamers: int, n_candidates: int) -> Pairs:
    """Draw each user's candidates by popularity, which has a Pareto tail; seed 0.

    Returns
    -------
    (N, n_candidates) int64
        Positions of users: each row one user's.
    (N, n_candidates) int32
        Positions of streamers, ascending and different within a user.
    (N, n_candidates) float64
        EVs: the user's wealth times a liking of the pair, both lognormal.
    """
    rng = np.random.default_rng(0)
    popularity = np.cumsum(rng.pareto(1.2, size=n_streamers) + 1)

    def draw(shape: tuple[int, ...]) -> NDArray[np.int32]:
        at = rng.random(shape) * popularity[-1]
        return np.asarray(popularity.searchsorted(at, side="right"), dtype=np.int32)

    streamers = draw((n_users, n_candidates))
    unsettled = np.arange(n_users)
    while len(unsettled):
        rows = np.sort(streamers[unsettled], axis=1)
        twin = rows[:, 1:] == rows[:, :-1]
        rows[:, 1:][twin] = draw((int(twin.sum()),))
        streamers[unsettled] = rows
        unsettled = unsettled[twin.any(axis=1)]
    ev = rng.lognormal(0, 1, streamers.shape)
    ev *= rng.lognormal(3, 1, (n_users, 1))
    return np.repeat(np.arange(n_users), n_candidates).reshape(ev.shape), streamers, ev


def changed(ev: Matrix, share: float = 0.01) -> Matrix:
    """Return the EVs with a share of the users, drawn, each liking its streamers in a new order."""
    rng = np.random.default_rng(1)
    users = rng.choice(len(ev), size=int(share * len(ev)), replace=False)
    after = ev.copy()
    after[users] = rng.permuted(ev[users], axis=1)
    return after


def _wanted_by_all(rng: np.random.Generator, shape: Shape) -> Matrix:
    ev = rng.random(shape)
    ev[:, 0] += 10
    return ev


def _an_ulp_apart(rng: np.random.Generator, shape: Shape) -> Matrix:
    ev = np.full(shape, 100.0)
    for _ in range(2):
        up = rng.random(shape) < 0.4
        ev[up] = np.nextafter(ev[up], np.inf)
    return ev


HOSTILE: dict[str, Callable[[np.random.Generator, Shape], Matrix]] = {
    "all equal": lambda _, shape: np.full(shape, 7.0),
    "rows equal": lambda rng, shape: np.tile(rng.random(shape[1]), (shape[0], 1)),
    "columns equal": lambda rng, shape: np.tile(rng.random((shape[0], 1)), shape[1]),
    "integers 0 to 3": lambda rng, shape: rng.integers(0, 4, shape).astype(float),
    "1e-9 to 1e9": lambda rng, shape: 10 ** rng.uniform(-9, 9, shape),
    "one streamer wanted by all": _wanted_by_all,
    "1 ulp apart": _an_ulp_apart,
    "uniform": lambda rng, shape: rng.random(shape),
}
"""Ties, near-ties and ranges in which auctions, price wars and rounding go wrong."""


def _noisy_rank_one(rng: np.random.Generator, shape: Shape) -> Matrix:
    users, streamers = rng.lognormal(0, 1, shape[0]), rng.lognormal(0, 1, shape[1])
    return np.outer(users, streamers) * rng.uniform(1, 1.1, shape)


ALIKE: dict[str, Callable[[np.random.Generator, Shape], Matrix]] = {
    "i · j": lambda _, shape: np.outer(*(np.arange(1.0, size + 1) for size in shape)),
    "rank one": lambda rng, shape: np.outer(rng.random(shape[0]), rng.random(shape[1])),
    "rank one, 10 % of noise": _noisy_rank_one,
    "rank one, whole": lambda rng, shape: np.outer(
        rng.integers(1, 10, shape[0]), rng.integers(1, 10, shape[1])
    ).astype(float),
    "0 or 1": lambda rng, shape: rng.integers(0, 2, shape).astype(float),
    "0 to 3": lambda rng, shape: rng.integers(0, 4, shape).astype(float),
    "0 to 100": lambda rng, shape: rng.integers(0, 101, shape).astype(float),
    "all equal": lambda _, shape: np.full(shape, 7.0),
}
"""Users alike in what they like, and users who like many streamers as much."""


def hostile_caps(rng: np.random.Generator, shape: Shape) -> dict[str, Caps]:
    """Return caps by what is hard about them."""
    n_users, n_streamers = shape
    level = n_users // n_streamers
    return {
        "slots for a tenth": max(1, level // 10),
        "slots for half": max(1, level // 2),
        "a slot each": level,
        "a slot each, drawn": np.bincount(
            rng.integers(n_streamers, size=n_users), minlength=n_streamers
        ),
        "slots to spare": level + 2,
    }
