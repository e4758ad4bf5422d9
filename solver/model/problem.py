"""The allocation problem: expected values, whales and caps, checked once, here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message

from ..display import Displayed, Row, show_number, show_range, show_sizes
from ..errors import InputError
from ..kernels import (
    LARGEST_EV,
    Favourites,
    MatrixRows,
    Rows,
    count_loads,
    find_best_choices,
    fits,
    map_blocks,
    read_rows,
)
from .arguments import MATRIX, NUMBERS, ArrayField, as_array, as_share
from .candidates import Candidates
from .limits import (
    Limits,
    as_bool,
    as_caps,
    as_penalties,
    as_streamers_per_user,
    as_whale_mask,
    drop_unreachable,
)


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Problem(Displayed):
    """An allocation problem: expected values, whales and limits.

    ::

        maximise   Σ EV(u,s) x(u,s) - Σ_s (penalty of the whales at s)
        each user to at most max_streamers_per_user different streamers;
        each streamer takes at most whale_cap[s] whales, at most capacity[s] users in total
        and at least min_users[s]

    Parameters
    ----------
    ev : (N, S) array_like of float, or Candidates
        Expected value of each pair of user and streamer, currency units, from -1e15 to 1e15. In
        an array, -inf or a masked entry (`numpy.ma`) marks a forbidden pair. A C-contiguous
        float64 or float32 array is used without a copy and must not change afterwards.
    whales : (N,) array_like of bool, optional
        Which users are whales. By default all are: an assignment problem with one kind of user.
    whale_cap : int or (S,) array_like of int
        Most whales that a streamer takes ("k"). 0 closes the streamer to whales.
    capacity : int or (S,) array_like of int, optional
        Most users that a streamer takes, whales included. Unlimited by default.
    min_users : int or (S,) array_like of int
        Least users that a streamer is shown to, whales included: a guarantee of exposure.
    whale_penalty : (J,) array_like of float, optional
        Price of the first, second, … whale at a streamer, currency units: a soft cap. Prices must
        not decrease, so that the total is convex. The last price holds for all further whales.
        Prices of more whales than there are, plus one, are dropped, because they are never paid.
    max_streamers_per_user : int
        Most streamers that a user is shown to ("b").
    allow_negative_ev : bool
        Whether guarantees may be met by pairs of negative EV. By default, no user is placed at a
        negative EV, not even to meet a guarantee. Use it for distances (EV = -distance). Beyond
        the guarantees, no user is placed at a negative EV either way.

    Attributes
    ----------
    ev : (N, S) float64 or float32, or Candidates
    favourites : Favourites or None
        Best streamer of each user, if `ev` is a matrix.
    rows : Rows
        The EVs in the form that kernels take: a matrix, or candidates by user.
    limits : Limits
        All limits. An unlimited capacity is stored as N.

    Raises
    ------
    InputError
        On invalid input, with the field and the position.

    Examples
    --------
    >>> from whale_matching import Problem, allocate
    >>> problem = Problem([[9.0, 1.0], [8.0, 7.0]], whale_cap=1)
    >>> problem
    Problem(2 users × 2 streamers, all whales, whale_cap=1)
    >>> allocate(problem).assignment
    array([0, 1])

    Whales and normal users, with limits for each streamer:

    >>> problem = Problem(
    ...     [[9.0, 1.0], [8.0, 7.0], [5.0, 4.0]],
    ...     whales=[True, True, False],
    ...     whale_cap=[1, 2],
    ...     capacity=2,
    ... )
    >>> print(problem.summary())
    users: 3, of which 2 are whales
    streamers: 2
    pairs: 6
    whale cap: 1…2
    capacity: 2
    """

    ev: NDArray[Any] | Candidates
    favourites: Favourites | None
    rows: Rows
    limits: Limits

    def __init__(
        self,
        ev: ArrayLike | Candidates,
        *,
        whales: ArrayLike | None = None,
        whale_cap: ArrayLike = 1,
        capacity: ArrayLike | None = None,
        min_users: ArrayLike = 0,
        whale_penalty: ArrayLike | None = None,
        max_streamers_per_user: int = 1,
        allow_negative_ev: bool = False,
    ) -> None:
        given = ev if isinstance(ev, Candidates) else _matrix(ev)
        n_users, n_streamers = given.shape
        if n_users == 0 or n_streamers == 0:
            raise InputError("ev", Message("problem_empty", users=n_users, streamers=n_streamers))
        favourites = None if isinstance(given, Candidates) else _favourites(given)
        unbounded = n_users if capacity is None else capacity
        is_whale = as_whale_mask(whales, n_users)
        limits = Limits(
            is_whale,
            as_caps(whale_cap, "whale_cap", n_streamers),
            as_caps(unbounded, "capacity", n_streamers),
            as_caps(min_users, "min_users", n_streamers),
            drop_unreachable(as_penalties(whale_penalty), int(np.count_nonzero(is_whale))),
            as_streamers_per_user(max_streamers_per_user),
            as_bool(allow_negative_ev, "allow_negative_ev"),
        )
        if isinstance(given, Candidates):
            rows: Rows = given.rows
        else:
            rows = MatrixRows.of(given)
        self._set(given, favourites, rows, limits)

    def _parts(self) -> Iterator[str]:
        yield show_sizes(self.n_users, self.n_streamers)
        if isinstance(self.ev, Candidates):
            yield f"{len(self.ev):,} pairs"
        whales = np.count_nonzero(self.whales)
        yield "all whales" if whales == self.n_users else f"{whales:,} whales"
        yield from (f"{name}={value}" for name, value in self._binding_limits())
        if self.limits.allow_negative_ev:
            yield "allow_negative_ev=True"

    def _rows(self) -> Iterator[Row]:
        whales = np.count_nonzero(self.whales)
        yield "users", Message("summary_users", users=self.n_users, whales=whales)
        yield "streamers", show_number(self.n_streamers)
        yield "pairs", show_number(self.n_pairs)
        yield from self._binding_limits()

    def _binding_limits(self) -> Iterator[tuple[str, str]]:
        """Yield the limits that can bind, with their range."""
        limits = self.limits
        yield "whale_cap", show_range(limits.whale_cap)
        if (limits.capacity < self.n_users).any():
            yield "capacity", show_range(limits.capacity)
        if limits.min_users.any():
            yield "min_users", show_range(limits.min_users)
        if limits.whale_penalty.any():
            yield "whale_penalty", show_range(limits.whale_penalty)
        if limits.per_user > 1:
            yield "max_streamers_per_user", show_number(limits.per_user)

    def with_limits(self, limits: Limits) -> Problem:
        """Return the problem with other limits, without validating them."""
        other = object.__new__(Problem)
        other._set(self.ev, self.favourites, self.rows, limits)
        return other

    def _set(
        self,
        ev: NDArray[Any] | Candidates,
        favourites: Favourites | None,
        rows: Rows,
        limits: Limits,
    ) -> None:
        object.__setattr__(self, "ev", ev)
        object.__setattr__(self, "favourites", favourites)
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "limits", limits)

    @property
    def n_users(self) -> int:
        """Number of users, N."""
        n_users: int = self.ev.shape[0]
        return n_users

    @property
    def n_streamers(self) -> int:
        """Number of streamers, S."""
        n_streamers: int = self.ev.shape[1]
        return n_streamers

    @property
    def n_pairs(self) -> int:
        """Number of pairs that have an EV, including forbidden pairs of a matrix."""
        return len(self.ev) if isinstance(self.ev, Candidates) else self.ev.size

    def n_pairs_of(self, users: NDArray[np.bool_]) -> int:
        """Return the number of pairs of the users in a mask, (N,) bool."""
        if isinstance(self.ev, Candidates):
            return int(np.diff(self.ev.row_start)[users].sum())
        return int(np.count_nonzero(users)) * self.n_streamers

    @property
    def whales(self) -> NDArray[np.bool_]:
        """Which users are whales, (N,) bool."""
        return self.limits.whales

    @property
    def whale_cap(self) -> NDArray[np.int64]:
        """Most whales that each streamer takes, (S,) int64."""
        return self.limits.whale_cap

    @property
    def capacity(self) -> NDArray[np.int64]:
        """Most users that each streamer takes, (S,) int64."""
        return self.limits.capacity

    def fits(self, tally: Tally) -> bool:
        """Return whether an allocation keeps the limits of every streamer, given its `tally`."""
        limits = self.limits
        return bool(
            fits(
                tally.whale_load,
                tally.load,
                limits.whale_cap,
                limits.capacity,
                limits.min_users,
            )
        )

    def ev_at(self, users: NDArray[np.int64], streamers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the EV of the pairs (users[i], streamers[i]), (n,) float64; -inf if forbidden."""
        if isinstance(self.ev, Candidates):
            return self.ev.ev_at(users, streamers)
        return self.ev[users, streamers].astype(np.float64, copy=False)

    def tally(self, assignment: NDArray[np.int64]) -> Tally:
        """Return the loads and the total EV of an allocation, (N,) or (N, b) int64, -1 for none."""
        n_streamers = self.ev.shape[1]
        whale_load, load = np.empty(n_streamers, np.int64), np.empty(n_streamers, np.int64)
        each = assignment if assignment.ndim == 2 else assignment.reshape(-1, 1)
        worth = count_loads(self.rows, each, self.limits.whales, whale_load, load)
        return Tally(whale_load, load, *worth)

    def mean_best_ev(self, negative: bool) -> float:
        """Return the mean over users of the greatest EV, currency units.

        EVs below 0 count as 0, or by their magnitude if `negative`.
        """
        best = self._best_ev()
        if negative:
            best = np.where(best > -np.inf, np.abs(best), 0.0)
        return float(np.maximum(best, 0.0).mean(dtype=np.float64))

    def largest_ev(self) -> float:
        """Return the largest EV, at least 0, currency units."""
        return float(self._best_ev().max(initial=0.0))

    def best_ev_of_each(self) -> NDArray[np.float64]:
        """Return each user's greatest EV, (N,) float64, currency units; 0 where none is above."""
        best = self._best_ev().astype(np.float64)
        if isinstance(self.ev, Candidates):
            filled = np.diff(self.ev.row_start) > 0
            of_all = np.zeros(self.n_users)
            of_all[filled] = best[: np.count_nonzero(filled)]
            best = of_all
        return np.maximum(best, 0.0)

    def _best_ev(self) -> NDArray[Any]:
        if isinstance(self.ev, Candidates):
            return self.ev.best_ev()
        return self.ev.max(axis=1) if self.favourites is None else self.favourites.ev

    def pairs_worth_making(
        self, users: NDArray[np.bool_], negative: NDArray[np.bool_] | None = None
    ) -> Candidates:
        """Return the pairs of EV ≥ 0 of the users in a mask, (N,) bool.

        Optimal allocations use no other pairs. At streamers in the mask `negative`, (S,) bool,
        allowed pairs of negative EV are included: a guarantee may need them.
        """
        if isinstance(self.ev, Candidates):
            worth = self.ev.ev >= 0
            if negative is not None:
                worth |= negative[self.ev.streamers]
            return self.ev.select_pairs(users[self.ev.users] & worth)
        rows = np.flatnonzero(users)
        worth = self.ev[rows] >= 0
        if negative is not None:
            worth |= (self.ev[rows] > -np.inf) & negative
        row, streamer = np.nonzero(worth)
        user = rows[row]
        return Candidates(user, streamer, self.ev[user, streamer], self.ev.shape)

    def first_choices(self, users: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the best streamers of each user if there were no limits; -1 outside the mask.

        Returns
        -------
        (N,) int64, or (N, b) where a user is shown to up to b > 1 streamers
            The lowest position among equals; -1 if no pair has an EV of 0 or more.
        """
        per_user = self.limits.per_user
        if per_user == 1 and self.favourites is not None:
            chosen: NDArray[np.int64] = self.favourites.choices(users)
            return chosen
        choice = np.empty((self.n_users, min(per_user, self.n_streamers)), dtype=np.int64)
        free, nowhere = np.zeros(self.n_streamers), np.zeros(self.n_streamers, np.bool_)
        worthless = np.zeros(self.n_users)

        def read(first: int, stop: int) -> None:
            part = slice(first, stop)
            rows = self.rows.slice_users(first, stop)
            find_best_choices(
                rows, users[part], self.whales[part], free, free, nowhere, worthless[part], 0.0,
                choice[part],
            )  # fmt: skip

        map_blocks(read, self.n_users, self.n_pairs)
        return choice[:, 0] if per_user == 1 else choice


class Tally(NamedTuple):
    """How many users each streamer has in an allocation, and what they are worth.

    Parameters
    ----------
    whale_load, load : (S,) int64
        Whales, and users in all.
    whale_ev, normal_ev : float
        Total EV of whales and of normal users, currency units; -inf with a forbidden pair, NaN
        with a streamer that does not exist.
    """

    whale_load: NDArray[np.int64]
    load: NDArray[np.int64]
    whale_ev: float
    normal_ev: float


def placements(assignment: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs that an allocation makes, as positions of users and of streamers.

    Parameters
    ----------
    assignment : (N,) or (N, b) int64
        Each user's streamers, -1 for none.

    Returns
    -------
    (n,) int64 twice
        By user.
    """
    placed = assignment >= 0
    return placed.nonzero()[0], assignment[placed]


def best_first(problem: Problem, assignment: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (N, b) int64 with each user's streamers by EV, highest first, none last."""
    ev = np.full(assignment.shape, -np.inf)
    ev[assignment >= 0] = problem.ev_at(*placements(assignment))
    return np.take_along_axis(assignment, np.argsort(-ev, axis=1, kind="stable"), axis=1)


def wealthiest(wealth: ArrayLike, share: float) -> NDArray[np.bool_]:
    """Return the mask of the wealthiest users: ``max(1, floor(share × N))`` of them.

    Parameters
    ----------
    wealth : (N,) array_like of float
        Finite, in any unit: only the order counts. Among equals, earlier users come first.
    share : float
        Share of all users, above 0 and at most 1.

    Returns
    -------
    (N,) bool
        For the argument `whales` of `Problem`.

    Raises
    ------
    InputError
        If `share` is out of range, or `wealth` is not one finite number per user.

    Examples
    --------
    >>> from whale_matching import wealthiest
    >>> wealthiest([120.0, 5.0, 80.0, 40.0], share=0.5)
    array([ True, False,  True, False])
    """
    amounts = as_wealth(wealth)
    share = as_share(share, "share")
    # 0.29 × 100 is 28.999…96 in floating point; 29 % of 100 users must be 29 users.
    count = max(1, int(np.floor(share * len(amounts) + 1e-9)))
    least = np.partition(amounts, len(amounts) - count)[len(amounts) - count]
    whales: NDArray[np.bool_] = amounts > least
    whales[np.flatnonzero(amounts == least)[: count - np.count_nonzero(whales)]] = True
    return whales


def as_wealth(values: ArrayLike, n_users: int | None = None) -> NDArray[np.float64]:
    """Return one finite number per user, (N,) float64.

    Raises
    ------
    InputError
        With the position at fault.
    """
    field = "wealth"
    given = as_array(values, field, axes=("user",))
    if given.dtype.kind == "b":
        raise ArrayField(field, NUMBERS).wrong_type(given.dtype)
    given = as_array(values, field, np.float64, axes=("user",))
    if given.ndim != 1 or n_users not in (None, len(given)):
        shape = " × ".join(map(str, given.shape)) or "scalar"
        message = Message("wealth_of_each_expected", users=n_users or 0, shape=shape)
        raise InputError(field, message)
    bad = np.flatnonzero(~np.isfinite(given))
    if len(bad):
        at = int(bad[0])
        message = Message("wealth_not_a_number", user=at, received=str(given[at]))
        raise InputError(field, message, (at,))
    return given


def _matrix(values: ArrayLike) -> NDArray[Any]:
    """Return the values as a matrix, float32 if they are that and else float64."""
    dtype = np.float32 if getattr(values, "dtype", None) == np.float32 else np.float64
    given = as_array(
        values,
        "ev",
        dtype,
        expected=MATRIX,
        axes=("user", "streamer"),
        mask_value=-np.inf,
    )
    ev = np.ascontiguousarray(given)
    if ev.ndim != 2 or given.ndim != 2:
        raise InputError("ev", Message("two_dimensions_expected", received=given.ndim))
    return ev


def _favourites(ev: NDArray[Any]) -> Favourites:
    """Read the matrix once: refuse what is no EV, and keep each user's best."""
    favourites, user = read_rows(ev)
    if user < len(ev):
        row = ev[user]
        streamer = int(np.flatnonzero(~(np.abs(row) <= LARGEST_EV) & (row != -np.inf))[0])
        message = Message(
            "ev_out_of_range", user=user, streamer=streamer, received=str(row[streamer])
        )
        raise InputError("ev", message, (user, streamer))
    return favourites
