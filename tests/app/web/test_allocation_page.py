"""An allocation in a real browser: from a file to a download, and to the same by curl."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page

from tests.app.server import Server

from .browsing import Visit, downloaded, rows, words

EV = np.array([[9.0, 1.0], [8.0, 7.0], [6.0, 2.0], [4.0, 3.0], [1.0, 2.0]])
WEALTH = np.array([50.0, 40.0, 30.0, 2.0, 1.0])
USERS, STREAMERS = ["u0", "u1", "u2", "u3", "u4"], ["Ann's", "Bo"]


def matrix_csv() -> bytes:
    lines = ["user,wealth," + ",".join(STREAMERS)]
    for user, wealth, ev in zip(USERS, WEALTH, EV, strict=True):
        lines.append(",".join(map(str, (user, wealth, *ev))))
    return "\r\n".join(lines).encode()


def pairs_csv() -> bytes:
    lines = ["user,streamer,ev,wealth"]
    for user, wealth, ev in zip(USERS, WEALTH, EV, strict=True):
        lines += [f'{user},"{s}",{v},{wealth}' for s, v in zip(STREAMERS, ev, strict=True)]
    return "\n".join(lines).encode()


def npy(array: np.ndarray[Any, Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def parquet() -> bytes:
    users, streamers = np.divmod(np.arange(EV.size), EV.shape[1])
    table = pa.table({
        "user": [USERS[at] for at in users],
        "streamer": [STREAMERS[at] for at in streamers],
        "ev": EV.ravel(),
    })  # fmt: skip
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


INPUTS: dict[str, tuple[dict[str, bytes], dict[str, str]]] = {
    "a matrix as CSV": ({"it's ev.csv": matrix_csv()}, {}),
    "pairs as CSV": ({"pairs.csv": pairs_csv()}, {"capacity": "3"}),
    "NumPy arrays": (
        {"ev.npy": npy(EV), "wealth.npy": npy(WEALTH), "capacity.npy": npy(np.array([2, 3]))},
        {},
    ),
    "Parquet, whales named": (
        {'my "pairs"; 1.parquet': parquet()},
        {"whales": "u0, u1, u2", "capacity": "4"},
    ),
}


def allocate(visit: Visit, directory: Path, files: dict[str, bytes], more: dict[str, str]) -> Any:
    """Give the files, ask for k = 1 and the top 60 %, and allocate."""
    for name, content in files.items():
        (directory / name).write_bytes(content)
    page = visit.open("/allocation")
    page.locator("#files").set_input_files([directory / name for name in files])
    for name, value in ({"k": "1", "whale_share": "60"} | more).items():
        page.locator(f"#field-{name}").fill(value)
    page.wait_for_selector("#plan:not(:empty)")
    page.locator("#allocate").click()
    page.wait_for_selector("#result:not([hidden])")
    return visit.ready()


def test_an_allocation_goes_from_a_file_to_a_download(
    visit: Visit, service: Server, tmp_path: Path
) -> None:
    page = allocate(visit, tmp_path, *INPUTS["a matrix as CSV"])
    visit.keep("allocation-done")
    problem = {
        "ev": EV.tolist(), "wealth": WEALTH.tolist(), "whale_share": 0.6, "k": 1,
        "user_ids": USERS, "streamer_ids": STREAMERS,
    }  # fmt: skip
    answer = service.client.post("/allocate", json=problem).json()

    assert page.locator("#total").inner_text() == f"{answer['objective']['total']:.2f}"
    assert page.locator("#certificate").inner_text() == (
        "✓ Proven optimal: no allocation of these whales is worth more."
    )
    assert page.locator("#shortage").inner_text() == (
        "1 of 3 whales has no streamer: k · streamers = 2 slots"
    )
    assert page.locator("#worth").get_attribute("class") == "verdict inconclusive"
    written = rows(downloaded(page, page.locator("#as-csv").click))
    assert {row["user"]: row["streamer"] or None for row in written} == answer["allocations"]
    assert [row["tier"] for row in written] == ["whale"] * 3 + ["normal"] * 2
    assert sum(float(row["ev"] or 0) for row in written) == answer["objective"]["total"]
    saved = json.loads(downloaded(page, page.locator("#as-json").click))
    assert saved.keys() == answer.keys()
    assert saved["allocations"] == answer["allocations"]


def test_an_allocation_shows_who_was_displaced_and_what_a_slot_is_worth(
    visit: Visit, tmp_path: Path
) -> None:
    page = allocate(visit, tmp_path, *INPUTS["a matrix as CSV"])

    displaced = page.locator("#displaced tbody tr").all_inner_texts()
    assert [line.split("\t")[0] for line in displaced] == ["u2", "u1"]
    assert displaced[0].split("\t")[2:] == ["Ann's (EV 6.00)", "nobody", "6.00"]
    assert displaced[1].split("\t")[2:] == ["Ann's (EV 8.00)", "Bo (EV 7.00)", "1.00"]
    said = words(page.locator("#curve"))
    assert "k = 2 instead of 1, at every streamer, would add 6.00." in said
    assert "One more slot is worth most at Ann's: 6.00." in said
    for chart in ("picture", "curve", "load"):
        assert page.locator(f"#{chart} .chart svg[aria-label]").count() >= 1
    page.get_by_text("All limits and prices as a table").click()
    assert words(page.locator("#load tbody tr").first) == "Ann's 1 3 2 1 ∞ 6 0"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_picture_has_a_dot_for_every_whale_and_none_is_covered(
    visits: Any, service: Server, tmp_path: Path, width: int
) -> None:
    """40 whales are drawn, at 30 streamers and at none: those that have none have a column."""
    ev = 1 + np.random.default_rng(1).random((60, 45))
    ev[:, :3] *= 9
    lines = ["user," + ",".join(f"room {j}" for j in range(45))]
    lines += [f"u{i}," + ",".join(map(str, row)) for i, row in enumerate(ev)]
    visit = visits(service, viewport={"width": width, "height": 900}, color_scheme="dark")
    more = {"whale_share": "100", "capacity": ""}
    page = allocate(visit, tmp_path, {"ev.csv": "\n".join(lines).encode()}, more)

    marks = page.locator("#picture .mark-symbol.role-mark path")
    colours = [each.get_attribute("fill") for each in marks.all()]
    dots = [place for place, colour in enumerate(colours) if colour == "#06121b"]
    assert len(dots) == 40
    assert dots[0] > max(place for place, colour in enumerate(colours) if colour != "#06121b")
    boxes = [box for place in dots if (box := marks.nth(place).bounding_box()) is not None]
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    figure = page.locator("#picture .chart").bounding_box()
    assert figure is not None
    assert all(figure["x"] + 6 < x < figure["x"] + figure["width"] - 6 for x, _ in middles)
    assert np.diff(sorted(y for _, y in middles)).min() > 20  # one in each row
    assert page.locator("#picture text", has_text="nobody").count() == 1
    legend = page.locator("#picture .mark-symbol.role-legend-symbol path")
    assert {"#06121b", "#ff9b5e"} <= {each.get_attribute("fill") for each in legend.all()}
    assert "The stronger the blue" in page.locator("#picture figcaption").inner_text()


def test_results_are_out_of_date_until_the_form_says_again_what_it_said(
    visit: Visit, tmp_path: Path
) -> None:
    page = allocate(visit, tmp_path, *INPUTS["a matrix as CSV"])
    stale = page.locator("#stale")
    total = page.locator("#total").inner_text()
    assert stale.is_hidden()

    page.locator("#field-k").fill("2")
    assert words(stale).startswith("Out of date: “k, whales to a streamer” was 1.")
    page.locator("#field-capacity").fill("3")
    assert "“Capacity of a streamer” was empty" in words(stale)
    page.locator("#field-k").fill(" 1 ")
    page.locator("#field-capacity").fill("")
    assert stale.is_hidden()
    page.get_by_label("The first line has the headings").uncheck()
    page.wait_for_selector("#stale:not([hidden])")
    assert "the files have changed" in words(stale)
    page.get_by_label("The first line has the headings").check()
    page.wait_for_selector("#stale", state="hidden")
    page.locator("#field-k").fill("")  # what is wrong has no results either
    visit.keep("allocation-stale")
    assert stale.is_visible()
    page.locator("#field-k").fill("2")
    page.locator("#allocate").click()
    page.wait_for_selector("#stale", state="hidden")
    assert page.locator("#total").inner_text() != total


def test_where_every_whale_has_a_streamer_nothing_warns(visit: Visit, tmp_path: Path) -> None:
    page = allocate(visit, tmp_path, INPUTS["a matrix as CSV"][0], {"k": "2"})

    assert page.locator("#shortage").count() == 0
    assert page.locator("#worth").get_attribute("class") == "verdict pass"


def test_the_share_is_1_percent_but_for_the_example(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "ev.csv").write_bytes(matrix_csv())
    page = visit.open("/allocation")
    share = page.locator("#field-whale_share")
    assert share.input_value() == "1"

    page.locator("#example").click()
    page.wait_for_selector("#plan:not(:empty)")
    assert share.input_value() == "25"

    page.locator("#files").set_input_files(tmp_path / "ev.csv")
    page.wait_for_function("document.querySelector('#field-whale_share').value === '1'")


@pytest.mark.parametrize("given", INPUTS)
def test_the_curl_of_a_page_does_what_the_page_did(
    visit: Visit, tmp_path: Path, given: str
) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    page = allocate(visit, tmp_path, *INPUTS[given])
    written = rows(downloaded(page, page.locator("#as-csv").click))
    command = page.locator("#curl").inner_text()
    answer = subprocess.run(
        ["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, check=True, timeout=60
    )

    allocations = json.loads(answer.stdout)["allocations"]
    assert allocations == {row["user"]: row["streamer"] or None for row in written}


def test_a_long_problem_comes_to_curl_as_a_file(visit: Visit, tmp_path: Path) -> None:
    users = [f"user-{at}" for at in range(700)]
    lines = ["user,a,b,c,d", *(f"{user},{at % 7},{at % 5},1,2" for at, user in enumerate(users))]
    given = {"k": "100", "whales": ", ".join(users[:600])}
    page = allocate(visit, tmp_path, {"long.csv": "\n".join(lines).encode()}, given)

    assert "problem=<problem.json" in page.locator("#curl").inner_text()
    (tmp_path / "problem.json").write_bytes(downloaded(page, page.locator("#problem").click))
    answer = subprocess.run(
        ["/bin/sh", "-c", page.locator("#curl").inner_text()],
        cwd=tmp_path, capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    total = json.loads(answer.stdout)["objective"]["total"]
    assert page.locator("#total").inner_text() == f"{total:,.2f}"


def test_the_example_is_allocated_at_once(visit: Visit) -> None:
    page = visit.open("/allocation?example=1")

    assert words(page.locator("#certificate")).startswith("✓ Proven optimal")
    assert page.locator("#picture .chart svg").count() == 1
    assert page.locator("#displaced tbody tr").count() > 1


BAD = [
    ("notes.txt", b"\x00\x01", "Expected notes.txt as CSV, Excel (.xlsx), Parquet, Arrow or .npy"),
    ("ev.npy", b"\x93NUMPY", "Expected ev.npy in .npy format"),
    ("cube.npy", npy(np.zeros((2, 2, 2))), "Expected cube.npy as an array of users, or of users"),
    (
        "one.csv",
        b"user,wealth,a\n",
        "Expected a line of headings and at least one line of data in one.csv",
    ),
    ("bad.csv", b"user,wealth,a\nu0,1,x\n", "Expected a number in bad.csv, line 2, column a; got"),
    ("short.csv", b"user,wealth,a\nu0,1\n", "Expected 3 cells in every line of short.csv; line 2"),
    (
        "quote.csv",
        b'user,a,b\nBob "Bee" Wu,8,8"7,7\n',
        "Expected quotes around whole cells, and doubled within, in quote.csv; line 2, column 1 "
        "has 'Bob \"Bee\" Wu'.",
    ),
]


@pytest.mark.parametrize(("name", "content", "sentence"), BAD)
def test_a_bad_file_is_named_with_what_is_wrong(
    visits: Any, service: Server, name: str, content: bytes, sentence: str
) -> None:
    visit = visits(service, expected=("422",))
    page = give(visit, name, content)
    page.wait_for_selector("#wrong-files:not(:empty)")
    visit.keep("allocation-bad-file")

    assert page.locator("#wrong-files").inner_text().startswith(sentence)
    assert page.locator("#allocate").is_disabled()


def give(visit: Visit, name: str, content: bytes) -> Page:
    """Open the page and choose a file."""
    page = visit.open("/allocation")
    page.locator("#files").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    return page


def test_a_file_without_wealth_is_asked_for_it(visit: Visit) -> None:
    page = give(visit, "poor.csv", b"user,a,b\nu0,1,2\n")
    page.wait_for_selector("#wrong-files:not(:empty)")

    assert page.locator("#wrong-files").inner_text().startswith("Who is a whale? Choose the column")


def test_what_was_understood_is_shown_and_can_be_changed(visit: Visit) -> None:
    table = matrix_csv().replace(b"user,wealth", b"user,spending in all").replace(b",", b";")
    page = give(visit, "ev.csv", table)
    page.wait_for_selector("#understood:not([hidden])")
    shown = page.locator("#understood")

    assert "CSV · UTF-8 · semicolons · a matrix" in words(shown)
    assert "Is column 'spending in all' wealth? It is read as a streamer's." in words(shown)
    roles = [each.input_value() for each in shown.locator("select").all()]
    assert roles == ["user", "ev", "ev", "ev"]
    assert shown.locator("tbody tr").first.inner_text().split("\t") == ["u0", "50.0", "9.0", "1.0"]

    shown.get_by_label("Role of spending in all").select_option("wealth")
    page.wait_for_selector("#understood:not(:has(.doubts))")
    page.locator("#field-k").fill("1")
    page.locator("#field-whale_share").fill("60")
    page.wait_for_selector("#plan:not(:empty)")
    page.locator("#allocate").click()
    page.wait_for_selector("#result:not([hidden])")
    command = visit.ready().locator("#curl").inner_text()

    assert '"columns":{"spending in all":"wealth"}' in command
    assert page.locator("#total").inner_text() == "22.00"


def test_a_header_can_be_denied(visit: Visit) -> None:
    page = give(visit, "plain.csv", b"x,101,102\ny,3,4\nz,5,6\n")
    page.wait_for_selector("#understood:not([hidden])")
    assert "Is the first line a header?" in words(page.locator("#understood"))
    page.locator("#understood input[type=checkbox]").uncheck()

    page.get_by_text("3 users × 2 streamers").wait_for()
    assert "Column 1" in words(page.locator("#understood"))


def test_a_role_that_cannot_be_leaves_the_table_as_it_was(visit: Visit) -> None:
    page = give(visit, "ev.csv", b"user,wealth,a\nu0,1,2\n")
    page.wait_for_selector("#understood:not([hidden])")
    page.get_by_label("Role of a").select_option("ignore")
    page.wait_for_selector("#wrong-files:not(:empty)")

    assert page.locator("#wrong-files").inner_text().startswith("At least one column must")
    assert page.get_by_label("Role of a").input_value() == "ev"


def test_roles_are_chosen_where_those_assumed_do_not_fit(visit: Visit) -> None:
    table = pairs_csv().replace(b"user,streamer,ev,wealth", b"uid,room,p,spend")
    page = give(visit, "odd.csv", table)
    page.wait_for_selector("#understood:not([hidden])")
    sentence = "Expected a number in odd.csv, line 2, column room; got 'Ann's'."
    assert page.locator("#wrong-files").inner_text() == sentence
    assert [each.input_value() for each in page.locator("#understood select").all()] == [
        "user", "ev", "ev", "wealth",
    ]  # fmt: skip
    assert page.locator("#plan").inner_text() == ""
    assert page.locator("#allocate").is_disabled()
    assert "Choose what each of them holds" in words(page.locator("#understood"))
    visit.keep("allocation-roles-do-not-fit")
    page.locator("#field-k").fill("1")
    assert page.locator("#wrong-files").inner_text() == sentence

    page.get_by_label("Role of room").select_option("user")
    page.get_by_text("Expected a number in odd.csv, line 2, column uid; got 'u0'.").wait_for()
    page.get_by_label("Role of room").select_option("streamer")
    page.locator("#field-whale_share").fill("60")
    page.wait_for_selector("#plan:not(:empty)")
    assert page.locator("#wrong-files").inner_text() == ""
    assert page.locator("#preview-fault").count() == 0
    page.locator("#allocate").click()
    page.wait_for_selector("#result:not([hidden])")
    assert page.locator("#total").inner_text() == "22.00"


def test_a_file_that_is_taken_away_takes_its_fault_along(visit: Visit) -> None:
    page = give(visit, "bad.csv", b"user,wealth,a\nu0,1,x\n")
    page.wait_for_selector("#wrong-files:not(:empty)")
    page.get_by_role("button", name="Remove bad.csv").click()

    assert page.locator("#wrong-files").inner_text() == ""
    assert page.locator("#understood").is_hidden()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_understood_fits_every_screen(visit: Visit, width: int, language: str) -> None:
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = visit.open(f"/allocation?language={language}")
    heads = "用户,累计消费," + ",".join(f"主播{at}" for at in range(40))
    lines = [f"u{at},{at * 9}," + ",".join(f"{at + s}.25" for s in range(40)) for at in range(12)]
    content = "\n".join([heads, *lines]).encode("gb18030")
    page.locator("#files").set_input_files(
        {"name": "很长的文件名.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.wait_for_selector("#plan:not(:empty)")
    visit.keep(f"allocation-understood-{language}-{width}")

    scrolled = page.evaluate("document.documentElement.scrollWidth")
    assert scrolled <= width
    assert page.locator("#understood tbody tr").count() == 8


@pytest.mark.parametrize(
    ("field", "value", "sentence", "status"),
    [
        ("k", "two", "Use a whole number from 0 on", ""),
        ("k", "", "Say at least one number", ""),
        ("k", "1, 2, 3", "Expected k", "422"),
        ("whale_share", "101", "Use a percentage above 0", ""),
        ("capacity", "-1", "Use a whole number from 0 on", ""),
        ("whales", "nobody", "Expected whales among", "422"),
    ],
)
def test_a_wrong_limit_is_named_beside_its_field(
    visits: Any, service: Server, field: str, value: str, sentence: str, status: str
) -> None:
    visit = visits(service, expected=(status,) if status else ())
    page = visit.open("/allocation")
    page.locator("#example").click()
    page.wait_for_selector("#plan:not(:empty)")
    page.locator(f"#field-{field}").fill(value)
    page.wait_for_selector(f"#wrong-{field}:not(:empty)")

    assert page.locator(f"#wrong-{field}").inner_text().startswith(sentence)
    assert page.locator(f"#field-{field}").get_attribute("aria-invalid") == "true"
    assert page.locator("#plan").inner_text() == ""


def test_a_file_can_be_dropped_and_the_curl_copied(visit: Visit) -> None:
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.open("/allocation")
    dropped = page.evaluate_handle(
        """content => {
          const given = new DataTransfer();
          given.items.add(new File([content], "ev.csv", { type: "text/csv" }));
          return given;
        }""",
        matrix_csv().decode(),
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": dropped})
    page.locator("#field-k").fill("1")
    page.locator("#field-whale_share").fill("60")
    page.wait_for_selector("#plan:not(:empty)")
    page.locator("#allocate").click()
    page.wait_for_selector("#result:not([hidden])")
    page.locator("#copy").click()

    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#curl").text_content()
    assert copied.startswith("curl ")
