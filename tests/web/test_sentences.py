"""The catalogue of Chinese sentences has all that sweeps and allocations are seen to say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
import yaml

from simulator import MatrixStudyConfig, SweepConfig, find_gate, run_sweep, study_matrix
from simulator.charts import figures
from simulator.report.naming import namer
from solver import Problem
from tests.app.server import ROOT
from tests.simulator.conftest import details

from .catalogue import AS_IS, PLACE, catalogue, places, readings, translation

SMALL = {
    "simulations": 6, "rounds": 5, "users_per_round": 60,
    "world": {
        "n_users": 300, "n_streamers": 20,
        "capacity_top10": 4, "capacity_middle": 2, "capacity_tail": 1,
    },
}  # fmt: skip
"""Enough to be tested and to bind, and over in a second."""


class Said(NamedTuple):
    """A text of the service and the kind of phrase that it is."""

    text: str
    kind: str


SWEPT: dict[str, dict[str, Any]] = {
    "one k": {"k_values": [1]},
    "one simulation": {"k_values": [1, 2], "simulations": 1},
    "few simulations": {"k_values": [0, 1, 40, 50], "simulations": 3, "whale_shares": [0.2]},
    "more simulations": {"k_values": [1, 2], "simulations": 12, "capacity_scales": [0.25, 1]},
    "never binds": {"k_values": [50], "whale_shares": [0.01]},
    "never bind": {"k_values": [50, 60], "whale_shares": [0.01], "capacity_scales": [3.0]},
    "no gifts": {"k_values": [1, 2], "world": {**SMALL["world"], "gift_intercept": -50.0}},
    "one round": {"k_values": [1, 2, 3], "rounds": 1, "whale_shares": [0.05, 0.2, 0.5]},
    "crowds": {"k_values": [1, 2], "users_per_round": [20, 60, 120], "whale_shares": [0.1, 0.3]},
    "some without k": {
        "k_values": [1, 2], "algorithms": ["min-cost-flow", "greedy-edges"],
        "policies": ["tiered", "random"], "capacity_scales": [0.5, 1],
    },
    "spend caps": {"policies": ["spend-cap"], "spend_caps": [5, 1000], "whale_shares": [0.2]},
    "no k": {"policies": ["random", "joint"]},
}  # fmt: skip
"""What the files of configs/ do not vary."""


def configurations() -> dict[str, dict[str, Any]]:
    """Return every file of configs/, small, and what none of them varies."""
    found = {}
    for file in sorted((ROOT / "configs").glob("*.yaml")):
        written = yaml.safe_load(file.read_text())
        crowds = written.get("users_per_round")
        users = [30, 60, 90, 120][: len(crowds)] if isinstance(crowds, list) else 60
        found[file.stem] = written | SMALL | {"users_per_round": users}
    return found | {name: SMALL | each for name, each in SWEPT.items()}


def of_sweep(config: SweepConfig) -> Iterator[Said]:
    """Yield what a sweep says: everywhere it can, also what an overview stands for."""
    swept = run_sweep(config)
    result = swept.as_mapping()
    said = [*result["findings"], *details(result, swept.runs)]
    said += find_gate(config, result["results"])["findings"]
    yield from (Said(each, "sentence") for each in said)
    name = namer(result["results"])
    yield from (Said(name(each), "who") for each in result["results"])
    yield from of_figures(result)


def of_own(users: int, config: MatrixStudyConfig) -> Iterator[Said]:
    rng = np.random.default_rng(3)
    problem = Problem(rng.lognormal(0.0, 2.0, (users, 6)), capacity=users // 4)
    result = study_matrix(problem, rng.lognormal(0.0, 2.0, users), config)
    yield from (Said(each, "sentence") for each in result["findings"])
    yield from of_figures(result)


def of_figures(result: Mapping[str, Any]) -> Iterator[Said]:
    for each in figures(result).values():
        specification = each.to_dict()
        heading = specification.pop("title")
        yield Said(heading["text"], "title")
        yield Said(" ".join(heading["subtitle"]), "sentence")
        yield from in_specification(specification)


def in_specification(part: Any) -> Iterator[Said]:
    """Yield the texts of a specification, which `localised` of translate.js walks over."""
    if isinstance(part, list):
        for each in part:
            yield from in_specification(each)
    if not isinstance(part, dict):
        return
    for name, value in part.items():
        if name == "title" and isinstance(value, str | list):
            yield Said(" ".join([value] if isinstance(value, str) else value), "axis")
        elif name in ("domain", "sort") and isinstance(value, list):
            yield from (Said(each, "label") for each in value if isinstance(each, str))
        elif name in ("values", "datasets"):
            for row in value if name == "values" else [r for rows in value.values() for r in rows]:
                shown = (row.get(key) for key in ("series", "panel", "k", "label", "step"))
                yield from (Said(each, "label") for each in shown if isinstance(each, str) and each)
                yield from (Said(key.replace("_", " "), "column") for key in row if key in TIPS)
        else:
            yield from in_specification(value)


TIPS = {"series", "k", "mean", "low", "high", "share", "together", "gini", "revenue", "revenue_pct"}


@cache
def said_by_sweeps() -> list[Said]:
    """Return what a wide set of sweeps says, each once."""
    said: dict[Said, None] = {}
    for config in configurations().values():
        said |= dict.fromkeys(of_sweep(SweepConfig.from_mapping(config)))
    for users, own in (
        (40, MatrixStudyConfig(k_values=(1, 2), whale_shares=(0.3,), simulations=20)),
        (40, MatrixStudyConfig(k_values=(1, 40), whale_shares=(0.3,), simulations=1)),
        (40, MatrixStudyConfig(k_values=(1, 2, 40), whale_shares=(0.1, 0.3, 0.6), simulations=7)),
        (40, MatrixStudyConfig(k_values=(40,), whale_shares=(0.1,), simulations=4)),
    ):
        said |= dict.fromkeys(of_own(users, own))
    return [*said]


def test_all_that_sweeps_say_is_in_the_catalogue() -> None:
    said = said_by_sweeps()

    assert len(said) > 500
    assert [each for each in said if translation(*each) is None] == []


def test_what_is_said_in_chinese_keeps_every_number_and_no_english_but_names() -> None:
    names = {*catalogue()["name"]} | {"overload_rate", "overcrowded_share", "Holm"}
    for text, kind in said_by_sweeps():
        chinese = translation(text, kind) or ""
        rest = re.sub("|".join(sorted(names, key=len, reverse=True)), "", chinese)

        assert {*re.findall(r"[A-Za-z]{2,}", re.sub(r"H5C|Gate-5C|\de[-+]?\d", "", rest))} == set()
        if kind == "sentence":
            lacking = [n for n in re.findall(r"\d[\d.,]*\d|\d", text) if n not in chinese]
            assert [n for n in lacking if n not in ("95", "5")] == [], (text, chinese)


def test_no_template_takes_what_is_for_another() -> None:
    for text, kind in said_by_sweeps():
        plain = text.replace("\u00a0", " ")
        assert len({*readings(plain, kind)}) <= 1, text


@pytest.mark.parametrize(
    "sentence",
    [
        "By the 95 % intervals, of 3 configurations 1 pass Gate-5C, 1 fail and 1 are inconclusive. "
        "Of those that pass, 1 has a fall of the Gini that stands after Holm's correction.",
        "Every lower Gini costs revenue: the cheapest is k = 1, top 5 %, −0.0002 for −1.5 %.",
        "2 of 3 steps gain revenue for sure after Holm's correction and 1 lose; the largest gain, "
        "at tiered, k 1 → 2, top 5 %, is 1,204 a replay (95 % interval −3 to 2,000).",
    ],
)
def test_rare_sentences_are_in_the_catalogue(sentence: str) -> None:
    assert translation(sentence) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "k = two binds in 3 of 4 rounds: up to 2 whales wanted one streamer, with 1 whales in a "
        "round on average.",
        "k = 1 gives no figures.",
        "k = 1: all three hypotheses hold, Gate-5C passes. Nobody knows why.",
        "revenue: all three hypotheses hold, Gate-5C passes.",
    ],
)
def test_what_no_template_fits_stays_as_it_is(sentence: str) -> None:
    assert translation(sentence) is None


def test_both_sides_of_a_template_have_the_same_places() -> None:
    for kind, templates in catalogue().items():
        for english, chinese in templates.items():
            assert sorted(places(english)) == sorted(places(chinese)), english
            assert len({*places(english)}) == len(places(english)), english
            for inner, _ in PLACE.findall(english):
                assert inner in AS_IS or inner in catalogue(), (kind, english)


def test_chinese_is_punctuated_as_chinese() -> None:
    for templates in catalogue().values():
        for chinese in templates.values():
            assert re.findall(r"[\u4e00-\u9fff] ?[,;:()!?]|\. |\.$", chinese) == [], chinese
