"""Users that are worth more than most streamers earn: placed first, and whole in the proof."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..kernels import NONE, get_ev, njit
from .instance import Instance
from .relaxation import WARM, Relaxation, relax
from .welfare import GiniWelfare, LargeUsersWelfare, Welfare

LARGEST = 2.0
"""Greatest EV, as a multiple of the median revenue, below which no user counts as large."""

LARGE = 0.7
"""Greatest EV, as a share of the median revenue, from which a user is placed first."""

LARGE_IN_PROOFS = 1.5, 1.0
"""Greatest EV, as a multiple of the median revenue, from which a proof has a user whole: where
equality counts little, and where it counts much."""

MUCH = 0.35
"""θ from which equality counts much: all other streamers then have one weight, before only half
of them."""

MOST_LARGE = 0.5
"""Greatest number of large users, as a share of the streamers."""


def find_large(instance: Instance, revenue: NDArray[np.float64], share: float) -> NDArray[np.int64]:
    """Return users whose greatest EV is above a share of the median revenue, largest first.

    Parameters
    ----------
    instance : Instance
    revenue : (S,) float64
        Of a divisible solution, currency units.
    share : float

    Returns
    -------
    (m,) int64
        Positions in the instance. Empty where the problem has more than one streamer a user,
        penalties, or too many such users.
    """
    limits, size = instance.limits, instance.n_streamers
    level = float(np.median(revenue + instance.base))
    number = int(np.count_nonzero(instance.best_ev > max(share * level, 0.0)))
    if instance.best_ev.max(initial=0.0) <= LARGEST * level:
        number = 0
    if not 0 < number <= MOST_LARGE * size or instance.per_user > 1 or limits.whale_penalty.any():
        return np.empty(0, np.int64)
    return np.argsort(-instance.best_ev, kind="stable")[:number]


def tighten(
    instance: Instance, welfare: Welfare, relaxation: Relaxation
) -> list[tuple[LargeUsersWelfare, Relaxation]]:
    """Return weights and prices of a bound that has large users whole.

    It is found as in `relax`, for the other users alone. None where no user is large.

    Parameters
    ----------
    instance : Instance
    welfare : Welfare
    relaxation : Relaxation
        Weights and prices of the bound with divisible users.

    Returns
    -------
    list of (LargeUsersWelfare, Relaxation)
    """
    if not isinstance(welfare, GiniWelfare) or welfare.theta == 0.0:
        return []
    is_much = welfare.theta >= MUCH
    users = find_large(instance, relaxation.revenue, LARGE_IN_PROOFS[is_much])
    if not len(users):
        return []
    size, number = instance.n_streamers, len(users)
    pooled = size if is_much else min(size, (size + number) // 2 + 1)
    own = LargeUsersWelfare(welfare.theta, large=number, pooled=pooled)
    return [(own, relax(_without(instance, users), own, relaxation, WARM))]


def place_large(
    instance: Instance, welfare: Welfare, relaxation: Relaxation
) -> tuple[Instance, Relaxation, NDArray[np.int64], NDArray[np.int64]] | None:
    """Place large users each at a streamer of its own, and solve for the others.

    Returns
    -------
    (Instance, Relaxation, (m,) int64, (m,) int64) or None
        The others, with what large users bring as a base; their divisible solution; the large
        users, and the streamer of each, NONE for none. None where no user is large.
    """
    users = find_large(instance, relaxation.revenue, LARGE)
    if not len(users) or not isinstance(welfare, GiniWelfare):
        return None
    size = instance.n_streamers
    least = welfare.rank_weights(size)[::-1]
    at, value = place_apart(
        instance.rows, instance.users[users], instance.is_whale[users], least,
        relaxation.prices.surcharge, relaxation.prices.slot, instance.whale_units, instance.units,
    )  # fmt: skip
    placed = at != NONE
    brought = np.bincount(at[placed], value[placed], size)
    taken = np.bincount(at[placed], minlength=size)
    of_whales = np.bincount(at[placed & instance.is_whale[users]], minlength=size)
    rest = _without(instance, users)
    rest = replace(
        rest,
        base=instance.base + brought,
        whale_units=np.maximum(np.minimum(rest.whale_units - of_whales, rest.units - taken), 0.0),
        units=rest.units - taken,
        least_units=np.maximum(rest.least_units - taken, 0.0),
    )
    return rest, relax(rest, welfare, relaxation, WARM), users, at


def _without(instance: Instance, users: NDArray[np.int64]) -> Instance:
    """Return the instance without some of its users."""
    others = np.ones(len(instance.users), np.bool_)
    others[users] = False
    return replace(
        instance,
        users=instance.users[others],
        is_whale=instance.is_whale[others],
        best_ev=instance.best_ev[others],
    )


@njit(cache=True)
def place_apart(rows, users, is_whale, weights, surcharge, slot, whale_units, units):
    """Place users in order, each at the streamer of greatest profit that has none of them.

    Returns (m,) int64, the streamers, NONE for none, and (m,) float64, the EVs there.
    """
    at, value = np.full(len(users), NONE), np.zeros(len(users))
    is_taken = np.zeros(len(slot), np.bool_)
    for i in range(len(users)):
        most = 0.0
        for s in range(len(slot)):
            room = whale_units[s] if is_whale[i] else units[s]
            ev = get_ev(rows, users[i], s)
            if is_taken[s] or room < 1.0 or not ev >= 0.0:
                continue
            profit = weights[i] * ev - slot[s] - (surcharge[s] if is_whale[i] else 0.0)
            if profit > most:
                most, at[i], value[i] = profit, s, ev
        if at[i] != NONE:
            is_taken[at[i]] = True
    return at, value
