"""A sweep in a real browser: from a click to a verdict, whatever happens in between."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml
from playwright.sync_api import Route

from app.commands.answer_tables import study_tables
from simulator import SweepConfig, read_study
from tests.app.server import Nursery, Server

from .browsing import ENDLESS, TINY, Visit, downloaded, rows, seeds_done, until, words


def test_a_sweep_goes_from_a_click_to_a_verdict(visit: Visit, service: Server) -> None:
    visit.open("/sweeps?data=drawn")
    visit.keep("sweep-form")
    id_ = visit.begin(TINY)
    page = visit.ready()
    visit.keep("sweep-done")
    result = service.client.get(f"/experiments/{id_}").json()["result"]

    assert page.locator("#verdict .sentence").all_inner_texts() == [result["answer"]["text"]]
    assert words(page.locator("#verdict .verdict .word")).endswith("No effect")  # few are whales
    assert page.locator("#findings li").all_inner_texts() == result["findings"]
    assert page.locator("#table tbody tr").count() == len(result["results"])
    names = service.client.get(f"/experiments/{id_}/figures").json()
    assert names.pop(0) == "chain-of-effects"
    drawn = page.locator("#figures figure:has(svg)")
    assert [each.get_attribute("id") for each in drawn.all()] == [f"figure-{n}" for n in names]


IDLE = {
    "simulations": 6, "rounds": 3, "k_values": [40, 50], "users_per_round": 60,
    "world": {"n_users": 300, "n_streamers": 20},
}  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "headline", "passes", "row"),
    [
        ("en-GB", "No effect", "Pass", "No effect"),
        ("zh-CN", "未起作用", "通过", "未起作用"),
    ],
)
def test_a_cap_that_never_takes_effect_is_headed_so(
    visits: Any, service: Server, locale: str, headline: str, passes: str, row: str
) -> None:
    answer = service.client.post("/experiments/whale-sweep", json=IDLE).json()
    visit = visits(service, locale=locale)
    page = visit.open(f"/sweeps/{answer['id']}")
    visit.ready()

    verdict = page.locator("#verdict .verdict").inner_text()
    assert headline in verdict
    assert passes not in verdict
    page.locator("#published summary").click()
    cards = page.locator("#published .criterion .word").all_inner_texts()
    assert [card.split(maxsplit=1)[1] for card in cards] == [row] * 3
    assert row in page.locator("#table tbody tr").first.inner_text()


def test_the_answer_comes_first_then_the_chain_and_the_published_rule_last(
    visit: Visit, service: Server, done: list[str]
) -> None:
    page = visit.open(f"/sweeps/{done[1]}")
    result = service.client.get(f"/experiments/{done[1]}").json()["result"]
    sections = page.locator("main section:visible, main details#published")
    order = [each.get_attribute("id") for each in sections.all()]

    assert order == [
        "verdict", "effects", "findings", "figures", "table", "onwards", "published",
    ]  # fmt: skip
    assert page.locator("#verdict .sentence li").all_inner_texts() == result["answer"]["parts"]
    findings = page.locator("#findings li").all_inner_texts()
    assert len({*findings}) == len(findings)
    assert "Pass" not in page.locator("#verdict").inner_text()
    published = page.locator("#published")
    assert published.get_attribute("open") is None
    page.locator("#published summary").click()
    assert published.locator("p").first.inner_text() == result["conclusions"][-1]


def test_the_chain_is_drawn_of_the_configuration_that_is_chosen(
    visit: Visit, service: Server, done: list[str]
) -> None:
    page = visit.open(f"/sweeps/{done[1]}")
    results = service.client.get(f"/experiments/{done[1]}").json()["result"]["results"]
    figure, select = page.locator("#effects figure"), page.get_by_label("Configuration", exact=True)
    assert select.locator("option").count() == len(results)

    for place in (1, 2):
        select.select_option(str(place))
        k = f"Cap k = {results[place]['k']}"
        until(page, lambda k=k: figure.locator("svg text", has_text=k).count() == 2)
        title = figure.locator("strong").inner_text()
        assert f"k = {results[place]['k']}" in title
        assert f"capacity × {results[place]['capacity_scale']:g}" in title
    visit.keep("sweep-effects")
    assert figure.locator("svg text", has_text="In all").count() == 2


def test_a_result_of_an_early_version_shows_what_it_has(visits: Any, service: Server) -> None:
    answer = service.client.post("/experiments/whale-sweep", json=IDLE).json()
    visit = visits(service)

    def without_effects(route: Route) -> None:
        experiment = route.fetch().json()
        result = experiment["result"]
        result["answer"] = experiment["answer"] = None
        experiment["verdict"] = result["gate"]["verdict"]
        for each in (*result["results"], result["best"]):
            for name in ("effects", "verdict", "criteria"):
                each.pop(name)
        route.fulfill(json=experiment)

    visit.page.route(f"**/experiments/{answer['id']}", without_effects)
    page = visit.open(f"/sweeps/{answer['id']}")
    assert "This cap never takes effect" in page.locator("#verdict").inner_text()
    assert page.locator("#effects").is_hidden()
    assert "No effect" in page.locator("#table tbody tr").first.inner_text()


def test_a_sweep_of_an_own_matrix_offers_no_configuration(visit: Visit, service: Server) -> None:
    problem = {"ev": [[3, 1], [2, 2]], "wealth": [2, 1], "k_values": [1], "simulations": 2}
    answer = service.client.post("/experiments/own-sweep", json=problem).json()
    page = visit.open(f"/sweeps/{answer['id']}")
    visit.ready()

    assert page.get_by_role("button", name="Download CSV").is_visible()
    assert "sweep.yaml" not in page.locator("main").inner_text()


def test_a_figure_says_its_values_on_hover_and_zooms(visit: Visit, done: list[str]) -> None:
    page = visit.open(f"/sweeps/{done[1]}")
    figure = page.locator("#figure-revenue-by-k")
    figure.locator(".mark-symbol path").first.hover()
    assert "mean" in page.locator("#tip").inner_text()
    assert "[object" not in page.locator("#tip").inner_text()

    def axis() -> list[str]:
        return figure.locator(".role-axis-label text").all_inner_texts()

    before = axis()
    figure.get_by_role("button", name="Zoom in").click()
    until(page, lambda: axis() != before)


def test_the_table_sorts_and_downloads(visit: Visit, service: Server, done: list[str]) -> None:
    page = visit.open(f"/sweeps/{done[1]}")
    heading = page.get_by_role("button", name="Cap: expected revenue", exact=True)
    heading.click()
    heading.click()
    assert page.locator('th[aria-sort="descending"]').inner_text().startswith("Cap: expected")
    written = rows(downloaded(page, page.locator("#csv").click))
    result = service.client.get(f"/experiments/{done[1]}").json()["result"]
    results = result["results"]

    of_command = study_tables(read_study(result), None, [])["configurations"]
    assert [*written[0]] == of_command.column_names
    assert [row["gate"] for row in written] == [each["gate"]["verdict"] for each in results]
    assert [float(row["revenue_pct"]) for row in written] == [
        each["delta"]["revenue_pct"]["mean"] for each in results
    ]
    assert [row["verdict"] for row in written] == [each["verdict"] for each in results]
    for effect in ("cap", "total"):
        assert [float(row[f"{effect}_expected_revenue_pct"]) for row in written] == [
            each["effects"][effect]["expected_revenue_pct"]["mean"] for each in results
        ]


def test_what_a_page_hands_out_runs_the_same_sweep_again(
    visit: Visit, service: Server, done: list[str]
) -> None:
    page = visit.open(f"/sweeps/{done[0]}")
    file = downloaded(page, page.locator("#yaml").click)
    config = service.client.get(f"/experiments/{done[0]}").json()["config"]

    assert SweepConfig.from_mapping(yaml.safe_load(file)) == SweepConfig.from_mapping(config)
    page.get_by_text("The configuration").click()
    assert page.locator("#config").inner_text().strip() == file.decode().strip()
    page.get_by_role("link", name="Change and run again").click()
    page.wait_for_url("**/sweeps?*")
    visit.ready()
    assert page.locator('[name="world.n_users"]').input_value() == "300"


def test_the_report_opens_with_its_styles(visit: Visit, done: list[str]) -> None:
    page = visit.open(f"/sweeps/{done[0]}")
    with visit.context.expect_page() as opened:
        page.locator("#report").click()
    report = opened.value
    report.wait_for_load_state()

    assert report.locator("h1").inner_text().startswith("Is the cap worth it?")
    assert report.locator(".verdict").evaluate("e => getComputedStyle(e).borderLeftStyle") == (
        "solid"
    )


def test_a_running_sweep_fills_in_survives_a_reload_and_is_cancelled(
    visit: Visit, service: Server
) -> None:
    id_ = visit.begin(ENDLESS)
    page = visit.page
    page.wait_for_selector("#figure-overload-by-k svg")
    visit.keep("sweep-running")
    then = seeds_done(page)
    assert then > 0
    until(page, lambda: seeds_done(page) > then)
    assert "left" in page.locator("#left").inner_text()
    assert page.locator("#table tbody tr").count() == 2
    first = page.locator("#figure-overload-by-k figcaption span").inner_text()
    assert "Dashed" in first
    page.reload()
    page.wait_for_selector("#figure-overload-by-k svg")
    assert seeds_done(page) >= then

    page.get_by_role("button", name="Cancel").click()
    visit.ready()
    visit.keep("sweep-cancelled")
    assert page.locator("#ended-title").inner_text() == "Cancelled"
    assert service.client.get(f"/experiments/{id_}").json()["state"] == "cancelled"


def test_a_sweep_survives_a_restart_of_the_service(
    visits: Any, page_servers: Nursery, with_bundle: Path, tmp_path: Path
) -> None:
    copytree(with_bundle, tmp_path, dirs_exist_ok=True)
    with page_servers.generation():
        server = page_servers.start(tmp_path, lease_seconds=1)
        visit = visits(server, expected=("ERR_", "Failed to load resource"))
        visit.begin(TINY | {"simulations": "300"})
        page = visit.page
        page.wait_for_selector("#done:not(:empty)")
        until(page, lambda: seeds_done(page) > 3)
        then = seeds_done(page)
        server.kill()
        page.wait_for_selector("#connection:not([hidden])")
        visit.keep("sweep-disconnected")
        page_servers.start(tmp_path, port=server.client.base_url.port, lease_seconds=1)
        page.wait_for_selector("#connection", state="hidden")
        assert seeds_done(page) >= then
        visit.ready()

        assert page.locator("#published .criterion").count() == 3


def test_a_sweep_that_there_is_not_says_so(visits: Any, service: Server) -> None:
    visit = visits(service, expected=("404",))
    page = visit.open("/sweeps/none")
    visit.keep("sweep-missing")

    assert page.locator("#ended-title").inner_text() == "There is nothing to show"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("k_values", "1, x", "Use whole numbers from 0 to 1,000,000,000"),
        ("k_values", "2, 2", "Say each value once"),
        ("whale_shares", "0", "Use percentages above 0 and at most 100"),
        ("capacity_scales", "", "Say at least one number"),
        ("users_per_round", "20000", "No more can come in a round"),
        ("simulations", "1.5", "Use a whole number from 1 to"),
    ],
)
def test_a_wrong_setting_is_named_beside_its_field(
    visit: Visit, field: str, value: str, sentence: str
) -> None:
    page = visit.open("/sweeps?data=drawn")
    page.locator(f'[name="{field}"]').fill(value)

    assert page.locator(f"#wrong-{field}").inner_text().startswith(sentence)
    page.locator("#sweep-form button.main").click()
    assert page.evaluate("document.activeElement.name") == field
    assert page.url.endswith("/sweeps?data=drawn")


def test_what_only_the_service_knows_is_named_beside_its_field(
    visits: Any, service: Server
) -> None:
    visit = visits(service, expected=("422",))
    page = visit.open("/sweeps?data=drawn")
    page.locator('[name="simulations"]').fill("20000")
    page.locator("#sweep-form button.main").click()
    page.wait_for_selector("#wrong-simulations:not(:empty)")

    assert page.locator("#wrong-simulations").inner_text().startswith("Expected at most 10,000")
    visit.keep("sweep-form-wrong")


def test_presets_fill_in_the_form(visit: Visit) -> None:
    page = visit.open("/sweeps?data=drawn")
    page.get_by_label("Grid").check()

    assert page.locator('[name="capacity_scales"]').input_value() == "1, 0.5, 0.25"
    assert page.locator("#size").inner_text().startswith("108 configurations")


def test_a_tick_stops_a_sweep_once_it_is_decided(visit: Visit, service: Server) -> None:
    page = visit.open("/sweeps?data=drawn")
    page.get_by_label("Stop as soon as every verdict is settled").check()
    page.locator('[name="simulations"]').fill("40")
    assert "at most 40 simulations" in page.locator("#size").inner_text()

    page.locator("#sweep-form button.main").click()
    page.wait_for_url("**/sweeps/*")

    id_ = page.url.rpartition("/")[2]
    assert service.client.get(f"/experiments/{id_}").json()["config"]["until_decided"] is True
    service.client.delete(f"/experiments/{id_}")
