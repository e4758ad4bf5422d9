"""Expected gifts of a replay: what chance would give on average, given who meets whom and when."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.world.expected_value import affinity_of_pairs
from simulator.world.mean_amount import mean_amount
from simulator.world.population import World


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
    log_wealth, config = world.log_wealth[users], world.config
    affinity = affinity_of_pairs(world, users, streamers)
    log_odds = config.gift_intercept + config.wealth_slope * log_wealth + affinity
    log_odds += 0.3 * world.popularity[streamers] - 0.1 * big_gifts
    capacity = world.capacity[streamers]
    crowding = np.maximum(0, loads - capacity) / capacity
    discount = (1 + 0.05 * big_gifts) * (1 + 0.5 * crowding)
    expected: NDArray[np.float64] = mean_amount(world, log_wealth, affinity) / (
        (1 + np.exp(-log_odds)) * discount
    )
    return expected
