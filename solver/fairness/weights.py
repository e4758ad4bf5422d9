"""Weights and prices of a fair allocation, without placing users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message

from ..allocation import wrong_problem
from ..duality import Scope, ShadowPrices
from ..errors import InputError, quote_name
from ..model import Problem
from .certificate import as_base, as_parameter
from .instance import Instance, SlotPrices
from .relaxation import COLD, WARM, Relaxation, relax
from .welfare import GiniWelfare

_SCOPES = get_args(Scope)


@dataclass(frozen=True, eq=False)
class FairWeights:
    """What a unit of revenue is worth at each streamer, and what its slots cost.

    Parameters
    ----------
    weights : (S,) float64
        ω, from 1 - θ + θ/S to 1 + θ - θ/S: the greatest at the streamer of the least revenue.
    prices : ShadowPrices
        Of the limits, at the EVs ω_s EV.
    revenue : (S,) float64
        Of the solution in which users are divisible, currency units, without what streamers had
        before.
    """

    weights: NDArray[np.float64]
    prices: ShadowPrices
    revenue: NDArray[np.float64]


def fair_weights(
    problem: Problem,
    theta: float,
    *,
    base: ArrayLike | None = None,
    scope: Scope = "joint",
    start: FairWeights | None = None,
) -> FairWeights:
    """Return the weights and prices by which users, one by one, come to a fair allocation.

    They are those of `allocate_fair`, to the precision of the descent: of the problem in which
    users are divisible. A user who goes where ``ω_s EV`` less the price is greatest adds most to
    the welfare ``T (1 - θ G)``. Any others prove a bound with `certify_fair` as well.

    Parameters
    ----------
    problem : Problem
        Negative EVs must not be allowed.
    theta : float
        Weight of equality, from 0 to 1.
    base : (S,) array_like of float, optional
        Revenue that streamers had before, currency units, ≥ 0: equality is sought of both together.
    scope : {"joint", "whale"}
        Whose revenue counts: that of all users, or of whales.
    start : FairWeights, optional
        Those of a similar problem: the descent starts there, and is shorter.

    Returns
    -------
    FairWeights

    Raises
    ------
    InputError
        With the argument at fault.

    Examples
    --------
    >>> import numpy as np
    >>> from solver import Problem, fair_weights
    >>> ev = np.random.default_rng(0).lognormal(size=(200, 2)) * [3.0, 1.0]
    >>> fair = fair_weights(Problem(ev, whale_cap=200), 0.2)
    >>> bool(fair.weights[0] < 1 < fair.weights[1])
    True
    """
    if not isinstance(problem, Problem):
        raise wrong_problem(problem)
    if problem.limits.allow_negative_ev:
        raise InputError("allow_negative_ev", Message("fairness_negative_ev"))
    if scope not in _SCOPES:
        message = Message(
            "option_unknown", field="scope", known=_SCOPES, received=quote_name(scope)
        )
        raise InputError("scope", message)
    welfare = GiniWelfare(as_parameter(theta, "theta", 1.0))
    had = as_base(base, problem.n_streamers)
    instance = Instance.of(problem, problem.limits, scope, had)
    relaxation = relax(instance, welfare, _first(instance, start), COLD if start is None else WARM)
    prices = relaxation.prices.by_limit(instance)
    return FairWeights(relaxation.weights, prices, relaxation.revenue)


def _first(instance: Instance, start: FairWeights | None) -> Relaxation:
    """Return where the descent starts: by default all weights are 1, and slots cost nothing."""
    if start is None:
        prices = SlotPrices(np.zeros(instance.n_streamers), np.zeros(instance.n_streamers))
        return Relaxation.start(instance, prices)
    if start.weights.shape != (instance.n_streamers,):
        shape = str(start.weights.shape)
        message = Message(
            "one_of_each_expected", field="start", streamers=instance.n_streamers, shape=shape
        )
        raise InputError("start", message)
    prices = SlotPrices.of(start.prices)
    if not instance.has_slot_price:
        prices = SlotPrices(np.maximum(prices.surcharge + prices.slot, 0.0), 0 * prices.slot)
    return Relaxation(start.weights, prices, start.revenue, 0.0, 1.0)
