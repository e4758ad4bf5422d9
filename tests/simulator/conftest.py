"""One small, crowded world, and one small sweep of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest

from messages import Message
from simulator import Run, Sweep, SweepConfig, World, WorldConfig, draw_world, run_sweep
from simulator.policies import BASELINE
from simulator.report.findings import describe_configurations
from simulator.study.config import Configuration
from simulator.study.result import StudyResult

SMALL = WorldConfig(
    n_users=300, n_streamers=20, capacity_top10=4, capacity_middle=2, capacity_tail=1
)


@pytest.fixture
def world() -> World:
    return draw_world(SMALL, np.random.default_rng(7))


@pytest.fixture(scope="session")
def small_sweep() -> Sweep:
    """k = 1 binds, k = 40 cannot: 60 users a round are 20 whales at most."""
    return run_sweep(
        SweepConfig(
            k_values=(1, 40, 50),
            whale_shares=(0.2,),
            capacity_scales=(1.0, 3.0),
            algorithms=("min-cost-flow", "greedy-edges"),
            simulations=4,
            rounds=6,
            users_per_round=60,
            world=SMALL,
        )
    )


@pytest.fixture
def stored(small_sweep: Sweep) -> dict[str, Any]:
    """The small sweep as a result file holds it."""
    return small_sweep.as_mapping()


def details(study: StudyResult, runs: Sequence[Run]) -> list[Message]:
    """What findings say of each configuration, also where a study has an overview instead."""
    by_point: dict[Any, list[Run]] = {}
    for run in sorted(runs, key=lambda run: run.seed):
        by_point.setdefault(run.configuration, []).append(run)
    compared = {point: each for point, each in by_point.items() if point.policy != BASELINE}
    found = describe_configurations(study, compared)
    return [each.parameters.get("finding", each) for each in found]


def by_code(messages: Iterable[Message], code: str) -> list[Message]:
    """The messages of a code, those of sentences that stand together included."""
    found = []
    for message in messages:
        parts = message.parameters["parts"] if message.code == "sentences" else (message,)
        found += [each for each in parts if each.code == code]
    return found


def figures_of(message: Message) -> dict[str, Any]:
    """The parameters of a message, those that are messages as English text."""
    return {
        name: str(value) if isinstance(value, Message) else value
        for name, value in message.parameters.items()
    }


def runs_of(finished: Sweep, k: int | None, scale: float = 1.0) -> list[Run]:
    """The runs of tiered with k; of greedy where k is None."""
    policy, algorithm = ("greedy", None) if k is None else ("tiered", "min-cost-flow")
    return [
        run
        for run in finished.runs
        if (run.policy, run.k, run.capacity_scale, run.algorithm) == (policy, k, scale, algorithm)
    ]


def by_configuration(finished: Sweep) -> dict[Configuration, list[Run]]:
    """The runs of each configuration, by seed."""
    runs: dict[Configuration, list[Run]] = {}
    for run in sorted(finished.runs, key=lambda run: run.seed):
        runs.setdefault(run.configuration, []).append(run)
    return runs
