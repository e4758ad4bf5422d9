"""The sweep: every configuration and its baseline, replayed over seeds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from typing import Any

from .report.summary import summarise
from .study.config import SweepConfig
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
    """

    config: SweepConfig
    runs: tuple[Run, ...]

    def summary(self) -> dict[str, Any]:
        """Return what the runs amount to; see `summarise`."""
        return summarise(self.config, self.runs)

    def as_mapping(self) -> dict[str, Any]:
        """Return the summary and, under `runs`, the rows it was computed from."""
        return {**self.summary(), "runs": [run.as_mapping() for run in self.runs]}


def run_sweep(
    config: SweepConfig,
    executor: Executor | None = None,
    on_seed: Callable[[int, int], None] = lambda _done, _total: None,
) -> Sweep:
    """Run a sweep, seed by seed.

    Parameters
    ----------
    config : SweepConfig
    executor : concurrent.futures.Executor, optional
        Runs the seeds; in line by default. The result is the same.
    on_seed : callable
        Called with (seeds done, seeds in all) as each ends. What it raises ends the sweep, and
        seeds that have not begun are cancelled.

    Returns
    -------
    Sweep
    """
    total = config.simulations
    if executor is None:
        by_seed = []
        for done, seed in enumerate(config.seeds, start=1):
            by_seed.append(run_seed(config, seed))
            on_seed(done, total)
    else:
        futures: list[Future[list[Run]]] = []
        try:
            for seed in config.seeds:  # one by one: whoever interrupts this cancels those before
                futures.append(executor.submit(run_seed, config, seed))  # noqa: PERF401
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                on_seed(done, total)
        finally:
            for future in futures:
                future.cancel()
        by_seed = [future.result() for future in futures]
    return Sweep(config, tuple(run for runs in by_seed for run in runs))
