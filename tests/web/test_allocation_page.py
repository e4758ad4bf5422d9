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
    rng = np.random.default_rng(1)
    lines = ["user,wealth,a,b,c,d"]
    lines += [f"u{at},{at}," + ",".join(map(str, rng.random(4))) for at in range(200)]
    page = allocate(visit, tmp_path, {"long.csv": "\n".join(lines).encode()}, {"k": "40"})

    assert "-d @problem.json" in page.locator("#curl").inner_text()
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


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.txt", b"hello", "notes.txt is none of CSV, .npy, Parquet and Arrow."),
        ("ev.npy", b"not an array", "ev.npy is not in NumPy’s .npy format."),
        ("cube.npy", npy(np.zeros((2, 2, 2))), "cube.npy has 3 dimensions"),
        ("one.csv", b"user,wealth,a\n", "one.csv needs a line of headings and at least one user."),
        ("bad.csv", b"user,wealth,a\nu0,1,x\n", "bad.csv, line 2, column a: expected a number"),
        ("short.csv", b"user,wealth,a\nu0,1\n", "short.csv, line 2: expected 3 cells; got 2."),
        ("poor.csv", b"user,a,b\nu0,1,2\n", "Who is a whale? Add wealth"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(
    visit: Visit, name: str, content: bytes, sentence: str
) -> None:
    page = visit.open("/allocation")
    page.locator("#files").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.wait_for_selector("#wrong-files:not(:empty)")

    assert page.locator("#wrong-files").inner_text().startswith(sentence)
    assert page.locator("#allocate").is_disabled()


def test_a_file_that_only_the_service_can_read_is_refused_in_its_words(
    visits: Any, service: Server
) -> None:
    visit = visits(service, expected=("422",))
    page = visit.open("/allocation")
    page.locator("#field-whales").fill("u0")
    page.locator("#files").set_input_files(
        {"name": "x.parquet", "mimeType": "application/octet-stream", "buffer": b"PAR1 no table"}
    )
    page.wait_for_selector("#wrong-files:not(:empty)")
    visit.keep("allocation-bad-file")

    assert page.locator("#wrong-files").inner_text().startswith("Expected candidates")


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
