"""The metrics of a replay."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.world.population import World

from .replay import Replay

PERMUTATIONS = 32
"""Draws behind `chance_streamer_gini` of one replay; their noise is small beside the seeds'."""


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """The figures of one replay. A share or mean of nothing is 0.

    Parameters
    ----------
    revenue : float
        Sum of all gifts, currency units.
    gifts : int
        Number of gifts.
    gift_rate : float
        Gifts per interaction.
    amount_mean, amount_p50, amount_p90, amount_p99 : float
        Mean and percentiles of a gift, currency units.
    overcrowded_share : float
        Share of interactions at a streamer whose load exceeds its capacity in that round.
    overload_rate : float
        Share of streamers whose load exceeds their capacity, averaged over rounds. Another
        measure than overcrowded_share: it counts streamers, not the users who meet them.
    streamer_gini : float
        Of revenue over all streamers, those without any included.
    user_gini : float
        Of spend over the users who gave.
    top1_user_share : float
        Share of revenue from the 1 % of givers who gave most, at least one.
    top10_streamer_share : float
        Share of revenue at the top 10 % of the streamers anybody met, at least one.
    coverage : float
        Share of streamers with revenue.
    cold_start_success : float
        Share of new streamers with a gift.
    new_streamer_revenue : float
        Revenue of new streamers, currency units.
    mean_concurrency : float
        Load of the streamer met, averaged over interactions.
    max_concurrency : int
        Largest load of a streamer in a round.
    whale_entropy : float
        -Σ p log p over streamers' shares of all whales placed in the run, nats.
    streamers_with_whales : int
        Streamers that had a whale in any round.
    max_whales_per_streamer : int
        Most whales at one streamer in one round.
    expected_revenue : float
        Sum of the expected gifts, currency units: the same mean as `revenue`, without the chance
        of the single gift; see `simulator.replay.expectation`.
    expected_streamer_gini : float
        Of expected revenue over all streamers.
    expected_top10_streamer_share : float
        Share of expected revenue at the top 10 % of the streamers anybody met, at least one.
    expected_new_streamer_revenue : float
        Expected revenue of new streamers, currency units.
    chance_streamer_gini : float
        Gini of revenue had the same gifts fallen on streamers uniformly at random: the mean of
        `PERMUTATIONS` draws.
    """

    revenue: float
    gifts: int
    gift_rate: float
    amount_mean: float
    amount_p50: float
    amount_p90: float
    amount_p99: float
    overcrowded_share: float
    overload_rate: float
    streamer_gini: float
    user_gini: float
    top1_user_share: float
    top10_streamer_share: float
    coverage: float
    cold_start_success: float
    new_streamer_revenue: float
    mean_concurrency: float
    max_concurrency: int
    whale_entropy: float
    streamers_with_whales: int
    max_whales_per_streamer: int
    expected_revenue: float = math.nan
    expected_streamer_gini: float = math.nan
    expected_top10_streamer_share: float = math.nan
    expected_new_streamer_revenue: float = math.nan
    chance_streamer_gini: float = math.nan


def measure(world: World, replay: Replay, rng: np.random.Generator | None = None) -> Metrics:
    """Return the metrics of a replay in its world.

    Parameters
    ----------
    world : World
    replay : Replay
    rng : numpy.random.Generator, optional
        Of the draws behind `chance_streamer_gini`; one of seed 0 by default.
    """
    amounts = replay.amounts
    gifts = amounts[amounts > 0]
    p50, p90, p99 = np.percentile(gifts, [50, 90, 99]) if len(gifts) else (0.0, 0.0, 0.0)
    by_streamer = sum_by_position(replay.streamers, amounts, world.n_streamers)
    expected = sum_by_position(replay.streamers, replay.expected, world.n_streamers)
    by_user = sum_by_position(replay.users, amounts, world.n_users)
    by_giver = by_user[by_user > 0]
    visited = np.bincount(replay.streamers, minlength=world.n_streamers) > 0
    load = replay.loads[replay.rounds, replay.streamers]
    whales = replay.whale_loads.sum(axis=0)
    return Metrics(
        revenue=float(amounts.sum()),
        gifts=len(gifts),
        gift_rate=_share(amounts > 0),
        amount_mean=_mean(gifts),
        amount_p50=float(p50),
        amount_p90=float(p90),
        amount_p99=float(p99),
        overcrowded_share=_share(load > world.capacity[replay.streamers]),
        overload_rate=_share(replay.loads > world.capacity),
        streamer_gini=gini(by_streamer),
        user_gini=gini(by_giver),
        top1_user_share=top_share(by_giver, 0.01),
        top10_streamer_share=top_share(by_streamer[visited], 0.10),
        coverage=_share(by_streamer > 0),
        cold_start_success=_share(by_streamer[world.new] > 0),
        new_streamer_revenue=float(by_streamer[world.new].sum()),
        mean_concurrency=int(load.sum()) / max(1, len(load)),
        max_concurrency=int(replay.loads.max()),
        whale_entropy=_entropy(whales),
        streamers_with_whales=int((whales > 0).sum()),
        max_whales_per_streamer=int(replay.whale_loads.max()),
        expected_revenue=float(expected.sum()),
        expected_streamer_gini=gini(expected),
        expected_top10_streamer_share=top_share(expected[visited], 0.10),
        expected_new_streamer_revenue=float(expected[world.new].sum()),
        chance_streamer_gini=chance_gini(
            gifts, world.n_streamers, np.random.default_rng(0) if rng is None else rng
        ),
    )


def whale_histogram(replay: Replay) -> tuple[int, ...]:
    """Return how many (streamer, round) pairs had 1, 2, 3, … whales, up to the most there were."""
    counts = np.bincount(replay.whale_loads.ravel())[1:]
    return tuple(int(count) for count in counts)


def gini(values: NDArray[np.float64]) -> float:
    """Return the Gini coefficient of values ≥ 0: 0 when all are equal, towards 1 when one has all.

    ::

        2 Σ i x_(i) / (n Σ x) - (n + 1) / n        x ascending, i from 1

    Parameters
    ----------
    values : (n,) float64

    Returns
    -------
    float
        0 where there is nothing to share.
    """
    total = values.sum()
    if total == 0:
        return 0.0
    n = len(values)
    weighted_sum = np.arange(1, n + 1) @ np.sort(values)
    return float(2 * weighted_sum / (n * total) - (n + 1) / n)


def gini_of_rows(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the `gini` of each row of values ≥ 0, (m, n) float64, as (m,) float64."""
    n, total = values.shape[1], values.sum(axis=1)
    weighted_sum = np.sort(values, axis=1) @ np.arange(1.0, n + 1)
    ratio = np.divide(2 * weighted_sum, n * total, out=np.zeros_like(total), where=total != 0)
    return np.where(total == 0, 0.0, ratio - (n + 1) / n)


def chance_gini(gifts: NDArray[np.float64], n_streamers: int, rng: np.random.Generator) -> float:
    """Return the mean Gini of what streamers have where gifts fall on them uniformly at random.

    Parameters
    ----------
    gifts : (g,) float64
        Currency units, > 0.
    n_streamers : int
    rng : numpy.random.Generator

    Returns
    -------
    float
        Over `PERMUTATIONS` draws; 0 where there are no gifts.
    """
    if not len(gifts):
        return 0.0
    shape = PERMUTATIONS, len(gifts)
    places = rng.integers(n_streamers, size=shape, dtype=np.int64)
    places += n_streamers * np.arange(PERMUTATIONS)[:, None]
    weights = np.broadcast_to(gifts, shape).ravel()
    revenue = sum_by_position(places.ravel(), weights, n_streamers * PERMUTATIONS)
    ranked = np.sort(revenue.reshape(PERMUTATIONS, n_streamers), axis=1).mean(axis=0)
    return gini(ranked)


def sum_by_position(
    positions: NDArray[np.int64], amounts: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Return (count,) float64: the sum of the amounts at each position; -1 is none."""
    placed = positions >= 0
    if not placed.all():
        positions, amounts = positions[placed], amounts[placed]
    totals = np.bincount(positions, amounts, minlength=count)
    return totals.astype(np.float64, copy=False)


def _mean(values: NDArray[np.float64]) -> float:
    return float(np.mean(values)) if values.size else 0.0


def _share(mask: NDArray[np.bool_]) -> float:
    return float(np.count_nonzero(mask) / max(1, mask.size))


def top_share(values: NDArray[np.float64], share: float) -> float:
    """Return how much of the total the top share of the values holds."""
    total = values.sum()
    if total == 0:
        return 0.0
    count = max(1, int(share * len(values)))
    return float(np.sort(values)[-count:].sum() / total)


def _entropy(counts: NDArray[np.int64]) -> float:
    """Return -Σ p log p of the shares of the counts, in nats."""
    shares = counts[counts > 0] / max(1, counts.sum())
    return float(-(shares * np.log(shares)).sum()) + 0.0  # + 0.0: never -0.0
