"""The page for each of its readers: keys, languages, widths, keyboards and screen readers."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.app.server import Server

from .browsing import TINY, Visit, until, words
from .conftest import KEY

PAGES = ["/", "/sweeps?data=own", "/sweeps?data=drawn", "/sweeps/{done}", "/allocation",
         "/allocation?example=1", "/history", "/compare"]  # fmt: skip


SECONDS = {
    "simulations": 1, "rounds": 1, "users_per_round": 5,
    "world": {"n_users": 50, "n_streamers": 5},
}  # fmt: skip
"""A sweep that takes no time."""


def opened(visit: Visit, path: str, done: list[str]) -> Page:
    """Go to one of the pages and wait until it shows what it has."""
    return visit.open(path.replace("{done}", done[1]))


def named(path: str) -> str:
    return path.strip("/").replace("/{done}", "-done").replace("?", "-").replace("=", "-") or "home"


def test_the_key_is_asked_for_once(visits: Any, locked: Server) -> None:
    visit = visits(locked, expected=("401",))
    page = visit.page
    page.goto(f"{visit.base}/history")
    dialog = page.locator("#key-dialog[open]")
    dialog.locator("input").fill("a key that is wrong")
    visit.keep("key")
    page.keyboard.press("Enter")
    until(page, lambda: page.locator("#key-wrong").inner_text() != "")
    dialog.locator("input").fill(KEY)
    dialog.locator("button").click()
    visit.ready()
    assert page.evaluate("sessionStorage.getItem('whale-key')") == KEY

    visit.expected = ()
    visit.faults.clear()
    visit.begin(TINY)
    visit.ready()
    assert page.locator("#verdict .sentence").count() == 1
    with visit.context.expect_page() as report:
        page.locator("#report").click()
    heading = report.value.locator("h1")
    assert heading.inner_text().startswith("Is the cap worth it?")
    assert report.value.locator(".verdict").evaluate(
        "e => getComputedStyle(e).borderLeftStyle"
    ) == "solid"  # fmt: skip


def test_an_address_may_bring_the_key_and_forgets_it(visits: Any, locked: Server) -> None:
    visit = visits(locked)
    page = visit.open(f"/#key={KEY.replace(' ', '%20')}")

    assert page.url == f"{visit.base}/"
    assert page.evaluate("sessionStorage.getItem('whale-key')") == KEY


def test_the_language_is_chosen_once(visit: Visit) -> None:
    page = visit.open("/")
    page.get_by_role("link", name="中文").click()
    visit.ready()
    assert page.locator("html").get_attribute("lang") == "zh"
    assert page.url == f"{visit.base}/"
    page.goto(f"{visit.base}/sweeps")
    assert page.locator("h1").inner_text() == "在您的数据上，设上限有用吗？"
    page.goto(f"{visit.base}/allocation")
    page.get_by_role("link", name="English").click()
    assert page.locator("h1").inner_text() == "Allocate"


def test_the_browser_chooses_the_language_where_the_reader_has_not(
    visits: Any, service: Server
) -> None:
    page = visits(service, locale="zh-CN").open("/")

    assert page.locator("h1").inner_text() == "让大额消费者合理分布"


@pytest.mark.parametrize(
    ("scheme", "locale", "widths"),
    [("light", "en-GB", (1440, 390)), ("dark", "zh-CN", (390, 1440))],
)
def test_every_page_is_accessible_and_fits(
    visits: Any, service: Server, done: list[str], scheme: str, locale: str, widths: tuple[int, int]
) -> None:
    """It fits both widths; axe, which takes seconds, reads it at the second."""
    from axe_playwright_python.sync_playwright import Axe

    visit = visits(service, color_scheme=scheme, locale=locale)
    for path in PAGES:
        page = opened(visit, path, done)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        for width in widths:
            page.set_viewport_size({"width": width, "height": 844})
            visit.keep(f"{named(path)}-{width}-{scheme}-{locale[:2]}")
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wider <= 0, (path, width)
        report = Axe().run(page).response["violations"]
        assert [
            (path, each["id"], [node["html"][:200] for node in each["nodes"]]) for each in report
        ] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_figures_are_as_wide_as_their_cards(
    visits: Any, service: Server, done: list[str], width: int
) -> None:
    visit = visits(service, viewport={"width": width, "height": 844})
    for path in ("/sweeps/{done}", "/allocation?example=1"):
        page = opened(visit, path, done)
        charts = page.locator(".chart:has(svg)")
        widths = [
            each.evaluate("e => [e.clientWidth, e.querySelector('svg').width.baseVal.value]")
            for each in charts.all()
        ]
        assert len(widths) >= 3
        assert all(-4 <= drawn - card <= 0 for card, drawn in widths), f"{path} {widths}"


def test_everything_can_be_done_by_keyboard(visit: Visit) -> None:
    page = visit.open("/sweeps?data=drawn")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"Tab never leads to {selector}")

    tab_to("summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    for name, value in {"rounds": "5", "world.n_users": "300", "world.n_streamers": "20"}.items():
        if page.evaluate("document.activeElement.name") != name:
            tab_to(f'[name="{name}"]')
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type(value)
    tab_to("button.main")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sweeps/*")
    visit.ready()
    tab_to("th button")
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort=ascending]").count() == 1
    assert page.locator("#said").inner_text() == "Sorted by k, rising"


def test_an_allocation_is_told_to_a_screen_reader(visit: Visit) -> None:
    page = visit.open("/allocation")
    page.locator("#example").press("Enter")
    page.wait_for_selector("#plan:not(:empty)")
    page.locator("#allocate").press("Enter")
    page.wait_for_selector("#result:not([hidden])")
    visit.ready()

    assert page.evaluate("document.activeElement.id") == "worth-title"
    assert "Proven optimal" in page.locator("#said").inner_text()


@pytest.mark.parametrize("where", ["/history", "/sweeps/{id}"])
def test_an_experiment_is_named_and_noted(visit: Visit, service: Server, where: str) -> None:
    id_ = service.client.post("/experiments/whale-sweep", json=SECONDS).json()["id"]
    page = visit.open(where.format(id=id_))
    place = page.locator(f'tr[data-experiment="{id_}"]' if where == "/history" else "#sweep")

    def say(name: str, note: str, button: str = "Save") -> None:
        place.get_by_role("button", name="Name and note").click()
        dialog = page.locator("#labels-dialog")
        dialog.get_by_label("Name", exact=True).fill(name)
        dialog.get_by_label("Note", exact=True).fill(note)
        dialog.get_by_role("button", name=button).click()
        dialog.wait_for(state="hidden")

    def labels() -> list[str | None]:
        labelled = service.client.get(f"/experiments/{id_}").json()
        return [labelled["name"], labelled["note"]]

    say("Small <b>rooms</b>", "Does k = 1 hold?\nAt half capacity.")
    assert labels() == ["Small <b>rooms</b>", "Does k = 1 hold?\nAt half capacity."]
    assert "Small <b>rooms</b>" in place.inner_text()
    assert place.locator(".note").inner_text() == "Does k = 1 hold?\nAt half capacity."
    assert page.evaluate("document.activeElement.textContent") == "Name and note"
    say("Another", "Another", "Leave it")
    assert labels()[0] == "Small <b>rooms</b>"
    say("", "")
    assert labels() == [None, None]
    assert place.locator(".note").count() == 0


def test_a_name_that_the_service_refuses_is_said_beside_its_field(
    visits: Any, service: Server, done: list[str]
) -> None:
    visit = visits(service, expected=("422",))
    page = visit.open(f"/sweeps/{done[0]}")
    page.get_by_role("button", name="Name and note").click()
    page.locator("#field-note").fill("A bell: \a")
    page.get_by_role("button", name="Save").click()

    page.wait_for_selector("#wrong-note:not(:empty)")
    assert "U+0007" in page.locator("#wrong-note").inner_text()
    assert page.locator("#labels-dialog[open]").count() == 1


def test_the_history_says_what_is_special_about_each_and_how_it_ended(
    visit: Visit, service: Server, done: list[str]
) -> None:
    matrix = {"ev": [[3, 1], [2, 2]], "wealth": [2, 1], "k_values": [1], "whale_shares": [1]}
    own = service.client.post("/experiments/own-sweep", json=matrix).json()["id"]
    page = visit.open("/history")

    def line(id_: str) -> str:
        return words(page.locator(f'tr[data-experiment="{id_}"]'))

    assert "k = 1, 2 · capacity × 1, 0.5 · 6 simulations · 5 rounds" in line(done[1])
    assert "No effect" in line(done[1])
    assert "2 users × 2 streamers · k = 1 · whales: top 100 %" in line(own)


def test_the_history_deletes_and_compares(visit: Visit, service: Server, done: list[str]) -> None:
    gone = service.client.post("/experiments/whale-sweep", json=SECONDS).json()["id"]
    page = visit.open("/history")
    line = page.locator(f'tr[data-experiment="{gone}"]')
    line.get_by_role("button", name="Delete").click()
    visit.keep("history-delete")
    page.locator("#delete-dialog button.main").click()
    line.wait_for(state="detached")
    assert service.client.get(f"/experiments/{gone}").status_code == 404

    for id_ in done:
        page.locator(f'tr[data-experiment="{id_}"] input').check()
    page.locator("#compare").click()
    page.wait_for_url("**/compare?*")
    visit.ready()
    visit.keep("compare-two")
    assert page.url.endswith(f"/compare?a={done[0]}&b={done[1]}")
    assert page.locator("#compared .criterion").count() == 2
    settings = page.locator("#compared table").first.locator("tbody tr")
    assert settings.all_inner_texts() == ["capacity_scales\t1\t1, 0.5"]
    figures = page.locator("#compared table").nth(1).locator("tbody tr")
    assert figures.count() == 8  # two configurations, two effects, two metrics
    assert all(line.endswith("\t0") for line in figures.all_inner_texts())
