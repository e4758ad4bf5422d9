"""Guaranteed places in the normal tier."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .candidates import Candidates
from .column_generation import Effort, allocate_by_flow
from .errors import UnmetGuaranteesError
from .limits import Limits
from .problem import Problem, placements


def reserve_guaranteed(problem: Problem, streamer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the allocation with the guarantees met that the whales left unmet.

    Guaranteed places go to the normal users who lose least by it, in all: what a user loses is
    what the last of its best choices, of those with room, is worth more. A min-cost flow decides.

    Parameters
    ----------
    problem : Problem
    streamer : (N,) or (N, b) int64
        Where the whales are, -1 for none; left as it is.

    Returns
    -------
    (N,) or (N, b) int64

    Raises
    ------
    UnmetGuaranteesError
    """
    limits = problem.limits
    if not limits.min_users.any():
        return streamer
    load = problem.tally(streamer).load
    need = np.maximum(limits.min_users - load, 0)
    if not need.any():
        return streamer
    losses = _losses(problem, load < limits.capacity, need > 0)
    places = Limits(
        whales=np.zeros(problem.n_users, dtype=np.bool_),
        whale_cap=np.zeros_like(need),
        capacity=np.minimum(need, limits.capacity - load),
        min_users=need,
        whale_penalty=np.empty(0),
        per_user=limits.per_user,
    )
    try:
        reserved, *_ = allocate_by_flow(losses, ~problem.whales, places, Effort())
    except UnmetGuaranteesError as error:
        at = np.array(error.streamers)
        there = int(np.minimum(load, limits.min_users)[at].sum())
        needed = int(limits.min_users[at].sum())
        raise UnmetGuaranteesError(error.streamers, needed, error.possible + there) from error
    whales = problem.whales if streamer.ndim == 1 else problem.whales[:, None]
    return np.where(whales, streamer, reserved)


def _losses(
    problem: Problem, with_room: NDArray[np.bool_], guaranteed: NDArray[np.bool_]
) -> Problem:
    """Return the problem of the guaranteed places: how much less than the worst loss is lost.

    As many pairs as there are guaranteed places are made, so the constant changes nothing.
    """
    pairs = problem.pairs_worth_making(~problem.whales)
    pairs = pairs.keep(with_room[pairs.streamers])
    rivals = Problem(pairs, max_streamers_per_user=problem.limits.per_user)
    user, at = placements(rivals.first_choices(~problem.whales))
    worst_of_best = np.full(problem.n_users, np.inf)
    np.minimum.at(worst_of_best, user, problem.ev_at(user, at))
    pairs = pairs.keep(guaranteed[pairs.streamers])
    loss = np.maximum(worst_of_best[pairs.users] - pairs.ev, 0.0)
    value = loss.max(initial=0.0) - loss
    return Problem(Candidates.sorted(pairs.users, pairs.streamers, value, pairs.shape),
                   max_streamers_per_user=problem.limits.per_user)  # fmt: skip
