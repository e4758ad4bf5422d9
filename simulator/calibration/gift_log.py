"""A log of gifts, and its figures: the same for a platform's log and for a replay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message
from simulator.replay.metrics import gini, top_share
from simulator.replay.replay import Replay
from solver import InputError
from solver.model import as_array

LARGEST_PRICE = 1e9
"""Largest price of a gift, currency units."""

TAIL_SHARE, LEAST_TAIL = 0.05, 10
"""The share of givers whose spend counts as the tail, and how many there are at least."""


@dataclass(frozen=True, eq=False)
class GiftLog:
    """Who gave whom how much, in any order.

    Parameters
    ----------
    users, streamers : (G,) array_like of int
        Numbers from 0 on; they only tell users and streamers apart.
    amounts : (G,) array_like of float
        Above 0, currency units.

    Raises
    ------
    solver.InputError
        If the arrays differ in length, the log has no gifts, or an amount is invalid.

    Examples
    --------
    >>> from whale_matching import GiftLog
    >>> log = GiftLog(users=[0, 0, 1, 2], streamers=[5, 5, 5, 7], amounts=[1.0, 2.0, 10.0, 52.0])
    >>> log.gifts_by_user.tolist()
    [2, 1, 1]
    >>> log.figures().amount_mean
    16.25
    """

    users: NDArray[np.int64]
    streamers: NDArray[np.int64]
    amounts: NDArray[np.float64]

    def __post_init__(self) -> None:
        for name, kind in (("users", np.int64), ("streamers", np.int64), ("amounts", np.float64)):
            object.__setattr__(self, name, _vector(name, getattr(self, name), kind))
        lengths = {len(self.users), len(self.streamers), len(self.amounts)}
        if len(lengths) > 1:
            raise InputError("gifts", Message("gift_log_lengths"))
        if not len(self.amounts):
            raise InputError("gifts", Message("gift_log_empty"))
        bad = np.flatnonzero(~((self.amounts > 0) & (self.amounts <= LARGEST_PRICE)))
        if len(bad):
            at = int(bad[0])
            message = Message(
                "gift_log_amount", most=LARGEST_PRICE, gift=at, received=self.amounts[at]
            )
            raise InputError("gifts", message, (at,))

    @classmethod
    def of_replay(cls, replay: Replay) -> GiftLog:
        """Return the gifts of a replay."""
        is_gift = replay.amounts > 0
        return cls(replay.users[is_gift], replay.streamers[is_gift], replay.amounts[is_gift])

    @property
    def gifts_by_user(self) -> NDArray[np.int64]:
        """How many gifts each giver made, (givers,) int64."""
        return np.unique(self.users, return_counts=True)[1]

    @property
    def gifts_by_streamer(self) -> NDArray[np.int64]:
        """How many gifts each streamer that got any got, int64."""
        return np.unique(self.streamers, return_counts=True)[1]

    def figures(self) -> GiftFigures:
        """Return the figures of the log."""
        by_user = _totals(self.users, self.amounts)
        p50, p90, p99 = np.percentile(self.amounts, [50, 90, 99])
        return GiftFigures(
            amount_p50=float(p50),
            amount_p90=float(p90),
            amount_p99=float(p99),
            amount_mean=float(self.amounts.mean()),
            user_gini=gini(by_user),
            top1_user_share=top_share(by_user, 0.01),
            gifts_per_giver=len(self.amounts) / len(by_user),
            wealth_tail=tail_index(by_user),
            streamer_gini=gini(_totals(self.streamers, self.amounts)),
        )


@dataclass(frozen=True)
class GiftFigures:
    """Figures of a gift log that a calibration fits and reports.

    Parameters
    ----------
    amount_p50, amount_p90, amount_p99, amount_mean : float
        Percentiles and mean of a gift, currency units.
    user_gini : float
        Of spend over those who gave.
    top1_user_share : float
        Share of all spend from the 1 % of givers who gave most.
    gifts_per_giver : float
    wealth_tail : float or None
        Tail index of spend per giver; see `tail_index`.
    streamer_gini : float
        Of revenue over streamers that got a gift: a log names no others.
    """

    amount_p50: float
    amount_p90: float
    amount_p99: float
    amount_mean: float
    user_gini: float
    top1_user_share: float
    gifts_per_giver: float
    wealth_tail: float | None
    streamer_gini: float

    @classmethod
    def mean_of(cls, figures: Sequence[GiftFigures]) -> GiftFigures:
        """Return the mean of each figure; None where one of them is."""
        means: dict[str, Any] = {}
        for name in vars(figures[0]):
            values = [getattr(each, name) for each in figures]
            means[name] = None if None in values else float(np.mean(values))
        return cls(**means)


def tail_index(values: NDArray[np.float64]) -> float | None:
    """Return the Hill estimate of the index of a Pareto tail.

    B. M. Hill, "A simple general approach to inference about the tail of a distribution", Annals
    of Statistics 3 (1975), on the `TAIL_SHARE` largest values.

    Parameters
    ----------
    values : (n,) float64
        Above 0.

    Returns
    -------
    float or None
        None where there are too few values, or the largest are all equal.
    """
    largest = np.sort(values)[::-1]
    n_tail = max(LEAST_TAIL, int(TAIL_SHARE * len(values)))
    if len(values) <= n_tail:
        return None
    excess = np.log(largest[:n_tail] / largest[n_tail]).mean()
    return float(1 / excess) if excess > 0 else None


def _totals(places: NDArray[np.int64], amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of the amounts of each that occurs."""
    _, place = np.unique(places, return_inverse=True)
    return np.bincount(place, weights=amounts).astype(np.float64, copy=False)


def _vector(name: str, values: ArrayLike, kind: type) -> NDArray[Any]:
    expected = Message("gift_numbers_expected", column=name)
    vector = as_array(values, "gifts", expected=expected, axes=("gift",))
    if vector.dtype.kind not in "iuf" and vector.size:
        raise InputError(
            "gifts", Message("gift_log_numbers", name=name, received=vector.dtype.name)
        )
    if kind is np.int64 and vector.dtype.kind == "f":
        broken = np.argwhere(vector != np.rint(vector))
        if len(broken):
            at = tuple(broken[0].tolist())
            message = Message("gift_log_whole", name=name, received=vector[at])
            raise InputError("gifts", message, at)
    array: NDArray[Any] = vector.astype(kind)
    if array.ndim != 1:
        raise InputError("gifts", Message("gift_log_dimensions", name=name, received=array.ndim))
    return array
