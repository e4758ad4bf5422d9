"""The model of gifts in a study on the caller's own matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from simulator.settings import Share, check

Sigma = Annotated[float, Ge(0), Le(5)]
"""Standard deviation of a log amount."""


@dataclass(frozen=True)
class GiftModel:
    """Random gifts around the expected values: rare, and of very different amounts.

    A user gives with probability p; the amount is then EV / p times a lognormal factor of mean 1::

        gift = EV / p · exp(σ z - σ² / 2)   with probability p, z standard normal;   0 otherwise

    Its mean is EV, whatever p and σ. The factor is the user's, not the pair's: under every
    allocation the same users give, and a user's gift differs only by the EV of where it is. That
    makes differences between allocations far less noisy (common random numbers; A. M. Law,
    "Simulation Modeling and Analysis", 2015, §11.2).

    Parameters
    ----------
    probability : float
        p, above 0 and at most 1. By default 0.015: in the public KuaiLive data, 1.48 % of
        interactions bring a gift.
    sigma : float
        σ, standard deviation of a pair's log amount, from 0 to 5. By default 1: half of the gifts
        are then below 61 % of their mean.

    Raises
    ------
    solver.InputError
        With the field at fault, ``"gift_probability"`` or ``"amount_sigma"``.

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import GiftModel
    >>> givers = GiftModel(probability=0.5, sigma=0.0).draw(6, np.random.default_rng(1))
    >>> givers.users.tolist(), givers.factor.tolist()
    ([2, 4, 5], [2.0, 2.0, 2.0])
    """

    probability: Share = 0.015
    sigma: Sigma = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "probability", check("gift_probability", self.probability, Share))
        sigma = check("amount_sigma", self.sigma, Sigma)
        object.__setattr__(self, "sigma", sigma)

    def draw(self, n_users: int, rng: np.random.Generator) -> Givers:
        """Draw who gives, and by which factor of its EV, once for every user."""
        users = np.flatnonzero(rng.random(n_users) < self.probability)
        spread = np.exp(self.sigma * rng.standard_normal(len(users)) - self.sigma**2 / 2)
        return Givers(users, spread / self.probability)


@dataclass(frozen=True, eq=False)
class Givers:
    """Who gives in a simulation.

    Parameters
    ----------
    users : (g,) int64
        Positions, rising within a simulation.
    factor : (g,) float64
        What each gives, as a multiple of its EV where it is.
    """

    users: NDArray[np.int64]
    factor: NDArray[np.float64]
