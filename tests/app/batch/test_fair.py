"""Fair allocations from Parquet to Parquet: the files alone prove what is claimed of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from solver import Problem, ShadowPrices, allocate, allocate_fair, certify_fair, frontier
from solver.duality import Scope

from .conftest import Command, manifest, table, write
from .test_run import N_STREAMERS, N_USERS, problem

K = 110


@pytest.fixture
def inputs(drawn: Path) -> tuple[object, ...]:
    """Return the options that name the drawn input, with everybody a whale."""
    return (
        "--candidates", drawn / "candidates", "--capacity", drawn / "streamers.parquet",
        "--all-whales", "--k", K,
    )  # fmt: skip


def proof_of(out: Path, states: Problem, scope: Scope = "whale", **aim: Any) -> Any:
    """Return what a result's files prove, given the data."""
    at = np.nan_to_num(table(out)["streamer"].astype(float), nan=-1).astype(np.int64)
    by_streamer = table(out / "fairness.parquet")
    prices = ShadowPrices(by_streamer["whale_cap"], by_streamer["capacity"])
    large = manifest(out)["fairness"]["certificate"]["large"]
    return certify_fair(states, at, by_streamer["weight"], prices, scope=scope, large=large, **aim)


def test_a_loss_buys_equality_and_the_files_prove_it(
    drawn: Path, inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    states = problem(drawn, np.ones(N_USERS, dtype=bool), K)

    ended = command("allocate", *inputs, "--fair", "--max-loss", "1%", "--output", "out")

    assert ended.code == 0, ended.refused
    got = manifest(tmp_path / "out")
    fair = got["fairness"]
    optimum = allocate(states, fill="none").whale_objective
    assert fair["optimum"] == pytest.approx(optimum, rel=1e-6)
    assert 0.009 < fair["loss"] <= 0.01
    assert fair["measure"] == "gini"
    assert "alpha" not in fair
    claim = fair["certificate"]
    assert claim["gini_at_least"] <= fair["gini"] < fair["at_optimum"]["gini"]
    proof = proof_of(tmp_path / "out", states, theta=fair["theta"])
    assert proof.faults == ()
    assert proof.objective == fair["objective"] == got["certificate"]["objective"]
    assert got["counts"]["whale_objective"] == pytest.approx(proof.objective)
    assert proof.gini == fair["gini"]
    assert {**proof.as_mapping(), "relative_gap": proof.relative_gap} == claim
    by_streamer = table(tmp_path / "out" / "fairness.parquet")
    assert by_streamer["revenue"].sum() == pytest.approx(fair["total"])
    assert by_streamer["revenue_at_optimum"].sum() == pytest.approx(optimum)
    # The result's certificate is that of the total: its gap is what equality cost.
    assert got["certificate"]["upper_bound"] >= optimum
    assert not got["certificate"]["proven_optimal"]
    assert got["tolerance_reached"]
    assert "% of the optimum" in ended.printed


@pytest.mark.parametrize(
    ("options", "aim"),
    [
        (["--theta", "0.2"], {"theta": 0.2}),
        (["--alpha", "0.5"], {"alpha": 0.5}),
        (["--max-gini", "15%"], {"max_gini": 0.15}),
        (["--measure", "alpha", "--max-loss", "0.02"], {"measure": "alpha", "max_loss": 0.02}),
        ([], {"max_loss": 0.01}),
    ],
)
def test_every_aim_is_the_solvers(
    options: list[str], aim: dict[str, Any], drawn: Path, inputs: tuple[object, ...],
    command: Command, tmp_path: Path,
) -> None:  # fmt: skip
    states = problem(drawn, np.ones(N_USERS, dtype=bool), K)
    optimum = allocate(states, fill="none", tolerance=1e-6)
    expected = allocate_fair(states, optimum=optimum, **aim)

    ended = command("allocate", *inputs, "--fair", *options, "--output", "out")

    assert ended.code == 0, ended.refused
    fair = manifest(tmp_path / "out")["fairness"]
    assert fair["gini"] == pytest.approx(expected.gini)
    assert fair["loss"] == pytest.approx(expected.loss)
    assert (fair.get("theta"), fair.get("alpha")) == (
        pytest.approx(expected.theta), pytest.approx(expected.alpha)
    )  # fmt: skip


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
def test_revenue_is_of_whales_or_of_all(
    fill: str, drawn: Path, command: Command, tmp_path: Path
) -> None:
    inputs = ("--candidates", drawn / "candidates", "--users", drawn / "users.parquet",
              "--capacity", drawn / "streamers.parquet", "--whale-share", "0.3")  # fmt: skip

    ended = command("allocate", *inputs, "--k", 40, "--fair", "--theta", "0.1", "--fill", fill,
                    "--output", "out")  # fmt: skip

    assert ended.code == 0, ended.refused
    got = manifest(tmp_path / "out")
    tier = table(tmp_path / "out")["tier"] == "whale"
    states = problem(drawn, tier, 40)
    scope: Scope = "joint" if fill == "joint" else "whale"
    assert got["certificate"]["scope"] == got["fairness"]["certificate"]["scope"] == scope
    proof = proof_of(tmp_path / "out", states, scope, theta=0.1)
    assert proof.welfare_bound == pytest.approx(got["fairness"]["certificate"]["welfare_bound"])
    assert proof.gini == pytest.approx(got["fairness"]["gini"])
    assert bool(got["counts"]["allocated_normal"]) == (fill != "none")


@pytest.mark.parametrize("form", ["npy", "csv", "parquet"])
def test_what_streamers_had_before_counts(
    form: str, drawn: Path, inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    had = np.zeros(N_STREAMERS)
    had[[3, 7]] = 500.0, 1_000.0
    file = tmp_path / f"before.{form}"
    if form == "npy":
        np.save(file, had)
    elif form == "csv":
        file.write_text("streamer,revenue\n7,1000\n3,500\n")
    else:
        write(file, {"streamer": pa.array([3, 7]), "revenue": pa.array([500.0, 1000.0])})
    states = problem(drawn, np.ones(N_USERS, dtype=bool), K)

    ended = command("allocate", *inputs, "--fair", "--theta", "0.2", "--base", file,
                    "--output", "out")  # fmt: skip

    assert ended.code == 0, ended.refused
    fair = manifest(tmp_path / "out")["fairness"]
    proof = proof_of(tmp_path / "out", states, theta=0.2, base=had)
    assert fair["certificate"]["welfare_bound"] == proof.welfare_bound
    assert fair["total"] == pytest.approx(proof.objective + 1_500)
    assert fair["gini"] == pytest.approx(proof.gini)


REFUSED = [
    (["--theta", "0.2"], "--theta needs --fair; got 0.2."),
    (["--base", "before.npy"], "--base needs --fair; got before.npy."),
    (
        ["--fair", "--workers", "2"],
        "Fair allocation runs in one process with all candidates in memory; leave out --scheduler "
        "and --workers.",
    ),
    (["--fair", "--memory", "1MiB"], "Fair allocation keeps all candidates in memory: expected"),
    (["--fair", "--max-loss", "much"], "Expected max_loss as a share such as 0.01 or 1%; got much"),
    (["--fair", "--max-loss", "0"], "Expected a loss greater than 0 and less than 1"),
    (["--fair", "--max-loss", "120%"], "Expected a loss greater than 0 and less than 1"),
    (["--fair", "--theta", "2"], "theta"),
    (["--fair", "--theta", ".1", "--max-loss", "1%"], "Give one of max_loss, theta, max_gini"),
    (
        ["--fair", "--max-gini", "0.001", "--max-loss", "1%"],
        "No allocation that gives up at most 1 % has a Gini coefficient below 0.",
    ),
    (
        ["--fair", "--base", "unknown.csv"],
        "unknown.csv has revenue of '99', which is not among the streamers.",
    ),
    (["--fair", "--base", "twice.csv"], "Expected each streamer once in twice.csv; '1' occurs"),
    (
        ["--fair", "--base", "other.csv"],
        "Expected the columns streamer and revenue in other.csv; found",
    ),
    (["--fair", "--base", "negative.csv"], "Expected every base revenue to be a number from 0"),
]


@pytest.mark.parametrize(("options", "expected"), REFUSED)
def test_the_option_at_fault_is_named(
    options: list[str], expected: str, inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    (tmp_path / "unknown.csv").write_text("streamer,revenue\n99,1\n")
    (tmp_path / "twice.csv").write_text("streamer,revenue\n1,1\n1,2\n")
    (tmp_path / "other.csv").write_text("user,wealth\n1,1\n")
    (tmp_path / "negative.csv").write_text("streamer,revenue\n1,-1\n")

    ended = command("allocate", *inputs, *options, "--output", "out")

    assert ended.code == 1
    assert expected in ended.refused
    assert len(ended.refused.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("output", ["f.json", "f.csv", "f.parquet"])
def test_a_frontier_is_the_solvers(
    output: str, drawn: Path, inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    states = problem(drawn, np.ones(N_USERS, dtype=bool), K)
    optimum = allocate(states, fill="none", tolerance=1e-6)
    expected = frontier(states, 3, optimum=optimum)

    ended = command("frontier", *inputs, "--points", 3, "--output", output)

    assert ended.code == 0, ended.refused
    if output == "f.json":
        points = json.loads((tmp_path / output).read_text())["points"]
        found = {name: [each[name] for each in points] for name in ("theta", "gini", "objective")}
    elif output == "f.csv":
        with (tmp_path / output).open(newline="") as file:
            rows = [*csv.DictReader(file)]
        found = {name: [float(row[name]) for row in rows] for name in rows[0]}
    else:
        found = {name: each.tolist() for name, each in table(tmp_path / output).items()}
    for name in ("theta", "gini", "objective"):
        assert [*found[name]] == pytest.approx([getattr(each, name) for each in expected.points])
    lines = ended.printed.splitlines()
    assert lines[0].split() == ["θ", "loss", "Gini", "Gini", "at", "least", "total", "EV"]
    assert len(lines) == 5
    assert lines[-1].startswith("3 points; optimum ")
