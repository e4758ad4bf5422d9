"""What a sweep varies and repeats: its settings, checked once, here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

from solver import Algorithm, InputError

from .checks import number, one_of, share, whole
from .world import WorldConfig

Draws = Literal["sequential", "common"]

LARGEST_SCALE = 1e6
"""Largest factor on capacities; far beyond it, whole numbers are no longer exact."""


@dataclass(frozen=True)
class Configuration:
    """One point of the grid: a tiered policy and the capacities it meets."""

    k: int
    whale_share: float
    capacity_scale: float
    algorithm: Algorithm


@dataclass(frozen=True)
class SweepConfig:
    """A grid of tiered policies, replayed over seeds. The defaults are the reference experiment.

    Parameters
    ----------
    k_values : tuple of int
        Whale caps, ≥ 0; 0 closes every streamer to whales.
    whale_shares : tuple of float
        Shares of the population, by wealth, that count as whales; above 0, at most 1.
    capacity_scales : tuple of float
        Factors on the world's capacities, > 0; each has a greedy baseline of its own.
    algorithms : tuple of str
        How the whale tier is allocated.
    simulations : int
        Number of seeds: `seed`, `seed` + 1, ….
    rounds, users_per_round : int
        Length of a replay, and how many different users each round has.
    seed : int
    draws : {"sequential"}
        A replay draws users and gifts from one stream, as published. "common" is refused so far.
    world : WorldConfig

    Raises
    ------
    solver.InputError
        With the field and, in a list, the position at fault.
    """

    k_values: tuple[int, ...] = (1, 2, 3, 5)
    whale_shares: tuple[float, ...] = (0.01,)
    capacity_scales: tuple[float, ...] = (1.0,)
    algorithms: tuple[Algorithm, ...] = ("min-cost-flow",)
    simulations: int = 50
    rounds: int = 50
    users_per_round: int = 200
    seed: int = 42
    draws: Draws = "sequential"
    world: WorldConfig = field(default_factory=WorldConfig)

    def __post_init__(self) -> None:
        lists: dict[str, Callable[[str, Any], Any]] = {
            "k_values": lambda name, value: whole(name, value, least=0),
            "whale_shares": share,
            "capacity_scales": _scale,
            "algorithms": lambda name, value: one_of(name, value, get_args(Algorithm)),
        }
        for name, check in lists.items():
            object.__setattr__(self, name, _different(name, getattr(self, name), check))
        for name in ("simulations", "rounds", "users_per_round"):
            whole(name, getattr(self, name), least=1)
        whole("seed", self.seed, least=0)
        one_of("draws", self.draws, get_args(Draws))
        if self.draws == "common":
            raise InputError("draws", "Expected draws sequential; common draws do not exist yet.")
        if not isinstance(self.world, WorldConfig):
            raise InputError("world", f"Expected world as a mapping; got {self.world!r}.")
        whole("users_per_round", self.users_per_round, least=1, most=self.world.n_users)

    @property
    def seeds(self) -> range:
        """Seeds of the simulations, in order."""
        return range(self.seed, self.seed + self.simulations)

    def grid(self) -> Iterator[Configuration]:
        """Yield every configuration; k varies fastest."""
        for whale_share in self.whale_shares:
            for scale in self.capacity_scales:
                for algorithm in self.algorithms:
                    for k in self.k_values:
                        yield Configuration(k, whale_share, scale, algorithm)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> SweepConfig:
        """Return the configuration a YAML file or a JSON body describes; what is absent, default.

        Parameters
        ----------
        mapping : mapping
            Keys are the names of the fields; `world` is a mapping of its own.

        Raises
        ------
        solver.InputError
            On a key that is no setting, or a value that is none of its setting's.
        """
        _known_keys(mapping, cls, "")
        settings = dict(mapping)
        if isinstance(settings.get("world"), Mapping):
            _known_keys(settings["world"], WorldConfig, "world.")
            settings["world"] = WorldConfig(**settings["world"])
        return cls(**settings)

    def as_mapping(self) -> dict[str, Any]:
        """Return the configuration as JSON and YAML write it: lists, and `world` nested."""
        listed = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }
        return {**listed, "world": self.world.as_mapping()}


def _known_keys(mapping: object, settings: type[SweepConfig | WorldConfig], prefix: str) -> None:
    """Refuse what is not a mapping, and a key that is not a setting."""
    if not isinstance(mapping, Mapping):
        raise InputError("config", f"Expected a mapping of settings; got {mapping!r}.")
    known = [each.name for each in fields(settings)]
    for key in mapping:
        if key not in known:
            expected = ", ".join(known)
            raise InputError(
                f"{prefix}{key}", f"Expected settings among {expected}; got {prefix}{key}."
            )


def _different(name: str, values: Any, check: Callable[[str, Any], Any]) -> tuple[Any, ...]:
    """Return the checked values of a list; refuse an empty one and a value that comes twice."""
    if not isinstance(values, list | tuple):
        raise InputError(name, f"Expected {name} as a list; got {values!r}.")
    if not values:
        raise InputError(name, f"Expected at least one value in {name}; got none.")
    checked: list[Any] = []
    for position, value in enumerate(values):
        try:
            right = check(name, value)
        except InputError as error:
            raise InputError(name, error.message, (position,)) from error
        if right in checked:
            raise InputError(
                name, f"Expected different values in {name}; got {value} twice.", (position,)
            )
        checked.append(right)
    return tuple(checked)


def _scale(name: str, value: Any) -> float:
    checked = number(name, value)
    if not 0 < checked <= LARGEST_SCALE:
        raise InputError(name, f"Expected {name} above 0 and at most 1e6; got {value}.")
    return checked
