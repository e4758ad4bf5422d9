"""Luck in words: what chance makes of concentration, and what a policy can change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from messages import Message
from simulator.inference.criteria import LEAST_SIMULATIONS
from simulator.inference.luck import follow_luck
from simulator.study.config import Configuration, SweepConfig
from simulator.study.result import ConfigurationResult, Luck, StudyResult
from simulator.study.run import Run

from .answer import find_foremost
from .naming import name_shared_setting, namer

CLOSE = 0.02
"""Realised concentration is luck where it is this close to that by chance, as a share of it."""


def measure_luck(
    config: SweepConfig,
    runs: Mapping[Configuration, Sequence[Run]],
    study: StudyResult,
    weights: NDArray[np.float64],
) -> Luck | None:
    """Follow the concentration of the first setting's baseline, and what its answer changes.

    Returns
    -------
    Luck or None
        None where runs have no checkpoints, as those of early versions, or results no effects.
    """
    foremost = find_foremost(study)
    checkpoints = config.checkpoint_rounds
    if foremost is None or not checkpoints:
        return None
    point = foremost.configuration
    baseline = [
        (run.checkpoint_gini, run.checkpoint_expected_gini, run.checkpoint_chance_gini)
        for run in runs[next(iter(config.baselines()))]
    ]
    compared = [(run.checkpoint_gini, run.checkpoint_expected_gini) for run in runs[point]]
    if any(len(each) != len(checkpoints) for row in (*baseline, *compared) for each in row):
        return None
    return follow_luck(point, checkpoints, np.array(baseline), np.array(compared), weights)


def describe_luck(study: StudyResult) -> list[Message]:
    """Return how much of the concentration of the first baseline is luck, and until when.

    It is luck where realised and chance Gini are within `CLOSE` of each other. There are no
    sentences without these metrics, and without gifts.
    """
    names = ("streamer_gini", "chance_streamer_gini", "expected_streamer_gini")
    figures = [study.baseline.metrics.get(name) for name in names]
    means = [each.value for each in figures if each is not None and each.mean is not None]
    if len(means) < len(names) or means[0] == 0:
        return []
    realised, chance, expected = means
    above = (realised - chance) / realised
    code = (
        "luck_alone" if abs(above) <= CLOSE else "luck_exceeded" if above > 0 else "luck_undercut"
    )
    sentences = [
        Message(
            code,
            realised=realised,
            chance=chance,
            expected=expected,
            percent=100 * abs(above),
        ),
        *_describe_rounds(study),
    ]
    if len(study.baselines) == 1:
        return sentences
    setting = name_shared_setting(_list_first_setting(study), study.results)
    return [Message("answer_in_setting", setting=setting, answer=each) for each in sentences]


def _describe_rounds(study: StudyResult) -> list[Message]:
    """State from how many rounds on the realised Gini would tell the answer from greedy."""
    luck = study.luck
    if luck is None or study.simulations < LEAST_SIMULATIONS:
        return []
    results = _list_first_setting(study)
    result = next((each for each in results if each.configuration == luck.configuration), None)
    last = luck.checkpoints[-1]
    if result is None or last.expected_effect.mean == last.realised_effect.mean == 0:
        return []
    who = namer(results)(result)
    if luck.rounds_needed is None:
        return [
            Message(
                "luck_hides",
                who=who,
                simulations=study.simulations,
                rounds=last.rounds,
                needed=last.simulations_needed or 0,
            )
        ]
    before = [each.rounds for each in luck.checkpoints if each.rounds < luck.rounds_needed]
    return [
        Message(
            "luck_ends",
            who=who,
            simulations=study.simulations,
            rounds=luck.rounds_needed,
            before=max(before, default=0),
        )
    ]


def _list_first_setting(study: StudyResult) -> list[ConfigurationResult]:
    setting = study.baseline.configuration.setting
    return [each for each in study.results if each.configuration.setting == setting]
