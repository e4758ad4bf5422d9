"""find-settings: a sweep and the search of its result."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

from simulator import SweepConfig, find_settings

from . import whale_sweep
from .study_answer import StudyAnswer


def answer(
    config: SweepConfig,
    executor: Executor,
    on_seed: Callable[[int, int], None] = lambda _done, _total: None,
) -> StudyAnswer:
    """Run a sweep and search it; the answer has no rows.

    Parameters
    ----------
    config : SweepConfig
    executor : concurrent.futures.Executor
    on_seed : callable
        Called with the number of seeds done and to do.
    """
    return search(whale_sweep.answer(config, executor, on_seed))


def search(answer: StudyAnswer) -> StudyAnswer:
    """Return the answer of a sweep with the search of its result, without rows."""
    study = replace(answer.study, rows=())
    return replace(answer, study=study, search=find_settings(study))
