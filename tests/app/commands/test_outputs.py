"""Where answers of commands go: the suffix is the format, and no cell is a formula."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

import app
from app.commands.answer_tables import study_tables
from app.formats.base import Output
from app.formats.csv import write as to_csv
from app.formats.excel import MOST_ROWS as MOST_EXCEL_ROWS
from app.formats.excel import write as to_excel
from app.formats.formulas import FORMULA, NUMBER, escape_formula, escape_formulas
from simulator import Sweep, SweepConfig, WorldConfig, find_settings, run_sweep
from solver import InputError
from tests.app.conftest import COMMAND, Run

MATRIX = ("--ev", "ev.npy", "--wealth", "wealth.npy", "--whale-share", "0.67", "--k", "1")
HOSTILE = ["=HYPERLINK(1)", "+1+cmd", "-x", "@SUM(A1)", "\tTAB", "\rCR", 'a"b', "a,b", "-5", ""]


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    np.save(tmp_path / "ev.npy", np.array([[9.0, 1.0], [8.0, 7.0], [5.0, -np.inf]]))
    np.save(tmp_path / "wealth.npy", np.array([30.0, 20.0, 10.0]))
    return tmp_path


@pytest.fixture(scope="module")
def small() -> Sweep:
    world = WorldConfig(n_users=100, n_streamers=10)
    return run_sweep(
        SweepConfig(simulations=2, rounds=2, users_per_round=20, k_values=(1, 9), world=world)
    )


def read_csv(content: bytes) -> list[list[str]]:
    return [*csv.reader(io.StringIO(content.decode(), newline=""))]


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_allocations_are_the_same_in_every_format(run_here: Run, arrays: Path) -> None:
    for suffix in ("json", "csv", "parquet", "xlsx"):
        done = run_here("allocate", *MATRIX, "--output", f"out/a.{suffix}")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"Total EV 21; whale tier proven optimal. → out/a.{suffix}\n"

    answer = json.loads((arrays / "out" / "a.json").read_text())
    table = pq.read_table(arrays / "out" / "a.parquet")
    assert table.column_names == ["user", "streamer", "tier", "ev"]
    users, streamers = (map(str, table.column(each).to_pylist()) for each in ("user", "streamer"))
    placed = dict(zip(users, streamers, strict=True))
    assert placed == answer["allocations"]
    rows = read_csv((arrays / "out" / "a.csv").read_bytes())
    assert rows[0] == table.column_names
    assert {user: streamer for user, streamer, *_ in rows[1:]} == placed
    excel = sheets((arrays / "out" / "a.xlsx").read_bytes())
    assert [*excel] == ["allocation", "summary", "shadow prices", "notes"]
    assert excel["allocation"][1:] == [
        [float(user), float(streamer), tier, float(ev)] for user, streamer, tier, ev in rows[1:]
    ]
    assert ["objective.total", 21.0, ""] in excel["summary"]
    assert excel["shadow prices"][1] == ["whale_cap", "0", 1.0]


def test_a_curve_is_a_table_by_k(run_here: Run, arrays: Path) -> None:
    done = run_here("curve", *MATRIX, "--k-max", "3", "--output", "curve.csv")

    assert done.returncode == 0
    rows = read_csv((arrays / "curve.csv").read_bytes())
    assert rows == [["k", "objective", "marginal"], ["1", "16", "16"], ["2", "17", "1"],
                    ["3", "17", "0"]]  # fmt: skip


def test_a_sweep_is_a_table_of_its_configurations(small: Sweep) -> None:
    result = small.as_mapping()
    study = small.with_rows()
    tables = study_tables(study, None, result["findings"])
    excel = sheets(to_excel(Output(result, tables)))

    assert [*excel] == ["configurations", "findings", "runs"]
    assert len(excel["runs"]) == 1 + len(result["runs"])
    assert [row[0] for row in excel["findings"][1:]] == result["findings"]
    (header, *rows) = read_csv(to_csv(Output(result, tables)))
    for row, each in zip(rows, result["results"], strict=True):
        shown = dict(zip(header, row, strict=True))
        assert int(shown["k"]) == each["k"]
        assert float(shown["revenue_pct"]) == each["delta"]["revenue_pct"]["mean"]
        assert (
            float(shown["overcrowded_share_high"])
            == (each["metrics"]["overcrowded_share"]["ci95"][1])
        )
        assert shown["verdict"] == each["verdict"]
        assert shown["gate"] == each["gate"]["verdict"]
        assert shown["published_rule"] == shown["gate_5c"] == each["published_rule"]
        for name in ("cap_expected_revenue_pct", "total_expected_streamer_gini"):
            effect, _, metric = name.partition("_")
            change = each["effects"][effect][metric]
            assert float(shown[name]) == change["mean"]
            assert float(shown[f"{name}_high"]) == change["ci95"][1]
            assert float(shown[f"{name}_p_corrected"]) == change["p_corrected"]


def test_a_search_marks_what_it_found(small: Sweep) -> None:
    study = small.summary()
    search = find_settings(study)

    rows = study_tables(study, search, [])["configurations"].to_pylist()

    assert sum(row["passing"] for row in rows) == len(search.passing)
    assert sum(row["on_pareto_front"] for row in rows) == len(search.pareto)
    assert sum(row["nearest_miss"] for row in rows) <= 1


@pytest.mark.parametrize("command", ["allocate", "curve"])
@pytest.mark.parametrize("output", ["a.txt", "a", "a.xls", ".csv.gz"])
def test_a_suffix_that_nobody_knows_is_refused_before_any_work(
    run_here: Run, arrays: Path, command: str, output: str
) -> None:
    done = run_here(command, *MATRIX, "--output", output)

    assert done.returncode == 1
    assert done.stderr == (
        "Expected output to end in .json, .csv, .xlsx or .parquet, or - for standard output; got "
        f"{output}.\n"
    )
    assert sorted(path.name for path in arrays.iterdir()) == ["ev.npy", "wealth.npy"]


def test_standard_output_has_the_answer_alone(arrays: Path) -> None:
    done = subprocess.run(
        [COMMAND, "allocate", *MATRIX, "--output", "-"],
        cwd=arrays, capture_output=True, text=True, timeout=300,
    )  # fmt: skip

    assert done.returncode == 0
    assert json.loads(done.stdout)["objective"]["total"] == 21.0
    assert done.stderr == "Total EV 21; whale tier proven optimal. → standard output\n"


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    table = pa.table({"user": HOSTILE, "ev": [-1.0] * len(HOSTILE)})
    written = Output({}, {"allocation": table})

    rows = read_csv(to_csv(written))[1:]
    excel = sheets(to_excel(written))["allocation"][1:]

    assert [row[0] for row in rows] == [escape_formula(text) for text in HOSTILE]
    assert [row[0][:1] for row in rows[:6]] == ["'"] * 6
    assert [row[1] for row in rows] == ["-1"] * len(HOSTILE)  # numbers are no text
    assert rows[8][0] == "-5"
    assert [row[0] for row in excel][:8] == HOSTILE[:8]  # text, as it is
    (tmp_path / "a.xlsx").write_bytes(to_excel(written))
    assert b"<f>" not in (tmp_path / "a.xlsx").read_bytes()


@pytest.mark.parametrize("first", "=+-@\t\r\n＝＋－＠")
def test_files_escape_what_the_page_escapes(first: str) -> None:
    page = (Path(app.__file__).parent / "web/static/page.js").read_text()

    assert escape_formula(f"{first}A1") == f"'{first}A1"
    begins, number = re.search(r"/\^\[(.+?)\]/\.test.*?!/(.+?)/\.test", page).groups()  # type: ignore[union-attr]
    assert f"^[{begins}]" == FORMULA
    assert number == NUMBER


@given(st.lists(st.none() | st.text("=+-@＝＠\n\t\r'\"1.e,a界", max_size=6)))
def test_columns_are_escaped_as_single_cells_are(texts: list[str | None]) -> None:
    escaped = escape_formulas(pa.chunked_array([pa.array(texts, pa.string())])).to_pylist()

    assert escaped == [None if each is None else escape_formula(each) for each in texts]
    for each in filter(None, escaped):
        if each[0] in "=@＝＠\n\t\r":
            pytest.fail(f"A spreadsheet runs {each!r}.")
        if each[0] in "+-":
            float(each)


def test_a_sheet_that_would_be_too_long_is_refused() -> None:
    table = pa.table({"user": np.zeros(MOST_EXCEL_ROWS + 1, np.int8)})

    with pytest.raises(InputError, match=r"at most 1,048,575 rows for \.xlsx; got 1,048,576"):
        to_excel(Output({}, {"allocation": table}))
