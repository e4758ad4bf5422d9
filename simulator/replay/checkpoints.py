"""Concentration along a replay: the Gini of what was given up to a few rounds on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.world.population import World

from .metrics import Metrics, sum_by_position
from .replay import Replay

CHECKPOINT_PERMUTATIONS = 4
"""Draws behind the chance Gini at a checkpoint; their noise is small beside the seeds'."""


@dataclass(frozen=True, kw_only=True)
class CheckpointGinis:
    """Streamer Gini of a replay up to each checkpoint.

    Parameters
    ----------
    checkpoint_gini : tuple of float
        Of realised revenue.
    checkpoint_expected_gini : tuple of float
        Of expected revenue.
    checkpoint_chance_gini : tuple of float
        Of revenue had the same gifts fallen on streamers uniformly at random. Empty where it is
        not measured.
    """

    checkpoint_gini: tuple[float, ...] = ()
    checkpoint_expected_gini: tuple[float, ...] = ()
    checkpoint_chance_gini: tuple[float, ...] = ()


def measure_checkpoints(
    world: World,
    replay: Replay,
    checkpoints: Sequence[int],
    metrics: Metrics,
    rng: np.random.Generator | None = None,
) -> CheckpointGinis:
    """Return the Gini of what streamers were given from the first round up to each checkpoint.

    Parameters
    ----------
    world : World
    replay : Replay
    checkpoints : sequence of int
        Rounds, rising, at most those of the replay.
    metrics : Metrics
        Of the replay: a checkpoint at its end has their figures.
    rng : numpy.random.Generator, optional
        Of the draws behind the chance Gini, `CHECKPOINT_PERMUTATIONS` of them, in each of which
        gifts stay where they fell; without it, there is none.

    Examples
    --------
    >>> import numpy as np
    >>> from simulator import Greedy, measure
    >>> from simulator.replay.checkpoints import measure_checkpoints
    >>> from whale_matching import CommonDraws, WorldConfig, draw_world, replay_policy
    >>> world = draw_world(WorldConfig(n_users=200, n_streamers=10), np.random.default_rng(42))
    >>> draws = CommonDraws.of_seed(42, n_users=200, rounds=8, users_per_round=50)
    >>> replay = replay_policy(world, Greedy(), draws, rounds=8)
    >>> ginis = measure_checkpoints(world, replay, (2, 4, 8), measure(world, replay))
    >>> [round(each, 2) for each in ginis.checkpoint_expected_gini]
    [0.29, 0.28, 0.27]
    """
    before_end = [rounds for rounds in checkpoints if rounds < len(replay.loads)]
    at_end = before_end != [*checkpoints]
    # Meetings are in order of rounds: those of one part are between two checkpoints.
    ends = np.searchsorted(replay.rounds, before_end)
    n_parts, n_meetings = len(before_end), int(ends[-1]) if before_end else 0
    parts = np.repeat(np.arange(n_parts), np.diff(ends, prepend=0))
    streamers = replay.streamers[:n_meetings]
    amounts, expected = replay.amounts[:n_meetings], replay.expected[:n_meetings]
    shape = n_parts, world.n_streamers
    places = parts * shape[1] + streamers
    size = shape[0] * shape[1]
    sums = np.stack([sum_by_position(places, each, size) for each in (amounts, expected)])
    realised_gini, expected_gini = _ginis(_add_up(sums.reshape(2, *shape))).tolist()
    chance: tuple[float, ...] = ()
    if rng is not None:
        given = amounts > 0
        chance = (
            *_chance_ginis(parts[given], amounts[given], shape, rng),
            *[metrics.chance_streamer_gini] * at_end,
        )
    return CheckpointGinis(
        checkpoint_gini=(*realised_gini, *[metrics.streamer_gini] * at_end),
        checkpoint_expected_gini=(*expected_gini, *[metrics.expected_streamer_gini] * at_end),
        checkpoint_chance_gini=chance,
    )


def _add_up(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the running sum over parts, the second axis: many times as fast as `cumsum`."""
    for part in range(1, sums.shape[1]):
        sums[:, part] += sums[:, part - 1]
    return sums


def _chance_ginis(
    parts: NDArray[np.int64],
    gifts: NDArray[np.float64],
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> list[float]:
    """Return the mean Gini at the end of each part where gifts fall uniformly at random."""
    drawn = CHECKPOINT_PERMUTATIONS, len(gifts)
    places = rng.integers(shape[1], size=drawn, dtype=np.int64)
    draw = np.arange(CHECKPOINT_PERMUTATIONS)[:, None]
    rows = draw * shape[0] + parts
    revenue = sum_by_position(
        (rows * shape[1] + places).ravel(),
        np.broadcast_to(gifts, drawn).ravel(),
        CHECKPOINT_PERMUTATIONS * shape[0] * shape[1],
    )
    by_draw = _add_up(revenue.reshape(CHECKPOINT_PERMUTATIONS, *shape))
    ranked = np.sort(by_draw, axis=2).mean(axis=0)
    ginis: list[float] = _ginis(ranked).tolist()
    return ginis


def _ginis(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Gini along the last axis, as `metrics.gini` does; 0 of nothing to share."""
    n = values.shape[-1]
    totals = values.sum(axis=-1)
    weighted = np.sort(values, axis=-1) @ np.arange(1.0, n + 1)
    shared = np.where(totals > 0, totals, 1.0)
    return np.where(totals > 0, 2 * weighted / (n * shared) - (n + 1) / n, 0.0)
