"""The trade-off between the total and equality, point by point, with what is impossible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from messages import Message

from ..allocation import Allocation, Fill, wrong_problem
from ..display import Displayed, Row, show_number
from ..errors import InputError, quote
from ..model import Problem
from .allocation import check_fair_problem
from .certificate import as_base, inequality_floor, most_of
from .fair_solver import FairSolver
from .result import FairAllocation
from .welfare import GiniWelfare

FIRST_THETA = 0.003
"""θ of a further proof: that of θ = 0 says nothing of the Gini coefficients of optima."""

MAX_POINTS = 200
"""Largest number of points."""


@dataclass(frozen=True, eq=False, repr=False)
class Frontier(Displayed):
    """Allocations from the greatest total to the most equal, and the line none goes below.

    Parameters
    ----------
    points : tuple of FairAllocation
        By θ, ascending: the first one is the optimum.

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import Problem, frontier
    >>> ev = np.random.default_rng(0).lognormal(size=(200, 5))
    >>> found = frontier(Problem(ev, whale_cap=60), points=4)
    >>> bool(found.gini_at_least(found.points[1].objective) <= found.points[1].gini)
    True
    """

    points: tuple[FairAllocation, ...]
    _most: float
    _had: float
    _more: tuple[tuple[float, float], ...] = ()

    def _parts(self) -> Iterator[str]:
        yield f"{len(self.points)} points"
        last = self.points[-1]
        yield f"gini={self.points[0].gini:.4f}…{last.gini:.4f}"
        yield f"loss={self.points[0].loss:.3%}…{last.loss:.3%}"

    def _rows(self) -> Iterator[Row]:
        yield "optimum", show_number(self.points[0].optimum)
        for point in self.points:
            floor = self.gini_at_least(point.objective)
            yield (
                "frontier_point",
                Message(
                    "summary_frontier_point",
                    theta=f"{point.theta:.3g}",
                    loss=f"{100 * point.loss:.3f}",
                    gini=f"{point.gini:.4f}",
                    floor=f"{floor:.4f}",
                ),
            )

    def gini_at_least(self, objective: float) -> float:
        """Return the Gini coefficient that no allocation of at least an objective goes below.

        The best that the certificates of all points prove together.

        Parameters
        ----------
        objective : float
            Total EV less penalties, currency units.
        """
        most = self._most if self._most else objective
        certificates = [point.certificate for point in self.points]
        proofs = [(each.parameter, each.welfare_bound) for each in certificates]
        return max(
            inequality_floor(GiniWelfare(theta), objective, bound, most, self._had)
            for theta, bound in [*proofs, *self._more]
        )


def frontier(
    problem: Problem,
    points: int = 10,
    *,
    base: ArrayLike | None = None,
    fill: Fill = "greedy",
    optimum: Allocation | None = None,
    on_point: Callable[[FairAllocation], None] = lambda _: None,
) -> Frontier:
    """Trace the trade-off between the total and the Gini coefficient.

    Parameters
    ----------
    problem : Problem
    points : int
        Number of values of θ, from 0 to 1, from 2 to 200; closer together near 0.
    base : (S,) array_like of float, optional
        Revenue that streamers had before, currency units, ≥ 0.
    fill : {"greedy", "joint", "none"}
        As in `allocate_fair`.
    optimum : Allocation, optional
        The optimum of the same problem and fill, if it is known.
    on_point : callable, optional
        Called with each point as it is found.

    Returns
    -------
    Frontier

    Raises
    ------
    InputError
        On arguments out of range.
    UnmetGuaranteesError
        If no allocation meets all guarantees.

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import Problem, frontier
    >>> ev = np.random.default_rng(0).lognormal(size=(200, 5))
    >>> [round(point.theta, 2) for point in frontier(Problem(ev, whale_cap=60), points=3).points]
    [0.0, 0.25, 1.0]
    """
    if not isinstance(problem, Problem):
        raise wrong_problem(problem)
    is_whole = isinstance(points, int | np.integer) and not isinstance(points, bool)
    if not is_whole or not 2 <= points <= MAX_POINTS:
        message = Message(
            "number_between_expected", field="points", least=2, most=MAX_POINTS, above=False,
            received=quote(points),
        )  # fmt: skip
        raise InputError("points", message)
    check_fair_problem(problem, fill)
    had = as_base(base, problem.n_streamers)
    solver = FairSolver.of(problem, had, fill, optimum)
    found: list[FairAllocation] = []
    relaxation = first = None
    for theta in np.linspace(0.0, 1.0, int(points)) ** 2:
        welfare = GiniWelfare(float(theta))
        relaxation = solver.relax(welfare, relaxation)
        first = relaxation if first is None else first
        places = solver.start if theta == 0 else solver.place(welfare, relaxation)
        found.append(solver.result(welfare, relaxation, places))
        on_point(found[-1])
    nearly = GiniWelfare(FIRST_THETA)
    more = (FIRST_THETA, solver.bound(nearly, solver.relax(nearly, first)))
    most = most_of(solver.own, solver.scope) if solver.own.limits.whale_penalty.any() else 0.0
    return Frontier(tuple(found), most, float(had.sum()), (more,))
