"""The question whether a cap helps, asked of one's own table and of drawn markets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.policies import COMPARED
from tests.app.server import Server

from .browsing import TINY, Visit, words

TABLE = """user;wealth;Ann;Bo
u0;50,5;9,0;1,0
u1;40;8;7
u2;30;6;2
u3;2;4;3
u4;1;1;2
"""
EV = [[9.0, 1.0], [8.0, 7.0], [6.0, 2.0], [4.0, 3.0], [1.0, 2.0]]
WEALTH = [50.5, 40.0, 30.0, 2.0, 1.0]


def test_the_question_has_two_places_of_equal_rank(visit: Visit) -> None:
    page = visit.open("/sweeps")
    assert page.locator("h1").inner_text() == "Does a cap help on your data?"
    own, drawn = page.locator("#own-form"), page.locator("#sweep-form")
    boxes = [each.bounding_box() for each in page.locator("#sources .choice").all()]
    assert len({(round(box["width"]), round(box["height"])) for box in boxes if box}) == 1
    assert (own.is_visible(), drawn.is_visible()) == (True, False)

    page.locator("#field-own\\.k_values").fill("1, 4")
    page.get_by_label("In a drawn market").check()
    assert (own.is_visible(), drawn.is_visible()) == (False, True)
    page.get_by_label("On your own table").check()
    assert page.locator("#field-own\\.k_values").input_value() == "1, 4"
    page.get_by_label("In a drawn market").check()
    page.reload()
    visit.ready()
    assert drawn.is_visible()  # its address says so


def test_a_sweep_on_an_own_table_goes_from_a_file_to_a_verdict(
    visit: Visit, service: Server, tmp_path: Path
) -> None:
    (tmp_path / "rooms.csv").write_text(TABLE)
    page = visit.open("/sweeps?data=own")
    assert page.locator("#own-form button.main").is_disabled()
    page.locator("#files").set_input_files(tmp_path / "rooms.csv")
    page.wait_for_selector("#understood:not([hidden])")
    assert "decimal comma" in words(page.locator("#understood"))
    settings = {"k_values": "1, 2", "whale_shares": "60", "capacity": "3", "simulations": "20"}
    for name, value in settings.items():
        page.locator(f"#field-own\\.{name}").fill(value)
    visit.keep("own-sweep-form")
    page.locator("#own-form button.main").click()
    page.wait_for_url("**/sweeps/*-*")
    visit.ready()
    visit.keep("own-sweep-done")
    id_ = page.url.rpartition("/")[2]
    problem = {"ev": EV, "wealth": WEALTH, "k_values": [1, 2], "whale_shares": [0.6],
               "capacity": 3, "simulations": 20}  # fmt: skip
    expected = service.client.post("/experiments/own-sweep", json=problem).json()
    found = service.client.get(f"/experiments/{id_}/result").json()

    def figures(result: dict[str, Any]) -> list[Any]:
        names = ("k", "whale_share", "metrics", "delta", "expected", "gate")
        return [[each[name] for name in names] for each in result["results"]]

    assert figures(found) == figures(expected)
    assert page.locator("#table tbody tr").count() == 2
    assert page.locator("#verdict .sentence").all_inner_texts() == [found["answer"]["text"]]
    chain = page.locator("#effects figure svg text")
    assert chain.filter(has_text="Cap k = ").count() == 2  # of revenue and of its Gini


def test_the_example_answers_the_question_too(visit: Visit) -> None:
    page = visit.open("/sweeps?data=own")
    page.get_by_role("button", name="Load the example").click()
    page.wait_for_selector("#own-form button.main:not([disabled])")
    assert page.locator("#field-own\\.whale_shares").input_value() == "25"
    page.locator("#own-form button.main").click()
    page.wait_for_url("**/sweeps/*-*")
    visit.ready()
    assert page.locator("#table tbody tr").count() == 4


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("k_values", "1, x", "Use whole numbers from 0 to"),
        ("whale_shares", "101", "Use percentages above 0 and at most 100"),
        ("capacity", "-1", "Use a whole number from 0 on"),
        ("simulations", "0", "Use a whole number from 1 to 10,000"),
        ("gift_probability", "0", "Use percentages above 0 and at most 100"),
    ],
)
def test_a_wrong_setting_of_an_own_sweep_is_named_beside_its_field(
    visit: Visit, field: str, value: str, sentence: str
) -> None:
    page = visit.open("/sweeps?data=own")
    page.get_by_role("button", name="Load the example").click()
    page.wait_for_selector("#own-form button.main:not([disabled])")
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.locator(f"#field-own\\.{field}").fill(value)

    assert page.locator(f"#wrong-own\\.{field}").inner_text().startswith(sentence)
    page.locator("#own-form button.main").click()
    assert page.evaluate("document.activeElement.name") == f"own.{field}"


def test_a_table_without_wealth_says_what_it_lacks(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "poor.csv").write_text("user,Ann,Bo\nu0,1,2\nu1,2,1\n")
    page = visit.open("/sweeps?data=own")
    page.locator("#files").set_input_files(tmp_path / "poor.csv")
    page.wait_for_selector("#wrong-files:not(:empty)")

    assert "Who is a whale?" in page.locator("#wrong-files").inner_text()
    assert page.locator("#own-form button.main").is_disabled()


def test_what_only_the_service_knows_of_a_table_is_named(visits: Any, service: Server) -> None:
    visit = visits(service, expected=("422",))
    page = visit.open("/sweeps?data=own")
    page.get_by_role("button", name="Load the example").click()
    page.wait_for_selector("#own-form button.main:not([disabled])")
    page.locator("#field-own\\.capacity").fill("1, 2")  # of 6 streamers
    page.locator("#own-form button.main").click()
    page.wait_for_selector("#wrong-own\\.capacity:not(:empty)")

    assert page.evaluate("document.activeElement.name") == "own.capacity"
    assert page.locator("#own-form button.main").is_enabled()


def test_capacity_alone_is_among_the_rules_that_are_compared(visit: Visit, service: Server) -> None:
    page = visit.open("/sweeps?data=drawn")
    ticks = page.locator('[name="policies"]')
    assert [each.get_attribute("value") for each in ticks.all()] == [*COMPARED]
    page.locator('[name="policies"][value="capacity-greedy"]').check()
    page.locator('[name="policies"][value="joint"]').check()
    assert page.locator("#size").inner_text().startswith("9 configurations")  # 4 + 1 + 4
    page.locator('[name="policies"][value="spend-cap"]').check()
    assert page.locator("#wrong-spend_caps").text_content() == "Say at least one number."
    page.locator('[name="policies"][value="spend-cap"]').uncheck()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.locator('[name="policies"][value="fair-online"]').check()
    page.locator("#field-alphas").fill("0.1, 0.5")
    assert page.locator("#size").inner_text().startswith("11 configurations")
    page.locator("#field-alphas").fill("-1")
    assert page.locator("#wrong-alphas").text_content()
    page.locator("#field-alphas").fill("0.1")
    page.locator('[name="policies"][value="fair-online"]').uncheck()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = false")
    page.locator("#sweep-form details.more summary").click()
    for name, value in TINY.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.locator("#sweep-form button.main").click()
    page.wait_for_url("**/sweeps/*-*")
    visit.ready()
    result = service.client.get(f"/experiments/{page.url.rpartition('/')[2]}").json()["result"]

    assert {each["policy"] for each in result["results"]} == {"tiered", "capacity-greedy", "joint"}
    page.get_by_role("link", name="Change and run again").click()
    page.wait_for_url("**/sweeps?from*")
    visit.ready()
    ticked = page.locator('[name="policies"]:checked')
    assert {each.get_attribute("value") for each in ticked.all()} == {
        "tiered", "capacity-greedy", "joint",
    }  # fmt: skip


def test_a_sweep_without_a_rule_is_not_sent(visit: Visit) -> None:
    page = visit.open("/sweeps?data=drawn")
    page.locator('[name="policies"][value="tiered"]').uncheck()

    assert page.locator("#wrong-policies").inner_text() == "Choose at least one."
    page.locator("#sweep-form button.main").click()
    assert page.url.endswith("/sweeps?data=drawn")
