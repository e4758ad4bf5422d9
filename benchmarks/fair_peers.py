"""Other ways to trade total EV for equality, each on the same EVs ≥ 0 and one cap for all."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

from solver import Candidates, Problem, allocate
from solver.fairness import AlphaWelfare, GiniWelfare

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

SMOOTHING = 1.0
"""First β of the Moreau envelope, as a multiple of the mean revenue."""


@dataclass(frozen=True)
class FoundWelfare:
    """What a peer found, currency units.

    Parameters
    ----------
    whole : float
        Greatest welfare of whole users; nan if it has none.
    divisible : float
        Greatest welfare of divisible users; nan if it has none.
    bound : float
        No allocation has more, as far as the peer knows.
    """

    whole: float = np.nan
    divisible: float = np.nan
    bound: float = np.inf


def frank_wolfe(ev: Matrix, cap: int, theta: float, oracles: int) -> FoundWelfare:
    """Frank–Wolfe on the Moreau envelope of Sen's welfare, with exact oracles.

    V. Do and N. Usunier, "Optimizing generalized Gini indices for fairness in rankings" (2022): the
    gradient of the envelope is a projection on the permutahedron, β falls with the root of the
    number of steps. An oracle is the optimum of the weighted EVs by our solver, with the prices of
    the last one as its start; it also gives a bound. Whole users are those of the best oracle, or
    the placement that has most of the average, whichever is better.
    """
    welfare, n_streamers = GiniWelfare(theta), ev.shape[1]
    users = np.arange(len(ev))
    found = allocate(Problem(ev, whale_cap=cap), fill="none")
    places = [found.assignment]
    average = _revenue(ev, found.assignment)
    best = FoundWelfare(welfare.value(average), welfare.value(average), found.objective)
    beta = SMOOTHING * float(average.mean())
    for step in range(1, oracles):
        weights = welfare.project(-average / (beta / np.sqrt(step)))
        weighted = Problem(ev * weights, whale_cap=cap)
        found = allocate(weighted, fill="none", prices=found.shadow_prices)
        places.append(found.assignment)
        revenue = _revenue(ev, found.assignment)
        average += 2.0 / (step + 2.0) * (revenue - average)
        best = FoundWelfare(
            max(best.whole, welfare.value(revenue)),
            max(best.divisible, welfare.value(average)),
            min(best.bound, found.certificate.upper_bound),
        )
    # The average has the t-th oracle, from 0, with a weight proportional to t.
    at, share = np.concatenate(places), np.repeat(np.linspace(1e-9, 1.0, oracles), len(ev))
    user = np.tile(users, oracles)
    is_placed = at >= 0
    pair, of_pair = np.unique((user * n_streamers + at)[is_placed], return_inverse=True)
    shares = np.bincount(of_pair, share[is_placed])
    candidates = Candidates(pair // n_streamers, pair % n_streamers, shares, ev.shape)
    rounded = allocate(Problem(candidates, whale_cap=cap), fill="none").assignment
    whole = max(best.whole, welfare.value(_revenue(ev, rounded)))
    return FoundWelfare(whole, best.divisible, best.bound)


def highs(ev: Matrix, cap: int, theta: float, seconds: float) -> FoundWelfare:
    """Maximise Sen's welfare of whole users with HiGHS' MILP solver, as far as it comes.

    ``W = c_S T + Σ_{j < S} (c_j - c_{j+1}) L_j``, with L_j the sum of the j least revenues, which
    is the greatest ``j t - Σ_s max(0, t - R_s)``: a level t and S shortfalls for each j.
    """
    n_users, size = ev.shape
    n_pairs, n_levels = ev.size, size - 1
    step, last = 2 * theta / size, 1 - theta + theta / size
    value = np.concatenate(
        [last * ev.ravel(), step * np.arange(1, size), np.full(n_levels * size, -step)]
    )
    # Pairs are numbered user · S + s; then all levels; then the shortfalls level · S + s.
    of_user = kron(eye_array(n_users), np.ones((1, size)))
    of_streamer = kron(np.ones((1, n_users)), eye_array(size))
    revenue = of_streamer @ csr_array(
        (ev.ravel(), (np.arange(n_pairs), np.arange(n_pairs))), shape=(n_pairs, n_pairs)
    )
    unused = csr_array((n_users + size, n_levels * (1 + size)))
    shortfall = hstack(
        [
            kron(np.ones((n_levels, 1)), revenue),
            -kron(eye_array(n_levels), np.ones((size, 1))),
            eye_array(n_levels * size),
        ]
    )
    matrix = vstack([hstack([vstack([of_user, of_streamer]), unused]), shortfall]).tocsr()
    most = np.concatenate([np.ones(n_users), np.full(size, cap), np.full(n_levels * size, np.inf)])
    is_pair = np.arange(len(value)) < n_pairs
    found = milp(
        -value,
        constraints=LinearConstraint(matrix, np.zeros(len(most)), most),
        integrality=is_pair,
        bounds=(0, np.where(is_pair, 1, np.inf)),
        options={"mip_rel_gap": 1e-6, "time_limit": seconds},
    )
    if found.x is None:
        return FoundWelfare()
    # Its pairs are whole up to a tolerance, its welfare is not that of whole pairs.
    chosen = np.where(found.x[:n_pairs].reshape(ev.shape) > 0.5, ev, 0.0)
    return FoundWelfare(
        whole=GiniWelfare(theta).value(chosen.sum(axis=0)), bound=-float(found.mip_dual_bound)
    )


def has_cvxpy() -> bool:
    """Return whether CVXPY and SCS can be imported; they are no dependencies."""
    return all(find_spec(name) is not None for name in ("cvxpy", "scs"))


def nash(ev: Matrix, cap: int, seconds: float) -> FoundWelfare:
    """Nash's welfare of divisible users with CVXPY and SCS, made feasible.

    The formulation of Y. Saito and T. Joachims, "Fair Ranking as Fair Division" (2022).
    """
    cvxpy: Any = import_module("cvxpy")
    share = cvxpy.Variable(ev.shape, nonneg=True)
    revenue = cvxpy.sum(cvxpy.multiply(ev, share), axis=0)
    rules = [cvxpy.sum(share, axis=1) <= 1, cvxpy.sum(share, axis=0) <= cap]
    problem = cvxpy.Problem(cvxpy.Maximize(cvxpy.sum(cvxpy.log(revenue))), rules)
    problem.solve(solver=cvxpy.SCS, time_limit_secs=seconds, max_iters=1_000_000)
    if share.value is None:
        return FoundWelfare()
    shares = np.maximum(share.value, 0.0)
    shares /= np.maximum(1.0, shares.sum(axis=1, keepdims=True))
    shares /= np.maximum(1.0, shares.sum(axis=0) / cap)
    return FoundWelfare(divisible=AlphaWelfare(1.0).value((ev * shares).sum(axis=0)))


def _revenue(ev: Matrix, assignment: NDArray[np.int64]) -> Vector:
    user = np.flatnonzero(assignment >= 0)
    at = assignment[user]
    revenue: NDArray[Any] = np.bincount(at, weights=ev[user, at], minlength=ev.shape[1])
    return revenue
