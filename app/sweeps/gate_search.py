"""find-gate, from a request to its answer: a sweep, and what it holds of Gate-5C."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from simulator import SweepConfig, find_gate

from . import whale_sweep as experiments


def answer(
    config: SweepConfig,
    executor: Executor,
    on_seed: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """Run a sweep and search it: its summary, without rows, and under `search` what was found.

    Parameters
    ----------
    config : SweepConfig
    executor : concurrent.futures.Executor
    on_seed : callable
        Called with the number of seeds done and to do.
    """
    result = experiments.answer(config, executor, on_seed)
    del result["runs"]
    return searched(config, result)


def searched(config: SweepConfig, summary: dict[str, Any]) -> dict[str, Any]:
    """Return a sweep's summary and, under `search`, what it holds of Gate-5C."""
    return {**summary, "search": find_gate(config, summary["results"])}
