"""Feasibility of guarantees: pairs that meet them, or the streamers whose guarantees conflict."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.max_flow import SimpleMaxFlow

from ..errors import UnmetGuaranteesError
from ..kernels import NONE, get_row, heap_replace, njit
from ..model import Candidates, Limits, Problem, placements

PAIRS_PER_SLOT = 4
"""Pairs considered first for each guaranteed slot."""


def meet_guarantees(
    problem: Problem, users: NDArray[np.bool_], limits: Limits
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs that meet every guarantee within the caps.

    Pairs are taken in the order of their loss against the user's best choice. If that leaves a
    guarantee unmet, a maximum flow finds the pairs.

    Parameters
    ----------
    problem : Problem
    users : (N,) bool
        Users who may be placed.
    limits : Limits

    Returns
    -------
    (n,) int64 twice
        Users and streamers.

    Raises
    ------
    UnmetGuaranteesError
        With an irreducible set of streamers that cannot be shown to enough users: without any one
        of them, the guarantees of the others can be met.
    """
    above = np.flatnonzero(limits.min_users > limits.capacity)
    if len(above):
        raise _build_error(problem, users, limits, above[:1])
    taken, pairs, unmet = _try_guarantees(problem, users, limits)
    if taken is None:
        raise _build_error(problem, users, limits, unmet)
    return pairs.users[taken], pairs.streamers[taken].astype(np.int64)


def can_meet(problem: Problem, users: NDArray[np.bool_], limits: Limits) -> bool:
    """Return whether users in a mask can meet every guarantee within the limits."""
    if (limits.min_users > limits.capacity).any():
        return False
    return _try_guarantees(problem, users, limits)[0] is not None


def _try_guarantees(
    problem: Problem, users: NDArray[np.bool_], limits: Limits
) -> tuple[NDArray[np.bool_] | None, Candidates, NDArray[np.int64]]:
    """Return a mask, and its pairs, that meet every guarantee; or None, and unmet streamers."""
    pairs = _find_cheapest_pairs(problem, users, limits)
    taken, unmet = _find_meeting_pairs(pairs, problem, users, limits)
    if taken is None:
        pairs = _select_pairs(problem, users, limits.min_users > 0, limits.negative)
        taken, unmet = _find_meeting_pairs(pairs, problem, users, limits)
    return taken, pairs, unmet


def has_negative(problem: Problem, users: NDArray[np.bool_], streamers: NDArray[np.int64]) -> bool:
    """Return whether a pair of users in a mask with one of the streamers has a negative EV."""
    named = np.isin(np.arange(problem.n_streamers), streamers)
    pairs = _select_pairs(problem, users, named, named)
    return bool(pairs.ev.min(initial=0.0) < 0)


def _build_error(
    problem: Problem, users: NDArray[np.bool_], limits: Limits, streamers: NDArray[np.int64]
) -> UnmetGuaranteesError:
    """Return the error for an irreducible subset of the streamers, with remedies."""
    named = np.isin(np.arange(problem.n_streamers), streamers)
    pairs = _select_pairs(problem, users, named, limits.negative)
    error = _shrink_infeasible_set(_group_users(pairs, limits, streamers), streamers, limits)
    at = np.array(error.streamers)
    above = (limits.min_users > limits.capacity).any()
    if above or limits.allow_negative_ev or not has_negative(problem, users, at):
        return error
    negative = can_meet(problem, users, replace(limits, allow_negative_ev=True))
    return UnmetGuaranteesError(
        error.streamers,
        error.needed,
        error.possible,
        left_negative=True,
        remedies=("allow_negative_ev",) if negative else (),
    )


def _find_meeting_pairs(
    pairs: Candidates, problem: Problem, users: NDArray[np.bool_], limits: Limits
) -> tuple[NDArray[np.bool_] | None, NDArray[np.int64]]:
    """Return a mask of pairs that meet every guarantee, or None and unmet streamers."""
    order = np.argsort(_best_ev(problem, users)[pairs.users] - pairs.ev, kind="stable")
    taken = np.zeros(len(pairs), dtype=np.bool_)
    if _take_pairs(
        pairs.users, pairs.streamers, order, limits.whales, limits.per_user,
        limits.whale_cap.copy(), limits.min_users.copy(), taken,
    ):  # fmt: skip
        return taken, np.empty(0, dtype=np.int64)
    groups = _singleton_groups(pairs, limits)
    met, flow, unmet = _maximum_flow(groups, np.flatnonzero(limits.min_users), limits)
    return (flow > 0 if met == limits.min_users.sum() else None), unmet


def _find_cheapest_pairs(problem: Problem, users: NDArray[np.bool_], limits: Limits) -> Candidates:
    """Return, for each guarantee, `PAIRS_PER_SLOT` pairs per slot of least loss."""
    count = np.where(limits.min_users > 0, PAIRS_PER_SLOT * limits.min_users, 0)
    start = np.concatenate([[0], np.cumsum(np.minimum(count, problem.n_users))])
    gain, user = np.full(start[-1], -np.inf), np.full(start[-1], NONE, dtype=np.int32)
    best = _best_ev(problem, users)
    _keep_cheapest(problem.rows, users, limits.negative, best, start, gain, user)
    streamer = np.repeat(np.arange(problem.n_streamers), np.diff(start))[user != NONE]
    row = user[user != NONE].astype(np.int64)
    order = np.lexsort((streamer, row))
    row, streamer = row[order], streamer[order]
    shape = problem.n_users, problem.n_streamers
    return Candidates.from_sorted(row, streamer, problem.ev_at(row, streamer), shape)


@njit(cache=True)
def _keep_cheapest(rows, users, negative, best, start, gain, user):
    """Keep the users of greatest gain, EV - best, at each streamer, in min-heaps."""
    for u in range(len(users)):
        if not users[u]:
            continue
        which, values = get_row(rows, u)
        for i in range(len(which)):
            low, high = start[which[i]], start[which[i] + 1]
            worth = values[i] >= 0.0 or negative[which[i]]
            if low < high and worth and values[i] - best[u] > gain[low]:
                heap_replace(gain[low:high], user[low:high], high - low, values[i] - best[u], u)


def _select_pairs(
    problem: Problem,
    users: NDArray[np.bool_],
    streamers: NDArray[np.bool_],
    negative: NDArray[np.bool_],
) -> Candidates:
    """Return the pairs of EV ≥ 0 between users and streamers in two masks.

    Pairs of negative EV are included at streamers in the mask `negative`.
    """
    if isinstance(problem.ev, Candidates):
        pairs = problem.ev
        worth = (pairs.ev >= 0) | negative[pairs.streamers]
        return pairs.select_pairs(users[pairs.users] & streamers[pairs.streamers] & worth)
    rows, columns = np.flatnonzero(users), np.flatnonzero(streamers)
    ev = problem.ev[np.ix_(rows, columns)]
    row, column = np.nonzero((ev >= 0) | ((ev > -np.inf) & negative[columns]))
    user, streamer = rows[row], columns[column]
    ev = problem.ev[user, streamer].astype(np.float64)
    return Candidates.from_sorted(user, streamer, ev, problem.ev.shape)


def _best_ev(problem: Problem, users: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the greatest EV of each user, (N,) float64."""
    user, streamer = placements(problem.first_choices(users))
    best = np.zeros(problem.n_users)
    np.maximum.at(best, user, problem.ev_at(user, streamer))
    return best


@njit(cache=True)
def _take_pairs(users, streamers, order, whales, per_user, whale_cap, need, taken):
    """Take pairs in order while they meet a need; return whether all needs, (S,) int64, are met."""
    units = np.full(len(whales), per_user)
    missing = need.sum()
    for pair in order:
        user, s = users[pair], streamers[pair]
        if need[s] > 0 and units[user] > 0 and (whale_cap[s] > 0 or not whales[user]):
            taken[pair] = True
            need[s] -= 1
            units[user] -= 1
            whale_cap[s] -= whales[user]
            missing -= 1
    return missing == 0


@dataclass(frozen=True, eq=False)
class _UserGroups:
    """Groups of users of the same tier with pairs at the same streamers.

    Parameters
    ----------
    size : (g,) int64
        Number of users of each group.
    whale : (g,) bool
    start : (g + 1,) int64, streamers : (e,) int64
        The streamers of each group.
    """

    size: NDArray[np.int64]
    whale: NDArray[np.bool_]
    start: NDArray[np.int64]
    streamers: NDArray[np.int64]


def _singleton_groups(pairs: Candidates, limits: Limits) -> _UserGroups:
    size = np.ones(pairs.shape[0], dtype=np.int64)
    return _UserGroups(size, limits.whales, pairs.row_start, pairs.streamers.astype(np.int64))


def _group_users(pairs: Candidates, limits: Limits, streamers: NDArray[np.int64]) -> _UserGroups:
    """Return users grouped by tier and by their pairs at the streamers."""
    selected = np.zeros(pairs.shape[1], dtype=np.bool_)
    selected[streamers] = True
    pairs = pairs.select_pairs(selected[pairs.streamers])
    counts: dict[tuple[bool, bytes], int] = {}
    for user in np.flatnonzero(np.diff(pairs.row_start)).tolist():
        row = pairs.streamers[pairs.row_start[user] : pairs.row_start[user + 1]]
        key = bool(limits.whales[user]), row.tobytes()
        counts[key] = counts.get(key, 0) + 1
    rows = [np.frombuffer(row, dtype=np.int32).astype(np.int64) for _, row in counts]
    return _UserGroups(
        np.array([*counts.values()], dtype=np.int64),
        np.array([whale for whale, _ in counts], dtype=np.bool_),
        np.cumsum([0, *map(len, rows)]),
        np.concatenate(rows) if rows else np.empty(0, dtype=np.int64),
    )


def _shrink_infeasible_set(
    groups: _UserGroups, streamers: NDArray[np.int64], limits: Limits
) -> UnmetGuaranteesError:
    """Return the error for an irreducible subset of streamers whose guarantees cannot be met.

    A deletion filter (J. W. Chinneck, "Feasibility and Infeasibility in Optimization", 2008) drops
    streamers one by one. To find a subset with the fewest streamers is NP-hard.
    """
    subset = streamers
    for s in streamers:
        without = subset[subset != s]
        if _maximum_flow(groups, without, limits)[0] < limits.min_users[without].sum():
            subset = without
    possible = _maximum_flow(groups, subset, limits)[0]
    return UnmetGuaranteesError(
        tuple(subset.tolist()), int(limits.min_users[subset].sum()), possible
    )


def _maximum_flow(
    groups: _UserGroups, streamers: NDArray[np.int64], limits: Limits
) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
    """Assign as many users as possible to guaranteed slots of the streamers.

    Returns
    -------
    int, (e,) int64, (n,) int64
        Number of users, flow by group and streamer, and the streamers of a minimum cut, whose
        guarantees are not met.
    """
    n_groups, n_streamers = len(groups.size), len(limits.min_users)
    need = np.zeros(n_streamers, dtype=np.int64)
    need[streamers] = np.minimum(limits.min_users, limits.capacity)[streamers]
    whale_cap, slot_node = n_groups, n_groups + n_streamers
    source, sink = n_groups + 2 * n_streamers, n_groups + 2 * n_streamers + 1
    group = np.repeat(np.arange(n_groups), np.diff(groups.start))
    entry = np.where(groups.whale[group], whale_cap, slot_node) + groups.streamers
    everyone, every = np.arange(n_groups), np.arange(n_streamers)
    network = SimpleMaxFlow()
    for tail, head, room in (
        (group, entry, groups.size[group]),
        (np.full(n_groups, source), everyone, groups.size * min(limits.per_user, n_streamers)),
        (whale_cap + every, slot_node + every, np.minimum(limits.whale_cap, need)),
        (slot_node + every, np.full(n_streamers, sink), need),
    ):
        network.add_arcs_with_capacity(
            tail.astype(np.int32), head.astype(np.int32), room.astype(np.int64)
        )
    status = network.solve(source, sink)
    if status != network.OPTIMAL:
        raise RuntimeError(f"OR-Tools' maximum flow ended as {status}.")
    cut = np.asarray(network.get_sink_side_min_cut(), dtype=np.int64)
    unmet = cut[(cut >= slot_node) & (cut < source)] - slot_node
    flow = network.flows(np.arange(len(group), dtype=np.int32))
    return int(network.optimal_flow()), flow, np.sort(unmet[need[unmet] > 0])
