"""Simulated gifts of an allocation of the caller's own matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.inference.comparison import COMPARED, compare
from simulator.inference.resampling import estimates, resampling_weights
from simulator.replay.metrics import gini, sum_by_position
from simulator.study.config import Configuration
from simulator.study.result import Comparison, Estimate
from simulator.study.result_json import configuration_json
from solver import Problem

from .config import MatrixStudyConfig
from .gifts import Givers


@dataclass(frozen=True, eq=False)
class ValuedAssignment:
    """An allocation with its EV and loads.

    Parameters
    ----------
    assignment : (N,) int64
        The streamer of each user, -1 for none.
    ev : (N,) float64
        What each user is worth where it is; 0 where it is nowhere.
    load : (S,) int64
    """

    assignment: NDArray[np.int64]
    ev: NDArray[np.float64]
    load: NDArray[np.int64]

    @classmethod
    def of(cls, problem: Problem, assignment: NDArray[np.int64]) -> ValuedAssignment:
        """Return the allocation with the problem's EV and loads."""
        ev = np.zeros(problem.n_users)
        users = np.flatnonzero(assignment >= 0)
        ev[users] = problem.ev_at(users, assignment[users])
        load = np.bincount(assignment[users], minlength=problem.n_streamers)
        return cls(assignment, ev, load)

    def revenue(self) -> NDArray[np.float64]:
        """Return what each streamer is expected to get, (S,) float64."""
        return sum_by_position(self.assignment, self.ev, len(self.load))


@dataclass(frozen=True, eq=False)
class GiftSimulations:
    """The givers of every simulation, the same for all allocations, and the resamples.

    Parameters
    ----------
    seeds : range
    givers : sequence of Givers
        Of each seed.
    weights : (RESAMPLES, simulations) float64
        See `resampling.resampling_weights`.
    """

    seeds: range
    givers: Sequence[Givers]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, config: MatrixStudyConfig, n_users: int) -> GiftSimulations:
        """Draw the givers of every simulation."""
        seeds = range(config.seed, config.seed + config.simulations)
        givers = [config.gifts.draw(n_users, np.random.default_rng(seed)) for seed in seeds]
        return cls(seeds, givers, resampling_weights(config.simulations, config.seed))

    def values(self, problem: Problem, assignment: ValuedAssignment) -> NDArray[np.float64]:
        """Return the `COMPARED` metrics of every simulation, (simulations, 4) float64."""
        crowded = assignment.load > problem.capacity
        interactions = int(assignment.load.sum())
        overcrowded_share = (
            float(assignment.load[crowded].sum() / interactions) if interactions else 0.0
        )
        rows = []
        for givers in self.givers:
            revenue = givers.revenue(assignment.assignment, assignment.ev, problem.n_streamers)
            rows.append((revenue.sum(), gini(revenue), overcrowded_share, crowded.mean()))
        return np.array(rows, dtype=np.float64)

    def metrics(self, values: NDArray[np.float64]) -> dict[str, Estimate]:
        """Return the estimate of each metric over the simulations."""
        return dict(zip(COMPARED, estimates(values, self.weights), strict=True))

    def compare(
        self, values: Sequence[NDArray[np.float64]], base: NDArray[np.float64]
    ) -> list[Comparison]:
        """Return metrics, differences, tests and verdicts of all configurations.

        Parameters
        ----------
        values : sequence of (simulations, 4) float64
            Of each configuration.
        base : (simulations, 4) float64
            Of the baseline.
        """
        metrics = [self.metrics(each) for each in values]
        return compare(values, [base] * len(values), metrics, self.weights, self.seeds.start)

    def rows(
        self, configuration: Configuration, values: NDArray[np.float64]
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows behind a configuration's figures, one for each simulation."""
        settings = configuration_json(configuration, matrix=True)
        for seed, row in zip(self.seeds, values.tolist(), strict=True):
            yield {**settings, "seed": seed, **dict(zip(COMPARED, row, strict=True))}
