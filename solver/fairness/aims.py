"""What may be asked of a fair allocation: a weight of equality, a loss, or a Gini coefficient."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from messages import Message

from ..errors import InputError
from .fair_solver import FairSolver
from .relaxation import Relaxation
from .result import FairAllocation
from .welfare import AlphaWelfare, GiniWelfare, Measure, Welfare, gini

OnStep = Callable[["FairStep"], None]
FairStep = Literal["optimum", "weights", "places", "certificate"]

LARGEST_SEARCHED_ALPHA = 16.0
"""α at which the search for a loss or a Gini coefficient ends."""

SEARCH_STEPS = 12
"""Parameters that the search for a loss or a Gini coefficient tries at most."""

LOSS_USED = 0.92
"""Share of the accepted loss at which the search is content; whole users take up the rest."""

EQUAL = 0.002
"""Gini coefficient of a divisible solution at which more loss would buy nothing."""

NEAR = 1.04
"""Ratio of two parameters between which no other is tried."""

GINI_PRECISION = 0.02
"""Relative distance of two values of θ between which no other is tried."""

WELL_USED = 0.96
"""Share of the accepted loss that whole users should take up."""

LARGER = 1.25
"""Factor of the parameter where they take up less."""

LARGER_TRIES = 5

SMALLER = (0.9, 0.8, 0.6, 0.3, 0.0)
"""Factors of the parameter with which whole users are placed if a loss was exceeded."""


@dataclass(frozen=True)
class AtParameter:
    """A welfare that is given."""

    welfare: Welfare

    def solve(self, solver: FairSolver, on_step: OnStep) -> FairAllocation:
        """Return the allocation of the aim."""
        relaxation = solver.relax(self.welfare)
        on_step("weights")
        places = solver.place(self.welfare, relaxation)
        on_step("places")
        return solver.result(self.welfare, relaxation, places)


@dataclass(frozen=True)
class WithinLoss:
    """As equal as possible at a loss."""

    max_loss: float
    measure: Measure

    def solve(self, solver: FairSolver, on_step: OnStep) -> FairAllocation:
        """Return the allocation of the aim."""
        least = solver.optimum - self.max_loss * abs(solver.optimum)
        welfare, relaxation = _search_loss(solver, self.measure, self.max_loss)
        on_step("weights")
        places = solver.place_within(welfare, relaxation, least)
        for factor in SMALLER:
            if places is not None:
                break
            welfare = welfare.scaled(factor)
            relaxation = solver.relax(welfare, relaxation)
            places = solver.place_within(welfare, relaxation, least)
        if places is None:
            on_step("places")
            return solver.result(welfare, relaxation, solver.start)
        best = welfare, relaxation, places
        for _ in range(LARGER_TRIES):
            reached = gini(solver.revenue(best[2]))
            if solver.loss(best[2]) >= WELL_USED * self.max_loss or reached < 2.0 * EQUAL:
                break
            welfare = best[0].scaled(LARGER)
            relaxation = solver.relax(welfare, best[1])
            more = solver.place_within(welfare, relaxation, least)
            if more is None or gini(solver.revenue(more)) >= reached:
                break
            best = welfare, relaxation, more
        on_step("places")
        return solver.result(*best)


@dataclass(frozen=True)
class WithinGini:
    """At as little loss as possible within a Gini coefficient, and within a loss if given."""

    max_gini: float
    max_loss: float | None

    def solve(self, solver: FairSolver, on_step: OnStep) -> FairAllocation:
        """Return the allocation of the aim."""
        if gini(solver.revenue(solver.start)) <= self.max_gini:
            welfare = GiniWelfare(0.0)
            on_step("weights")
            on_step("places")
            return solver.result(welfare, solver.relax(welfare), solver.start)
        found = self._search(solver)
        on_step("weights")
        on_step("places")
        if found is not None and (self.max_loss is None or found.loss <= self.max_loss):
            return found
        if self.max_loss is None:
            nearest = AtParameter(GiniWelfare(1.0)).solve(solver, lambda _: None)
        else:
            nearest = WithinLoss(self.max_loss, "gini").solve(solver, lambda _: None)
        if nearest.gini <= self.max_gini:
            return nearest
        loss = nearest.loss if self.max_loss is None else self.max_loss
        raise UnreachableGiniError(self.max_gini, nearest, loss, solver.floor(nearest, loss))

    def _search(self, solver: FairSolver) -> FairAllocation | None:
        """Return the allocation of the least θ that is found to keep the Gini coefficient."""
        low, high, best = 0.0, 1.0, None
        relaxation, guess = None, 0.1
        for _ in range(SEARCH_STEPS):
            welfare = GiniWelfare(guess)
            relaxation = solver.relax(welfare, relaxation)
            if gini(relaxation.revenue + solver.base) <= self.max_gini:
                found = solver.result(welfare, relaxation, solver.place(welfare, relaxation))
                if found.gini <= self.max_gini:
                    best, high = found, guess
                else:
                    low = guess
            else:
                low = guess
            if low >= 1.0 or high - low <= GINI_PRECISION * high:
                break
            guess = min(1.0, 2.0 * guess) if best is None else 0.5 * (low + high)
        return best


def _search_loss(
    solver: FairSolver, measure: Measure, max_loss: float
) -> tuple[Welfare, Relaxation]:
    """Return the welfare whose divisible solution gives up nearly a loss, or the largest.

    The loss grows with the parameter, near 0 with its square.
    """
    most = 1.0 if measure == "gini" else LARGEST_SEARCHED_ALPHA
    low, high, guess = 0.0, math.inf, 0.05 if measure == "gini" else 0.1
    aim, best, relaxation = 0.5 * (1.0 + LOSS_USED) * max_loss, None, None
    for _ in range(SEARCH_STEPS):
        welfare = _welfare(measure, guess)
        relaxation = solver.relax(welfare, relaxation)
        loss = solver.divisible_loss(relaxation)
        if loss <= max_loss:
            best, low = (welfare, relaxation), guess
            is_equal = gini(relaxation.revenue + solver.base) < EQUAL
            if loss >= LOSS_USED * max_loss or guess >= most or is_equal:
                break
        else:
            high = guess
        if high < math.inf and high <= NEAR * low:
            break
        factor = math.sqrt(aim / max(loss, 1e-9))
        following = guess * min(6.0, max(0.15, factor))
        if high == math.inf:
            following = max(following, 1.5 * guess)
        elif not low < following < high:
            following = math.sqrt(low * high) if low > 0 else 0.3 * high
        guess = min(most, following)
    if best is not None:
        return best
    welfare = _welfare(measure, low)
    return welfare, solver.relax(welfare, relaxation)


def _welfare(measure: Measure, parameter: float) -> Welfare:
    return GiniWelfare(parameter) if measure == "gini" else AlphaWelfare(parameter)


class UnreachableGiniError(InputError):
    """A Gini coefficient that no allocation reaches, or none that was found.

    Parameters
    ----------
    max_gini : float
        What was asked.
    nearest : FairAllocation
        The allocation of the least Gini coefficient found.
    loss : float
        Share of the optimum that may be given up.
    floor : float
        Gini coefficient that no allocation of at most this loss goes below.

    Examples
    --------
    >>> from whale_matching import Problem, UnreachableGiniError, allocate_fair
    >>> problem = Problem([[5.0, 3.0], [5.0, 4.0], [5.0, 4.0]], whale_cap=3)
    >>> try:
    ...     allocate_fair(problem, max_gini=0.1, max_loss=0.1)
    ... except UnreachableGiniError as error:
    ...     print(round(error.nearest.gini, 3))
    0.214
    """

    def __init__(self, max_gini: float, nearest: FairAllocation, loss: float, floor: float) -> None:
        message = Message(
            "gini_out_of_reach",
            asked=f"{max_gini:.4g}",
            impossible=max_gini < floor,
            floor=f"{math.floor(1e4 * floor) / 1e4:.4g}",
            found=f"{math.ceil(1e4 * nearest.gini) / 1e4:.4g}",
            loss=f"{100 * loss:.4g}",
            given_up=f"{100 * nearest.loss:.3g}",
        )
        super().__init__("max_gini", message)
        self.nearest, self.loss, self.floor = nearest, loss, floor
