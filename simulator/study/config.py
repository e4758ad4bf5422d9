"""Settings of a study: what it varies and how often it repeats."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, MaxLen, MinLen

from messages import Message
from simulator.policies import BASELINE, POLICIES, ComparedPolicy, PolicyName, PolicySettings
from simulator.policies.base import Step
from simulator.policies.fair_horizon import Theta
from simulator.policies.fair_online import Alpha, Horizon, Offset
from simulator.settings import (
    LARGEST,
    Count,
    Distinct,
    Share,
    check,
    check_names,
    check_settings,
)
from simulator.world.population import WorldConfig
from solver import Algorithm, InputError

DrawProtocol = Literal["sequential", "common"]

WhaleCap = Annotated[int, Ge(0), Le(LARGEST)]

CapacityScale = Annotated[float, Gt(0), Le(1e6)]
"""Factor on capacities; far beyond the largest, whole numbers are no longer exact."""

SpendLimit = Annotated[float, Gt(0), Le(1e15)]
"""Currency units; at most the solver's largest EV."""

MOST_CHECKPOINTS = 12
"""Checkpoints of a replay that a study may record."""

DEFAULT_CHECKPOINTS = 6
"""Checkpoints of a replay, where none are given: its end, half of it, a quarter, ….

Fewer where a replay is short.
"""

Checkpoints = Annotated[tuple[Count, ...], MaxLen(MOST_CHECKPOINTS), Distinct()]

WhaleCaps = Annotated[tuple[WhaleCap, ...], MinLen(1), Distinct()]

WhaleShares = Annotated[tuple[Share, ...], MinLen(1), Distinct()]


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
    alpha : float or None
        Of policy fair-online; None for the others.
    theta : float or None
        Of policy fair-horizon; None for the others.
    """

    k: int | None
    whale_share: float
    capacity_scale: float
    algorithm: Algorithm | None
    policy: PolicyName = "tiered"
    users_per_round: int = 200
    spend_cap: float | None = None
    alpha: float | None = None
    theta: float | None = None

    @property
    def setting(self) -> tuple[float, int]:
        """Capacity scale and users per round, which it shares with its baseline."""
        return self.capacity_scale, self.users_per_round


LAST_STEPS: tuple[Step, ...] = ("cap", "fairness")
"""Steps that lead to the configuration itself."""


def find_rules(
    point: Configuration, whale_share: float, algorithm: Algorithm
) -> dict[Step, Configuration]:
    """Return the rules from the baseline to a configuration; see `SweepConfig.chain`.

    Parameters
    ----------
    point : Configuration
    whale_share : float
        Of rules that make no difference between users.
    algorithm : str
        Of tiered rules, where the configuration's policy has none.
    """
    rules: dict[Step, Configuration] = {}
    for step, name in POLICIES[point.policy].chain.items():
        rule = _rule(point, name, step, whale_share, algorithm)
        if step != "fairness" or rule not in rules.values():  # weights of 0 are no step
            rules[step] = rule
    return rules


def _rule(
    point: Configuration, policy: PolicyName, step: Step, whale_share: float, algorithm: Algorithm
) -> Configuration:
    """Return the rule that a step of a configuration's chain leads to."""
    grid = POLICIES[policy].grid
    if policy == point.policy and (step in LAST_STEPS or not {"k", "alpha", "theta"} & {*grid}):
        return point
    return replace(
        point,
        policy=policy,
        k=None,
        whale_share=point.whale_share if "whale_share" in grid else whale_share,
        algorithm=(point.algorithm or algorithm) if "algorithm" in grid else None,
        spend_cap=None,
        alpha=0.0 if "alpha" in grid else None,
        theta=0.0 if "theta" in grid else None,
    )


@dataclass(frozen=True)
class MinimumEffect:
    """The smallest effects that matter; smaller ones are called negligible.

    Parameters
    ----------
    revenue_pct : float
        Of expected revenue, percent of the baseline's.
    streamer_gini : float
        Of the Gini of expected revenue.

    Raises
    ------
    solver.InputError
        With the field at fault, as ``"minimum_effect.revenue_pct"``.

    Examples
    --------
    >>> from whale_matching import MinimumEffect, SweepConfig
    >>> SweepConfig(minimum_effect=MinimumEffect(revenue_pct=0.5)).minimum_effect
    MinimumEffect(revenue_pct=0.5, streamer_gini=0.001)
    """

    revenue_pct: Annotated[float, Ge(0), Le(100)] = 0.1
    streamer_gini: Annotated[float, Ge(0), Le(1)] = 0.001

    def __post_init__(self) -> None:
        check_settings(self, "minimum_effect.")


@dataclass(frozen=True)
class SweepConfig:
    """A grid of policies, replayed over seeds. The defaults are the reference experiment.

    Parameters
    ----------
    policies : tuple of str
        What is compared with the baseline; see `simulator.policies`. Each varies the settings of
        its `grid`, and has one point for each scale and number of users besides.
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
    alphas : tuple of float
        For policy fair-online: how much equality counts, ≥ 0; 0 is greedy within capacities.
    thetas : tuple of float
        For policy fair-horizon: how much equality counts, from 0 to 1; 0 is greedy within
        capacities.
    fairness_offset : float
        For policy fair-online: how much a streamer without revenue differs from others, > 0.
    fairness_horizon : int or None
        For policies fair-online and fair-horizon: rounds until which revenues are to be equal. None
        is the end of a replay; with 0, fair-online looks back alone, and fair-horizon ahead to its
        next solution.
    fairness_every : int
        For policy fair-horizon: rounds from one solution to the next.
    min_users : int
        For policy exposure: least users of a streamer that has a guarantee.
    whales_respect_capacity : bool
        For policy tiered: whether capacities limit whales as well as normal users. If not, k alone
        limits whales, and normal users fill what is left, as published.
    simulations : int
        Number of seeds: `seed`, `seed` + 1, ….
    until_decided : bool
        Whether to stop before, once the question is settled; `simulations` is then the most. See
        `simulator.decided_after`.
    rounds : int
        Length of a replay.
    checkpoints : tuple of int or None
        Rounds, at most `rounds`, up to which the concentration of revenue is recorded. None is the
        end of a replay, half of it, a quarter, …, `DEFAULT_CHECKPOINTS` in all.
    users_per_round : int or tuple of int
        How many different users each round has: one number, or several to compare. Each, at each
        capacity scale, has a greedy baseline of its own.
    seed : int
    draws : {"common", "sequential"}
        Common random numbers, so that configurations differ by their decisions only; or users and
        gifts from one stream, as published. See `simulator.world.random_numbers`.
    minimum_effect : MinimumEffect
        The verdict on a cap calls smaller effects negligible.
    world : WorldConfig

    Raises
    ------
    solver.InputError
        With the field and, in a list, the position at fault.

    Examples
    --------
    >>> from whale_matching import SweepConfig
    >>> config = SweepConfig(k_values=(1, 2), simulations=6)
    >>> [point.k for point in config.grid()]
    [1, 2]
    >>> config.seeds
    range(42, 48)
    >>> SweepConfig.from_mapping({"rounds": 0})
    Traceback (most recent call last):
        ...
    solver.errors.InputError: Expected rounds ≥ 1; got 0.
    """

    policies: Annotated[tuple[ComparedPolicy, ...], MinLen(1), Distinct()] = ("tiered",)
    k_values: WhaleCaps = (1, 2, 3, 5)
    whale_shares: WhaleShares = (0.01,)
    capacity_scales: Annotated[tuple[CapacityScale, ...], MinLen(1), Distinct()] = (1.0,)
    algorithms: Annotated[tuple[Algorithm, ...], MinLen(1), Distinct()] = ("min-cost-flow",)
    spend_caps: Annotated[tuple[SpendLimit, ...], Distinct()] = ()
    alphas: Annotated[tuple[Alpha, ...], MinLen(1), Distinct()] = (0.1,)
    thetas: Annotated[tuple[Theta, ...], MinLen(1), Distinct()] = (0.1,)
    fairness_offset: Offset = 0.1
    fairness_horizon: Horizon | None = None
    fairness_every: Count = 10
    min_users: Count = 1
    whales_respect_capacity: bool = True
    simulations: Count = 50
    until_decided: bool = False
    rounds: Count = 50
    checkpoints: Checkpoints | None = None
    users_per_round: Count | Annotated[tuple[Count, ...], MinLen(1), Distinct()] = 200
    seed: Annotated[int, Ge(0), Le(LARGEST)] = 42
    draws: DrawProtocol = "common"
    minimum_effect: MinimumEffect = field(default_factory=MinimumEffect)
    world: WorldConfig = field(default_factory=WorldConfig)

    def __post_init__(self) -> None:
        check_settings(self)
        grid = {setting for policy in self.policies for setting in POLICIES[policy].grid}
        if not self.spend_caps and "spend_cap" in grid:
            raise InputError("spend_caps", Message("setting_empty", field="spend_caps"))
        self._check_round_sizes()
        for position, rounds in enumerate(self.checkpoints or ()):
            try:
                check("checkpoints", rounds, Annotated[int, Ge(1), Le(self.rounds)])
            except InputError as error:
                raise InputError("checkpoints", error.message, (position,)) from error

    def _check_round_sizes(self) -> None:
        """Check that a round has no more users than the world; of a list of one, keep the one."""
        size = Annotated[int, Ge(1), Le(self.world.n_users)]
        for position, users in enumerate(self.round_sizes):
            try:
                check("users_per_round", users, size)
            except InputError as error:
                at = (position,) if isinstance(self.users_per_round, tuple) else ()
                raise InputError("users_per_round", error.message, at) from error
        if len(self.round_sizes) == 1:
            object.__setattr__(self, "users_per_round", self.round_sizes[0])

    @property
    def round_sizes(self) -> tuple[int, ...]:
        """The values of `users_per_round`."""
        sizes = self.users_per_round
        return (sizes,) if isinstance(sizes, int) else sizes

    @property
    def checkpoint_rounds(self) -> tuple[int, ...]:
        """The checkpoints, rising.

        Examples
        --------
        >>> from whale_matching import SweepConfig
        >>> SweepConfig(rounds=50).checkpoint_rounds
        (2, 4, 7, 13, 25, 50)
        """
        if self.checkpoints is not None:
            return tuple(sorted(self.checkpoints))
        halved = {math.ceil(self.rounds / 2**times) for times in range(DEFAULT_CHECKPOINTS)}
        return tuple(sorted(halved))

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
        for size, (position, share), scale, policy in product(
            self.round_sizes, enumerate(self.whale_shares), self.capacity_scales, self.policies
        ):
            # Policies without whales have one point, of the first share.
            if position == 0 or "whale_share" in POLICIES[policy].grid:
                for variant in self._variants(policy):
                    yield Configuration(
                        whale_share=share,
                        capacity_scale=scale,
                        policy=policy,
                        users_per_round=size,
                        **variant,
                    )

    def _variants(self, policy: PolicyName) -> Iterator[dict[str, Any]]:
        """Yield k, algorithm, spend cap, alpha and theta of each form of a policy."""
        values: dict[str, tuple[Any, ...]] = {
            "algorithm": self.algorithms,
            "spend_cap": self.spend_caps,
            "alpha": self.alphas,
            "theta": self.thetas,
            "k": self.k_values,
        }
        grid = POLICIES[policy].grid
        for variant in product(
            *(each if name in grid else (None,) for name, each in values.items())
        ):
            yield dict(zip(values, variant, strict=True))

    def chain(self, point: Configuration) -> dict[Step, Configuration]:
        """Return the rules from the baseline to a configuration, each of which changes one thing.

        Returns
        -------
        dict of str to Configuration
            By the step, the rule that it leads to; the last is the configuration itself. Empty for
            policies without such steps.
        """
        return find_rules(point, self.whale_shares[0], self.algorithms[0])

    def points(self) -> list[Configuration]:
        """Return all that is replayed: baselines, the rules of the chains, and the grid."""
        grid = [*self.grid()]
        rules = [rule for point in grid for rule in self.chain(point).values()]
        return [*dict.fromkeys([*self.baselines(), *rules, *grid])]

    def policy_settings(self, point: Configuration, seed: int) -> PolicySettings:
        """Return what the policy of one replay is built from."""
        settings = {
            name: value
            for name in ("k", "algorithm", "spend_cap", "alpha", "theta")
            if (value := getattr(point, name)) is not None
        }
        return PolicySettings(
            point.whale_share,
            seed,
            min_users=self.min_users,
            whales_respect_capacity=self.whales_respect_capacity,
            fairness_offset=self.fairness_offset,
            fairness_horizon=self.rounds
            if self.fairness_horizon is None
            else self.fairness_horizon,
            fairness_every=self.fairness_every,
            **settings,
        )

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
            If a key is unknown or a value is invalid.
        """
        return cls(**check_names(mapping, cls))

    def as_mapping(self) -> dict[str, Any]:
        """Return the configuration as JSON and YAML write it: lists, and `world` nested."""
        lists = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }
        return {**lists, "world": self.world.as_mapping()}
