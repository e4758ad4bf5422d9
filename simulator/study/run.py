"""One replay's figures as one flat row."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from operator import attrgetter
from typing import Annotated, Any, get_type_hints

from annotated_types import Ge, Le

from messages import Message
from simulator.policies import PolicyName
from simulator.replay.checkpoints import CheckpointGinis
from simulator.replay.metrics import Metrics
from simulator.settings import LARGEST, check
from solver import Algorithm, InputError
from solver.errors import quote

from .config import Configuration, WhaleCap

Natural = Annotated[int, Ge(0), Le(2 * LARGEST)]
"""A whole number in a row: seeds go on from the largest seed that a configuration may name."""

METRICS = tuple(each.name for each in fields(Metrics))
"""Names of the metrics, in order."""

_metrics = attrgetter(*METRICS)

LATER_METRICS = tuple(each.name for each in fields(Metrics) if each.default is not MISSING)
"""Metrics that rows of version 0.1 do not have; they are NaN there."""


LATER_COLUMNS: dict[str, Any] = {
    **{each.name: () for each in fields(CheckpointGinis)},
    "alpha": None,
    "theta": None,
}
"""Columns that rows before version 0.2 do not have, and what they hold there."""


@dataclass(frozen=True, kw_only=True)
class Run(Metrics, CheckpointGinis):
    """The figures of one replay of a policy in the world of a seed.

    Parameters
    ----------
    policy : str
        "greedy" for the baseline, or one of a configuration's.
    algorithm, k, whale_share, capacity_scale, users_per_round, spend_cap, alpha, theta
        As in `Configuration`. Greedy has no algorithm, no k, no spend cap, no alpha and no theta.
    seed : int
    rounds : int
        Rounds played.
    binding_rounds : int
        Rounds in which more than k whales wanted one streamer.
    whales_seen : int
        Whales among the users, summed over rounds.
    max_whales_wanted : int
        The largest number of whales that wanted one streamer in one round.
    whale_histogram : tuple of int
        How many (streamer, round) pairs had 1, 2, 3, … whales.
    checkpoint_gini, checkpoint_expected_gini, checkpoint_chance_gini : tuple of float
        See `simulator.replay.checkpoints.CheckpointGinis`: at the checkpoints of the configuration.
        Empty for rules that are only steps of a chain; by chance, for all but the baselines.
    """

    policy: PolicyName
    algorithm: Algorithm | None
    k: WhaleCap | None
    whale_share: float
    capacity_scale: float
    users_per_round: int
    spend_cap: float | None
    alpha: float | None
    theta: float | None
    seed: int
    rounds: int
    binding_rounds: int
    whales_seen: int
    max_whales_wanted: int
    whale_histogram: tuple[Natural, ...]

    @property
    def configuration(self) -> Configuration:
        """The point of the grid, or the baseline, that this is a run of."""
        return Configuration(*(getattr(self, each.name) for each in fields(Configuration)))

    @property
    def metrics(self) -> tuple[float, ...]:
        """The metrics' values, in the order of `METRICS`."""
        values: tuple[float, ...] = _metrics(self)
        return values

    def as_mapping(self) -> dict[str, Any]:
        """Return the row as JSON writes it: what was run, then its figures."""
        row = dict(vars(self))
        what = ("policy", *(each.name for each in fields(Configuration) if each.name != "policy"))
        what = (*what, "seed")
        return {name: row.pop(name) for name in what} | row

    @classmethod
    def from_mapping(cls, row: Mapping[str, Any]) -> Run:
        """Return the run a stored row describes.

        Raises
        ------
        solver.InputError
            On a column that is missing, unknown, or holds what it cannot.
        """
        if not isinstance(row, Mapping):
            raise InputError("runs", Message("run_mapping", received=quote(row)))
        kinds = get_type_hints(cls, include_extras=True)
        row = {**LATER_COLUMNS, **row}
        if row.keys().isdisjoint(LATER_METRICS):
            earlier = cls.from_mapping({**row, **dict.fromkeys(LATER_METRICS, 0.0)})
            absent: dict[str, Any] = dict.fromkeys(LATER_METRICS, math.nan)
            return replace(earlier, **absent)
        for name in sorted({*kinds} ^ {*row}):
            code = "run_without_column" if name in kinds else "run_unknown_column"
            raise InputError(name, Message(code, column=name))
        return cls(
            **{
                name: check(name, row[name], Natural if kind is int else kind)
                for name, kind in kinds.items()
            }
        )
