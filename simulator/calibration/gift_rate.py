"""How often users give: the odds of a gift and the tail of wealth, from gifts per user.

A user of log-wealth w gives at an interaction with probability ``sigmoid(c + slope · w)``, where c
takes in the intercept and what a liked streamer adds. In R rounds, each of which it joins with
probability q, its number of gifts is binomial; over users, w is drawn as a world draws it. The
likelihood of the observed numbers of gifts, users without any included, then says which slope and
which tail of wealth fit best, while c follows from the gift rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from simulator.world.population import WorldConfig

GRID = 400
"""Users whose wealth stands for a population's: at evenly spaced ranks of body and tail."""

SLOPES = np.linspace(0.0, 2.0, 21)
TAIL_INDICES = np.geomspace(0.75, 6.0, 16)
"""Where the search begins; it then halves its steps around the best."""

REFINEMENTS = 4


@dataclass(frozen=True)
class GiftRateModel:
    """The user side of a world.

    Parameters
    ----------
    offset : float
        c: the intercept of the log-odds of a gift plus what the streamer adds.
    slope : float
        Weight of log-wealth in them.
    tail_index : float
        Of the Pareto tail of wealth.
    """

    offset: float
    slope: float
    tail_index: float


def fit_gift_rate(
    gifts_by_user: NDArray[np.int64],
    n_users: int,
    rounds: int,
    attendance: float,
    config: WorldConfig,
) -> GiftRateModel:
    """Return the user side of greatest likelihood.

    Parameters
    ----------
    gifts_by_user : (givers,) int64
        Gifts of each user who gave any, ≥ 1, at most `rounds`.
    n_users : int
        Users in all, at least as many as gave.
    rounds : int
        R.
    attendance : float
        q, so that R · q is the number of interactions of a user.
    config : WorldConfig
        Says all else of the distribution of wealth.
    """
    counts, users = np.unique(gifts_by_user, return_counts=True)
    silent = n_users - int(users.sum())
    counts, users = np.concatenate([[0], counts]), np.concatenate([[silent], users])
    rate = float(counts @ users) / (n_users * rounds * attendance)
    greatest, best = -np.inf, GiftRateModel(0.0, 0.0, 1.0)
    slopes, indices = SLOPES, TAIL_INDICES
    for _ in range(1 + REFINEMENTS):
        for index in indices:
            wealth, weight = _wealth_grid(config, float(index))
            for slope in slopes:
                offset = _offset(rate, slope * wealth, weight)
                chance = attendance / (1 + np.exp(-offset - slope * wealth))
                merit = float(users @ _log_likelihood(counts, rounds, chance, weight))
                if merit > greatest:
                    greatest, best = merit, GiftRateModel(offset, float(slope), float(index))
        slopes, indices = _around(slopes, best.slope), _around(indices, best.tail_index)
    return best


def _around(grid: NDArray[np.float64], best: float) -> NDArray[np.float64]:
    """Return five values around the best, half as far apart as the grid's there."""
    at = int(np.argmin(np.abs(grid - best)))
    low, high = grid[max(0, at - 1)], grid[min(len(grid) - 1, at + 1)]
    finer: NDArray[np.float64] = np.linspace((low + best) / 2, (high + best) / 2, 5)
    return np.unique(np.concatenate([finer, [low, high]]))


def _wealth_grid(
    config: WorldConfig, tail_index: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return log-wealth at evenly spaced ranks, and which share of the users each stands for."""
    rank = (np.arange(GRID) + 0.5) / GRID
    body = np.exp(3 + config.wealth_sigma * _normal_quantile(rank))
    # Evenly spaced on a square: the very richest few give most, and are worth finer steps.
    beyond = rank**2
    tail = 100 * beyond ** (-1 / tail_index)
    tail_weight = np.diff(np.linspace(0, 1, GRID + 1) ** 2)
    n_pareto = int(config.n_users * config.pareto_share) / config.n_users
    weight = np.concatenate([np.full(GRID, (1 - n_pareto) / GRID), n_pareto * tail_weight])
    return np.log1p(np.concatenate([body, tail])), weight


def _normal_quantile(rank: NDArray[np.float64]) -> NDArray[np.float64]:
    normal = NormalDist()
    return np.array([normal.inv_cdf(each) for each in rank])


def _offset(rate: float, push: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Return the offset at which users give at the rate on average, by bisection."""
    low, high = -100.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        if weight @ (1 / (1 + np.exp(-middle - push))) < rate:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _log_likelihood(
    counts: NDArray[np.int64],
    rounds: int,
    chance: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the log probability of each count but for its binomial coefficient, which is fixed."""
    log_chance, log_other = np.log(chance), np.log1p(-np.minimum(chance, 1 - 1e-12))
    exponent = counts[:, None] * log_chance + (rounds - counts)[:, None] * log_other
    largest = exponent.max(axis=1)
    summed = np.exp(exponent - largest[:, None]) @ weight
    return np.asarray(largest + np.log(summed))
