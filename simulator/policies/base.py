"""What a policy is: a rule from the users of a round to streamers, and how studies find it.

A policy is one small class in a file of its own: who counts as a whale, the most whales it lets a
streamer have, and a method that returns a streamer for every user of a round. `UncappedPolicy` and
`CappedPolicy` define everything except that method::

    @policy("newcomers-first", grid=("whale_share",))
    class NewcomersFirst(UncappedPolicy):
        def place(self, view: RoundView) -> NDArray[np.int64]:
            ev = np.where(view.world.new, view.ev, 0.5 * view.ev)
            return ev.argmax(axis=1)

A file in this package needs nothing else: the configuration of a study, the HTTP document and the
page take the policies from `POLICIES`. Its name and description for readers are the messages
``policy_newcomers_first`` and ``policy_newcomers_first_description``.

A policy draws nothing from the world's own random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar, Literal, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from messages import Message
from solver import Algorithm

from .round_view import RoundView

GridSetting = Literal["whale_share", "k", "algorithm", "spend_cap", "alpha", "theta"]
"""Settings of a study that a policy may have several points of."""

Step = Literal["capacity", "priority", "cap", "fairness"]
"""What one rule changes against the rule before it: capacities hold; whales come first, or have
another priority; a cap on the whales of a streamer holds; streamers with little revenue have
greater weights."""


@dataclass(frozen=True)
class PolicySettings:
    """What the policy of one replay is built from; each policy takes what it has.

    Parameters
    ----------
    whale_share : float
        Share of the population, by wealth, that counts as whales.
    seed : int
        Of the replay.
    k : int or None
        Whale cap; None without one.
    algorithm : str
        How a whale tier is allocated.
    spend_cap : float
        Most summed EV of a streamer's whales.
    min_users : int
        Fewest users of a streamer that has a guarantee.
    whales_respect_capacity : bool
        Whether the whale tier of policy tiered is limited by capacities as well as by the cap.
    alpha, fairness_offset : float
        Of policy fair-online; see there.
    theta : float
    fairness_every : int
        Of policy fair-horizon; see there.
    fairness_horizon : int
        Of both.
    """

    whale_share: float
    seed: int = 0
    k: int | None = None
    algorithm: Algorithm = "min-cost-flow"
    spend_cap: float = 0.0
    min_users: int = 1
    whales_respect_capacity: bool = True
    alpha: float = 0.0
    theta: float = 0.0
    fairness_offset: float = 0.1
    fairness_every: int = 10
    fairness_horizon: int = 0


class Policy(Protocol):
    """A rule from the view of a round to a placement.

    Examples
    --------
    A policy is any object with these members. This one sends everybody to one streamer:

    >>> from dataclasses import dataclass
    >>> import numpy as np
    >>> from whale_matching import CommonDraws, Policy, WorldConfig, draw_world, replay_policy
    >>> @dataclass(frozen=True)
    ... class OneStreamer:
    ...     whale_share: float = 0.01
    ...     whale_cap: int | None = None
    ...
    ...     def place(self, view):
    ...         return np.zeros(len(view.users), dtype=np.int64)
    >>> policy: Policy = OneStreamer()
    >>> world = draw_world(WorldConfig(n_users=200, n_streamers=3), np.random.default_rng(42))
    >>> draws = CommonDraws.of_seed(42, n_users=200, rounds=2, users_per_round=20)
    >>> replay_policy(world, policy, draws, rounds=2).loads.tolist()
    [[20, 0, 0], [20, 0, 0]]
    """

    @property
    def whale_share(self) -> float:
        """Which users the whale figures count: this share of the population, by wealth."""

    @property
    def whale_cap(self) -> int | None:
        """Most whales a streamer takes; None without a cap."""

    def place(self, view: RoundView) -> NDArray[np.int64]:
        """Return each user's streamer, (n,) int64, -1 for none."""


@dataclass(frozen=True)
class UncappedPolicy:
    """Base of the policies without a whale cap.

    Parameters
    ----------
    whale_share : float
        Which users the whale figures count; the placement does not depend on it.
    """

    whale_share: float = 0.01
    whale_cap: ClassVar[None] = None

    @classmethod
    def build(cls, settings: PolicySettings) -> Self:
        """Return the policy of one replay."""
        return cls(settings.whale_share)


@dataclass(frozen=True)
class CappedPolicy:
    """Base of the policies with a whale cap.

    Parameters
    ----------
    k : int or None
        Whale cap; None without one, which is the rule that the cap is compared with.
    whale_share : float
        Share of the whole population, by wealth, that makes a whale.
    """

    k: int | None
    whale_share: float = 0.01

    @classmethod
    def build(cls, settings: PolicySettings) -> Self:
        """Return the policy of one replay."""
        return cls(settings.k, settings.whale_share)

    @property
    def whale_cap(self) -> int | None:
        """Most whales a streamer takes."""
        return self.k


class PolicyClass(Protocol):
    """A class of policies that a study can build."""

    def build(self, settings: PolicySettings) -> Policy:
        """Return the policy of one replay."""


@dataclass(frozen=True)
class PolicyEntry:
    """A policy as studies and readers know it.

    Parameters
    ----------
    name : str
        In configurations.
    grid : tuple of str
        Settings that the policy has a point for each value of.
    build : callable
        From `PolicySettings` to a new policy.
    chain : mapping from str to str
        Rules from greedy to this policy, each of which changes one thing: by the step, the name of
        the policy that it leads to, the last of which is this one. A policy has no k before step
        cap, and an alpha or a theta of 0 before step fairness. Empty where greedy and the policy
        differ in more than such steps.
    """

    name: str
    grid: tuple[GridSetting, ...]
    build: Callable[[PolicySettings], Policy]
    chain: Mapping[Step, str] = field(default_factory=dict)

    @property
    def title(self) -> Message:
        """Its name for readers."""
        return Message(f"policy_{self.name.replace('-', '_')}")

    @property
    def description(self) -> Message:
        """What it does, in a sentence."""
        return Message(f"policy_{self.name.replace('-', '_')}_description")


ENTRIES: dict[str, PolicyEntry] = {}
"""Filled by `policy`; read it as `registry.POLICIES`, when all files have been imported."""

AnyPolicyClass = TypeVar("AnyPolicyClass", bound=PolicyClass)


def policy(
    name: str,
    *,
    grid: tuple[GridSetting, ...] = (),
    chain: Mapping[Step, str] = MappingProxyType({}),
) -> Callable[[AnyPolicyClass], AnyPolicyClass]:
    """Return a decorator that makes a class known as a policy.

    Parameters
    ----------
    name : str
        In configurations, with hyphens.
    grid : tuple of str
    chain : mapping from str to str
        See `PolicyEntry`.
    """

    def register(policy_class: AnyPolicyClass) -> AnyPolicyClass:
        ENTRIES[name] = PolicyEntry(name, grid, policy_class.build, chain)
        return policy_class

    return register
