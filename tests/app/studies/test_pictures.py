"""Figures and reports as bytes, from what a sweep answers over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.studies.pictures import figure_bytes, report_bytes
from simulator import read_study
from simulator.charts import EFFECTS
from solver import InputError

from .test_matrix_study import OWN
from .test_whale_sweep import SMALL


@pytest.fixture(scope="module", params=["whale-sweep", "own-sweep"])
def answer(request: pytest.FixtureRequest, client: TestClient) -> dict[str, Any]:
    body = SMALL if request.param == "whale-sweep" else OWN | {"gift_probability": 0.5}
    response = client.post(f"/experiments/{request.param}?include=runs", json=body)
    assert response.status_code == 200, response.text
    return response.json()  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["overload-by-k", "where-k-binds", "price-of-the-cap"])
def test_an_answer_is_all_that_a_figure_needs(answer: dict[str, Any], name: str) -> None:
    assert figure_bytes(read_study(answer), name, "svg").startswith(b"<svg ")


def test_a_figure_may_be_a_png(answer: dict[str, Any]) -> None:
    assert figure_bytes(read_study(answer), "gini-by-k", "png").startswith(b"\x89PNG\r\n\x1a\n")


def test_the_chain_of_effects_is_of_the_configuration_that_is_asked_for(
    answer: dict[str, Any],
) -> None:
    study = read_study(answer)
    last = len(study.results) - 1
    drawn = {
        place: figure_bytes(study, EFFECTS, "json", configuration=place)
        for place in range(last + 1)
    }

    assert len({*drawn.values()}) == last + 1
    assert figure_bytes(study, EFFECTS, "json") in drawn.values()
    with pytest.raises(InputError) as refused:
        figure_bytes(study, EFFECTS, "json", configuration=last + 1)
    assert refused.value.field == "configuration"


def test_an_answer_is_all_that_a_report_needs(answer: dict[str, Any]) -> None:
    page = report_bytes(read_study(answer), answer["id"]).decode()

    assert page.startswith("<!doctype html>")
    assert answer["id"] in page


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("overload", "Expected a figure among chain-of-effects, overload-by-k, "),
        ("threshold-sensitivity", "Expected a figure that this result has, chain-of-effects, "),
    ],
)
def test_a_figure_that_there_is_not_is_refused_with_those_that_there_are(
    answer: dict[str, Any], name: str, sentence: str
) -> None:
    with pytest.raises(InputError) as refused:
        figure_bytes(read_study(answer), name, "svg")

    assert refused.value.field == "name"
    assert str(refused.value).startswith(sentence)
