"""From an auction's assignment and prices to the optimum and its least prices.

First the contested network is solved. Then one pass over all data lowers the prices to the least
ones, or finds the users whose choices are missing in the network.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..auction import AuctionInstance, Lists, rebuild_lists
from ..kernels import NONE, MatrixRows, Rows
from .contested import build_full_network, build_listed_network
from .contested_paths import augment_ties, successive_shortest_paths
from .minimal_duals import group_by_streamer, minimal_duals
from .row_paths import solve_by_shortest_paths, tighten_prices

RADIUS_GROWTH = 8.0
"""Factor by which the contest radius grows after it was too small."""

MAX_ROUNDS = 8
"""Largest number of rounds; each has a larger contest radius."""

MANY_WRONG_SHARE = 0.05
"""Share of users with a better unlisted choice from which whole rows are solved."""

EXACT_SHARE = 2.0**-5
"""Share of the rounding noise within which choices count as equal on whole rows. Gains that remain
afterwards are accumulated rounding errors, up to the noise divided by this share."""

WORK_LISTED, WORK_WHOLE = 1, 3
"""Limits of the choices examined per pair of the problem, on short lists and on whole rows: a
fraction of the time of the dense flow that follows if they are exceeded."""

Streamers = NDArray[np.int64]
Prices = NDArray[np.float64]
Caps = NDArray[np.int64]


def polish_to_optimum(
    instance: AuctionInstance,
    cap: Caps,
    price: Prices,
    assignment: Streamers,
    contest_radius: float,
    on_whole_rows: bool = True,
) -> int:
    """Improve an auction's `assignment` and `price` to the optimum and its least prices.

    Parameters
    ----------
    instance : AuctionInstance
    cap : (S,) int64
        At most n.
    price : (S,) float64, assignment : (n,) int64
        Written, unless the method gives up.
    contest_radius : float
        Choices within this of a user's best are contested, currency units.
    on_whole_rows : bool
        Whether to solve a matrix on whole rows if short lists do not suffice.

    Returns
    -------
    int
        Number of contested choices in the last network, NONE if the method gave up.
    """
    n_users = len(assignment)
    wrong = np.empty(n_users, dtype=np.int64)
    auctioned = assignment.copy(), price.copy()
    lists = instance.lists
    for _ in range(MAX_ROUNDS):
        arcs, _ = solve_contested(instance, lists, cap, price, assignment, contest_radius)
        solved, n_wrong = arcs != NONE, n_users
        if solved:
            n_wrong = _minimize_duals(instance, cap, price, assignment, wrong, instance.noise)
        if n_wrong == 0:
            return arcs
        if lists is None and not solved:
            break
        if lists is not None and (not solved or n_wrong > MANY_WRONG_SHARE * n_users):
            # The missing choices matter more than the listed ones: return to the auction's prices.
            assignment[:], price[:] = auctioned
            if on_whole_rows and solve_on_whole_rows(instance, cap, price, assignment):
                return instance.size
            break
        if lists is not None:
            rebuild_lists(instance.rows, price, assignment, wrong[:n_wrong], *lists)
        contest_radius *= RADIUS_GROWTH
    assignment[:], price[:] = auctioned
    return NONE


def solve_on_whole_rows(
    instance: AuctionInstance, cap: Caps, price: Prices, assignment: Streamers
) -> bool:
    """Make `assignment` optimal and `price` its least prices, on whole rows of a matrix.

    Returns whether that succeeded within the work limit. Parameters as in `polish_to_optimum`.
    """
    assert isinstance(instance.rows, MatrixRows)  # noqa: S101
    tier = _full_matrix(instance.rows), cap, price, assignment, instance.noise * EXACT_SHARE
    tighten_prices(*tier)
    if not solve_by_shortest_paths(*tier):
        return False
    wrong = np.empty(len(assignment), dtype=np.int64)
    return (
        _minimize_duals(instance, cap, price, assignment, wrong, instance.noise / EXACT_SHARE) == 0
    )


def _full_matrix(rows: MatrixRows) -> NDArray[np.float64]:
    """Return the matrix that rows represent; a copy if it is float32 or counts twice."""
    ev, whales = rows.matrix.astype(np.float64, copy=False), rows.whales
    return ev if len(whales) == 0 else np.hstack([ev, np.where(whales[:, None], -np.inf, ev)])


def _minimize_duals(
    instance: AuctionInstance,
    cap: Caps,
    price: Prices,
    assignment: Streamers,
    wrong: NDArray[np.int64],
    tolerance: float,
) -> int:
    """Lower optimal prices to the least; return how many users would gain elsewhere.

    Gains up to the tolerance do not count. If there are none, unassigned users who cost nothing are
    assigned.
    """
    start, order = _group_by_streamer(assignment, len(cap))
    n_wrong = minimal_duals(instance.rows, cap, price, start, order, tolerance, wrong)
    if n_wrong == 0:
        _augment_ties(instance.rows, cap, price, assignment, instance.noise)
        price[price <= instance.noise] = 0.0  # rounding of sums that cancel
    return int(n_wrong)


def solve_contested(
    instance: AuctionInstance,
    lists: Lists | None,
    cap: Caps,
    price: Prices,
    assignment: Streamers,
    contest_radius: float,
) -> tuple[int, int]:
    """Make `assignment` and `price` optimal on the contested choices of short lists or whole rows.

    Returns the number of contested choices, or NONE if the work limit is exceeded and nothing is
    written; and the number of choices examined. Parameters as in `polish_to_optimum`.
    """
    if lists is None:
        network, work = (
            build_full_network(instance.rows, price, assignment, contest_radius),
            WORK_WHOLE,
        )
    else:
        network, work = (
            build_listed_network(instance, lists, price, assignment, contest_radius),
            WORK_LISTED,
        )
    limit = work * instance.size + 100_000
    solved, looked_at = successive_shortest_paths(
        *network, assignment, cap, price, instance.noise * EXACT_SHARE, limit
    )
    return int(network[0][-1]) if solved != NONE else NONE, int(looked_at)


def _group_by_streamer(
    assignment: Streamers, n_streamers: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    start, order = np.empty(n_streamers + 2, dtype=np.int64), np.empty_like(assignment)
    group_by_streamer(assignment, n_streamers, start, order)
    return start, order


def _augment_ties(
    rows: Rows, cap: Caps, price: Prices, assignment: Streamers, noise: float
) -> None:
    """Assign unassigned users to streamers with room, where that costs nothing."""
    n_assigned = int((assignment != NONE).sum())
    if n_assigned < min(len(assignment), int(cap.sum())):
        network = build_full_network(rows, price, assignment, noise)
        augment_ties(*network, assignment, cap, price, noise)
