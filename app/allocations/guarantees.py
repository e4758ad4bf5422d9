"""Guarantees that cannot be met, in the words of whoever asked for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.allocations.requests import AllocateRequest, CurveRequest
from app.refusals.sentences import DetailedInputError
from app.words import count, listed
from solver import Fill, Remedy, UnmetGuaranteesError

from .problems import NamedProblem

_WHO_CAN: dict[Fill, tuple[str, str]] = {
    "greedy": ("user", " once fill greedy has placed the whales"),
    "joint": ("user", ""),
    "none": ("whale", ", and fill none places nobody else"),
}
"""By fill: of whom at most so many can be shown to a streamer, and why not more."""


def unmet_in_allocation(
    error: UnmetGuaranteesError, request: AllocateRequest, named: NamedProblem
) -> DetailedInputError:
    """Return the refusal of an allocation; it says what the fill has to do with it."""
    able, because = _WHO_CAN[request.fill]
    if request.fill == "greedy" and named.problem.whales.all():
        able, because = "whale", ""
    return _refusal(error, request, named, "guarantees that can be met", able, because)


def unmet_on_curve(
    error: UnmetGuaranteesError, request: CurveRequest, named: NamedProblem
) -> DetailedInputError:
    """Return the refusal of a curve: whales alone are on it, at every k."""
    own = "at k as given and " if named.capped else ""
    wish = f"guarantees that whales alone meet {own}at every k from 1 to {request.k_max}"
    return _refusal(error, request, named, wish, "whale", "")


_REMEDIES: dict[Remedy, str] = {"fill": "fill joint", "allow_negative_ev": "allow_negative_ev"}
_SET: dict[Remedy, Any] = {"fill": "joint", "allow_negative_ev": True}


def _instead(error: UnmetGuaranteesError) -> str:
    """Return what would meet all guarantees, where anything would."""
    if not error.remedies:
        return ""
    return f"; {' with '.join(_REMEDIES[each] for each in error.remedies)} meets all guarantees"


def _refusal(
    error: UnmetGuaranteesError,
    request: AllocateRequest | CurveRequest,
    named: NamedProblem,
    wish: str,
    able: str,
    because: str,
) -> DetailedInputError:
    at = [*error.streamers]
    ids = [named.streamer_ids[s] for s in at]
    said = listed([*map(str, ids)])
    needed = int(named.problem.limits.min_users[at].sum())
    # Greedy fill counts what the whales leave unmet; whoever asked knows of the whole.
    possible = error.possible + needed - error.needed
    one = len(ids) == 1
    guaranteed = (
        f"streamer{'' if one else 's'} {said} {'is' if one else 'are'} guaranteed "
        f"{count(needed, 'user')}"
    )
    room = int(named.problem.capacity[at[0]])  # an unbounded one is the number of users
    if one and needed > room:
        possible = room
        limit, it_is = "capacity", f"its capacity is {room:,}"
        if request.capacity is None:
            limit, it_is = "the number of users", f"there {'is' if room == 1 else 'are'} {room:,}"
        sentence = f"Expected min_users ≤ {limit}; {guaranteed}, but {it_is}."
    else:
        most = f"at most {count(possible, able)}" if possible else f"no {able}"
        them = "it" if one else "them together"
        at_least = " at an EV of 0 or more" if error.left_negative else ""
        sentence = (
            f"Expected {wish}; {guaranteed}, but {most} can be shown to {them}{at_least}{because}"
            f"{_instead(error)}."
        )
    position = error.position if isinstance(request.min_users, np.ndarray) else ()
    members = {
        "streamers": ids,
        "needed": needed,
        "possible": possible,
        "remedy": {each: _SET[each] for each in error.remedies},
    }
    return DetailedInputError(error.field, sentence, position, error.code, members)
