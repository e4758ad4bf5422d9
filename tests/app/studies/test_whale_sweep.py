"""POST /experiments/whale-sweep, through the real app."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from simulator import METRICS, SweepConfig, first_difference, run_sweep

SMALL = {
    "k_values": [1, 3],
    "whale_shares": [0.1],
    "simulations": 3,
    "rounds": 4,
    "users_per_round": 50,
    "world": {"n_users": 200, "n_streamers": 12},
}


@pytest.fixture(scope="module")
def small(client: TestClient) -> dict[str, Any]:
    response = client.post("/experiments/whale-sweep?include=runs", json=SMALL)
    assert response.status_code == 200, response.text
    return response.json()  # type: ignore[no-any-return]


def test_a_sweep_is_the_one_that_runs_in_process(small: dict[str, Any]) -> None:
    here = json.loads(json.dumps(run_sweep(SweepConfig.from_mapping(SMALL)).as_mapping()))

    assert {name: small[name] for name in here} == here


def test_a_sweep_has_the_shape_of_the_design(small: dict[str, Any]) -> None:
    assert {"id", "config", "baseline", "results", "gate_5c", "best", "findings"} <= set(small)
    assert set(small["baseline"]["metrics"]["revenue"]) == {"mean", "std", "ci95"}
    first = small["results"][0]
    assert (first["k"], first["whale_share"], first["capacity_scale"]) == (1, 0.1, 1.0)
    assert set(first["metrics"]) == set(METRICS)
    assert {"revenue_pct", "streamer_gini"} <= set(first["delta"])
    assert {"rounds_share", "whales_per_round", "max_whales_wanted"} <= set(first["binding"])
    assert set(first["hypotheses"]) == {"H5C-1", "H5C-2", "H5C-3"}
    assert first["gate_5c"] in ("PASS", "FAIL")
    assert set(small["timings_ms"]) == {"replays", "summary"}
    assert len(small["runs"]) == 3 * (1 + 2 + 2)  # greedy, the rules between, the grid


def test_an_answer_verifies_from_its_own_rows(small: dict[str, Any]) -> None:
    assert first_difference(small) is None


def test_rows_are_left_out_unless_they_are_asked_for(client: TestClient) -> None:
    response = client.post("/experiments/whale-sweep", json=SMALL | {"simulations": 1})

    assert "runs" not in response.json()


@pytest.mark.slow
def test_an_empty_object_is_the_reference_experiment_in_full(client: TestClient) -> None:
    answer = client.post("/experiments/whale-sweep", json={}).json()

    assert [result["k"] for result in answer["results"]] == [1, 2, 3, 5]
    config = answer["config"]
    assert (config["simulations"], config["rounds"], config["users_per_round"]) == (50, 50, 200)
    assert config["algorithms"] == ["min-cost-flow"]
    assert config["draws"] == "common"
    assert answer["results"][1]["binding"]["rounds_share"] == 0
    assert (
        "k = 2, 3 and 5 never bind: in 2,500 of 2,500 rounds for each k, no streamer was wanted "
        "by more than 2 whales." in answer["findings"]
    )
