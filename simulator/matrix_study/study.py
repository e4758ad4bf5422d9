"""The sweep on a caller's own matrix: k × whale share against everybody's best streamer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.inference.criteria import gate_word, sweep_gate
from simulator.report.verdict import merit, with_effect
from solver import InputError, Problem, allocate, wealthiest
from solver.model import as_wealth

from .config import MatrixStudyConfig
from .exact import displaced, exact, expected
from .findings import matrix_findings
from .simulations import Placed, Simulated


def study_matrix(
    problem: Problem,
    wealth: ArrayLike,
    config: MatrixStudyConfig,
    streamer_ids: Sequence[str] | None = None,
    on_point: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """Allocate an own matrix under every whale share and k, and judge each against no cap at all.

    The baseline sends everybody to its best streamer, whatever the capacities. A configuration
    allocates whales exactly, at most k to a streamer, then everybody else in order of position
    into the capacity left (`solver.allocate`, fill greedy). What an allocation is expected to
    bring is exact; what it brings is drawn `simulations` times by `GiftModel`, and differences
    from the baseline are paired by simulation.

    Parameters
    ----------
    problem : Problem
        EV, a matrix or candidates, and capacities. Its whales and whale caps count for nothing.
    wealth : (N,) array_like of float
        Who is a whale: only the order counts.
    config : MatrixStudyConfig
    streamer_ids : sequence of str, optional
        By default "0", "1", ….
    on_point : callable
        Called with the number of allocations done and to do.

    Returns
    -------
    dict
        As JSON writes it, in the shape of a sweep of drawn worlds (`Sweep.as_mapping`) with what
        an own matrix says besides: `expected`, `objective`, `certificate`, `shadow_prices` and
        `displaced`. A row of `runs` is one simulation of the gifts.

    Raises
    ------
    solver.InputError
        On wealth that is not one finite number for each user, or a problem that shows users to
        several streamers.
    """
    if problem.limits.per_user != 1:
        raise InputError(
            "max_streamers_per_user", "Expected users who are shown to one streamer each."
        )
    richness = as_wealth(wealth, problem.n_users)
    simulated = Simulated.of(config, problem.n_users)
    everybody = np.ones(problem.n_users, dtype=np.bool_)
    baseline = Placed.of(problem, problem.first_choices(everybody))
    base_values = simulated.values(problem, baseline)
    total = len(config.whale_shares) * len(config.k_values)
    settings: list[dict[str, Any]] = []
    points: list[dict[str, Any]] = []
    values: list[NDArray[np.float64]] = []
    for whale_share in config.whale_shares:
        whales = wealthiest(richness, whale_share)
        for k in config.k_values:
            cap = np.full(problem.n_streamers, k)
            capped = problem.with_limits(replace(problem.limits, whales=whales, whale_cap=cap))
            allocation = allocate(capped)
            placed = Placed.of(capped, allocation.assignment)
            settings.append(_point("tiered", k, whale_share))
            points.append(
                settings[-1]
                | expected(capped, placed, baseline)
                | exact(capped, allocation, streamer_ids)
                | displaced(capped, placed, baseline)
            )
            values.append(simulated.values(capped, placed))
            on_point(len(points), total)
    results = [
        with_effect(point | beside)
        for point, beside in zip(points, simulated.compared(values, base_values), strict=True)
    ]
    greedy = _point("greedy", None, config.whale_shares[0])
    whole = {
        **greedy,
        "metrics": simulated.metrics(base_values),
        **expected(problem, baseline, baseline),
    }
    rows = [
        row
        for point, drawn in zip([greedy, *settings], [base_values, *values], strict=True)
        for row in simulated.rows(point, drawn)
    ]
    return _summary(problem, config, results, whole) | {"runs": rows}


def _point(policy: str, k: int | None, whale_share: float) -> dict[str, Any]:
    """Return what sets a configuration, or the baseline, apart."""
    algorithm = None if k is None else "min-cost-flow"
    return {
        "policy": policy,
        "algorithm": algorithm,
        "k": k,
        "whale_share": whale_share,
        "capacity_scale": 1.0,
    }


def _summary(
    problem: Problem,
    config: MatrixStudyConfig,
    results: Sequence[Mapping[str, Any]],
    baseline: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what results amount to, as `summarise` does of drawn worlds."""
    sizes = {"n_users": problem.n_users, "n_streamers": problem.n_streamers}
    best = max(results, key=_merit)
    return {
        "config": config.as_mapping() | sizes,
        "baseline": baseline,
        "baselines": [baseline],
        "results": list(results),
        "gate_5c": gate_word(any(result["gate_5c"] == "PASS" for result in results)),
        "gate": sweep_gate([result["gate"] for result in results]),
        "best": best,
        "findings": matrix_findings(results, baseline, best, config.simulations),
    }


def _merit(result: Mapping[str, Any]) -> tuple[bool, int, float]:
    """Order results as a sweep does, but by expected revenue."""
    return *merit(result)[:2], result["expected"]["revenue"]
