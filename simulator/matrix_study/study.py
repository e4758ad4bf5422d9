"""The sweep on the caller's own matrix: k × whale share, compared with the rules without a cap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message
from simulator.inference.criteria import CRITERIA
from simulator.inference.worth import judge
from simulator.report.answer import best_of
from simulator.report.rules import Chain
from simulator.report.verdict import with_answer
from simulator.study.config import Configuration, find_rules
from simulator.study.result import (
    BaselineResult,
    CapBinding,
    ConfigurationResult,
    ExactFigures,
    StudyResult,
)
from solver import (
    Algorithm,
    Allocation,
    InputError,
    Problem,
    UnmetGuaranteesError,
    allocate,
    wealthiest,
)
from solver.model import as_wealth

from .config import MatrixStudyConfig
from .exact import cap_binding, exact_figures, expected_figures
from .findings import list_findings
from .simulations import GiftSimulations, ValuedAssignment

ALGORITHM: Algorithm = "min-cost-flow"
"""Of the whale tier."""


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

    `effects` takes a configuration apart: greedy, then capacity held with everybody in order of
    position, then whales first without a cap, then at most k. Each rule is compared with the one
    before it, and `verdict` says whether the cap is worth having, by the exact effects on expected
    revenue and its Gini. These rules are among the rows.

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
        Called with the number of configurations done and to do.

    Returns
    -------
    StudyResult
        With what is exact of each result. A row is one simulation of the gifts. There are no
        effects where a rule without the cap cannot meet the guarantees of exposure.

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
    >>> study.results[0].verdict
    'worth_it'
    >>> study.answer.code
    'answer_worth_it'
    """
    if problem.limits.per_user != 1:
        raise InputError("max_streamers_per_user", Message("study_of_one_streamer_per_user"))
    wealth_of_users = as_wealth(wealth, problem.n_users)
    simulations = GiftSimulations.of(config, problem.n_users, problem.n_streamers)
    all_users = np.ones(problem.n_users, dtype=np.bool_)
    greedy = Configuration(None, config.whale_shares[0], 1.0, None, "greedy", problem.n_users)
    baseline = ValuedAssignment.of(problem, problem.first_choices(all_users))
    values = {greedy: simulations.values(problem, baseline)}
    exact: dict[Configuration, tuple[CapBinding, ExactFigures]] = {}
    chains: dict[Configuration, Chain] = {}
    held = _allocate_rule(_with_limits(problem, ~all_users, None))
    for share in config.whale_shares:
        whales = wealthiest(wealth_of_users, share)
        uncapped = _allocate_rule(_with_limits(problem, whales, None))
        for k in config.k_values:
            capped = _with_limits(problem, whales, k)
            allocation = _allocate_under_cap(capped, uncapped)
            assignment = ValuedAssignment.of(capped, allocation.assignment)
            point = Configuration(k, share, 1.0, ALGORITHM, "tiered", problem.n_users)
            rules = find_rules(point, config.whale_shares[0], ALGORITHM)
            for rule, step in ((rules["capacity"], held), (rules["priority"], uncapped)):
                if rule not in values and step is not None:
                    placed = ValuedAssignment.of(problem, step.assignment)
                    values[rule] = simulations.values(problem, placed)
            figures = exact_figures(capped, allocation, assignment, baseline, streamer_ids)
            exact[point] = cap_binding(capped, allocation), figures
            values[point] = simulations.values(capped, assignment)
            if values.keys() >= {*rules.values()}:
                chains[point] = Chain(greedy, rules)
            on_point(len(exact), len(config.k_values) * len(config.whale_shares))
    sizes = {"n_users": problem.n_users, "n_streamers": problem.n_streamers}
    baseline_result = BaselineResult(
        greedy,
        simulations.metrics(values[greedy]),
        expected=expected_figures(problem, baseline, baseline),
    )
    results = _compare(config, simulations, values, exact, chains)
    best, best_by = best_of(results)
    study = StudyResult(
        config=config.as_mapping() | sizes,
        simulations=config.simulations,
        seed=config.seed,
        baselines=(baseline_result,),
        results=results,
        best=best,
        best_by=best_by,
        criteria=CRITERIA,
        of_matrix=True,
        rows=[row for point, drawn in values.items() for row in simulations.rows(point, drawn)],
    )
    return with_answer(study, list_findings(study))


def _with_limits(problem: Problem, whales: NDArray[np.bool_], k: int | None) -> Problem:
    """Return the problem with other whales, (N,) bool, and at most k of them to a streamer."""
    cap = np.full(problem.n_streamers, problem.n_users if k is None else k)
    return problem.with_limits(replace(problem.limits, whales=whales, whale_cap=cap))


def _allocate_rule(problem: Problem) -> Allocation | None:
    """Return the allocation of a rule between greedy and a cap; None where it meets no guarantee.

    Without a cap, whales may take what normal users need to meet the guarantees of exposure.
    """
    try:
        return allocate(problem)
    except UnmetGuaranteesError:
        return None


def _allocate_under_cap(problem: Problem, uncapped: Allocation | None) -> Allocation:
    """Return the allocation under the cap: of equal ones, that without a cap, if it keeps the cap.

    So a cap that does not bind changes nothing, not even among equals.
    """
    allocation = allocate(problem)
    if uncapped is None or np.array_equal(uncapped.assignment, allocation.assignment):
        return allocation
    whale_load = problem.tally(uncapped.assignment).whale_load
    return uncapped if (whale_load <= problem.whale_cap).all() else allocation


def _compare(
    config: MatrixStudyConfig,
    simulations: GiftSimulations,
    values: Mapping[Configuration, NDArray[np.float64]],
    exact: Mapping[Configuration, tuple[CapBinding, ExactFigures]],
    chains: Mapping[Configuration, Chain],
) -> tuple[ConfigurationResult, ...]:
    """Return the results of all configurations, compared with the first of the values."""
    baseline = next(iter(values.values()))
    comparisons = simulations.compare([values[point] for point in exact], baseline)
    effects = simulations.effects(chains, values)
    return tuple(
        ConfigurationResult(
            **vars(comparison),
            configuration=point,
            binding=binding,
            exact=figures,
            effects=effects.get(point, {}),
            by_effects=judge(effects[point], config.minimum_effect) if point in effects else None,
        )
        for (point, (binding, figures)), comparison in zip(exact.items(), comparisons, strict=True)
    )
