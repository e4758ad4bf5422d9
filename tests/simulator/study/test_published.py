"""The published experiment comes out to the digit."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from messages import Message
from simulator import PUBLISHED, Run, SweepConfig, first_difference, run_seed, run_sweep

TABLE = Path(__file__).parents[2] / "data" / "published_k_sweep.csv"
FIGURES = ("revenue", "gifts", "overcrowded_share", "streamer_gini")


def published_rows() -> dict[tuple[str, int | None, int], dict[str, float]]:
    with TABLE.open() as lines:
        return {
            (row["policy"], int(row["k"]) if row["k"] else None, int(row["seed"])): {
                name: float(row[name]) for name in FIGURES
            }
            for row in csv.DictReader(lines)
        }


def assert_published(runs: Iterable[Run]) -> None:
    rows = published_rows()
    in_table = {(point.policy, point.k) for point in (*PUBLISHED.baselines(), *PUBLISHED.grid())}
    compared = [run for run in runs if (run.policy, run.k) in in_table]
    assert compared
    for run in compared:
        policy = run.policy if run.algorithm is None else run.algorithm
        expected = rows[policy, run.k, run.seed]
        found = {name: getattr(run, name) for name in FIGURES}
        assert found == pytest.approx(expected, rel=1e-9, abs=0), (policy, run.k, run.seed)


def test_first_two_seeds_are_the_published_ones() -> None:
    config = replace(PUBLISHED, k_values=(2,))

    assert_published([*run_seed(config, 42), *run_seed(config, 43)])


@pytest.mark.slow
def test_every_policy_and_seed_is_the_published_one_and_so_is_the_table() -> None:
    with ProcessPoolExecutor(2) as executor:
        finished = run_sweep(PUBLISHED, executor)

    assert len(finished.runs) == 7 * 30  # greedy, capacity-greedy, whales first, four caps
    assert_published(finished.runs)
    result = finished.as_mapping()
    assert first_difference(result) is None
    assert result["gate_5c"] == "FAIL"
    assert result["results"][1]["hypotheses"] == {"H5C-1": True, "H5C-2": False, "H5C-3": True}
    (never,) = (each for each in finished.summary().findings if each.code == "cap_never_binds")
    assert never.parameters["who"] == Message("point_k", value=["2", "3", "5"])
    assert never.parameters["rounds"] == 1500


def test_the_defaults_are_the_reference_experiment() -> None:
    config = SweepConfig()

    assert config.k_values == (1, 2, 3, 5)
    assert (config.simulations, config.rounds, config.users_per_round) == (50, 50, 200)
    assert config.algorithms == ("min-cost-flow",)
