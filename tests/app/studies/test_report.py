"""The report: one page that needs nothing beside it, and says what the result says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.studies.report import report
from messages import LANGUAGES, Message, render
from simulator import SweepConfig, WorldConfig, read_study, run_sweep
from simulator.charts.style import signed
from simulator.report.answer import find_foremost, find_verdicts
from simulator.report.verdict import conclude, verdict_message
from tests.app.conftest import ROOT, Run

Result = dict[str, Any]

TINY = SweepConfig(
    k_values=(1, 2),
    whale_shares=(0.2,),
    simulations=3,
    rounds=3,
    users_per_round=30,
    world=WorldConfig(n_users=200, n_streamers=10),
)


@pytest.fixture(scope="module")
def result() -> Result:
    return run_sweep(TINY).as_mapping()


def earlier(result: Result) -> Result:
    """The result as version 0.1 stored it: without effects or an answer."""
    stored = json.loads(json.dumps(result))
    for name in ("answer", "best_by", "conclusions", "conclusion_messages", "published_rule"):
        del stored[name]
    for each in (*stored["results"], stored["best"]):
        del each["effects"], each["verdict"], each["criteria"], each["published_rule"]
    return stored  # type: ignore[no-any-return]


def written(result: Result, language: str = "en") -> str:
    return report(read_study(result), result.get("id"), language)


class Page(HTMLParser):
    """What a page has: tags, attributes and text; an unclosed tag is at fault."""

    VOID = ("meta", "br", "link", "img")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def test_the_page_needs_nothing_beside_it(result: Result) -> None:
    page = Page(written(result))

    assert page.open == []
    assert {"script", "link", "img", "iframe", "object"}.isdisjoint(page.tags)
    assert {"src", "href", "xlink:href"}.isdisjoint(name for name, _ in page.attributes)
    assert "url(http" not in written(result)
    assert "@import" not in written(result)


def test_every_figure_is_in_the_page_and_no_id_comes_twice(result: Result) -> None:
    page = Page(written(result))
    ids = [value for name, value in page.attributes if name == "id"]

    assert page.tags.count("figure") == page.tags.count("svg") == 9
    assert len(ids) == len(set(ids))
    for name, value in page.attributes:
        if value is not None and name == "clip-path":
            assert value[5:-1] in ids


def test_the_page_holds_findings_configurations_seeds_and_versions(result: Result) -> None:
    text = Page(written(result)).text

    for words in (*result["findings"], "k = 1", "k = 2", "42 to 44", "ortools"):
        assert words in text


def test_the_answer_comes_first_and_the_published_rule_last(result: Result) -> None:
    page = Page(written(result))
    study = read_study(result)
    (verdict,) = set(find_verdicts(study))
    heading = f"Is the cap worth it? {verdict_message(verdict)} {study.answer}"

    assert page.text.index(heading) < page.text.index(str(conclude(study)[0]))
    assert page.text.count(f": {study.published_rule}.") == 1
    end = page.text.index("The rule of the published study")
    assert end > page.text.index("ortools")
    assert study.published_rule not in page.text[:end].split()


def test_the_effects_are_in_the_page(result: Result) -> None:
    page = Page(written(result))
    foremost = find_foremost(read_study(result))

    assert foremost is not None
    effects = foremost.effects
    for name, effect in (("Capacities held", "capacity"), ("Whales first", "priority")):
        change = effects[effect]["expected_revenue_pct"]  # type: ignore[index]
        assert f"{name} {signed(change.value)} %" in page.text
    assert f"In all {signed(effects['total']['expected_revenue_pct'].value)} %" in page.text


def test_settings_of_different_answers_depend(result: Result) -> None:
    mixed = json.loads(json.dumps(result))
    for each, verdict, scale in zip(
        mixed["results"], ("worth_it", "no_effect"), (1.0, 2.0), strict=True
    ):
        each |= {"verdict": verdict, "capacity_scale": scale}

    assert "Is the cap worth it? it depends" in Page(written(mixed)).text


def test_settings_of_several_answers_are_a_list() -> None:
    result = run_sweep(replace(TINY, capacity_scales=(1.0, 0.5))).as_mapping()
    parts = result["answer"]["parts"]

    assert len(parts) == 2
    for part in parts:
        assert f"<li><strong>{escape(part, quote=False)}</strong></li>" in written(result)


def test_the_page_is_chinese_for_a_chinese_reader(result: Result) -> None:
    page = written(result, "zh")
    text = Page(page).text

    assert '<html lang="zh">' in page
    assert "设上限值得吗？" in text
    for each in result["finding_messages"]:
        assert render(Message.from_mapping(each), "zh") in text
    assert not {"Configuration", "Figures", "criteria"} & set(text.split())


def test_a_result_of_version_0_1_is_shown_as_it_was_written(result: Result) -> None:
    old = json.loads(json.dumps(result))
    del old["finding_messages"], old["criteria"]
    old["findings"] = ["By the 95 % intervals, Gate-5C passes for k = 1."]

    for language in LANGUAGES:
        assert old["findings"][0] in Page(written(old, language)).text


def test_the_configuration_in_the_page_runs_the_same_sweep_again(result: Result) -> None:
    page = written(result)
    shown = re.search(r"<pre>(.*?)</pre>", page, re.DOTALL)

    assert shown is not None
    assert SweepConfig.from_mapping(yaml.safe_load(shown[1])) == TINY


def test_text_from_the_result_is_escaped(result: Result) -> None:
    hostile = "</li><script>alert(1)</script>"
    page = written(
        {
            **result,
            "findings": [hostile],
            "finding_messages": None,
            "id": '"><img src=x onerror=alert(1)>',
        }
    )

    assert hostile in Page(page).text
    assert "<script" not in page
    assert "<img" not in page


def test_a_hostile_name_is_escaped_in_figures_too(result: Result) -> None:
    hostile = json.loads(json.dumps(result))
    for each in hostile["results"]:
        each["algorithm"] = "<script>alert(1)</script>"
    hostile["results"][0]["algorithm"] = "b"
    hostile["best"] = hostile["results"][0]

    assert "<script" not in written(hostile)


def test_the_verdict_by_intervals_comes_first_where_there_is_one(result: Result) -> None:
    judged = earlier(result)
    criterion = {"estimate": -0.1, "ci95": [-0.2, 0.1], "threshold": 0, "verdict": "inconclusive"}
    for each in judged["results"]:
        each["binding"]["binding_rounds"] = 1
        each["gate"] = {"verdict": "inconclusive", "criteria": {"H5C-2": criterion}}
        each["delta"]["streamer_gini"] |= {"mean": -0.1, "ci95": [-0.2, 0.1], "p_holm": 0.25}
    judged["gate"] = {"verdict": "inconclusive"}
    judged["best"] = judged["results"][0]

    text = Page(written(judged)).text

    assert f"Is the cap worth it? {verdict_message('inconclusive')}" in text
    assert str(conclude(read_study(judged))[0]) in text
    assert "−0.2 to +0.1, p 0.25" in text
    assert "corrected for all configurations" in text


def test_a_cap_that_never_takes_effect_is_no_pass(result: Result) -> None:
    idle = earlier(result)
    for each in idle["results"]:
        each["binding"]["binding_rounds"] = 0
        each["gate_5c"] = "PASS"
        each["gate"] = {"verdict": "pass"}  # as an older version stored it
    idle |= {"gate_5c": "PASS", "best": idle["results"][0], "findings": []}
    del idle["finding_messages"]

    text = Page(written(idle)).text

    assert f"Is the cap worth it? {verdict_message('no-effect')}" in text
    assert "PASS" not in text
    assert all(f"(H5C-{number}): no effect" in text for number in (1, 2, 3))


def test_a_pass_that_corrected_tests_do_not_bear_out_says_so(result: Result) -> None:
    passing = json.loads(json.dumps(result))
    for each in passing["results"]:
        each["binding"]["binding_rounds"] = 1
        each["gate"] = {"verdict": "pass"}
        each["delta"]["streamer_gini"]["p_holm"] = 0.25
    passing["best"] = passing["results"][0]

    assert str(Message("study_doubtful")) in Page(written(passing)).text


def test_a_sweep_writes_figures_and_a_report(run: Run, tmp_path: Path) -> None:
    swept = run(
        "sweep", "--config", ROOT / "configs" / "smoke.yaml", "--output", "smoke.json",
        "--figures", "pictures", "--report", "pages/report.html",
    )  # fmt: skip

    assert swept.returncode == 0, swept.stderr
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    for name in ("overload-by-k", "where-k-binds", "algorithm-heat-map"):
        assert {f"{name}.svg", f"{name}.png"} <= names
    assert all(path.stat().st_size > 1000 for path in (tmp_path / "pictures").iterdir())
    assert Page((tmp_path / "pages" / "report.html").read_text()).open == []


def test_a_report_that_could_not_be_written_is_refused_before_the_sweep(
    run: Run, tmp_path: Path
) -> None:
    swept = run(
        "sweep", "--config", ROOT / "configs" / "smoke.yaml", "--output", "smoke.json",
        "--report", tmp_path,
    )  # fmt: skip

    assert swept.returncode == 1
    assert "Is a directory" in swept.stderr
    assert not (tmp_path / "smoke.json").exists()
