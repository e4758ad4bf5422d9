"""Simulated gifts of an allocation of the caller's own matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.inference import effects
from simulator.inference.comparison import COMPARED, compare
from simulator.inference.resampling import estimates, resampling_weights
from simulator.replay.metrics import PERMUTATIONS, gini, gini_of_rows, sum_by_position, top_share
from simulator.report.rules import Chain, Effects, changes_in_chains
from simulator.study.config import Configuration
from simulator.study.result import Comparison, Estimate
from simulator.study.result_json import configuration_json
from simulator.world.random_numbers import FALLS, stream
from solver import Problem

from .config import MatrixStudyConfig
from .gifts import Givers

METRICS = (
    *COMPARED,
    "expected_revenue",
    "expected_streamer_gini",
    "expected_top10_streamer_share",
    "chance_streamer_gini",
)
"""Metrics of a simulation of the gifts; the expected ones are the same in all of them."""

ALL_PERMUTATIONS = 400
"""Draws behind `chance_streamer_gini`, over all simulations together; at least one in each."""

MOST_FALLS = 2**22
"""Most gifts in these draws, unless there are more gifts than that."""

BLOCK = 2**20
"""Revenues of streamers in memory at the same time, over simulations."""


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
    givers : Givers
        Of all simulations, one after the other.
    starts : (simulations + 1,) int64
        Where the givers of each simulation begin, and the end.
    falls : (permutations, g) int32
        Streamers, drawn uniformly, that each gift falls on for `chance_streamer_gini`.
    weights : (RESAMPLES, simulations) float64
        See `resampling.resampling_weights`.
    """

    seeds: range
    givers: Givers
    starts: NDArray[np.int64]
    falls: NDArray[np.int32]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, config: MatrixStudyConfig, n_users: int, n_streamers: int) -> GiftSimulations:
        """Draw the givers of every simulation."""
        seeds = range(config.seed, config.seed + config.simulations)
        drawn = [config.gifts.draw(n_users, np.random.default_rng(seed)) for seed in seeds]
        users = np.concatenate([each.users for each in drawn])
        factor = np.concatenate([each.factor for each in drawn])
        starts = np.cumsum([0, *(len(each.users) for each in drawn)])
        most = min(PERMUTATIONS, ALL_PERMUTATIONS // len(seeds), MOST_FALLS // max(1, len(users)))
        falls = stream(config.seed, FALLS).integers(
            n_streamers, size=(max(1, most), len(users)), dtype=np.int32
        )
        weights = resampling_weights(config.simulations, config.seed)
        return cls(seeds, Givers(users, factor), starts, falls, weights)

    def values(self, problem: Problem, assignment: ValuedAssignment) -> NDArray[np.float64]:
        """Return the `METRICS` of every simulation, (simulations, 8) float64."""
        crowded = assignment.load > problem.capacity
        interactions = int(assignment.load.sum())
        overcrowded_share = (
            float(assignment.load[crowded].sum() / interactions) if interactions else 0.0
        )
        expected = assignment.revenue()
        top_share_expected = top_share(expected[assignment.load > 0], 0.10)
        gifts = assignment.ev[self.givers.users] * self.givers.factor
        revenue, streamer_gini = self._share_out(
            assignment.assignment[self.givers.users], gifts, problem.n_streamers
        )
        by_chance = [self._share_out(each, gifts, problem.n_streamers)[1] for each in self.falls]
        values = np.empty((len(self.seeds), len(METRICS)))
        values[:, 0] = revenue
        values[:, 1] = streamer_gini
        values[:, 2:7] = (
            overcrowded_share, crowded.mean(), expected.sum(), gini(expected), top_share_expected,
        )  # fmt: skip
        values[:, 7] = np.mean(by_chance, axis=0)
        return values

    def _share_out(
        self, streamers: NDArray[Any], gifts: NDArray[np.float64], n_streamers: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the revenue of every simulation and its Gini over streamers.

        Parameters
        ----------
        streamers : (g,) int
            Where each gift goes, -1 for nowhere.
        gifts : (g,) float64
            Currency units.
        n_streamers : int
        """
        n = len(self.seeds)
        totals, ginis = np.empty(n), np.empty(n)
        step = max(1, BLOCK // n_streamers)
        for first in range(0, n, step):
            stop = min(first + step, n)
            part = slice(self.starts[first], self.starts[stop])
            row = np.repeat(np.arange(stop - first), np.diff(self.starts[first : stop + 1]))
            cell = np.where(streamers[part] < 0, -1, streamers[part] + n_streamers * row)
            revenue = sum_by_position(cell, gifts[part], (stop - first) * n_streamers)
            rows = revenue.reshape(stop - first, n_streamers)
            totals[first:stop], ginis[first:stop] = rows.sum(axis=1), gini_of_rows(rows)
        return totals, ginis

    def metrics(self, values: NDArray[np.float64]) -> dict[str, Estimate]:
        """Return the estimate of each metric over the simulations."""
        return dict(zip(METRICS, estimates(values, self.weights), strict=True))

    def compare(
        self, values: Sequence[NDArray[np.float64]], base: NDArray[np.float64]
    ) -> list[Comparison]:
        """Return metrics, differences, tests and verdicts of all configurations.

        Parameters
        ----------
        values : sequence of (simulations, 8) float64
            Of each configuration.
        base : (simulations, 8) float64
            Of the baseline.
        """
        metrics = [self.metrics(each) for each in values]
        compared = [each[:, : len(COMPARED)] for each in values]
        bases = [base[:, : len(COMPARED)]] * len(values)
        return compare(compared, bases, metrics, self.weights, self.seeds.start)

    def effects(
        self, chains: Mapping[Configuration, Chain], values: Mapping[Configuration, Any]
    ) -> Effects:
        """Return the effects of each step of the chains, and in total; expected ones are exact."""
        columns = [METRICS.index(name) for name in effects.COMPARED]
        compared = {point: each[:, columns] for point, each in values.items()}
        changes = changes_in_chains(chains, compared)
        return changes.estimate(self.weights, self.seeds.start, exact=effects.DECISIVE)

    def rows(
        self, configuration: Configuration, values: NDArray[np.float64]
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows behind a configuration's figures, one for each simulation."""
        settings = configuration_json(configuration, matrix=True)
        for seed, row in zip(self.seeds, values.tolist(), strict=True):
            yield {**settings, "seed": seed, **dict(zip(METRICS, row, strict=True))}
