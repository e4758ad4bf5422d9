"""Allocations that give up a little of the total for equality, with a proof."""

from __future__ import annotations

from typing import get_args

from numpy.typing import ArrayLike

from messages import Message

from ..allocation import Allocation, Fill, wrong_problem
from ..errors import InputError, quote_name
from ..model import Problem
from .aims import AtParameter, OnStep, WithinGini, WithinLoss
from .certificate import MAX_ALPHA, as_base, as_parameter
from .fair_solver import FairSolver
from .result import FairAllocation
from .welfare import AlphaWelfare, GiniWelfare, Measure

_MEASURES, _FILLS = get_args(Measure), get_args(Fill)

DEFAULT_LOSS = 0.01
"""Share of the optimum that is given up if nothing else is asked."""


def allocate_fair(
    problem: Problem,
    *,
    max_loss: float | None = None,
    theta: float | None = None,
    max_gini: float | None = None,
    measure: Measure = "gini",
    alpha: float | None = None,
    base: ArrayLike | None = None,
    fill: Fill = "greedy",
    optimum: Allocation | None = None,
    on_step: OnStep = lambda _: None,
) -> FairAllocation:
    """Allocate users so that streamers' revenues are more equal, at a known loss, with a proof.

    The welfare ``T (1 - θ G)`` of total T and Gini coefficient G is maximised; the certificate says
    how far any allocation could be better, and which Gini coefficient no allocation of this total
    goes below. Weights and prices come from the problem in which users are divisible
    (`solver.fairness.relaxation`), whole users from rounding and local search. The problem with
    whole users is NP-hard, so that a gap remains; it is small if streamers have many users each,
    and large if single users are worth more than most streamers earn.

    Give one of `max_loss`, `theta`, `max_gini` and `alpha`; a `max_loss` of 1 % by default.

    Parameters
    ----------
    problem : Problem
        Negative EVs must not be allowed: a revenue is at least 0.
    max_loss : float, optional
        Share of the greatest objective that may be given up, above 0, below 1.
    theta : float, optional
        Weight of equality, from 0 to 1: a point of Gini is worth θ percent of the total.
    max_gini : float, optional
        Greatest Gini coefficient, from 0 to 1; as little as possible is given up for it.
    measure : {"gini", "alpha"}
        "alpha" takes α-fair welfare and Atkinson's index instead, with `alpha` or `max_loss`.
    alpha : float, optional
        Aversion to inequality, from 0 to 64; 1 is Nash's welfare.
    base : (S,) array_like of float, optional
        Revenue that streamers had before, currency units, ≥ 0: equality is sought of both together.
    fill : {"greedy", "joint", "none"}
        As in `allocate`: with "greedy" the revenue of whales is made equal and normal users fill
        the remaining capacity; with "joint" that of all users.
    optimum : Allocation, optional
        The optimum of the same problem and fill, if it is known: it is the start.
    on_step : callable, optional
        Called with "optimum", "weights", "places" and "certificate" as each step ends.

    Returns
    -------
    FairAllocation

    Raises
    ------
    InputError
        On arguments out of range, several aims at once, or a `max_gini` that was not reached; the
        message then says which Gini coefficient no allocation goes below.
    UnmetGuaranteesError
        If no allocation meets all guarantees.

    Examples
    --------
    >>> import numpy as np
    >>> from whale_matching import Problem, allocate_fair
    >>> ev = np.random.default_rng(0).lognormal(size=(200, 5))
    >>> fair = allocate_fair(Problem(ev, whale_cap=60), max_loss=0.02)
    >>> fair.loss <= 0.02, fair.certificate.gini_at_least <= fair.gini
    (True, True)
    """
    if not isinstance(problem, Problem):
        raise wrong_problem(problem)
    aim = _read_aim(max_loss, theta, max_gini, measure, alpha)
    check_fair_problem(problem, fill)
    solver = FairSolver.of(problem, as_base(base, problem.n_streamers), fill, optimum)
    on_step("optimum")
    found = aim.solve(solver, on_step)
    on_step("certificate")
    return found


def check_fair_problem(problem: Problem, fill: str) -> None:
    """Refuse a fill that is unknown, and negative EVs."""
    if problem.limits.allow_negative_ev:
        raise InputError("allow_negative_ev", Message("fairness_negative_ev"))
    if fill not in _FILLS:
        message = Message("option_unknown", field="fill", known=_FILLS, received=quote_name(fill))
        raise InputError("fill", message)


def _read_aim(
    max_loss: float | None,
    theta: float | None,
    max_gini: float | None,
    measure: str,
    alpha: float | None,
) -> AtParameter | WithinLoss | WithinGini:
    """Return the aim that one of the arguments gives."""
    if measure not in _MEASURES:
        message = Message(
            "option_unknown", field="measure", known=_MEASURES, received=quote_name(measure)
        )
        raise InputError("measure", message)
    given = {"max_loss": max_loss, "theta": theta, "max_gini": max_gini, "alpha": alpha}
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1 and names != ["max_loss", "max_gini"]:
        raise InputError(names[1], Message("fairness_one_aim", given=names))
    if theta is not None:
        if measure == "alpha":
            raise InputError("theta", Message("fairness_aim_of_other_measure", aim="theta"))
        return AtParameter(GiniWelfare(as_parameter(theta, "theta", 1.0)))
    if alpha is not None:
        return AtParameter(AlphaWelfare(as_parameter(alpha, "alpha", MAX_ALPHA)))
    if max_gini is not None:
        if measure == "alpha":
            raise InputError("max_gini", Message("fairness_aim_of_other_measure", aim="max_gini"))
        limit = None if max_loss is None else as_parameter(max_loss, "max_loss", 1.0, above=True)
        return WithinGini(as_parameter(max_gini, "max_gini", 1.0), limit)
    asked = DEFAULT_LOSS if max_loss is None else max_loss
    loss = as_parameter(asked, "max_loss", 1.0, above=True)
    return WithinLoss(loss, measure)  # type: ignore[arg-type]
