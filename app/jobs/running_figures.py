"""Figures of a running sweep: means over the seeds that have ended."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from simulator import SweepConfig
from simulator.inference.comparison import COMPARED, DIFFERENCES
from simulator.study.result_json import configuration_json


class RunningFigures:
    """Means of every configuration and baseline, updated seed by seed.

    They equal those of the result (`simulator.summarise`), without intervals.

    Parameters
    ----------
    config : SweepConfig
    """

    def __init__(self, config: SweepConfig) -> None:
        self._baselines = [*config.baselines()]
        self._grid = [*config.grid()]
        # Among the runs of a seed there are those of rules between a baseline and the grid, too.
        order = {point: index for index, point in enumerate(config.points())}
        self._baseline_rows = [order[point] for point in self._baselines]
        self._grid_rows = [order[point] for point in self._grid]
        baseline = {point.setting: order[point] for point in self._baselines}
        self._compared_with = [baseline[point.setting] for point in self._grid]
        self._sums = np.zeros((len(order), len(COMPARED)))
        self._seeds = 0

    def add(self, rows: bytes) -> None:
        """Add the rows of a seed, JSON, in the order of `simulator.run_seed`."""
        runs = orjson.loads(rows)
        self._sums += np.array([[run[name] for name in COMPARED] for run in runs])
        self._seeds += 1

    def as_mapping(self) -> dict[str, Any]:
        """Return the means in the shape of a result."""
        means = self._sums / max(self._seeds, 1)
        of_grid = means[self._grid_rows]
        of_baseline = means[self._compared_with]
        delta = of_grid - of_baseline
        base = of_baseline[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            delta[:, 0] = np.where(base > 0, 100 * delta[:, 0] / base, np.nan)
        return {
            "baselines": [
                {**configuration_json(point), "metrics": _means(COMPARED, row)}
                for point, row in zip(self._baselines, means[self._baseline_rows], strict=True)
            ],
            "results": [
                {
                    **configuration_json(point),
                    "metrics": _means(COMPARED, row),
                    "delta": _means(DIFFERENCES, differences),
                }
                for point, row, differences in zip(self._grid, of_grid, delta, strict=True)
            ],
        }


def _means(names: tuple[str, ...], values: Any) -> dict[str, Any]:
    return {
        name: {"mean": None if np.isnan(value) else float(value)}
        for name, value in zip(names, values, strict=True)
    }
