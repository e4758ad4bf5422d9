"""One allocation, from a request to its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator import gini
from solver import Allocation, Candidates, InputError, Problem, allocate, wealthiest

from .identifiers import mask, names
from .notes import notes
from .schemas import AllocateRequest
from .settings import Settings
from .timings import Timings


@dataclass(frozen=True, eq=False)
class NamedProblem:
    """A problem and the ids of its two sides."""

    problem: Problem
    user_ids: Sequence[str]
    streamer_ids: Sequence[str]


def named_problem(request: AllocateRequest, limits: Settings) -> NamedProblem:
    """Return the problem that a request states.

    Raises
    ------
    solver.InputError
        With the field and the position at fault.
    """
    _one_of(request, "ev", "candidates")
    _one_of(request, "whale_share", "whale_threshold", "whales")
    n_users, n_streamers = _sizes(request)
    _expect_count(request, "user", n_users, limits.max_users)
    _expect_count(request, "streamer", n_streamers, limits.max_streamers)
    user_ids = names(request.user_ids, "user_ids", n_users)
    streamer_ids = names(request.streamer_ids, "streamer_ids", n_streamers)
    ev: Any = request.ev
    if request.candidates is not None:
        lists = request.candidates
        ev = Candidates(lists.user, lists.streamer, lists.ev, (n_users, n_streamers))
    whales = _whales(request, user_ids)
    try:
        problem = Problem(ev, whales=whales, whale_cap=request.k, capacity=request.capacity)
    except InputError as error:
        raise _at_the_edge(error) from error
    return NamedProblem(problem, user_ids, streamer_ids)


def answer(request: AllocateRequest, limits: Settings, timings: Timings) -> dict[str, Any]:
    """Return the answer to a request, as JSON writes it.

    Parameters
    ----------
    request : AllocateRequest
    limits : Settings
    timings : Timings
        Already running; the request's decoding counts as its first step.

    Raises
    ------
    solver.InputError
        With the field and the position at fault.
    """
    named = named_problem(request, limits)
    timings.ended("decode")
    allocation = allocate(named.problem, request.algorithm, request.fill, on_step=timings.ended)
    return _described(named, allocation) | {
        "notes": notes(named.problem, named.streamer_ids, allocation, request.algorithm),
        "timings_ms": timings.milliseconds,
    }


def _described(named: NamedProblem, allocation: Allocation) -> dict[str, Any]:
    """Return what an allocation decides, is worth, costs and proves."""
    problem, prices = named.problem, allocation.shadow_prices
    place = [*named.streamer_ids, None]  # -1, none, is the last
    certificate = allocation.certificate
    return {
        "allocations": {
            user: place[at]
            for user, at in zip(named.user_ids, allocation.streamer.tolist(), strict=True)
        },
        "whales": [named.user_ids[user] for user in np.flatnonzero(problem.whales).tolist()],
        "objective": {
            "whale": allocation.whale_objective,
            "normal": allocation.normal_objective,
            "total": allocation.objective,
        },
        "certificate": {
            "scope": certificate.scope,
            "upper_bound": certificate.upper_bound,
            "gap": certificate.gap,
            "proven_optimal": certificate.proven_optimal,
        },
        "shadow_prices": {
            "whale_cap": _non_zero(prices.whale_cap, named.streamer_ids),
            "capacity": _non_zero(prices.capacity, named.streamer_ids),
        },
        "metrics": _metrics(problem, allocation),
    }


def _metrics(problem: Problem, allocation: Allocation) -> dict[str, float | int]:
    """Return how the allocation spreads users and value over streamers."""
    placed = np.flatnonzero(allocation.streamer >= 0)
    at = allocation.streamer[placed]
    load = np.bincount(at, minlength=problem.n_streamers)
    whale_load = np.bincount(at[problem.whales[placed]], minlength=problem.n_streamers)
    revenue = np.bincount(at, problem.ev_at(placed, at), minlength=problem.n_streamers)
    return {
        "overload_rate": float((load > problem.capacity).mean()),
        "streamer_gini": gini(revenue.astype(np.float64, copy=False)),
        "unallocated_users": problem.n_users - len(placed),
        "streamers_at_whale_cap": int((whale_load >= problem.whale_cap).sum()),
        "max_whales_per_streamer": int(whale_load.max()),
    }


def _whales(request: AllocateRequest, user_ids: Sequence[str]) -> NDArray[np.bool_]:
    """Return who is a whale, (N,) bool."""
    wealth = request.wealth
    if wealth is not None:
        _check_wealth(wealth, len(user_ids))
    if request.whales is not None:
        among = "the users" if request.user_ids is None else "user_ids"
        return mask(request.whales, "whales", user_ids, among)
    if wealth is None:
        rule = "whale_share" if request.whale_threshold is None else "whale_threshold"
        raise InputError("wealth", f"Expected wealth, one number per user, with {rule}; got none.")
    if request.whale_share is not None:
        return wealthiest(wealth, request.whale_share)
    return np.asarray(wealth >= np.float64(request.whale_threshold or 0.0))


def _check_wealth(wealth: NDArray[np.float64], n_users: int) -> None:
    if wealth.shape != (n_users,):
        raise InputError(
            "wealth", f"Expected wealth for each of {n_users} users; got {len(wealth)}."
        )
    bad = np.flatnonzero(~np.isfinite(wealth))
    if len(bad):
        at = int(bad[0])
        raise InputError(
            "wealth", f"Expected finite numbers in wealth; user {at} has {wealth[at]}.", (at,)
        )


def _sizes(request: AllocateRequest) -> tuple[int, int]:
    """Return (N, S). Candidates alone do not say them: lists with one entry each may."""
    pairs = request.candidates
    if pairs is None:
        n_users, n_streamers = np.asarray(request.ev).shape
        return n_users, n_streamers
    users = _length(request.user_ids, request.wealth)
    streamers = _length(request.streamer_ids, request.k, request.capacity)
    return (
        1 + _last(pairs.user) if users is None else users,
        1 + _last(pairs.streamer) if streamers is None else streamers,
    )


def _length(*fields: Any) -> int | None:
    """Return the length of the first field that is a list."""
    return next((len(each) for each in fields if np.ndim(each) == 1), None)


def _last(positions: NDArray[np.int64]) -> int:
    return int(positions.max(initial=-1))


def _one_of(request: AllocateRequest, *fields: str) -> None:
    """Refuse a request that has none or several of the fields."""
    given = [field for field in fields if getattr(request, field) is not None]
    if len(given) != 1:
        wish = ", ".join(fields[:-1]) + f" and {fields[-1]}"
        raise InputError(
            given[1] if given else fields[0],
            f"Expected exactly one of {wish}; got {' and '.join(given) or 'none'}.",
        )


def _expect_count(request: AllocateRequest, side: str, count: int, most: int) -> None:
    if not 1 <= count <= most:
        field = "ev" if request.candidates is None else f"candidates.{side}"
        raise InputError(field, f"Expected from 1 to {most:,} {side}s; got {count:,}.")


def _at_the_edge(error: InputError) -> InputError:
    """Return the error in the words of a request, where people say k for `whale_cap`."""
    field = "k" if error.field == "whale_cap" else error.field
    return InputError(field, error.message.replace("whale_cap", "k"), error.position)


def _non_zero(prices: NDArray[np.float64], streamer_ids: Sequence[str]) -> dict[str, float]:
    return {streamer_ids[s]: float(prices[s]) for s in np.flatnonzero(prices).tolist()}
