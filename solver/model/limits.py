"""What an allocation must keep: the limits of both sides, and what whales cost beyond their EV."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError, quote
from ..kernels import LARGEST_EV
from .arguments import as_array

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
        Price of the first, second, … whale at a streamer, currency units, never falling; the last
        goes on. Empty where whales cost nothing.
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
        """Where pairs of negative EV may be made, (S,) bool: where a guarantee may need them."""
        if self.allow_negative_ev:
            return self.min_users > 0
        return np.zeros(len(self.min_users), dtype=np.bool_)

    @property
    def has_only_caps(self) -> bool:
        """Whether only the two caps limit the allocation: one streamer a user, nothing else."""
        return self.per_user == 1 and not self.min_users.any() and not self.whale_penalty.any()

    def open_pairs(
        self, users: NDArray[np.int64], streamers: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Return which of the pairs (users[i], streamers[i]) no cap of 0 rules out, (n,) bool."""
        to_whales = (self.whale_cap > 0) & (self.capacity > 0)
        to_normal = self.capacity > 0
        whale: NDArray[np.bool_] = self.whales[users]
        return np.where(whale, to_whales[streamers], to_normal[streamers])

    def without_guarantees(self) -> Limits:
        """Return the limits without guarantees of exposure."""
        return replace(self, min_users=np.zeros_like(self.min_users))

    def relaxed_to_caps(self) -> Limits:
        """Return two caps alone that leave prices near enough to begin with.

        One streamer a user, and its share of the slots; no guarantees and no penalties.
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
        """Return what whale number 1, 2, … at a streamer costs, currency units; 0 for number 0."""
        if not len(self.whale_penalty):
            return np.zeros(number.shape)
        last = len(self.whale_penalty)
        return np.concatenate([[0.0], self.whale_penalty])[np.minimum(number, last)]

    def total_penalty(self, whale_load: NDArray[np.int64]) -> float:
        """Return the penalty of so many whales at each streamer, (S,) int64, currency units."""
        if not len(self.whale_penalty):
            return 0.0
        last = len(self.whale_penalty)
        paid = np.concatenate([[0.0], np.cumsum(self.whale_penalty)])
        beyond = np.maximum(whale_load - last, 0) * self.whale_penalty[-1]
        return float((paid[np.minimum(whale_load, last)] + beyond).sum())


def single_tier_limits(n_users: int, cap: NDArray[np.int64]) -> Limits:
    """Return the limits of users who are all alike, at most `cap`, (S,) int64, to a streamer."""
    everybody = np.ones(n_users, dtype=np.bool_)
    return Limits(everybody, cap, cap, np.zeros_like(cap), np.empty(0), 1)


def _filled_array(size: int, value: int, dtype: type) -> NDArray[Any]:
    """Return what ``np.full`` does, in a third of its microseconds: rounds are small and many."""
    array: NDArray[Any] = np.empty(size, dtype)
    array.fill(value)
    return array


def as_whale_mask(whales: ArrayLike | None, n_users: int) -> NDArray[np.bool_]:
    """Return the whales as a mask, everybody by default."""
    if whales is None:
        return _filled_array(n_users, True, np.bool_)
    mask = as_array(whales, "whales", expected="booleans", axes=("user",))
    if mask.dtype != np.bool_ or mask.shape != (n_users,):
        raise InputError(
            "whales",
            f"Expected whales as a mask of {n_users} booleans, one per user; "
            f"got {mask.dtype} of shape {mask.shape}.",
        )
    return np.ascontiguousarray(mask)


def as_caps(values: ArrayLike, field: str, n_streamers: int) -> NDArray[np.int64]:
    """Return one number, or one per streamer, as (S,) int64."""
    if type(values) is int and 0 <= values <= MAX_CAP:
        return _filled_array(n_streamers, values, np.int64)
    given = as_array(values, field, expected="whole numbers", axes=("streamer",))
    if not np.issubdtype(given.dtype, np.integer):
        # A column of whole numbers in which one is missing becomes floats, in pandas too.
        is_list_of_floats = given.dtype.kind == "f" and given.ndim == 1
        missing = np.flatnonzero(np.isnan(given)).tolist() if is_list_of_floats else []
        place = tuple(missing[:1])
        found = f"streamer {place[0]} has nan" if place else f"got {given.dtype}"
        raise InputError(field, f"Expected {field} in whole numbers; {found}.", place)
    if given.shape not in ((), (n_streamers,)):
        raise InputError(
            field,
            f"Expected {field} as one number or one per streamer ({n_streamers}); "
            f"got shape {given.shape}.",
        )
    bad = np.flatnonzero((given < 0) | (given > MAX_CAP))
    if len(bad):
        at = int(bad[0])
        where = f"; streamer {at} has {given[at]}." if given.ndim else f"; got {given}."
        bound = "≥ 0" if given.flat[at] < 0 else "≤ 2^53"
        each = " for every streamer" if given.ndim else ""
        raise InputError(
            field, f"Expected {field} {bound}{each}{where}", (at,) if given.ndim else ()
        )
    return np.array(np.broadcast_to(given, n_streamers), dtype=np.int64, order="C")


def as_penalties(values: ArrayLike | None) -> NDArray[np.float64]:
    """Return the prices of extra whales; refuse any that a flow cannot carry."""
    if values is None:
        return np.empty(0)
    field = "whale_penalty"
    prices = as_array(values, field, axes=("whale",), first=1)
    if prices.size == 0 or prices.ndim != 1 or prices.dtype.kind not in "iuf":
        raise InputError(
            field,
            f"Expected {field} as a list of prices, one for each whale at a streamer; "
            f"got {prices.ndim} dimensions of {prices.dtype} with {prices.size} values.",
        )
    prices = prices.astype(np.float64)
    bad = np.flatnonzero(~((prices >= 0) & (prices <= LARGEST_EV)))
    if len(bad):
        at = int(bad[0])
        raise InputError(
            field,
            f"Expected every price in {field} from 0 to 1e15; whale {at + 1} has {prices[at]}.",
            (at,),
        )
    falls = np.flatnonzero(np.diff(prices) < 0)
    if len(falls):
        at = int(falls[0]) + 1
        raise InputError(
            field,
            f"Expected a convex {field}, each whale at least as dear as the one before; whale "
            f"{at + 1} costs {prices[at]:g} after {prices[at - 1]:g}, and where an extra whale "
            "gets cheaper no flow finds the optimum.",
            (at,),
        )
    return prices


def drop_unreachable(prices: NDArray[np.float64], n_whales: int) -> NDArray[np.float64]:
    """Return the prices that whales, and one whale more, can reach: nobody pays the others."""
    return prices[: n_whales + 1]


def as_streamers_per_user(value: object) -> int:
    """Return the most streamers that a user is shown to."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not 1 <= value <= MAX_CAP:  # type: ignore[operator]
        raise InputError(
            "max_streamers_per_user",
            f"Expected max_streamers_per_user as a whole number ≥ 1; got {quote(value)}.",
        )
    return int(value)  # type: ignore[call-overload, no-any-return]


def as_bool(value: object, field: str) -> bool:
    """Return what is true or false."""
    if not isinstance(value, (bool, np.bool_)):
        raise InputError(field, f"Expected {field} as True or False; got {quote(value)}.")
    return bool(value)
