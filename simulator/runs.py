"""One replay's figures as one flat row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, get_args

from solver import Algorithm, InputError
from solver.errors import quote

from .checks import LARGEST, number, one_of, whole
from .configuration import Configuration, PolicyName
from .metrics import Metrics

METRICS = tuple(each.name for each in fields(Metrics))
"""Names of the metrics, in order."""


@dataclass(frozen=True, kw_only=True)
class Run(Metrics):
    """One replay: which policy, which seed, what came out. Its metrics are those of `Metrics`.

    Parameters
    ----------
    policy : str
        "greedy" for the baseline, or one of a configuration's.
    algorithm, k, whale_share, capacity_scale, users_per_round, spend_cap
        As in `Configuration`. Greedy has no algorithm, no k and no spend cap.
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
    """

    policy: PolicyName
    algorithm: Algorithm | None
    k: int | None
    whale_share: float
    capacity_scale: float
    users_per_round: int
    spend_cap: float | None
    seed: int
    rounds: int
    binding_rounds: int
    whales_seen: int
    max_whales_wanted: int
    whale_histogram: tuple[int, ...]

    @property
    def configuration(self) -> Configuration:
        """The point of the grid, or the baseline, that this is a run of."""
        return Configuration(*(getattr(self, each.name) for each in fields(Configuration)))

    @property
    def metrics(self) -> tuple[float, ...]:
        """The metrics' values, in the order of `METRICS`."""
        return tuple(getattr(self, name) for name in METRICS)

    def as_mapping(self) -> dict[str, Any]:
        """Return the row as JSON writes it: what was run, then its figures."""
        row = asdict(self)
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
        kinds = {each.name: str(each.type) for each in fields(cls)}
        if not isinstance(row, Mapping):
            raise InputError("runs", f"Expected a row as a mapping; got {quote(row)}.")
        for name in sorted({*kinds} ^ {*row}):
            state = "none" if name in kinds else "one"
            raise InputError(name, f"Expected the columns of a run; got {state} named {name}.")
        return cls(**{name: _cell(name, kind, row[name]) for name, kind in kinds.items()})


def _cell(name: str, kind: str, value: Any) -> Any:
    """Return a checked value; `kind` is the annotation of its field."""
    if kind == "float":
        return number(name, value)
    if kind == "int":
        # Seeds go on from the largest seed a configuration may name.
        return whole(name, value, least=0, most=2 * LARGEST)
    if name == "whale_histogram":
        if not isinstance(value, list | tuple):
            raise InputError(name, f"Expected {name} as a list; got {quote(value)}.")
        return tuple(whole(name, count, least=0, most=2 * LARGEST) for count in value)
    if name == "k":
        return None if value is None else whole(name, value, least=0)
    if name == "spend_cap":
        return None if value is None else number(name, value)
    if name == "policy":
        return one_of(name, value, get_args(PolicyName))
    return one_of(name, value, (None, *get_args(Algorithm)))
