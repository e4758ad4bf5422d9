"""Guaranteed slots in the normal tier."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..errors import UnmetGuaranteesError
from ..flow import can_meet, has_negative
from ..model import Candidates, Limits, Problem, placements
from .column_generation import SolveOptions, allocate_by_flow


def reserve_guaranteed(problem: Problem, assignment: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the allocation with normal users at the guaranteed slots that whales left empty.

    A min-cost flow selects the normal users whose total loss is least. A user's loss is the EV of
    the last of its best choices with room, less the EV of the guaranteed slot.

    Parameters
    ----------
    problem : Problem
    assignment : (N,) or (N, b) int64
        Streamers of the whales, -1 for none. Not modified.

    Returns
    -------
    (N,) or (N, b) int64

    Raises
    ------
    UnmetGuaranteesError
    """
    limits = problem.limits
    if not limits.min_users.any():
        return assignment
    load = problem.tally(assignment).load
    need = np.maximum(limits.min_users - load, 0)
    if not need.any():
        return assignment
    slots = Limits(
        whales=np.zeros(problem.n_users, dtype=np.bool_),
        whale_cap=np.zeros_like(need),
        capacity=np.minimum(need, limits.capacity - load),
        min_users=need,
        whale_penalty=np.empty(0),
        per_user=limits.per_user,
        allow_negative_ev=True,
    )
    losses = _build_loss_problem(
        problem, load < limits.capacity, limits.negative & (need > 0), need > 0
    )
    try:
        reserved, *_ = allocate_by_flow(losses, ~problem.whales, slots, SolveOptions())
    except UnmetGuaranteesError as error:
        own = replace(slots, allow_negative_ev=limits.allow_negative_ev)
        raise _extend_error(error, problem, own, load) from error
    whales = problem.whales if assignment.ndim == 1 else problem.whales[:, None]
    return np.where(whales, assignment, reserved)


def _extend_error(
    error: UnmetGuaranteesError, problem: Problem, slots: Limits, load: NDArray[np.int64]
) -> UnmetGuaranteesError:
    """Return the error on the remaining guaranteed slots as one on all guaranteed slots."""
    limits, normal = problem.limits, ~problem.whales
    at = np.array(error.streamers)
    of_whales = int(np.minimum(load, limits.min_users)[at].sum())
    needed = int(limits.min_users[at].sum())
    left_negative = not limits.allow_negative_ev and has_negative(problem, normal, at)
    can_be_met = left_negative and can_meet(problem, normal, replace(slots, allow_negative_ev=True))
    return UnmetGuaranteesError(
        error.streamers,
        needed,
        error.possible + of_whales,
        left_negative,
        ("allow_negative_ev",) if can_be_met else (),
    )


def _build_loss_problem(
    problem: Problem,
    with_room: NDArray[np.bool_],
    negative: NDArray[np.bool_],
    guaranteed: NDArray[np.bool_],
) -> Problem:
    """Return the problem of the guaranteed slots, whose EVs are the negative losses.

    Pairs of negative EV are allowed at streamers in the mask `negative`, (S,) bool. The loss of a
    user without other choices of EV 0 or more is measured against 0.
    """
    per_user = problem.limits.per_user
    pairs = problem.pairs_worth_making(~problem.whales, negative)
    pairs = pairs.select_pairs(with_room[pairs.streamers])
    rivals = Problem(pairs, max_streamers_per_user=per_user)
    user, at = placements(rivals.first_choices(~problem.whales))
    worst_of_best = np.full(problem.n_users, np.inf)
    np.minimum.at(worst_of_best, user, problem.ev_at(user, at))
    worst_of_best[np.bincount(user, minlength=problem.n_users) < per_user] = 0.0
    pairs = pairs.select_pairs(guaranteed[pairs.streamers])
    loss = np.maximum(worst_of_best[pairs.users] - pairs.ev, 0.0)
    return Problem(Candidates.from_sorted(pairs.users, pairs.streamers, -loss, pairs.shape),
                   max_streamers_per_user=per_user)  # fmt: skip
