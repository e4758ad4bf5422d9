"""What a sweep on an own matrix varies and repeats: its settings, checked once, here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from solver import InputError

from .checks import whole
from .configuration import SweepConfig
from .own_gifts import GiftModel

MOST_SIMULATIONS = MOST_POINTS = 10_000
"""Most simulations, and most configurations: a resample holds a weight for each simulation."""

MOST_ROWS = 1_000_000
"""Most simulations of all configurations together: each is a row of the result."""


@dataclass(frozen=True)
class OwnSweepConfig:
    """What a sweep on an own matrix varies and repeats.

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

    Raises
    ------
    solver.InputError
        With the field and, in a list, the position at fault.
    """

    k_values: tuple[int, ...] = (1, 2, 3, 5)
    whale_shares: tuple[float, ...] = (0.01,)
    simulations: int = 200
    seed: int = 42
    gifts: GiftModel = field(default_factory=GiftModel)

    def __post_init__(self) -> None:
        shared = ("k_values", "whale_shares", "simulations", "seed")
        # A sweep of drawn worlds asks the same of the settings that it has in common with this.
        checked = SweepConfig(**{name: getattr(self, name) for name in shared})
        for name in shared:
            object.__setattr__(self, name, getattr(checked, name))
        whole("simulations", self.simulations, least=1, most=MOST_SIMULATIONS)
        points = len(self.k_values) * len(self.whale_shares)
        if points > MOST_POINTS:
            raise InputError(
                "k_values",
                f"Expected at most {MOST_POINTS:,} configurations, which are k_values × "
                f"whale_shares; got {points:,}.",
            )
        if points * self.simulations > MOST_ROWS:
            raise InputError(
                "simulations",
                f"Expected at most {MOST_ROWS:,} rows, which are k_values × whale_shares × "
                f"simulations; got {points * self.simulations:,}.",
            )

    def as_mapping(self) -> dict[str, Any]:
        """Return the configuration as JSON writes it."""
        return {
            "k_values": list(self.k_values),
            "whale_shares": list(self.whale_shares),
            "simulations": self.simulations,
            "seed": self.seed,
            "gift_probability": self.gifts.probability,
            "amount_sigma": self.gifts.sigma,
        }
