"""Settings of a sweep on the caller's own matrix."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Le

from messages import Message
from simulator.settings import LARGEST, check_settings
from simulator.study.config import MinimumEffect, WhaleCaps, WhaleShares
from solver import InputError

from .gifts import GiftModel

MOST_SIMULATIONS = MOST_POINTS = 10_000
"""Most simulations, and most configurations: a resample holds a weight for each simulation."""

MOST_ROWS = 1_000_000
"""Most simulations of all configurations together: each is a row of the result."""


@dataclass(frozen=True)
class MatrixStudyConfig:
    """Settings of a sweep on the caller's own matrix.

    Parameters
    ----------
    k_values : tuple of int
        Whale caps, ≥ 0.
    whale_shares : tuple of float
        Shares of the users, by wealth, that count as whales; above 0, at most 1.
    simulations : int
        How often gifts are drawn: with seeds `seed`, `seed` + 1, ….
    seed : int
    gifts : GiftModel
    minimum_effect : MinimumEffect
        The verdict on a cap calls smaller effects negligible.

    Raises
    ------
    solver.InputError
        With the field and, in a list, the position at fault.

    Examples
    --------
    >>> from whale_matching import MatrixStudyConfig
    >>> config = MatrixStudyConfig(k_values=(1, 2), whale_shares=(0.05,), simulations=100)
    >>> config.gifts.probability
    0.015
    >>> MatrixStudyConfig(k_values=(1, -2))
    Traceback (most recent call last):
        ...
    solver.errors.InputError: Expected k_values ≥ 0; got -2.
    """

    k_values: WhaleCaps = (1, 2, 3, 5)
    whale_shares: WhaleShares = (0.01,)
    simulations: Annotated[int, Ge(1), Le(MOST_SIMULATIONS)] = 200
    seed: Annotated[int, Ge(0), Le(LARGEST)] = 42
    gifts: GiftModel = field(default_factory=GiftModel)
    minimum_effect: MinimumEffect = field(default_factory=MinimumEffect)

    def __post_init__(self) -> None:
        check_settings(self)
        points = len(self.k_values) * len(self.whale_shares)
        if points > MOST_POINTS:
            message = Message("study_configurations", most=MOST_POINTS, received=points)
            raise InputError("k_values", message)
        if points * self.simulations > MOST_ROWS:
            rows = points * self.simulations
            raise InputError("simulations", Message("study_rows", most=MOST_ROWS, received=rows))

    def as_mapping(self) -> dict[str, Any]:
        """Return the configuration as JSON writes it."""
        return {
            "k_values": list(self.k_values),
            "whale_shares": list(self.whale_shares),
            "simulations": self.simulations,
            "seed": self.seed,
            "gift_probability": self.gifts.probability,
            "amount_sigma": self.gifts.sigma,
            "minimum_effect": asdict(self.minimum_effect),
        }
