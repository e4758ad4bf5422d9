"""Problems of requests, with the ids of both sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors.input_errors import SeveralInputErrors
from app.settings import Settings
from messages import Message
from solver import Candidates, InputError, Problem, wealthiest
from solver.model import as_caps, as_penalties

from .identifiers import Among, Id, Positions, expect_ids, mask_of_ids
from .requests import ProblemRequest


@dataclass(frozen=True, eq=False)
class NamedProblem:
    """A problem with the ids of both sides.

    Parameters
    ----------
    problem : Problem
    user_ids, streamer_ids : sequence of str or int
    capped : bool
        Whether the request has k; without it, a streamer takes any number of whales.
    own_user_ids, own_streamer_ids : bool
        Whether the request has ids; otherwise they are positions.
    """

    problem: Problem
    user_ids: Sequence[Id]
    streamer_ids: Sequence[Id]
    capped: bool
    own_user_ids: bool
    own_streamer_ids: bool


def build_problem(request: ProblemRequest, limits: Settings) -> NamedProblem:
    """Return the problem of a request.

    Raises
    ------
    solver.InputError
        With the field and the position at fault; `SeveralInputErrors` if there are several.
    """
    _one_of(request, "ev", "candidates")
    _one_of(request, "whale_share", "whale_threshold", "whales")
    n_users, n_streamers = _sizes(request)
    _expect_count(request, "user", n_users, limits.max_users)
    _expect_count(request, "streamer", n_streamers, limits.max_streamers)
    _expect_places(request, n_users, n_streamers, limits.max_places)
    try:
        user_ids = expect_ids(request.user_ids, "user_ids", n_users)
        streamer_ids = expect_ids(request.streamer_ids, "streamer_ids", n_streamers)
        ev = _ev(request, (n_users, n_streamers))
        whales = _whales(request, user_ids, n_users)
        unbounded = n_users + 1
        problem = Problem(
            ev,
            whales=whales,
            whale_cap=unbounded if request.k is None else request.k,
            capacity=request.capacity,
            min_users=0 if request.min_users is None else request.min_users,
            whale_penalty=request.whale_penalty,
            max_streamers_per_user=request.max_streamers_per_user,
            allow_negative_ev=request.allow_negative_ev,
        )
    except InputError as error:
        first = _with_request_names(error)
        faults = _faults(request, n_users, n_streamers)
        other_faults = [each for each in faults if each.field != first.field]
        raise (SeveralInputErrors([first, *other_faults]) if other_faults else first) from error
    return NamedProblem(
        problem,
        user_ids,
        streamer_ids,
        capped=request.k is not None,
        own_user_ids=request.user_ids is not None,
        own_streamer_ids=request.streamer_ids is not None,
    )


def _ev(request: ProblemRequest, shape: tuple[int, int]) -> Any:
    """Return the EVs of a request, a matrix or candidates."""
    pairs = request.candidates
    if pairs is None:
        return request.ev
    return Candidates(pairs.user, pairs.streamer, pairs.ev, shape)


def _faults(request: ProblemRequest, n_users: int, n_streamers: int) -> list[InputError]:
    """Return the errors of all fields of a request."""
    user_ids: Sequence[Id] = Positions(n_users) if request.user_ids is None else request.user_ids
    checks: list[Callable[[], object]] = [
        lambda: expect_ids(request.user_ids, "user_ids", n_users),
        lambda: expect_ids(request.streamer_ids, "streamer_ids", n_streamers),
        lambda: Problem(_ev(request, (n_users, n_streamers))),
        lambda: _whales(request, user_ids, n_users),
        lambda: as_penalties(request.whale_penalty),
    ]
    for field, value in (
        ("k", request.k),
        ("capacity", request.capacity),
        ("min_users", request.min_users),
    ):
        if value is not None:
            checks.append(partial(as_caps, value, field, n_streamers))
    faults: list[InputError] = []
    for check in checks:
        try:
            check()
        except InputError as error:
            faults.append(error)
    return faults


def _whales(request: ProblemRequest, user_ids: Sequence[Id], n_users: int) -> NDArray[np.bool_]:
    """Return the mask of whales, (N,) bool."""
    wealth = request.wealth
    if wealth is not None:
        _check_wealth(wealth, n_users)
    if request.whales is not None:
        among: Among = "users" if request.user_ids is None else "user_ids"
        return mask_of_ids(request.whales, "whales", user_ids, among)
    if wealth is None and request.whale_share == 1:
        return np.ones(n_users, dtype=np.bool_)
    if wealth is None:
        rule = "whale_share" if request.whale_threshold is None else "whale_threshold"
        raise InputError("wealth", Message("wealth_missing", rule=rule), code="missing-field")
    if request.whale_share is not None:
        return wealthiest(wealth, request.whale_share)
    return np.asarray(wealth >= np.float64(request.whale_threshold or 0.0))


def _check_wealth(wealth: NDArray[np.float64], n_users: int) -> None:
    if wealth.shape != (n_users,):
        raise InputError("wealth", Message("wealth_count", users=n_users, received=len(wealth)))
    bad = np.flatnonzero(~np.isfinite(wealth))
    if len(bad):
        index = int(bad[0])
        raise InputError(
            "wealth",
            Message("wealth_not_finite", position=index, received=str(wealth[index])),
            (index,),
        )


def _sizes(request: ProblemRequest) -> tuple[int, int]:
    """Return (N, S); with candidates, from lists with one entry per user or streamer, if any."""
    pairs = request.candidates
    if pairs is None:
        n_users, n_streamers = np.asarray(request.ev).shape
        return n_users, n_streamers
    users = _length(request.user_ids, request.wealth)
    base = getattr(request, "base", None)  # of requests for fair allocations
    streamers = _length(request.streamer_ids, request.k, request.capacity, request.min_users, base)
    return (
        1 + _last(pairs.user) if users is None else users,
        1 + _last(pairs.streamer) if streamers is None else streamers,
    )


def _length(*fields: Any) -> int | None:
    """Return the length of the first field that is a list."""
    return next((len(each) for each in fields if np.ndim(each) == 1), None)


def _last(positions: NDArray[np.int64]) -> int:
    return int(positions.max(initial=-1))


def _one_of(request: ProblemRequest, *fields: str) -> None:
    """Refuse a request with none or several of the fields."""
    present = [field for field in fields if getattr(request, field) is not None]
    if len(present) != 1:
        raise InputError(
            present[1] if present else fields[0],
            Message("one_field_expected", fields=fields, received=present or Message("no_value")),
            code="conflicting-fields" if present else "missing-field",
        )


def _expect_count(request: ProblemRequest, side: str, count: int, most: int) -> None:
    if not 1 <= count <= most:
        field = "ev" if request.candidates is None else f"candidates.{side}"
        if not count:
            raise InputError(field, Message("count_empty", side=side, most=most))
        setting = f"WHALE_MAX_{side.upper()}S"
        message = Message("count_limited", side=side, most=most, received=count, setting=setting)
        raise InputError(field, message, code="limit-exceeded")


def _expect_places(request: ProblemRequest, n_users: int, n_streamers: int, most: int) -> None:
    each = min(request.max_streamers_per_user, n_streamers)
    if each > 1 and n_users * each > most:
        raise InputError(
            "max_streamers_per_user",
            Message("places_limited", most=most, received=n_users * each),
            code="limit-exceeded",
        )


def _with_request_names(error: InputError) -> InputError:
    """Return the error with `whale_cap` under its name in requests, k."""
    field = "k" if error.field == "whale_cap" else error.field
    message = error.message
    renamed = {
        name: "k" if value == "whale_cap" else value for name, value in message.parameters.items()
    }
    return InputError(field, Message(message.code, **renamed), error.position, error.code)
