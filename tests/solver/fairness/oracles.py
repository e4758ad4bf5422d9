"""Every allocation of a tiny problem, and the best of small ones by HiGHS."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_array

from solver import Problem
from solver.duality import Scope
from tests.solver.oracles import dense_ev

Vector = NDArray[np.float64]


def exact_gini(revenue: list[Fraction]) -> Fraction:
    """Return the mean difference of all pairs over twice the mean; 0 if all are 0."""
    total = sum(revenue)
    if not total:
        return Fraction(0)
    apart = sum(abs(a - b) for a, b in itertools.product(revenue, repeat=2))
    return apart / (2 * len(revenue) * total)


def exact_welfare(revenue: list[Fraction], theta: float) -> Fraction:
    """Return T (1 - θ G)."""
    return sum(revenue, Fraction(0)) * (1 - Fraction(theta) * exact_gini(revenue))


@dataclass(frozen=True)
class Outcomes:
    """All allocations within the limits of a problem.

    Parameters
    ----------
    shown : (A, N, S) bool
        Who is shown to whom in each allocation.
    earned : (A, S) float64
        Without the base, rounded.
    penalty : (A,) float64
    """

    problem: Problem
    base: Vector
    shown: NDArray[np.bool_]
    earned: NDArray[np.float64]
    penalty: NDArray[np.float64]

    @property
    def revenue(self) -> NDArray[np.float64]:
        """Revenue of each streamer in each allocation, with the base, (A, S) float64."""
        return self.earned + self.base

    @property
    def objective(self) -> Vector:
        """Total EV less penalties of each allocation."""
        return np.asarray(self.earned.sum(axis=1) - self.penalty)

    @property
    def gini(self) -> Vector:
        """Gini coefficient of each allocation."""
        apart = np.abs(self.revenue[:, :, None] - self.revenue[:, None, :]).sum(axis=(1, 2))
        total = self.revenue.sum(axis=1)
        size = self.revenue.shape[1]
        return np.divide(apart, 2 * size * total, where=total > 0, out=np.zeros(len(total)))

    def exact_revenue(self, number: int) -> list[Fraction]:
        """Return the revenues of one allocation without rounding."""
        ev = dense_ev(self.problem)
        return [
            Fraction(self.base[s])
            + sum(
                (Fraction(ev[u, s]) for u in np.flatnonzero(self.shown[number, :, s])), Fraction()
            )
            for s in range(len(self.base))
        ]


def all_outcomes(problem: Problem, scope: Scope, base: Vector) -> Outcomes:
    """Return every allocation of the users who count that keeps all limits."""
    ev, limits = dense_ev(problem), problem.limits
    size = problem.n_streamers
    options = []
    for user in range(problem.n_users):
        open_ = np.flatnonzero(ev[user] >= 0) if scope == "joint" or problem.whales[user] else []
        most = min(limits.per_user, len(open_))
        sets = [c for n in range(most + 1) for c in itertools.combinations(open_, n)]
        rows = np.zeros((len(sets), size), np.bool_)
        for number, each in enumerate(sets):
            rows[number, list(each)] = True
        options.append(rows)
    chosen = np.indices([len(rows) for rows in options]).reshape(problem.n_users, -1)
    shown = np.stack([rows[at] for rows, at in zip(options, chosen, strict=True)], axis=1)
    load, whales = shown.sum(axis=1), shown[:, problem.whales].sum(axis=1)
    fits = (load <= limits.capacity) & (whales <= limits.whale_cap) & (load >= limits.min_users)
    shown, whales = shown[fits.all(axis=1)], whales[fits.all(axis=1)]
    earned = (shown * np.where(ev >= 0, ev, 0.0)).sum(axis=1)
    penalty = np.array([limits.total_penalty(row) for row in whales])
    return Outcomes(problem, base, shown, earned, penalty)


def best_welfare_by_highs(ev: NDArray[np.float64], cap: int, theta: float) -> float:
    """Return the greatest T (1 - θ G) of whole users, at most `cap` a streamer, by HiGHS.

    ``W = c_S T + Σ_{j < S} (c_j - c_{j+1}) L_j``, with L_j the sum of the j least revenues, which
    is the greatest ``j t - Σ_s max(0, t - R_s)``.
    """
    n_users, size = ev.shape
    step, last = 2 * theta / size, 1 - theta + theta / size
    n_pairs, n_levels = n_users * size, size - 1
    # Variables: pairs, then for each j a level t and S shortfalls.
    n_variables = n_pairs + n_levels * (1 + size)
    value = np.zeros(n_variables)
    value[:n_pairs] = last * ev.ravel()
    rows: list[tuple[int, int, float]] = []
    low: list[float] = []
    high: list[float] = []

    def add(entries: list[tuple[int, float]], least: float, most: float) -> None:
        rows.extend((len(low), column, weight) for column, weight in entries)
        low.append(least)
        high.append(most)

    for user in range(n_users):
        add([(user * size + s, 1.0) for s in range(size)], 0, 1)
    for s in range(size):
        add([(user * size + s, 1.0) for user in range(n_users)], 0, cap)
    for j in range(1, size):
        level = n_pairs + (j - 1) * (1 + size)
        value[level] = step * j
        value[level + 1 : level + 1 + size] = -step
        for s in range(size):
            revenue = [(user * size + s, ev[user, s]) for user in range(n_users)]
            add([*revenue, (level, -1.0), (level + 1 + s, 1.0)], 0, np.inf)
    at, column, weight = zip(*rows, strict=True)
    matrix = coo_array((weight, (at, column)), shape=(len(low), n_variables)).tocsr()
    whole = np.zeros(n_variables)
    whole[:n_pairs] = 1
    upper = np.full(n_variables, np.inf)
    upper[:n_pairs] = 1
    found = milp(
        -value,
        constraints=LinearConstraint(matrix, low, high),
        integrality=whole,
        bounds=(np.zeros(n_variables), upper),
        options={"mip_rel_gap": 1e-6, "time_limit": 60},
    )
    assert found.x is not None
    return -float(found.fun)
