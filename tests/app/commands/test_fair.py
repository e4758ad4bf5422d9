"""Fair allocations of matrices and tables: the same claims in every format, refused by option."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import python_calamine

from solver import Problem, ShadowPrices, certify_fair
from tests.app.conftest import Run

MATRIX = ("--ev", "ev.npy", "--all-whales", "--k", "60")


@pytest.fixture
def ev(tmp_path: Path) -> np.ndarray:
    values = np.random.default_rng(0).lognormal(size=(300, 8))
    np.save(tmp_path / "ev.npy", values)
    return values


def test_a_fair_allocation_is_the_same_in_every_format_and_proves_itself(
    run_here: Run, ev: np.ndarray, tmp_path: Path
) -> None:
    for suffix in ("json", "csv", "parquet", "xlsx"):
        done = run_here(
            "allocate", *MATRIX, "--fair", "--max-loss", "2%", "--output", f"a.{suffix}"
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "of the optimum. Gini coefficient of revenue" in done.stdout

    answer = json.loads((tmp_path / "a.json").read_text())
    fair = answer["fairness"]
    assert 0.015 < fair["loss"] <= 0.02
    assert fair["certificate"]["gini_at_least"] <= fair["gini"] < fair["at_optimum"]["gini"]
    prices = (
        [fair["prices"][limit].get(str(s), 0.0) for s in range(8)]
        for limit in ("whale_cap", "capacity")
    )
    proof = certify_fair(
        Problem(ev, whale_cap=60),
        np.array([int(s) for s in answer["allocations"].values()]),
        np.array([*fair["weights"].values()]),
        ShadowPrices(*map(np.array, prices)),
        fair["theta"],
        large=fair["certificate"]["large"],
    )
    assert proof.faults == ()
    assert proof.gini == fair["gini"]
    assert proof.as_mapping() == fair["certificate"]
    table = pq.read_table(tmp_path / "a.parquet")
    assert [*map(str, table.column("streamer").to_pylist())] == [*answer["allocations"].values()]
    assert json.loads(table.schema.metadata[b"fairness"]) == fair
    book = python_calamine.CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    summary = {row[0]: row[1] for row in book.get_sheet_by_name("summary").to_python()}
    assert summary["fairness.gini"] == pytest.approx(fair["gini"])
    assert summary["fairness.at_optimum.gini"] == pytest.approx(fair["at_optimum"]["gini"])
    header, *rows = book.get_sheet_by_name("fairness").to_python()
    assert header == [
        "streamer", "weight", "whale_cap", "capacity", "revenue", "revenue_at_optimum",
    ]  # fmt: skip
    assert [row[1] for row in rows] == pytest.approx([*fair["weights"].values()])


@pytest.mark.usefixtures("ev")
@pytest.mark.parametrize("form", ["before.npy", "before.csv"])
def test_what_streamers_had_before_counts(run_here: Run, form: str, tmp_path: Path) -> None:
    np.save(tmp_path / "before.npy", [0, 0, 0, 70.0, 0, 0, 0, 0])
    (tmp_path / "before.csv").write_text("streamer,revenue\n3,70\n")

    done = run_here("allocate", *MATRIX, "--fair", "--theta", "0.2", "--base", form,
                    "--output", "-")  # fmt: skip

    fair = json.loads(done.stdout)["fairness"]
    assert fair["theta"] == 0.2
    assert fair["total"] == pytest.approx(fair["objective"] + 70)


REFUSED = [
    ("--theta 0.2", "--theta needs --fair; got 0.2."),
    ("--max-gini 20%", "--max-gini needs --fair; got 20%."),
    ("--fair --max-loss much", "Expected max_loss as a share such as 0.01 or 1%; got much."),
    ("--fair --theta 2", "Expected theta less than or equal to 1; got 2.0."),
    ("--fair --theta 0.1 --alpha 2", "Give one of max_loss, theta, max_gini and alpha; got theta "
     "and alpha."),
    ("--fair --tolerance 0.1", "A fair allocation needs a tolerance of 0"),
    ("--fair --algorithm greedy-edges", "A fair allocation needs the algorithm min-cost-flow"),
    ("--fair --max-gini 1% --max-loss 1%", "No allocation that gives up at most 1 % has a Gini"),
]  # fmt: skip


@pytest.mark.usefixtures("ev")
@pytest.mark.parametrize(("options", "expected"), REFUSED)
def test_the_option_at_fault_is_named(
    run_here: Run, options: str, expected: str, tmp_path: Path
) -> None:
    done = run_here("allocate", *MATRIX, *options.split(), "--output", "a.json")

    assert done.returncode == 1
    assert done.stderr.startswith(expected)
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "a.json").exists()


@pytest.mark.usefixtures("ev")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_frontier_is_a_table_on_the_terminal_and_in_files(
    run_here: Run, language: str, tmp_path: Path
) -> None:
    done = run_here("frontier", *MATRIX, "--points", "3", "--language", language,
                    "--output", "f.json")  # fmt: skip

    assert done.returncode == 0, done.stderr
    answer = json.loads((tmp_path / "f.json").read_text())
    header, *rows, summary = done.stdout.splitlines()
    assert header.split()[:2] == {"en": ["θ", "loss"], "zh": ["θ", "损失"]}[language]
    assert summary.startswith("3 ")
    points = answer["points"]
    assert [float(row.split()[2]) for row in rows] == [round(each["gini"], 4) for each in points]
    assert all(each["gini_at_least"] <= each["gini"] for each in points)
    assert [each["theta"] for each in points] == [0.0, 0.25, 1.0]

    run_here("frontier", *MATRIX, "--points", "3", "--output", "f.parquet")
    table = pq.read_table(tmp_path / "f.parquet")
    assert table.column("gini").to_pylist() == [each["gini"] for each in points]
    assert {"theta", "loss", "gini", "gini_at_least", "objective"} <= {*table.column_names}
