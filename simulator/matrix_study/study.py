"""The sweep on the caller's own matrix: k × whale share, compared with uncapped allocation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from messages import Message
from simulator.inference.criteria import CRITERIA
from simulator.policies import PolicyName
from simulator.report.verdict import conclude, merit
from simulator.study.config import Configuration
from simulator.study.result import (
    BaselineResult,
    CapBinding,
    ConfigurationResult,
    ExactFigures,
    StudyResult,
)
from solver import Algorithm, InputError, Problem, allocate, wealthiest
from solver.model import as_wealth

from .config import MatrixStudyConfig
from .exact import cap_binding, exact_figures, expected_figures
from .findings import list_findings
from .simulations import GiftSimulations, ValuedAssignment


def study_matrix(
    problem: Problem,
    wealth: ArrayLike,
    config: MatrixStudyConfig,
    streamer_ids: Sequence[str] | None = None,
    on_point: Callable[[int, int], None] = lambda _done, _total: None,
) -> StudyResult:
    """Allocate the caller's own matrix under every whale share and k, and compare with no cap.

    The baseline sends everybody to its best streamer and ignores capacities. A configuration
    allocates whales exactly, at most k to a streamer, then everybody else in order of position
    into the capacity left (`solver.allocate`, fill greedy). What an allocation is expected to
    bring is exact; what it brings is drawn `simulations` times by `GiftModel`, and differences
    from the baseline are paired by simulation.

    Parameters
    ----------
    problem : Problem
        EV, a matrix or candidates, and capacities. Its whales and whale caps are ignored.
    wealth : (N,) array_like of float
        Who is a whale: only the order counts.
    config : MatrixStudyConfig
    streamer_ids : sequence of str, optional
        By default "0", "1", ….
    on_point : callable
        Called with the number of allocations done and to do.

    Returns
    -------
    StudyResult
        With what is exact of each result. A row is one simulation of the gifts.

    Raises
    ------
    solver.InputError
        On wealth that is not one finite number for each user, or a problem that shows users to
        several streamers.

    Examples
    --------
    >>> from whale_matching import GiftModel, MatrixStudyConfig, Problem, study_matrix
    >>> problem = Problem([[9.0, 1.0], [8.0, 7.0], [4.0, 2.0]], capacity=2)
    >>> config = MatrixStudyConfig(k_values=(1, 2), whale_shares=(0.67,), gifts=GiftModel(0.5))
    >>> study = study_matrix(problem, [520.0, 300.0, 18.0], config)
    >>> [result.exact.expected.revenue for result in study.results]
    [20.0, 19.0]
    >>> study.results[0].exact.displaced["whales"].cost
    1.0
    """
    if problem.limits.per_user != 1:
        raise InputError("max_streamers_per_user", Message("study_of_one_streamer_per_user"))
    wealth_of_users = as_wealth(wealth, problem.n_users)
    simulations = GiftSimulations.of(config, problem.n_users)
    all_users = np.ones(problem.n_users, dtype=np.bool_)
    greedy = _configuration(problem, "greedy", None, config.whale_shares[0])
    baseline = ValuedAssignment.of(problem, problem.first_choices(all_users))
    values = {greedy: simulations.values(problem, baseline)}
    exact: dict[Configuration, tuple[CapBinding, ExactFigures]] = {}
    whales = {share: wealthiest(wealth_of_users, share) for share in config.whale_shares}
    points = [(share, k) for share in config.whale_shares for k in config.k_values]
    for done, (whale_share, k) in enumerate(points, start=1):
        cap = np.full(problem.n_streamers, k)
        limits = replace(problem.limits, whales=whales[whale_share], whale_cap=cap)
        capped = problem.with_limits(limits)
        allocation = allocate(capped)
        assignment = ValuedAssignment.of(capped, allocation.assignment)
        point = _configuration(problem, "tiered", k, whale_share)
        figures = exact_figures(capped, allocation, assignment, baseline, streamer_ids)
        exact[point] = cap_binding(capped, allocation), figures
        values[point] = simulations.values(capped, assignment)
        on_point(done, len(points))
    comparisons = simulations.compare([values[point] for point in exact], values[greedy])
    results = tuple(
        ConfigurationResult(**vars(comparison), configuration=point, binding=binding, exact=figures)
        for (point, (binding, figures)), comparison in zip(exact.items(), comparisons, strict=True)
    )
    sizes = {"n_users": problem.n_users, "n_streamers": problem.n_streamers}
    baseline_result = BaselineResult(
        greedy,
        simulations.metrics(values[greedy]),
        expected=expected_figures(problem, baseline, baseline),
    )
    study = StudyResult(
        config=config.as_mapping() | sizes,
        simulations=config.simulations,
        seed=config.seed,
        baselines=(baseline_result,),
        results=results,
        best=max(results, key=merit),
        criteria=CRITERIA,
        of_matrix=True,
        rows=[row for point, drawn in values.items() for row in simulations.rows(point, drawn)],
    )
    findings = tuple(list_findings(study))
    return replace(study, findings=findings, conclusions=conclude(study))


def _configuration(
    problem: Problem, policy: PolicyName, k: int | None, whale_share: float
) -> Configuration:
    """Return a configuration of the study, or its baseline."""
    algorithm: Algorithm | None = None if k is None else "min-cost-flow"
    return Configuration(k, whale_share, 1.0, algorithm, policy, problem.n_users)
