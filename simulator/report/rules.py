"""Changes of rule in a sweep: each step of each configuration's chain, and in total."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.inference.effects import (
    COMPARED,
    Change,
    estimate_always_valid,
    estimate_effects,
)
from simulator.inference.worth import judged_effect
from simulator.policies.base import Step
from simulator.study.config import Configuration, SweepConfig
from simulator.study.result import Effect, EffectName
from simulator.study.run import Run

ChangeKey = tuple[EffectName, Configuration, Configuration]
"""A change of rule: effect, the rule before and the rule after."""

Effects = dict[Configuration, dict[EffectName, dict[str, Effect]]]
"""By configuration, effect and metric."""


class Chain(NamedTuple):
    """The rules from a baseline to a configuration, each of which changes one thing.

    Parameters
    ----------
    baseline : Configuration
    rules : mapping from str to Configuration
        By the step, the rule that it leads to; the last is the configuration itself. Empty where a
        policy has no such steps.
    """

    baseline: Configuration
    rules: Mapping[Step, Configuration]


@dataclass(frozen=True)
class RuleChanges:
    """All changes of rule in a sweep.

    Parameters
    ----------
    changes : mapping from ChangeKey to Change
        Different ones: several configurations may share a change.
    steps : mapping from Configuration to mapping from str to ChangeKey
        The changes of each configuration, by effect.
    """

    changes: Mapping[ChangeKey, Change]
    steps: Mapping[Configuration, Mapping[EffectName, ChangeKey]]

    def estimate(
        self, weights: NDArray[np.float64], seed: int, exact: Collection[str] = ()
    ) -> Effects:
        """Return all effects; see `estimate_effects`."""
        estimated = estimate_effects(self.changes, weights, seed, exact)
        return {
            point: {effect: estimated[key] for effect, key in keys.items()}
            for point, keys in self.steps.items()
        }

    def estimate_judged(self) -> Effects:
        """Return the effects that verdicts are by, of which one may look at any number of seeds."""
        judged = {point: judged_effect(keys) for point, keys in self.steps.items()}
        changes = {
            self.steps[point][effect]: self.changes[self.steps[point][effect]]
            for point, effect in judged.items()
        }
        estimated = estimate_always_valid(changes)
        return {
            point: {effect: estimated[self.steps[point][effect]]}
            for point, effect in judged.items()
        }


def group_runs(runs: Sequence[Run]) -> dict[Configuration, list[Run]]:
    """Return the runs of each configuration, baselines and rules included, by seed."""
    by_point: dict[Configuration, list[Run]] = {}
    for run in sorted(runs, key=lambda run: run.seed):
        by_point.setdefault(run.configuration, []).append(run)
    return by_point


def list_changes(config: SweepConfig, runs: Mapping[Configuration, Sequence[Run]]) -> RuleChanges:
    """Return the changes of rule in a sweep; see `group_runs`.

    There are none where runs of version 0.1 lack what they are computed from.
    """
    if not is_complete(config, runs):
        return RuleChanges({}, {})
    values = {point: _compared_metrics(each) for point, each in runs.items()}
    baselines = {point.setting: point for point in config.baselines()}
    chains = {
        point: Chain(baselines[point.setting], config.chain(point)) for point in config.grid()
    }
    return changes_in_chains(chains, values)


def changes_in_chains(
    chains: Mapping[Configuration, Chain], values: Mapping[Configuration, NDArray[np.float64]]
) -> RuleChanges:
    """Return the changes of rule in the chains of configurations, and in total.

    Parameters
    ----------
    chains : mapping from Configuration to Chain
    values : mapping from Configuration to (n, 5) float64
        `COMPARED` metrics of every configuration and rule, a row for each seed.
    """
    changes: dict[ChangeKey, Change] = {}
    steps: dict[Configuration, dict[EffectName, ChangeKey]] = {}
    for point, (baseline, rules) in chains.items():
        before = [baseline, *rules.values()]
        keys: list[ChangeKey] = [
            *zip(rules, before, rules.values(), strict=False),
            ("total", baseline, point),
        ]
        steps[point] = {key[0]: key for key in keys}
        for effect, old, new in keys:
            changes[effect, old, new] = Change(effect, values[old], values[new], values[baseline])
    return RuleChanges(changes, steps)


def is_complete(config: SweepConfig, runs: Mapping[Configuration, Sequence[Run]]) -> bool:
    """Return whether there are runs of every rule, with expected metrics; version 0.1 had fewer."""
    return all(
        point in runs and not any(math.isnan(run.expected_revenue) for run in runs[point])
        for point in config.points()
    )


def _compared_metrics(runs: Sequence[Run]) -> NDArray[np.float64]:
    return np.array([[getattr(run, name) for name in COMPARED] for run in runs], dtype=np.float64)
