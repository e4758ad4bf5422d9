"""The summary of a sweep: a pure function of its configuration and its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from simulator.inference.comparison import COMPARED, compare
from simulator.inference.criteria import CRITERIA
from simulator.inference.resampling import estimates, resampling_weights
from simulator.inference.worth import judge
from simulator.study.config import SweepConfig
from simulator.study.result import (
    BaselineResult,
    CapBinding,
    ConfigurationResult,
    Effect,
    EffectName,
    EffectVerdict,
    Estimate,
    StudyResult,
)
from simulator.study.run import METRICS, Run

from .answer import best_of
from .findings import list_findings
from .luck import measure_luck
from .rules import group_runs, list_changes
from .stopping import describe_stopping
from .verdict import with_answer


def summarise(config: SweepConfig, runs: Sequence[Run]) -> StudyResult:
    """Summarise the runs of a study: figures, intervals, verdicts, findings.

    Means and population standard deviations are over seeds; intervals are 95 % bootstrap
    intervals of the mean. Differences are paired by seed within one setting of capacity scale and
    users per round; each has a p, and one corrected for having compared all configurations
    (`simulator.inference.resampling`). A configuration is judged by its means (`hypotheses`,
    `published_rule`) and by its intervals (`gate`), which is `no-effect` where its cap never binds;
    `power` is how many simulations would show a given difference. `effects` takes a configuration
    apart: each rule of its chain (`SweepConfig.chain`) is compared with the one before it, and
    `verdict` says whether its cap is worth having. `luck` follows concentration by rounds.

    Parameters
    ----------
    config : SweepConfig
    runs : sequence of Run
        Every seed of every point of the study (`SweepConfig.points`) once; in any order.

    Returns
    -------
    StudyResult
        Without rows. The same for the same runs in any order.
    """
    by_point = group_runs(runs)
    simulations = len(by_point[next(config.baselines())])
    greedy = {point.setting: by_point[point] for point in config.baselines()}
    grid = {point: by_point[point] for point in config.grid()}
    weights = resampling_weights(simulations, config.seed)
    comparisons = compare(
        [_compared_metrics(runs) for runs in grid.values()],
        [_compared_metrics(greedy[point.setting]) for point in grid],
        [_metrics(runs, weights) for runs in grid.values()],
        weights,
        config.seed,
    )
    changes = list_changes(config, by_point)
    effects = changes.estimate(weights, config.seed)
    if config.until_decided:
        for point, judged in changes.estimate_judged().items():
            effects[point] |= judged
    results = tuple(
        ConfigurationResult(
            **vars(comparison),
            configuration=point,
            binding=_binding(runs),
            whale_histogram=_histogram(runs),
            effects=effects.get(point, {}),
            by_effects=_judge(effects.get(point), config),
        )
        for (point, runs), comparison in zip(grid.items(), comparisons, strict=True)
    )
    best, best_by = best_of(results)
    study = StudyResult(
        config=config.as_mapping(),
        simulations=simulations,
        seed=config.seed,
        baselines=tuple(
            BaselineResult(point, _metrics(by_point[point], weights), _histogram(by_point[point]))
            for point in config.baselines()
        ),
        results=results,
        best=best,
        best_by=best_by,
        criteria=CRITERIA,
    )
    study = replace(study, luck=measure_luck(config, by_point, study, weights))
    stopping = describe_stopping(config, study)
    findings = [*([stopping] if stopping else []), *list_findings(study, grid)]
    return with_answer(replace(study, stopping=stopping), findings)


def _judge(
    effects: Mapping[EffectName, Mapping[str, Effect]] | None, config: SweepConfig
) -> EffectVerdict | None:
    return None if effects is None else judge(effects, config.minimum_effect)


def _metrics(runs: Sequence[Run], weights: NDArray[np.float64]) -> dict[str, Estimate]:
    values = np.array([run.metrics for run in runs], dtype=np.float64)
    columns = zip(METRICS, estimates(values, weights), strict=True)
    return {name: each for name, each in columns if each.mean is not None}


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
