"""From an auction's allocation and prices to the optimum and its least prices.

The contested network is repaired; one reading of all the data then lowers the prices to the least
there are, or names the users whose choices the network lacked.
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
"""By how much the reach grows where it proved too short."""

MAX_ROUNDS = 8
"""Most rounds of repair; each widens the reach."""

MANY_WRONG_SHARE = 0.05
"""Share of users with a better choice off their lists from which whole rows are looked at."""

EXACT_SHARE = 2.0**-5
"""Share of rounding noise within which choices count as equal on whole rows, where every choice is
seen; what a user lacks afterwards is rounding that added up, up to noise over that share."""

WORK_LISTED, WORK_WHOLE = 1, 3
"""Choices a repair may look at for each pair of the problem, on short lists and on whole rows: a
fraction of the time of a dense flow, which follows if that is not enough."""

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
    """Repair an auction's `assignment` and `price` to the optimum and its least prices.

    Parameters
    ----------
    instance : AuctionInstance
    cap : (S,) int64
        At most n.
    price : (S,) float64, at : (n,) int64
        Written, unless it is given up.
    contest_radius : float
        Choices this near to a user's best are contested, currency units.
    on_whole_rows : bool
        Whether a matrix is solved on whole rows where short lists are not enough.

    Returns
    -------
    int
        Contested choices in the network that decided it, NONE where it was given up.
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
            # What the lists lack is worth more than what they hold: back to the auction's prices.
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
    """Make `assignment` and `price` optimal and the prices the least, on whole rows of a matrix.

    Returns whether that ended within the work that is allowed. The rest as in `polish_to_optimum`.
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
    """Return rows of a matrix as one; of float32, or twice side by side, that takes a copy."""
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
    """Lower optimal prices to the least; return how many users had better be elsewhere.

    A user who lacks up to the tolerance had not. Where nobody had, users left out who cost nothing
    are placed.
    """
    start, order = _group_by_streamer(assignment, len(cap))
    n_wrong = minimal_duals(instance.rows, cap, price, start, order, tolerance, wrong)
    if n_wrong == 0:
        _augment_ties(instance.rows, cap, price, assignment, instance.noise)
        price[price <= instance.noise] = 0.0  # what is left of sums that cancel
    return int(n_wrong)


def solve_contested(
    instance: AuctionInstance,
    lists: Lists | None,
    cap: Caps,
    price: Prices,
    assignment: Streamers,
    contest_radius: float,
) -> tuple[int, int]:
    """Make `assignment` and `price` optimal among contested choices, of short lists or whole rows.

    Returns how many choices those are, NONE where the work allowed was not enough, and both are as
    they were; and how many choices were looked at. The rest as in `polish_to_optimum`.
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
    """Place users left out whom a streamer with room would take at no loss."""
    placed = int((assignment != NONE).sum())
    if placed < min(len(assignment), int(cap.sum())):
        network = build_full_network(rows, price, assignment, noise)
        augment_ties(*network, assignment, cap, price, noise)
