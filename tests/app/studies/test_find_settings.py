"""find-settings, over HTTP and from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from app.studies.schemas import FindSettingsAnswer
from messages import Message
from simulator import SweepConfig, find_settings, headline, read_study, run_sweep, study_json
from tests.app.conftest import Run

GRID: dict[str, Any] = {
    "policies": ["tiered", "random"],
    "k_values": [1, 3],
    "whale_shares": [0.1],
    "capacity_scales": [1.0, 0.5],
    "simulations": 6,
    "rounds": 4,
    "users_per_round": 50,
    "world": {"n_users": 200, "n_streamers": 12},
}
HOPELESS = GRID | {"policies": ["random"]}


def posted(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    response = client.post("/experiments/find-settings", json=body)
    assert response.status_code == 200, response.text
    return response.json()  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def found(client: TestClient) -> dict[str, Any]:
    return posted(client, GRID)


def test_an_answer_is_the_sweep_without_rows_and_what_was_found_in_it(
    found: dict[str, Any],
) -> None:
    config = SweepConfig.from_mapping(GRID)
    study = run_sweep(config).summary()
    here = {**study_json(study), "search": find_settings(study).as_mapping()}

    assert "runs" not in found
    assert {name: found[name] for name in here} == json.loads(json.dumps(here))
    FindSettingsAnswer.model_validate_json(json.dumps(found), strict=True)


def test_what_passes_and_what_is_on_the_front_is_a_part_of_the_grid(found: dict[str, Any]) -> None:
    search = found["search"]
    passing = [each["cap_expected_revenue_pct"] for each in search["passing"]]

    assert search["configurations"] == len(found["results"]) == 6
    assert len(passing) == sum(each["verdict"] == "worth_it" for each in found["results"])
    assert passing == sorted(passing, reverse=True)
    assert (search["nearest_miss"] is None) == bool(passing)
    assert max(each["total_expected_revenue_pct"] for each in search["pareto"]) == max(
        each["effects"]["total"]["expected_revenue_pct"]["mean"] for each in found["results"]
    )


def test_where_nothing_passes_the_nearest_miss_says_what_it_lacks_and_by_how_much(
    client: TestClient,
) -> None:
    answer = posted(client, HOPELESS)
    search, miss = answer["search"], answer["search"]["nearest_miss"]
    FindSettingsAnswer.model_validate_json(json.dumps(answer), strict=True)

    assert search["passing"] == []
    (result,) = (
        each for each in answer["results"] if each["capacity_scale"] == miss["capacity_scale"]
    )
    assert miss["verdict"] == result["verdict"] != "worth_it"
    assert miss["shortfalls"]
    for each in miss["shortfalls"]:
        change = result["effects"][each["effect"]][each["metric"]]
        assert each["estimate"] == change["mean"]
        assert each["by"] == pytest.approx(abs(each["bound"] - each["threshold"]))
    second = Message.from_mapping(search["finding_messages"][1])
    none, nearest = second.parameters["parts"]  # type: ignore[misc]
    assert none == Message(
        "search_none", configurations=2, simulations=answer["config"]["simulations"]
    )
    assert nearest.code == "search_nearest"


def test_a_mistake_is_a_problem_document(client: TestClient) -> None:
    response = client.post("/experiments/find-settings", json=GRID | {"k_values": [1, 1]})

    assert response.status_code == 422
    assert (response.json()["field"], response.json()["position"]) == ("k_values", [1])


def test_the_command_finds_what_the_service_finds(
    run: Run, tmp_path: Path, found: dict[str, Any]
) -> None:
    (tmp_path / "grid.yaml").write_text(yaml.safe_dump(GRID))

    done = run("find-settings", "--config", "grid.yaml", "--output", "out/found.json")

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    written = json.loads((tmp_path / "out" / "found.json").read_text())
    assert written["search"] == found["search"]
    assert "runs" not in written
    assert done.stdout.splitlines() == [
        *written["search"]["findings"],
        f"{headline(read_study(written))} → out/found.json",
    ]


def test_the_name_of_version_0_1_still_works_and_warns(
    client: TestClient, run: Run, tmp_path: Path, found: dict[str, Any]
) -> None:
    response = client.post("/experiments/find-gate", json=GRID)
    (tmp_path / "grid.yaml").write_text(yaml.safe_dump(GRID))
    done = run("find-gate", "--config", "grid.yaml", "--output", "found.json")

    assert response.json()["search"] == found["search"]
    assert response.headers["deprecation"].startswith("@")
    assert '</experiments/find-settings>; rel="successor-version"' in response.headers["link"]
    assert "deprecation" not in client.post("/experiments/find-settings", json=GRID).headers
    assert done.returncode == 0
    assert (
        done.stderr == str(Message("command_renamed", old="find-gate", new="find-settings")) + "\n"
    )
    assert json.loads((tmp_path / "found.json").read_text())["search"] == found["search"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("k: [1]", "Expected settings among policies, "),  # unknown
        ("capacity_scales: [0]", "Expected capacity_scales above 0 and at most 1000000; got 0."),
        ("{", "Expected grid.yaml as YAML, line 1, column 2: "),
    ],
)
def test_a_mistake_in_the_file_ends_in_one_sentence(
    run: Run, tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "grid.yaml").write_text(text)

    done = run("find-settings", "--config", "grid.yaml", "--output", "found.json")

    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "found.json").exists()
