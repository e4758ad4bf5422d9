"""What a sweep varies and repeats: its settings, checked once, here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

from solver import Algorithm, InputError
from solver.errors import quote, quote_name

from .checks import number, one_of, share, whole
from .world import WorldConfig

DrawProtocol = Literal["sequential", "common"]
PolicyName = Literal[
    "greedy",
    "tiered",
    "capacity-greedy",
    "joint",
    "random",
    "round-robin",
    "shadow-price",
    "exposure",
    "spend-cap",
]

BASELINE: PolicyName = "greedy"
"""What all other policies are compared with."""

_COMPARED = tuple(name for name in get_args(PolicyName) if name != BASELINE)

CAPPED: tuple[PolicyName, ...] = ("tiered", "joint", "shadow-price", "exposure")
"""Policies that hold a whale cap k; they are replayed for every k and share of whales."""

LARGEST_SCALE = 1e6
"""Largest factor on capacities; far beyond it, whole numbers are no longer exact."""

LARGEST_SPEND = 1e15
"""Largest spend cap, currency units: the solver's largest EV."""


@dataclass(frozen=True)
class Configuration:
    """One point of the grid, or a baseline: a policy, and the capacities and users it meets.

    Parameters
    ----------
    k : int or None
        Whale cap; None for policies without one.
    whale_share : float
        Who counts as a whale; where a policy makes no difference between users, whom the whale
        figures count.
    capacity_scale : float
    algorithm : str or None
        Of the whale tier of policy tiered; None for the others.
    policy : str
    users_per_round : int
    spend_cap : float or None
        Of policy spend-cap, currency units; None for the others.
    """

    k: int | None
    whale_share: float
    capacity_scale: float
    algorithm: Algorithm | None
    policy: PolicyName = "tiered"
    users_per_round: int = 200
    spend_cap: float | None = None

    @property
    def setting(self) -> tuple[float, int]:
        """Capacity scale and users per round: what it has in common with its baseline."""
        return self.capacity_scale, self.users_per_round


@dataclass(frozen=True)
class SweepConfig:
    """A grid of policies, replayed over seeds. The defaults are the reference experiment.

    Parameters
    ----------
    policies : tuple of str
        What is compared with the baseline; see `simulator.policies`. Each varies what it has:
        tiered k, shares and algorithms; joint, shadow-price and exposure k and shares; spend-cap
        spend caps and shares. The others have one point for each scale and number of users.
    k_values : tuple of int
        Whale caps, ≥ 0; 0 closes every streamer to whales.
    whale_shares : tuple of float
        Shares of the population, by wealth, that count as whales; above 0, at most 1.
    capacity_scales : tuple of float
        Factors on the world's capacities, > 0.
    algorithms : tuple of str
        How the whale tier of policy tiered is allocated.
    spend_caps : tuple of float
        For policy spend-cap: most summed EV of a streamer's whales, > 0, currency units.
    min_users : int
        For policy exposure: least users of a streamer that has a guarantee.
    simulations : int
        Number of seeds: `seed`, `seed` + 1, ….
    rounds : int
        Length of a replay.
    users_per_round : int or tuple of int
        How many different users each round has: one number, or several to compare. Each, at each
        capacity scale, has a greedy baseline of its own.
    seed : int
    draws : {"common", "sequential"}
        Common random numbers, so that configurations differ by their decisions only; or users and
        gifts from one stream, as published. See `simulator.draws`.
    world : WorldConfig

    Raises
    ------
    solver.InputError
        With the field and, in a list, the position at fault.
    """

    policies: tuple[PolicyName, ...] = ("tiered",)
    k_values: tuple[int, ...] = (1, 2, 3, 5)
    whale_shares: tuple[float, ...] = (0.01,)
    capacity_scales: tuple[float, ...] = (1.0,)
    algorithms: tuple[Algorithm, ...] = ("min-cost-flow",)
    spend_caps: tuple[float, ...] = ()
    min_users: int = 1
    simulations: int = 50
    rounds: int = 50
    users_per_round: int | tuple[int, ...] = 200
    seed: int = 42
    draws: DrawProtocol = "common"
    world: WorldConfig = field(default_factory=WorldConfig)

    def __post_init__(self) -> None:
        lists: dict[str, Callable[[str, Any], Any]] = {
            "policies": lambda name, value: one_of(name, value, _COMPARED),
            "k_values": lambda name, value: whole(name, value, least=0),
            "whale_shares": share,
            "capacity_scales": _scale,
            "algorithms": lambda name, value: one_of(name, value, get_args(Algorithm)),
        }
        for name, check in lists.items():
            object.__setattr__(self, name, _different(name, getattr(self, name), check))
        for name in ("simulations", "rounds", "min_users"):
            whole(name, getattr(self, name), least=1)
        whole("seed", self.seed, least=0)
        one_of("draws", self.draws, get_args(DrawProtocol))
        if not isinstance(self.world, WorldConfig):
            raise InputError("world", f"Expected world as a mapping; got {quote(self.world)}.")
        object.__setattr__(self, "users_per_round", self._checked_users())
        object.__setattr__(self, "spend_caps", self._checked_spend_caps())

    def _checked_users(self) -> int | tuple[int, ...]:
        """Return `users_per_round`; one number where it is a list of one."""
        given, most = self.users_per_round, self.world.n_users
        if not isinstance(given, list | tuple):
            return whole("users_per_round", given, least=1, most=most)
        sizes = _different(
            "users_per_round", given, lambda name, value: whole(name, value, least=1, most=most)
        )
        return sizes if len(sizes) > 1 else int(sizes[0])

    def _checked_spend_caps(self) -> tuple[float, ...]:
        """Return `spend_caps`, which may be empty where no policy needs any."""
        if self.spend_caps in ((), []) and "spend-cap" not in self.policies:
            return ()
        return _different("spend_caps", self.spend_caps, _spend_cap)

    @property
    def round_sizes(self) -> tuple[int, ...]:
        """The values of `users_per_round`."""
        sizes = self.users_per_round
        return (sizes,) if isinstance(sizes, int) else sizes

    def baselines(self) -> Iterator[Configuration]:
        """Yield the greedy baseline of every setting."""
        for size in self.round_sizes:
            for scale in self.capacity_scales:
                yield Configuration(None, self.whale_shares[0], scale, None, BASELINE, size)

    @property
    def seeds(self) -> range:
        """Seeds of the simulations, in order."""
        return range(self.seed, self.seed + self.simulations)

    def grid(self) -> Iterator[Configuration]:
        """Yield every configuration; k varies fastest."""
        for size in self.round_sizes:
            for position, whale_share in enumerate(self.whale_shares):
                for scale in self.capacity_scales:
                    for policy in self.policies:
                        # Policies that know no whales have one point, of the first share.
                        if position == 0 or policy in (*CAPPED, "spend-cap"):
                            for k, algorithm, spend_cap in self._variants(policy):
                                yield Configuration(
                                    k, whale_share, scale, algorithm, policy, size, spend_cap
                                )

    def _variants(
        self, policy: PolicyName
    ) -> list[tuple[int | None, Algorithm | None, float | None]]:
        """Return k, algorithm and spend cap of each form a policy is replayed in."""
        if policy == "tiered":
            return [(k, algorithm, None) for algorithm in self.algorithms for k in self.k_values]
        if policy in CAPPED:
            return [(k, None, None) for k in self.k_values]
        if policy == "spend-cap":
            return [(None, None, cap) for cap in self.spend_caps]
        return [(None, None, None)]

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
        raise InputError("config", f"Expected a mapping of settings; got {quote(mapping)}.")
    known = [each.name for each in fields(settings)]
    for key in mapping:
        if key not in known:
            expected = ", ".join(known)
            came = f"{prefix}{quote_name(key)}"
            raise InputError(came, f"Expected settings among {expected}; got {came}.")


def _different(name: str, values: Any, check: Callable[[str, Any], Any]) -> tuple[Any, ...]:
    """Return the checked values of a list; refuse an empty one and a value that comes twice."""
    if not isinstance(values, list | tuple):
        raise InputError(name, f"Expected {name} as a list; got {quote(values)}.")
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
                name,
                f"Expected different values in {name}; got {quote_name(value)} twice.",
                (position,),
            )
        checked.append(right)
    return tuple(checked)


def _scale(name: str, value: Any) -> float:
    checked = number(name, value)
    if not 0 < checked <= LARGEST_SCALE:
        raise InputError(name, f"Expected {name} above 0 and at most 1e6; got {value}.")
    return checked


def _spend_cap(name: str, value: Any) -> float:
    checked = number(name, value)
    if not 0 < checked <= LARGEST_SPEND:
        raise InputError(name, f"Expected {name} above 0 and at most 1e15; got {value}.")
    return checked
