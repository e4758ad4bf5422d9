"""Expected gifts of a replay: what chance would give on average, given who meets whom and when."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.world.gifts import affinity
from simulator.world.mean_amount import mean_amount
from simulator.world.population import World
from solver.kernels import njit


def expected_gifts(
    world: World,
    users: NDArray[np.int64],
    streamers: NDArray[np.int64],
    big_gifts: NDArray[np.int64],
    loads: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the conditional expectation of the gift of every meeting.

    ::

        p · E[amount] / ((1 + 0.05 b) · (1 + 0.5 max(0, load - capacity) / capacity))

    with p the probability of a gift and b the big gifts of the streamer, both when the two meet.
    The amounts are those that are drawn, whatever the recommender believes (`ev_model`).

    It is conditioned on all that happened before the meeting: on who meets whom, and on the state
    then. So gift less expectation is a martingale difference, and the sum of the expectations over
    a replay has the same mean as the sum of the gifts: over seeds it estimates the same revenue,
    without the chance of each gift. The state is still random: it follows from earlier gifts.

    Parameters
    ----------
    world : World
    users, streamers : (M,) int64
        Who met whom.
    big_gifts : (M,) int64
        Big gifts of the streamer when they met.
    loads : (M,) int64
        Users at the streamer in that round.

    Returns
    -------
    (M,) float64
        Currency units.
    """
    config, terms = world.config, np.empty((4, len(users)))
    of_world = world.log_wealth, world.preference, world.content, world.popularity, world.capacity
    coefficients = config.gift_intercept, config.wealth_slope
    _write_terms(users, streamers, big_gifts, loads, *of_world, *coefficients, terms)
    log_wealth, liking, log_odds_against, discount = terms
    divisor = np.exp(log_odds_against)
    divisor += 1
    divisor *= discount
    expected: NDArray[np.float64] = mean_amount(world, log_wealth, liking)
    expected /= divisor
    return expected


@njit(cache=True)
def _write_terms(  # type: ignore[no-untyped-def]
    users, streamers, big_gifts, loads,
    log_wealth, preference, content, popularity, capacity,
    intercept, slope, terms,
):  # fmt: skip
    """Write log-wealth, affinity, log-odds against a gift and discount of each meeting, (4, M)."""
    for i in range(len(users)):
        u, s, b = users[i], streamers[i], big_gifts[i]
        liking = affinity(preference[u], content[s])
        log_odds = intercept + slope * log_wealth[u] + liking + (0.3 * popularity[s] - 0.1 * b)
        crowding = max(0, loads[i] - capacity[s]) / capacity[s]
        terms[0, i], terms[1, i], terms[2, i] = log_wealth[u], liking, -log_odds
        terms[3, i] = (1 + 0.05 * b) * (1 + 0.5 * crowding)
