"""What an allocation must keep: the limits of both sides, and what whales cost beyond their EV."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message

from ..errors import InputError, quote
from ..kernels import LARGEST_EV
from .arguments import BOOLEANS, WHOLE_NUMBERS, ArrayField, as_array

MAX_CAP = 2**53
"""Largest cap that is accepted: whole numbers are exact in float64 up to here."""


@dataclass(frozen=True, eq=False)
class Limits:
    """Who is a whale, how many users each streamer takes and how many streamers each user.

    Parameters
    ----------
    whales : (N,) bool
    whale_cap, capacity, min_users : (S,) int64
        Most whales, most users, least users at each streamer.
    whale_penalty : (J,) float64
        Price of the first, second, … whale at a streamer, currency units, non-decreasing. The last
        one applies to all further whales. Empty if whales cost nothing.
    per_user : int
        Most streamers that a user is shown to, ≥ 1.
    allow_negative_ev : bool
        Whether guarantees may be met by pairs of negative EV.
    """

    whales: NDArray[np.bool_]
    whale_cap: NDArray[np.int64]
    capacity: NDArray[np.int64]
    min_users: NDArray[np.int64]
    whale_penalty: NDArray[np.float64]
    per_user: int
    allow_negative_ev: bool = False

    @property
    def negative(self) -> NDArray[np.bool_]:
        """Where pairs of negative EV are allowed, (S,) bool: where a guarantee may need them."""
        if self.allow_negative_ev:
            return self.min_users > 0
        return np.zeros(len(self.min_users), dtype=np.bool_)

    @property
    def has_only_caps(self) -> bool:
        """Whether the two caps are the only limits, and each user has one streamer."""
        return self.per_user == 1 and not self.min_users.any() and not self.whale_penalty.any()

    def open_pairs(
        self, users: NDArray[np.int64], streamers: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Return which of the pairs (users[i], streamers[i]) have no cap of 0, (n,) bool."""
        to_whales = (self.whale_cap > 0) & (self.capacity > 0)
        to_normal = self.capacity > 0
        whale: NDArray[np.bool_] = self.whales[users]
        return np.where(whale, to_whales[streamers], to_normal[streamers])

    def without_guarantees(self) -> Limits:
        """Return the limits without guarantees of exposure."""
        return replace(self, min_users=np.zeros_like(self.min_users))

    def relaxed_to_caps(self) -> Limits:
        """Return limits with only caps, whose prices are good initial prices.

        Each user has one streamer and the caps are divided accordingly, without guarantees and
        penalties.
        """
        return replace(
            self,
            whale_cap=-(-self.whale_cap // self.per_user),
            capacity=-(-self.capacity // self.per_user),
            min_users=np.zeros_like(self.min_users),
            whale_penalty=np.empty(0),
            per_user=1,
        )

    def marginal_penalty(self, number: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the penalty of whale number 1, 2, … at a streamer; 0 for number 0."""
        if not len(self.whale_penalty):
            return np.zeros(number.shape)
        last = len(self.whale_penalty)
        return np.concatenate([[0.0], self.whale_penalty])[np.minimum(number, last)]

    def total_penalty(self, whale_load: NDArray[np.int64]) -> float:
        """Return the total penalty of numbers of whales, (S,) int64, currency units."""
        if not len(self.whale_penalty):
            return 0.0
        last = len(self.whale_penalty)
        paid = np.concatenate([[0.0], np.cumsum(self.whale_penalty)])
        beyond = np.maximum(whale_load - last, 0) * self.whale_penalty[-1]
        return float((paid[np.minimum(whale_load, last)] + beyond).sum())


def single_tier_limits(n_users: int, cap: NDArray[np.int64]) -> Limits:
    """Return the limits of a single tier with caps, (S,) int64."""
    whales = np.ones(n_users, dtype=np.bool_)
    return Limits(whales, cap, cap, np.zeros_like(cap), np.empty(0), 1)


def _filled_array(size: int, value: int, dtype: type) -> NDArray[Any]:
    """Return an array as ``np.full``, in a third of its time, for many small problems."""
    array: NDArray[Any] = np.empty(size, dtype)
    array.fill(value)
    return array


def as_whale_mask(whales: ArrayLike | None, n_users: int) -> NDArray[np.bool_]:
    """Return the whales as a mask, all users by default."""
    if whales is None:
        return _filled_array(n_users, True, np.bool_)
    mask = as_array(whales, "whales", expected=BOOLEANS, axes=("user",))
    if mask.dtype != np.bool_ or mask.shape != (n_users,):
        message = Message(
            "whale_mask_expected", users=n_users, type=str(mask.dtype), shape=str(mask.shape)
        )
        raise InputError("whales", message)
    return np.ascontiguousarray(mask)


def as_caps(values: ArrayLike, field: str, n_streamers: int) -> NDArray[np.int64]:
    """Return one number, or one per streamer, as (S,) int64."""
    if type(values) is int and 0 <= values <= MAX_CAP:
        return _filled_array(n_streamers, values, np.int64)
    axes = ("streamer",)
    given = as_array(values, field, expected=WHOLE_NUMBERS, axes=axes)
    if not np.issubdtype(given.dtype, np.integer):
        source = ArrayField(field, WHOLE_NUMBERS, axes)
        # A column of whole numbers in which one is missing becomes floats, in pandas too.
        if given.dtype.kind == "f" and given.ndim == 1 and np.isnan(given).any():
            raise source.wrong_entry((int(np.isnan(given).argmax()),), "nan")
        raise source.wrong_type(given.dtype)
    check_bounds(given, field, n_streamers, MAX_CAP)
    return np.array(np.broadcast_to(given, n_streamers), dtype=np.int64, order="C")


def check_bounds(given: NDArray[Any], field: str, n_streamers: int, most: float) -> None:
    """Check that there is one number, or one per streamer, each from 0 to `most`.

    Raises
    ------
    InputError
    """
    if given.shape not in ((), (n_streamers,)):
        message = Message(
            "one_or_each_expected", field=field, streamers=n_streamers, shape=str(given.shape)
        )
        raise InputError(field, message)
    bad = np.flatnonzero(~((given >= 0) & (given <= most)))
    if len(bad):
        at = int(bad[0])
        code, place = "cap_out_of_range", {}
        if given.ndim:
            code, place = "streamer_cap_out_of_range", {"streamer": at}
        value = given.flat[at]
        bound = "most" if value > most else "least"
        message = Message(code, field=field, bound=bound, received=str(value), **place)
        raise InputError(field, message, (at,) if given.ndim else ())


def as_penalties(values: ArrayLike | None) -> NDArray[np.float64]:
    """Return the prices of extra whales; refuse any that a flow cannot carry."""
    if values is None:
        return np.empty(0)
    field = "whale_penalty"
    prices = as_array(values, field, axes=("whale",), first=1)
    if prices.size == 0 or prices.ndim != 1 or prices.dtype.kind not in "iuf":
        message = Message(
            "penalty_list_expected",
            dimensions=prices.ndim,
            type=str(prices.dtype),
            values=prices.size,
        )
        raise InputError(field, message)
    prices = prices.astype(np.float64)
    bad = np.flatnonzero(~((prices >= 0) & (prices <= LARGEST_EV)))
    if len(bad):
        at = int(bad[0])
        message = Message("penalty_out_of_range", whale=at + 1, received=str(prices[at]))
        raise InputError(field, message, (at,))
    falls = np.flatnonzero(np.diff(prices) < 0)
    if len(falls):
        at = int(falls[0]) + 1
        message = Message(
            "penalty_not_convex", whale=at + 1, price=prices[at], before=prices[at - 1]
        )
        raise InputError(field, message, (at,))
    return prices


def drop_unreachable(prices: NDArray[np.float64], n_whales: int) -> NDArray[np.float64]:
    """Return the penalties of the first `n_whales` + 1 whales; others are never paid."""
    return prices[: n_whales + 1]


def as_streamers_per_user(value: object) -> int:
    """Return the largest number of streamers of a user."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not 1 <= value <= MAX_CAP:  # type: ignore[operator]
        field = "max_streamers_per_user"
        message = Message("whole_number_expected", field=field, least=1, received=quote(value))
        raise InputError(field, message)
    return int(value)  # type: ignore[call-overload, no-any-return]


def as_bool(value: object, field: str) -> bool:
    """Return a boolean option."""
    if not isinstance(value, (bool, np.bool_)):
        raise InputError(field, Message("boolean_expected", field=field, received=quote(value)))
    return bool(value)
