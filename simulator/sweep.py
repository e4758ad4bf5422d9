"""The sweep: every configuration and its baseline, replayed over seeds."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future, as_completed
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from messages import DEFAULT_LANGUAGE

from .report.stopping import decided_after, list_looks, next_look
from .report.summary import summarise
from .study.config import SweepConfig
from .study.result import StudyResult
from .study.result_json import study_json
from .study.run import Run
from .study.seeds import run_seed


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Parameters
    ----------
    config : SweepConfig
    runs : tuple of Run
        By seed; within a seed in the order of `run_seed`.

    Examples
    --------
    >>> from whale_matching import SweepConfig, WorldConfig, run_sweep
    >>> world = WorldConfig(n_users=200, n_streamers=10)
    >>> config = SweepConfig(
    ...     k_values=(1, 2), whale_shares=(0.1,), simulations=6, rounds=5, users_per_round=20,
    ...     world=world,
    ... )
    >>> sweep = run_sweep(config)
    >>> len(sweep.runs)
    30
    >>> sweep.summary().published_rule
    'FAIL'
    """

    config: SweepConfig
    runs: tuple[Run, ...]

    def summary(self) -> StudyResult:
        """Return the summary of the runs; see `summarise`."""
        return summarise(self.config, self.runs)

    def with_rows(self) -> StudyResult:
        """Return the summary with the rows it was computed from."""
        return replace(self.summary(), rows=[run.as_mapping() for run in self.runs])

    def as_mapping(self, language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
        """Return the summary as JSON has it and, under `runs`, the rows it was computed from."""
        study = self.with_rows()
        return {**study_json(study, language), "runs": list(study.rows)}


def run_sweep(
    config: SweepConfig,
    executor: Executor | None = None,
    on_seed: Callable[[int, int], None] = lambda _done, _total: None,
) -> Sweep:
    """Run a sweep, seed by seed.

    Parameters
    ----------
    config : SweepConfig
        With `until_decided`, the sweep ends once its question is settled; see `decided_after`.
    executor : concurrent.futures.Executor, optional
        Runs the seeds; in line by default. The result is the same.
    on_seed : callable
        Called with (seeds done, seeds in all) as each ends. What it raises ends the sweep, and
        seeds that have not begun are cancelled.

    Returns
    -------
    Sweep

    Examples
    --------
    >>> from whale_matching import SweepConfig, WorldConfig, run_sweep
    >>> world = WorldConfig(n_users=200, n_streamers=10)
    >>> config = SweepConfig(
    ...     k_values=(1, 2), whale_shares=(0.1,), simulations=6, rounds=5, users_per_round=20,
    ...     world=world,
    ... )
    >>> study = run_sweep(config).summary()
    >>> study.gate.verdict
    'fail'
    >>> study.findings[0].code
    'finding_effect'
    """
    replayed: dict[int, list[Run]] = {}
    looks, look, settled = list_looks(config), 0, None
    with closing(_replay_all(config, executor)) as replays:
        for seed, runs in replays:
            replayed[seed] = runs
            on_seed(len(replayed), config.simulations)
            due = next_look(looks, config.seeds, replayed, look)
            if due is not None:
                look, first = due, config.seeds[:due]
                settled = decided_after(config, [run for each in first for run in replayed[each]])
            if settled is not None:
                break
    kept = config.seeds[:settled]
    return Sweep(config, tuple(run for seed in kept for run in replayed[seed]))


def _replay_all(
    config: SweepConfig, executor: Executor | None
) -> Generator[tuple[int, list[Run]], None, None]:
    """Yield each seed with its runs as it ends. Closing cancels the seeds that have not begun."""
    if executor is None:
        for seed in config.seeds:
            yield seed, run_seed(config, seed)
        return
    seeds: dict[Future[list[Run]], int] = {}
    try:
        for seed in config.seeds:  # one by one: whoever interrupts this cancels those before
            seeds[executor.submit(run_seed, config, seed)] = seed
        for future in as_completed(seeds):
            yield seeds[future], future.result()
    finally:
        for future in seeds:
            future.cancel()
