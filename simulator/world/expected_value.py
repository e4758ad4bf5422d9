"""Expected values: what the recommender believes of every pair before anybody gives anything.

`log_wealth` is log(1 + wealth) of a user, and `liking` the inner product of a user's preference and
a streamer's content, between -1 and 1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.kernels import njit

from .gifts import (
    BODY_MEAN,
    BODY_SPREAD,
    SPREAD,
    TAIL_INDEX,
    TAIL_SHARE,
    TAIL_START,
)
from .mean_amount import mean_amount, taste
from .population import World


def expected_value(
    world: World, users: NDArray[np.int64], big_gifts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the EV of every pair of the round: probability of a gift times expected amount.

    Parameters
    ----------
    world : World
        Its configuration says which amounts the recommender believes in (`ev_model`).
    users : (n,) int64
        Users of the round.
    big_gifts : (S,) int64
        Big gifts each streamer has had so far.

    Returns
    -------
    (n, S) float64
        Currency units.
    """
    amount, odds = terms(world, users)
    ev: NDArray[np.float64] = amount / (
        (1 + odds * np.exp(0.1 * big_gifts)) * (1 + 0.05 * big_gifts)
    )
    return ev


def terms(
    world: World, users: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the part of EV that stays when gifts are given.

    ::

        EV(u, s) = amount / ((1 + odds · exp(0.1 b_s)) · (1 + 0.05 b_s))

    with b_s the big gifts that s has had. They only grow, so the EV of no pair ever rises.

    Parameters
    ----------
    world : World
    users : (n,) int64

    Returns
    -------
    amount : (n, S) float64
        Of a gift, as the recommender expects it, currency units.
    odds : (n, S) float64
        Against a gift.
    """
    if is_lognormal(world):
        shape = len(users), world.n_streamers
        amount, odds = np.empty(shape), np.empty(shape)
        known = *lognormal_factors(world, users), amount, odds
        _lognormal_terms(*known)
        return amount, odds
    log_wealth = world.log_wealth[users][:, None]
    liking = _affinities(world.preference[users], world.content_by_feature)
    odds = odds_against(world, log_wealth, liking + 0.3 * world.popularity)
    return believed_amount(world, log_wealth, liking), odds


def odds_against(
    world: World, log_wealth: NDArray[np.float64], pull: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (n, m) float64: the odds against a gift before any big gift.

    Parameters
    ----------
    world : World
    log_wealth : (n, 1) float64
    pull : (n, m) float64
        Affinity and what popularity adds to it.
    """
    config = world.config
    odds: NDArray[np.float64] = np.exp(
        -config.gift_intercept - config.wealth_slope * log_wealth - pull
    )
    return odds


def is_lognormal(world: World) -> bool:
    """Return whether the recommender believes in the lognormal amount: the published preset."""
    return world.config.ev_model == "lognormal" and world.config.amount_model != 2


def lognormal_factors(world: World, users: NDArray[np.int64]) -> tuple[Any, ...]:
    """Return what `lognormal_row` takes, for some users; those of one user are rows of the first.

    Returns
    -------
    preference : (n, d) float64
    scale, user_odds : (n,) float64
    by_feature : (d, S) float64
    streamer_odds : (S,) float64
    halvings : int
    """
    log_wealth = world.log_wealth[users]
    return (
        world.preference[users],
        np.exp(2 + 0.8 * log_wealth + 0.5 * SPREAD**2),
        np.exp(-world.config.gift_intercept - world.config.wealth_slope * log_wealth),
        world.content_by_feature,
        np.exp(-0.3 * world.popularity),
        _halvings(world),
    )


def _halvings(world: World) -> int:
    """Return how often half an affinity has to be halved to be within the reach of the series."""
    return max(0, math.ceil(math.log2(max(2 * world.largest_affinity, REACH) - 1e-9)))


def believed_amount(
    world: World, log_wealth: NDArray[np.float64], liking: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the amount of a gift as the recommender expects it, currency units.

    Parameters
    ----------
    world : World
    log_wealth : (n, 1) float64
    liking : (n, S) float64
        Affinities.

    Returns
    -------
    (n, S) float64
    """
    model = world.config.amount_model
    if world.config.ev_model == "drawn":
        return mean_amount(world, log_wealth, liking)
    if model == 2:
        body = min(math.exp(BODY_MEAN + BODY_SPREAD**2 / 2), TAIL_START)
        tail = min(TAIL_START * 2 ** (1 / TAIL_INDEX), 10_000)  # as published: not the mean drawn
        base = (1 - TAIL_SHARE) * body + TAIL_SHARE * tail
        return np.maximum(1, base * taste(log_wealth, liking))
    return np.maximum(1, np.exp(2 + 0.8 * log_wealth + 0.5 * liking + 0.5 * SPREAD**2))


REACH = 0.25
"""Largest number at which `_exponential` is exact to rounding: 0.25¹² / 12! is 1e-16."""


_INVERSE_FACTORIALS = tuple(1 / math.factorial(power) for power in range(12))


@njit(inner=True)
def _exponential(x):  # type: ignore[no-untyped-def]
    """Return exp(x) for |x| ≤ `REACH`, by Taylor's series.

    Unlike the library's, it is a few multiplications that the compiler makes vector code of.
    """
    total = _INVERSE_FACTORIALS[11]
    for power in range(10, -1, -1):
        total = total * x + _INVERSE_FACTORIALS[power]
    return total


@njit(cache=True)
def _lognormal_terms(  # type: ignore[no-untyped-def]
    preference, scale, user_odds, by_feature, streamer_odds, halvings, amount, odds
):
    root = np.empty(len(streamer_odds))
    shared = by_feature, streamer_odds, halvings, root
    for i in range(len(preference)):
        lognormal_row(preference[i], scale[i], user_odds[i], *shared, amount[i], odds[i])


@njit(inner=True)
def lognormal_row(  # type: ignore[no-untyped-def]
    preference, scale, user_odds, by_feature, streamer_odds, halvings, root, amount, odds
):
    """Write one user's terms of EV where the amount is lognormal: both follow one exponential.

    With e = exp(liking / 2), the amount is max(1, scale · e) and the odds are
    user_odds · streamer_odds / e².

    Parameters
    ----------
    preference, scale, user_odds, by_feature, streamer_odds, halvings
        From `lognormal_factors`; the first three, of this user.
    root : (S,) float64
        Scratch.
    amount, odds : (S,) float64
        Written.
    """
    root[:] = 0.0
    add_affinities(preference, by_feature, root)
    _exponentiate(root, 0.5 ** (halvings + 1))
    for _ in range(halvings):
        _square(root)
    _write_amounts(root, scale, amount)
    _write_odds(root, user_odds, streamer_odds, odds)


# Loops over one row, each a function of its own: the compiler makes vector code of these.


@njit(inner=True)
def _exponentiate(values, factor):  # type: ignore[no-untyped-def]
    for s in range(len(values)):
        values[s] = _exponential(values[s] * factor)


@njit(inner=True)
def _square(values):  # type: ignore[no-untyped-def]
    for s in range(len(values)):
        values[s] *= values[s]


@njit(inner=True)
def _write_amounts(root, scale, amount):  # type: ignore[no-untyped-def]
    for s in range(len(root)):
        mean = scale * root[s]
        amount[s] = mean if mean > 1.0 else 1.0


@njit(inner=True)
def _write_odds(root, user_odds, streamer_odds, odds):  # type: ignore[no-untyped-def]
    for s in range(len(root)):
        odds[s] = user_odds * streamer_odds[s] / (root[s] * root[s])


@njit(cache=True)
def _affinities(preference, by_feature):  # type: ignore[no-untyped-def]
    """Return ``preference @ by_feature``, (n, S)."""
    product = np.zeros((len(preference), by_feature.shape[1]))
    for user in range(len(preference)):
        add_affinities(preference[user], by_feature, product[user])
    return product


@njit(inner=True)
def add_affinities(preference, by_feature, liking):  # type: ignore[no-untyped-def]
    """Add one user's affinities to what is there, (S,).

    A round is too small for BLAS to share out among threads: with a sweep on every core, its
    threads cost several times what they compute. Eight features at a time: most of the time goes
    into reading and writing `liking`.
    """
    whole = len(by_feature) // 8 * 8
    for f in range(0, whole, 8):
        first = by_feature[f], by_feature[f + 1], by_feature[f + 2], by_feature[f + 3]
        second = by_feature[f + 4], by_feature[f + 5], by_feature[f + 6], by_feature[f + 7]
        _add_eight(preference[f : f + 8], first, second, liking)
    for f in range(whole, len(by_feature)):
        for s in range(len(liking)):
            liking[s] += preference[f] * by_feature[f, s]


@njit(inner=True, fastmath={"contract"})
def _add_eight(weight, first, second, total):  # type: ignore[no-untyped-def]
    """Add eight features, as fused multiplications and additions."""
    a, b, c, d = first
    e, f, g, h = second
    w0, w1, w2, w3 = weight[0], weight[1], weight[2], weight[3]
    w4, w5, w6, w7 = weight[4], weight[5], weight[6], weight[7]
    for s in range(len(total)):
        near = w0 * a[s] + w1 * b[s] + w2 * c[s] + w3 * d[s]
        total[s] += near + w4 * e[s] + w5 * f[s] + w6 * g[s] + w7 * h[s]
