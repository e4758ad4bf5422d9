"""The world: a drawn population of users and streamers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Gt, Le, MinLen
from numpy.typing import NDArray

from messages import Message
from simulator.settings import Count, check_settings
from solver import InputError, wealthiest

from .gifts import TIER_WEIGHTS, TIERS, Tiers

AmountModel = Literal[1, 2, 3]
EvModel = Literal["lognormal", "drawn"]


@dataclass(frozen=True)
class WorldConfig:
    """What a world is drawn from; the defaults are the published experiment's.

    Parameters
    ----------
    n_users, n_streamers : int
    n_features : int
        Dimensions of a preference and of a streamer's content.
    capacity_top10, capacity_middle, capacity_tail : int
        Users a streamer holds before it is crowded: the 10 % most popular streamers, the next
        50 %, the rest.
    amount_model : {1, 2, 3}
        How the amount of a gift is drawn: 1 lognormal, 2 lognormal body with a Pareto tail,
        3 discrete price tiers.
    ev_model : {"lognormal", "drawn"}
        What the recommender believes of the amounts. "lognormal" is the published preset: it
        scores EV with a lognormal amount (amount model 2: with a formula of its own) although
        gifts are drawn otherwise. "drawn" scores with the expectation of what is drawn.
    pareto_share : float
        Share of users whose wealth has a Pareto tail.
    new_streamer_share : float
        Share of streamers that count as new.
    gift_intercept : float
        Of the log-odds of a gift: what they are without wealth, affinity and popularity.
    wealth_slope : float
        Weight of log(1 + wealth) in the log-odds of a gift.
    tiers : tuple of float
        Amount model 3: prices of gifts, > 0, rising, currency units.
    tier_weights : tuple of float
        How often each is chosen, ≥ 0, before wealth and affinity shift the choice upwards or
        downwards along the list; they need not sum to 1.
    wealth_sigma : float
        Standard deviation of log-wealth below the Pareto tail.
    wealth_tail_index, popularity_tail_index : float
        Index of the Pareto tail of wealth, and of popularity; a smaller one is less equal.

    Raises
    ------
    solver.InputError
        With the field at fault, for example ``"world.n_users"``.

    Examples
    --------
    >>> from whale_matching import WorldConfig
    >>> config = WorldConfig(n_users=200, n_streamers=10)
    >>> config.amount_model
    3

    Every value is checked:

    >>> WorldConfig(n_users=0)
    Traceback (most recent call last):
        ...
    solver.errors.InputError: Expected world.n_users ≥ 1; got 0.
    """

    n_users: Count = 10_000
    n_streamers: Count = 500
    n_features: Count = 16
    capacity_top10: Count = 15
    capacity_middle: Count = 8
    capacity_tail: Count = 3
    amount_model: AmountModel = 3
    ev_model: EvModel = "lognormal"
    pareto_share: Annotated[float, Ge(0), Le(1)] = 0.05
    new_streamer_share: Annotated[float, Ge(0), Le(1)] = 0.2
    gift_intercept: Annotated[float, Ge(-50), Le(50)] = -5.0
    wealth_slope: Annotated[float, Ge(-10), Le(10)] = 0.5
    tiers: Annotated[tuple[Annotated[float, Gt(0), Le(1e9)], ...], MinLen(1)] = TIERS
    tier_weights: Annotated[tuple[Annotated[float, Ge(0), Le(1e9)], ...], MinLen(1)] = TIER_WEIGHTS
    # Beyond these, wealth and with it EV outgrow what the solver computes with.
    wealth_sigma: Annotated[float, Ge(0), Le(4)] = 1.0
    wealth_tail_index: Annotated[float, Ge(0.75), Le(100)] = 1.5
    popularity_tail_index: Annotated[float, Ge(0.1), Le(100)] = 1.2

    def __post_init__(self) -> None:
        check_settings(self, "world.")
        _check_tiers(self.tiers, self.tier_weights)

    def as_mapping(self) -> dict[str, Any]:
        """Return the configuration as JSON and YAML write it."""
        lists = {"tiers": list(self.tiers), "tier_weights": list(self.tier_weights)}
        return asdict(self) | lists


def _check_tiers(tiers: tuple[float, ...], weights: tuple[float, ...]) -> None:
    """Check that prices rise, and that each has a weight."""
    for position, (below, price) in enumerate(pairwise(tiers), start=1):
        if not below < price:
            message = Message("setting_rising", field="world.tiers", price=price, below=below)
            raise InputError("world.tiers", message, (position,))
    if len(weights) != len(tiers):
        message = Message("setting_tier_weights", tiers=len(tiers), weights=len(weights))
        raise InputError("world.tier_weights", message)
    if not sum(weights) > 0:
        raise InputError("world.tier_weights", Message("setting_no_weight"))


@dataclass(frozen=True, eq=False)
class World:
    """Users and streamers as drawn.

    Parameters
    ----------
    wealth : (N,) float64
        Currency units, > 0.
    preference : (N, d) float64
        Unit rows.
    popularity : (S,) float64
        Above 0, at most 1.
    content : (S, d) float64
        Unit rows.
    new : (S,) bool
        Which streamers are new.
    capacity : (S,) int64
        Users a streamer holds before it is crowded.
    config : WorldConfig

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import WorldConfig, draw_world
    >>> world = draw_world(WorldConfig(n_users=200, n_streamers=10), np.random.default_rng(42))
    >>> world.n_users, world.n_streamers
    (200, 10)
    >>> int(world.whales(0.05).sum())
    10
    >>> world.capacity.tolist()
    [3, 3, 8, 3, 3, 8, 8, 8, 8, 15]
    >>> world.with_capacity_scale(0.5).capacity.tolist()
    [2, 2, 4, 2, 2, 4, 4, 4, 4, 8]
    """

    wealth: NDArray[np.float64]
    preference: NDArray[np.float64]
    popularity: NDArray[np.float64]
    content: NDArray[np.float64]
    new: NDArray[np.bool_]
    capacity: NDArray[np.int64]
    config: WorldConfig
    cache: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)
    """Values computed from users and streamers; they do not depend on the capacities."""

    @property
    def n_users(self) -> int:
        """Number of users, N."""
        return len(self.wealth)

    @property
    def n_streamers(self) -> int:
        """Number of streamers, S."""
        return len(self.popularity)

    @property
    def tiers(self) -> Tiers:
        """Prices of gifts in amount model 3."""
        return Tiers.of(self.config.tiers, self.config.tier_weights)

    @cached_property
    def gift_terms(self) -> tuple[Any, ...]:
        """What gifts depend on beside chance, as the kernels of `simulator.world.gifts` take it."""
        config, tiers = self.config, self.tiers
        return (
            self.preference,
            self.content,
            self.largest_affinity,
            self.log_wealth,
            self.popularity,
            self.capacity,
            config.amount_model,
            config.gift_intercept,
            config.wealth_slope,
            tiers.price,
            np.log(tiers.weight),
        )

    @cached_property
    def log_wealth(self) -> NDArray[np.float64]:
        """(N,) float64: log(1 + wealth)."""
        return np.log1p(self.wealth)

    @cached_property
    def content_by_feature(self) -> NDArray[np.float64]:
        """(d, S) float64: the content, transposed, as the kernels read it."""
        return np.ascontiguousarray(self.content.T)

    @cached_property
    def largest_affinity(self) -> float:
        """Upper bound on the affinity of a user and a streamer; 1 where rows are unit rows."""
        squares = [np.einsum("ij,ij->i", rows, rows) for rows in (self.preference, self.content)]
        return float(np.sqrt(squares[0].max() * squares[1].max())) * (1 + 1e-12)

    def whales(self, whale_share: float) -> NDArray[np.bool_]:
        """Return (N,) bool: the wealthiest share of the whole population, at least one user."""
        key = "whales", whale_share
        if key not in self.cache:  # sorted once, used in every round
            self.cache[key] = wealthiest(self.wealth, whale_share)
        whales: NDArray[np.bool_] = self.cache[key]
        return whales

    def with_capacity_scale(self, scale: float) -> World:
        """Return the same world with capacities times `scale`, rounded, at least 1.

        The two worlds share their cache: it does not depend on the capacities.
        """
        capacity = np.maximum(1, np.rint(self.capacity * scale)).astype(np.int64)
        scaled = replace(self, capacity=capacity)
        object.__setattr__(scaled, "cache", self.cache)
        return scaled


def draw_world(config: WorldConfig, rng: np.random.Generator) -> World:
    """Draw a world, in the published experiment's order of draws.

    Parameters
    ----------
    config : WorldConfig
    rng : numpy.random.Generator
        Left in the state from which the published experiment plays its rounds.

    Returns
    -------
    World

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import WorldConfig, draw_world
    >>> world = draw_world(WorldConfig(n_users=200, n_streamers=10), np.random.default_rng(42))
    >>> world.wealth.shape, world.content.shape
    ((200,), (10, 16))
    """
    wealth = _draw_wealth(config, rng)
    preference = _unit_rows(rng.normal(0, 1, (config.n_users, config.n_features)))
    popularity = rng.pareto(config.popularity_tail_index, size=config.n_streamers) + 1
    popularity /= popularity.max()
    content = _unit_rows(rng.normal(0, 1, (config.n_streamers, config.n_features)))
    new = np.arange(config.n_streamers) < int(config.n_streamers * config.new_streamer_share)
    rng.shuffle(new)
    return World(
        wealth, preference, popularity, content, new, _capacity(config, popularity), config
    )


def _draw_wealth(config: WorldConfig, rng: np.random.Generator) -> NDArray[np.float64]:
    n_pareto = int(config.n_users * config.pareto_share)
    body = rng.lognormal(mean=3, sigma=config.wealth_sigma, size=config.n_users - n_pareto)
    tail = (rng.pareto(config.wealth_tail_index, size=n_pareto) + 1) * 100
    wealth = np.concatenate([body, tail])
    rng.shuffle(wealth)
    return wealth


def _unit_rows(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _capacity(config: WorldConfig, popularity: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return (S,) int64 capacities by rank of popularity."""
    n_streamers = len(popularity)
    top, middle = int(0.1 * n_streamers), int(0.5 * n_streamers)
    by_rank = np.full(n_streamers, config.capacity_tail, dtype=np.int64)
    by_rank[: top + middle] = config.capacity_middle
    by_rank[:top] = config.capacity_top10
    capacity = np.empty(n_streamers, dtype=np.int64)
    capacity[np.argsort(-popularity, kind="stable")] = by_rank
    return capacity
