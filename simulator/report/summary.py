"""The summary of a sweep: a pure function of its configuration and its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from simulator.inference.comparison import COMPARED, compare
from simulator.inference.criteria import CRITERIA
from simulator.inference.resampling import estimates, resampling_weights
from simulator.study.config import Configuration, SweepConfig
from simulator.study.result import (
    BaselineResult,
    CapBinding,
    ConfigurationResult,
    Estimate,
    StudyResult,
)
from simulator.study.run import METRICS, Run

from .findings import list_findings
from .verdict import conclude, merit


def summarise(config: SweepConfig, runs: Sequence[Run]) -> StudyResult:
    """Summarise the runs of a study: figures, intervals, verdicts, findings.

    Means and population standard deviations are over seeds; intervals are 95 % bootstrap
    intervals of the mean. Differences are paired by seed within one setting of capacity scale and
    users per round; each has a p, and one corrected for having compared all configurations
    (`simulator.inference.resampling`). A configuration is judged by its means (`hypotheses`,
    `gate_5c`) and by its intervals (`gate`), which is `no-effect` where its cap never binds;
    `power` is how many simulations would show a given difference.

    Parameters
    ----------
    config : SweepConfig
    runs : sequence of Run
        Every seed of every configuration and baseline once; in any order.

    Returns
    -------
    StudyResult
        Without rows. The same for the same runs in any order.
    """
    ordered = sorted(runs, key=lambda run: run.seed)
    by_point: dict[Configuration, list[Run]] = {}
    for run in ordered:
        by_point.setdefault(run.configuration, []).append(run)
    greedy = {point.setting: by_point[point] for point in config.baselines()}
    grid = {point: by_point[point] for point in config.grid()}
    weights = resampling_weights(config.simulations, config.seed)
    comparisons = compare(
        [_compared_metrics(runs) for runs in grid.values()],
        [_compared_metrics(greedy[point.setting]) for point in grid],
        [_metrics(runs, weights) for runs in grid.values()],
        weights,
        config.seed,
    )
    results = tuple(
        ConfigurationResult(
            **vars(comparison),
            configuration=point,
            binding=_binding(runs),
            whale_histogram=_histogram(runs),
        )
        for (point, runs), comparison in zip(grid.items(), comparisons, strict=True)
    )
    study = StudyResult(
        config=config.as_mapping(),
        simulations=config.simulations,
        seed=config.seed,
        baselines=tuple(
            BaselineResult(point, _metrics(by_point[point], weights), _histogram(by_point[point]))
            for point in config.baselines()
        ),
        results=results,
        best=max(results, key=merit),
        criteria=CRITERIA,
    )
    findings = tuple(list_findings(study, grid, greedy))
    return replace(study, findings=findings, conclusions=conclude(study))


def _metrics(runs: Sequence[Run], weights: NDArray[np.float64]) -> dict[str, Estimate]:
    values = np.array([run.metrics for run in runs], dtype=np.float64)
    return dict(zip(METRICS, estimates(values, weights), strict=True))


def _compared_metrics(runs: Sequence[Run]) -> NDArray[np.float64]:
    return np.array([[getattr(run, name) for name in COMPARED] for run in runs], dtype=np.float64)


def _binding(runs: Sequence[Run]) -> CapBinding:
    """Return in how many rounds the whale cap kept a whale from its first choice."""
    rounds = sum(run.rounds for run in runs)
    binding_rounds = sum(run.binding_rounds for run in runs)
    return CapBinding(
        rounds_share=binding_rounds / rounds,
        binding_rounds=binding_rounds,
        rounds=rounds,
        whales_per_round=sum(run.whales_seen for run in runs) / rounds,
        max_whales_wanted=max(run.max_whales_wanted for run in runs),
    )


def _histogram(runs: Sequence[Run]) -> tuple[int, ...]:
    """Return how many (streamer, round) pairs had 1, 2, 3, … whales, over all seeds."""
    counts = zip_longest(*(run.whale_histogram for run in runs), fillvalue=0)
    return tuple(sum(each) for each in counts)
