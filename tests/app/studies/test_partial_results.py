"""What a page draws and hands out of a sweep: specifications of figures, and its configuration."""

from __future__ import annotations

import orjson
import pytest
import yaml
from fastapi.testclient import TestClient

from app.jobs.kinds import replay_seed
from app.jobs.partial_results import partial_figure, partial_study
from app.settings import Settings
from app.studies.report_style import REPORT_STYLE
from simulator import SweepConfig, run_seed
from simulator.sweep import Sweep

from .test_whale_sweep import SMALL


@pytest.fixture(scope="module")
def address(client: TestClient) -> str:
    id_ = client.post("/experiments/whale-sweep", json=SMALL).json()["id"]
    return f"/experiments/{id_}"


def test_a_figure_is_there_as_its_specification(client: TestClient, address: str) -> None:
    answer = client.get(f"{address}/figures/gini-by-k.json")

    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["title"]["text"] == "Concentration across k"
    assert answer.json()["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    assert client.get(f"{address}/figures/portrait.json").status_code == 404


def test_a_figure_is_drawn_in_the_language_of_its_reader(client: TestClient, address: str) -> None:
    answer = client.get(f"{address}/figures/gini-by-k.json", headers={"Accept-Language": "zh"})

    assert answer.json()["title"]["text"] == "各个 k 下的集中程度"
    assert "Accept-Language" in answer.headers["vary"]
    report = client.get(f"{address}/report", headers={"Accept-Language": "zh"})
    assert report.headers["content-language"] == "zh"
    assert "设上限值得吗？" in report.text


def test_a_configuration_runs_again_from_its_file(client: TestClient, address: str) -> None:
    answer = client.get(f"{address}/config.yaml")

    assert answer.headers["content-type"] == "application/yaml"
    assert SweepConfig.from_mapping(yaml.safe_load(answer.text)) == SweepConfig.from_mapping(SMALL)


def test_a_report_goes_out_with_a_policy_that_lets_it_have_its_style(
    client: TestClient, address: str
) -> None:
    answer = client.get(f"{address}/report")

    policy = answer.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src {REPORT_STYLE};")
    assert "<script" not in answer.text


def test_a_sweep_so_far_is_the_sweep_of_the_seeds_that_have_ended() -> None:
    """Whichever they are: seeds end in any order."""
    config = SweepConfig.from_mapping(SMALL | {"simulations": 5})
    said = orjson.dumps(config.as_mapping()).decode()
    rows = [replay_seed(said, None, seed, Settings()) for seed in (42, 45)]
    partial = partial_study(said, rows)

    pair = SweepConfig.from_mapping(SMALL | {"simulations": 2})
    runs = tuple(run for seed in (42, 45) for run in run_seed(config, seed))
    assert partial == Sweep(pair, runs).with_rows()
    figure = partial_figure(said, rows, "revenue-by-k", "en")
    assert figure is not None
    assert orjson.loads(figure)["title"]["text"] == "Revenue across k"
    chinese = partial_figure(said, rows, "revenue-by-k", "zh")
    assert chinese is not None
    assert orjson.loads(chinese)["title"]["text"] == "各个 k 下的收入"
    assert partial_figure(said, rows, "portrait", "en") is None
