"""A sweep on an own matrix, over HTTP and from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from simulator import MatrixStudyConfig, study_json, study_matrix
from simulator.report.verdict import verdict_message
from solver import Problem
from tests.app.conftest import Run

EV = [[9.0, 1.0], [8.0, 7.0], [4.0, None]]
OWN: dict[str, Any] = {
    "ev": EV,
    "wealth": [30.0, 20.0, 10.0],
    "capacity": [2, 1],
    "k_values": [1, 2],
    "whale_shares": [0.67],
    "simulations": 10,
}
PAIRS = {"user": [0, 0, 1, 1, 2], "streamer": [0, 1, 0, 1, 0], "ev": [9.0, 1.0, 8.0, 7.0, 4.0]}


def posted(client: TestClient, body: dict[str, Any], query: str = "") -> dict[str, Any]:
    response = client.post(f"/experiments/own-sweep{query}", json=body)
    assert response.status_code == 200, response.text
    return response.json()  # type: ignore[no-any-return]


def figures(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in ("id", "timings_ms")}


def test_an_own_sweep_is_the_one_that_runs_in_process(client: TestClient) -> None:
    matrix = np.array([[9.0, 1.0], [8.0, 7.0], [4.0, -np.inf]])
    config = MatrixStudyConfig((1, 2), (0.67,), 10)
    study = study_matrix(Problem(matrix, capacity=[2, 1]), OWN["wealth"], config)
    here = {**study_json(study), "runs": list(study.rows)}

    expected = json.loads(json.dumps(here))
    assert figures(posted(client, OWN, "?include=runs")) == expected
    del expected["runs"]
    assert figures(posted(client, OWN)) == expected


def test_the_smallest_effect_that_matters_decides_the_verdict(client: TestClient) -> None:
    minimum = {"revenue_pct": 20.0, "streamer_gini": 0.9}
    fine, coarse = posted(client, OWN), posted(client, OWN | {"minimum_effect": minimum})

    assert fine["results"][0]["verdict"] == "worth_it"
    assert fine["answer"]["code"] == "answer_worth_it"
    assert coarse["config"]["minimum_effect"] == minimum
    assert coarse["results"][0]["verdict"] == "not_worth_it"
    criteria = coarse["results"][0]["criteria"].values()
    assert [each["minimum_effect"] for each in criteria] == [20.0, 0.9]


def test_candidates_and_ids_do_as_well(client: TestClient) -> None:
    sparse = {name: value for name, value in OWN.items() if name != "ev"}
    body = sparse | {"candidates": PAIRS, "streamer_ids": ["anna", "ben"]}
    first = posted(client, body)["results"][0]

    assert first["expected"] == posted(client, OWN)["results"][0]["expected"]
    assert first["shadow_prices"]["whale_cap"] == {"anna": pytest.approx(1)}


def test_the_body_is_described(client: TestClient) -> None:
    known = client.get("/openapi.json").json()["components"]["schemas"]

    assert {"k_values", "whale_shares", "wealth"} <= {*known["OwnSweepRequest"]["properties"]}


MISTAKES: list[tuple[dict[str, Any], str, list[int]]] = [
    ({"ev": None}, "ev", []),  # no matrix
    ({"candidates": PAIRS}, "candidates", []),  # both
    ({"ev": [[1.0, "2"]]}, "ev", [0, 1]),  # text
    ({"wealth": [1.0]}, "wealth", []),  # one for three users
    ({"wealth": None}, "wealth", []),  # none
    ({"capacity": [1]}, "capacity", []),  # one for two streamers
    ({"k_values": []}, "k_values", []),  # nothing to sweep
    ({"k_values": [1, -1]}, "k_values", [1]),  # negative
    ({"k_values": [1.5]}, "k_values", [0]),  # not whole
    ({"whale_shares": [2]}, "whale_shares", [0]),  # more than everybody
    ({"simulations": 0}, "simulations", []),  # none
    ({"simulations": 10**12}, "simulations", []),  # beyond memory
    ({"gift_probability": 0}, "gift_probability", []),  # never
    ({"amount_sigma": -1}, "amount_sigma", []),  # negative
    ({"minimum_effect": {"revenue_pct": -1}}, "minimum_effect.revenue_pct", []),  # negative
    ({"minimum_effect": {"gini": 0}}, "minimum_effect.gini", []),  # of another name
    ({"minimum_effect": 0.1}, "minimum_effect", []),  # for both
    ({"k": 1}, "k", []),  # of another route
]


@pytest.mark.parametrize(("change", "field", "position"), MISTAKES)
def test_a_mistake_is_a_problem_document_with_its_place(
    client: TestClient, change: dict[str, Any], field: str, position: list[int]
) -> None:
    response = client.post("/experiments/own-sweep", json=OWN | change)
    refused = response.json()

    assert response.status_code == 422, refused
    assert (refused["field"], refused["position"]) == (field, position)


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    np.save(tmp_path / "ev.npy", np.array([[9.0, 1.0], [8.0, 7.0], [4.0, -np.inf]]))
    np.save(tmp_path / "wealth.npy", np.array([30.0, 20.0, 10.0]))
    np.save(tmp_path / "capacity.npy", np.array([2, 1]))
    np.savez(tmp_path / "pairs.npz", **{name: np.array(each) for name, each in PAIRS.items()})
    np.savez(tmp_path / "other.npz", user=np.array([1]))
    return tmp_path


def test_sweep_takes_an_own_matrix_or_own_pairs(run: Run, arrays: Path, client: TestClient) -> None:
    common = [
        "--wealth",
        "wealth.npy",
        "--capacity",
        "capacity.npy",
        "--k",
        "1,2",
        "--whale-share",
        "0.67",
    ]
    draws = ["--simulations", "10"]
    dense = run("sweep", "--ev", "ev.npy", *common, *draws, "--output", "dense.json")
    sparse = run("sweep", "--candidates", "pairs.npz", *common, *draws, "--output", "sparse.json")

    assert dense.returncode == 0, dense.stderr
    assert sparse.returncode == 0, sparse.stderr
    assert dense.stdout.splitlines()[-1].startswith("Yes: k = 1, ")
    assert dense.stderr == ""
    expected = figures(posted(client, OWN, "?include=runs"))
    assert figures(json.loads((arrays / "dense.json").read_text())) == expected
    assert figures(json.loads((arrays / "sparse.json").read_text())) == expected


@pytest.mark.slow
def test_an_own_sweep_has_figures_and_a_report(run: Run, arrays: Path) -> None:
    call = (
        "sweep --ev ev.npy --wealth wealth.npy --k 1,2 --whale-share 0.34,0.67 --simulations 8 "
        "--seed 42 --gift-probability 0.5 --amount-sigma 1.0 "
        "--minimum-revenue-pct 0.5 --minimum-gini 0.001"
    )
    done = run(
        *call.split(), "--output", "own.json", "--figures", "figures", "--report", "own.html"
    )

    assert done.returncode == 0, done.stderr
    drawn = {path.stem for path in (arrays / "figures").glob("*.svg")}
    assert drawn == {
        "overload-by-k", "gini-by-k", "revenue-by-k", "gini-revenue-tradeoff", "where-k-binds",
        "price-of-the-cap", "threshold-sensitivity", "chain-of-effects",
    }  # fmt: skip
    assert {path.stem for path in (arrays / "figures").glob("*.png")} == drawn
    page = (arrays / "own.html").read_text()
    result = json.loads((arrays / "own.json").read_text())
    assert page.count("<figure>") == 8
    word = verdict_message(result["answer"]["code"].removeprefix("answer_"))
    assert f'<span class="word">{word}</span>' in page
    assert f"whale-matching {call}" in page


BAD_CALLS = [
    ("", "Expected --config, or --table, or --ev with --wealth; got none."),
    ("--ev ev.npy", "Expected --wealth, or a column of wealth in the table; got neither."),
    ("--ev ev.npy --config a.yaml --wealth wealth.npy", "either --config or an own matrix"),
    ("--config a.yaml --k 1", "Expected --k with --table, --ev or --candidates; got --config."),
    ("--ev ev.npy --wealth wealth.npy --k few", "Expected k as whole numbers with commas"),
    ("--ev ev.npy --wealth wealth.npy --whale-share 2", "above 0 and at most 1; got 2.0."),
    ("--ev ev.npy --wealth capacity.npy", "Expected wealth for each of 3 users; got 2."),
    ("--candidates other.npz --wealth wealth.npy", "an .npz archive of user, streamer, ev"),
    ("--candidates no.npz --wealth wealth.npy", "No such file or directory: no.npz."),
]


@pytest.mark.parametrize(("call", "sentence"), BAD_CALLS)
def test_a_mistake_ends_in_one_sentence_and_exit_code_1(
    run_here: Run, arrays: Path, call: str, sentence: str
) -> None:
    done = run_here("sweep", *call.split(), "--output", "a.json")

    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (arrays / "a.json").exists()
