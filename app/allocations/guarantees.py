"""Errors of guarantees that cannot be met, with the ids of the request."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.errors.input_errors import DetailedInputError
from app.text.names import first_names
from messages import Message
from solver import Fill, Remedy, UnmetGuaranteesError

from .problems import NamedProblem
from .requests import AllocateRequest, CurveRequest, FrontierRequest


def unmet_allocation_error(
    error: UnmetGuaranteesError, request: AllocateRequest | FrontierRequest, case: NamedProblem
) -> DetailedInputError:
    """Return the error of an allocation; its message explains the role of the fill."""
    able, because = _ABLE[request.fill]
    if request.fill == "greedy" and case.problem.whales.all():
        able, because = "whales", ""
    return _refusal(error, request, case, able, because, goal="all", k_max=0)


def unmet_curve_error(
    error: UnmetGuaranteesError, request: CurveRequest, case: NamedProblem
) -> DetailedInputError:
    """Return the error of a curve, which has only whales, at every k."""
    goal = "curve_with_k" if case.capped else "curve"
    return _refusal(error, request, case, "whales", "", goal=goal, k_max=request.k_max)


_ABLE: dict[Fill, tuple[str, str]] = {
    "greedy": ("users", "greedy"),
    "joint": ("users", ""),
    "none": ("whales", "only_whales"),
}
"""By fill: the users that can meet guarantees, and why only these; parameters of messages."""

_SET: dict[Remedy, Any] = {"fill": "joint", "allow_negative_ev": True}


def _remedies(error: UnmetGuaranteesError) -> Message | str:
    """Return the options that would meet all guarantees, if any do."""
    if not error.remedies:
        return ""
    remedy = "both" if len(error.remedies) > 1 else error.remedies[0]
    return Message("guarantees_remedy", remedy=remedy)


def _refusal(
    error: UnmetGuaranteesError,
    request: AllocateRequest | FrontierRequest | CurveRequest,
    case: NamedProblem,
    able: str,
    because: str,
    *,
    goal: str,
    k_max: int,
) -> DetailedInputError:
    positions = [*error.streamers]
    ids = [case.streamer_ids[s] for s in positions]
    needed = int(case.problem.limits.min_users[positions].sum())
    # Greedy fill counts only what whales leave unmet, but the message counts all guarantees.
    possible = error.possible + needed - error.needed
    room = int(case.problem.capacity[positions[0]])  # an unbounded one is the number of users
    if len(ids) == 1 and needed > room:
        possible = room
        message = Message(
            "guarantee_above_limit",
            limit="users" if request.capacity is None else "capacity",
            streamer=str(ids[0]),
            needed=needed,
            room=room,
        )
    else:
        message = Message(
            "guarantees_unmet",
            goal=goal,
            k_max=k_max,
            streamers=first_names([*map(str, ids)]),
            count=len(ids),
            needed=needed,
            able=able,
            possible=possible,
            reason="_".join(filter(None, ("negative" * error.left_negative, because))) or "none",
            remedies=_remedies(error),
        )
    position = error.position if isinstance(request.min_users, np.ndarray) else ()
    members = {
        "streamers": ids,
        "needed": needed,
        "possible": possible,
        "remedy": {each: _SET[each] for each in error.remedies},
    }
    return DetailedInputError(error.field, message, position, error.code, members)
