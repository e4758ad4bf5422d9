"""The summary of a sweep: a pure function of its configuration and its runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.inference import effects
from simulator.inference.comparison import COMPARED, compare
from simulator.inference.criteria import CRITERIA
from simulator.inference.effects import Change, estimate_effects
from simulator.inference.resampling import estimates, resampling_weights
from simulator.inference.worth import judge
from simulator.study.config import Configuration, SweepConfig
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

from .answer import answer, best_of
from .findings import list_findings
from .verdict import conclude


def summarise(config: SweepConfig, runs: Sequence[Run]) -> StudyResult:
    """Summarise the runs of a study: figures, intervals, verdicts, findings.

    Means and population standard deviations are over seeds; intervals are 95 % bootstrap
    intervals of the mean. Differences are paired by seed within one setting of capacity scale and
    users per round; each has a p, and one corrected for having compared all configurations
    (`simulator.inference.resampling`). A configuration is judged by its means (`hypotheses`,
    `published_rule`) and by its intervals (`gate`), which is `no-effect` where its cap never binds;
    `power` is how many simulations would show a given difference. `effects` takes a configuration
    apart: each rule of its chain (`SweepConfig.chain`) is compared with the one before it, and
    `verdict` says whether its cap is worth having.

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
    effects_of = _estimate_effects(config, by_point, weights)
    results = tuple(
        ConfigurationResult(
            **vars(comparison),
            configuration=point,
            binding=_binding(runs),
            whale_histogram=_histogram(runs),
            effects=effects_of.get(point, {}),
            by_effects=_judge(effects_of.get(point), config),
        )
        for (point, runs), comparison in zip(grid.items(), comparisons, strict=True)
    )
    best, best_by = best_of(results)
    study = StudyResult(
        config=config.as_mapping(),
        simulations=config.simulations,
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
    findings = tuple(list_findings(study, grid, greedy))
    answered = replace(study, findings=findings, answer=answer(study))
    return replace(answered, conclusions=conclude(answered))


Changes = dict[tuple[EffectName, Configuration, Configuration], Change]
"""Changes of rule by effect, the rule before and the rule after."""


def _estimate_effects(
    config: SweepConfig,
    runs: Mapping[Configuration, Sequence[Run]],
    weights: NDArray[np.float64],
) -> dict[Configuration, dict[EffectName, dict[str, Effect]]]:
    """Return the effects of every configuration: of each step of its chain, and in total.

    There are none where runs of version 0.1 lack what they are computed from.
    """
    values = {point: _metrics_of_effects(each) for point, each in runs.items()}
    if not is_complete(config, runs):
        return {}
    baselines = {point.setting: point for point in config.baselines()}
    changes: Changes = {}
    steps: dict[Configuration, dict[EffectName, tuple[Any, ...]]] = {}
    for point in config.grid():
        baseline = baselines[point.setting]
        rules = config.chain(point)
        before = [baseline, *rules.values()]
        pairs: list[tuple[EffectName, Configuration, Configuration]] = [
            *zip(rules, before, rules.values(), strict=False),
            ("total", baseline, point),
        ]
        steps[point] = {effect: (effect, old, new) for effect, old, new in pairs}
        for effect, old, new in pairs:
            changes[effect, old, new] = Change(effect, values[old], values[new], values[baseline])
    estimated = estimate_effects(changes, weights, config.seed)
    return {
        point: {effect: estimated[key] for effect, key in keys.items()}
        for point, keys in steps.items()
    }


def is_complete(config: SweepConfig, runs: Mapping[Configuration, Sequence[Run]]) -> bool:
    """Return whether there are runs of every rule, with expected metrics; version 0.1 had fewer."""
    return all(
        point in runs and not any(math.isnan(run.expected_revenue) for run in runs[point])
        for point in config.points()
    )


def _judge(
    effects: Mapping[EffectName, Mapping[str, Effect]] | None, config: SweepConfig
) -> EffectVerdict | None:
    return None if effects is None else judge(effects, config.minimum_effect)


def _metrics_of_effects(runs: Sequence[Run]) -> NDArray[np.float64]:
    return np.array(
        [[getattr(run, name) for name in effects.COMPARED] for run in runs], dtype=np.float64
    )


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
