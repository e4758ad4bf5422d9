"""`whale-matching allocate --workers n` as a user runs it: what it writes, says and leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.batch.parquet.generate import Size, generate
from tests.app.batch.conftest import Ended, manifest, small_files, table, write

pytestmark = pytest.mark.slow  # starts processes

MAIN = "import sys; sys.argv[0] = 'whale-matching'; from app.cli import main; main()"
N_USERS, N_STREAMERS, K, CAPACITY = 250_000, 500, 150, 400
PAIRS = {"user": [0, 0, 1], "streamer": [0, 1, 0], "ev": [9.0, 1.0, 8.0]}


def begun(directory: Path, *arguments: object, program: str = MAIN) -> subprocess.Popen[str]:
    """Start the command in a process group of its own, as a terminal does."""
    return subprocess.Popen(
        [sys.executable, "-c", program, "allocate", *map(str, arguments)],
        cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for the command, and hold it against having left processes behind."""
    printed, refused = process.communicate(timeout=120)
    assert living(process.pid) == []
    return Ended(process.returncode, printed, refused)


def living(group: int) -> list[int]:
    """Return the processes of a group that still run once they had a second to end."""
    for _ in range(20):
        found = list(processes(group))
        if not found:
            break
        time.sleep(0.05)
    return found


def processes(group: int) -> Iterator[int]:
    """Yield the processes of a group that are not dead."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, of = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:  # it has just ended
            continue
        if int(of) == group and state != "Z":
            yield int(stat.parent.name)


def run(directory: Path, *arguments: object, program: str = MAIN) -> Ended:
    return ended(begun(directory, *arguments, program=program))


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A partition of three pairs, to stand beside one at fault."""
    write(tmp_path / "pairs" / "a.parquet", PAIRS)
    return tmp_path


SMALL = ("--candidates", "pairs", "--all-whales", "--k", 1, "--output", "out")


def refusal(directory: Path, *options: object, program: str = MAIN) -> str:
    """Return the one sentence that the command ends in, once it is known to have left nothing."""
    before = sorted(directory.iterdir())
    done = run(directory, *SMALL, *(options or ("--workers", 2)), program=program)
    assert (done.code, done.printed) == (1, "")
    assert sorted(directory.iterdir()) == before
    assert done.refused.count("\n") == 1
    assert done.refused.endswith(".\n")
    return done.refused.strip()


@pytest.mark.slow
def test_four_workers_do_as_well_as_one_process_on_two_tiers(tmp_path: Path) -> None:
    generate(Size(N_USERS, N_STREAMERS, 10, 8), 7, str(tmp_path / "in"), 2, lambda _d, _a: None)
    options = ("--candidates", "in/candidates", "--users", "in/users.parquet", "--whale-share", 0.5,
               "--k", K, "--capacity", CAPACITY)  # fmt: skip
    for name, more in (("alone", ()), ("shared", ("--workers", 4))):
        done = run(tmp_path, *options, *more, "--output", name)
        assert (done.code, done.refused) == (0, "")

    alone, said = manifest(tmp_path / "alone"), manifest(tmp_path / "shared")
    expect_honest(tmp_path, said)
    optimum = alone["certificate"]["objective"]
    assert said["certificate"]["objective"] >= (1 - 1e-4) * optimum
    assert said["certificate"]["upper_bound"] >= optimum
    assert (said["mode"], said["workers"], len(said["partitions"])) == ("on workers", 4, 4)


def expect_honest(directory: Path, said: dict[str, Any]) -> None:
    """Compute loads, objectives and the bound from the data, and hold the manifest against them."""
    pairs, wealth = table(directory / "in" / "candidates"), table(directory / "in/users.parquet")
    got, prices = table(directory / "shared"), table(directory / "shared" / "prices.parquet")
    whales = np.zeros(N_USERS, dtype=bool)
    whales[np.argsort(-wealth["wealth"], kind="stable")[: N_USERS // 2]] = True
    at = np.nan_to_num(got["streamer"].astype(float), nan=-1).astype(np.int64)
    placed = at >= 0
    assert np.array_equal(got["user"], np.arange(N_USERS))
    assert np.array_equal(got["tier"] == "whale", whales)

    of_whales = np.bincount(at[placed & whales], minlength=N_STREAMERS)
    assert of_whales.max() <= K
    assert (of_whales == K).mean() > 0.5  # caps bind
    assert np.bincount(at[placed]).max() <= CAPACITY

    ev = np.full((N_USERS, 1), np.nan)
    there = pairs["streamer"] == at[pairs["user"]]
    ev[pairs["user"][there], 0] = pairs["ev"][there]
    assert np.array_equal(np.isfinite(ev[:, 0]), placed)  # every pair is a candidate
    assert np.array_equal(got["ev"][placed], ev[placed, 0])

    objective = got["ev"][placed & whales].sum()
    assert (prices["whale_cap"] >= 0).all()
    assert (prices["capacity"] >= 0).all()
    profit = np.zeros(N_USERS)
    paid = prices["whale_cap"] + prices["capacity"]
    np.maximum.at(profit, pairs["user"], pairs["ev"] - paid[pairs["streamer"]])
    bound = profit[whales].sum() + K * prices["whale_cap"].sum()
    bound += CAPACITY * prices["capacity"].sum()
    proof, counts = said["certificate"], said["counts"]
    assert proof["objective"] == pytest.approx(objective, rel=1e-9)
    assert proof["upper_bound"] == pytest.approx(bound, rel=1e-9)
    assert proof["relative_gap"] == pytest.approx(bound / objective - 1, rel=1e-3)
    assert bound - objective <= 1e-4 * objective
    assert said["tolerance_reached"] is True
    assert counts["allocated_whales"] == (placed & whales).sum()
    assert counts["allocated_normal"] == (placed & ~whales).sum()
    assert counts["normal_objective"] == pytest.approx(got["ev"][placed & ~whales].sum())


BAD_PARTITIONS = {
    "a column is missing": (
        {"user": [2], "streamer": [0]},
        "Expected the columns user, streamer and ev in {b}; it has user and streamer.",
    ),
    "a pair twice": (
        {"user": [2, 3, 3], "streamer": [0, 1, 1], "ev": [1.0, 2.0, 3.0]},
        "Expected each pair once; user 3 with streamer 1 is both row 1 of {b}, row group 0 and "
        "row 2 of {b}, row group 0.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD_PARTITIONS)
def test_a_bad_partition_is_named(fault: str, given: Path) -> None:
    columns, sentence = BAD_PARTITIONS[fault]
    file = write(given / "pairs" / "b.parquet", columns)

    assert refusal(given) == sentence.format(b=file)


def test_a_page_that_a_worker_cannot_read_is_named(given: Path) -> None:
    file = write(
        given / "pairs" / "b.parquet", {"user": [2, 3], "streamer": [0, 0], "ev": [1.0, 2.0]},
        use_dictionary=False, write_page_checksum=True, compression="NONE",
    )  # fmt: skip
    content = file.read_bytes()
    at = content.index(np.array([1.0, 2.0]).tobytes())
    file.write_bytes(content[:at] + b"\x7f" + content[at + 1 :])

    assert refusal(given).startswith(f"Expected {file}, row group 0 as Parquet that can be read; ")


def test_a_disk_that_is_full_for_a_worker_ends_in_a_sentence(drawn: Path, tmp_path: Path) -> None:
    options = ("--candidates", drawn / "candidates", "--k", 200, "--workers", 2)
    assert run(tmp_path, *SMALL, *options, "--output", "whole").code == 0  # compiles what it needs
    with small_files():
        sentence = refusal(tmp_path, *options)

    assert sentence.startswith("Cannot write ")
    assert "part-0000" in sentence


def test_a_scheduler_that_is_not_there_is_refused(given: Path) -> None:
    at = "tcp://127.0.0.1:9"

    assert refusal(given, "--scheduler", at) == f"Expected a Dask scheduler at {at}; none responds."


def test_without_dask_what_is_missing_is_named(given: Path) -> None:
    without = "import sys; sys.modules['distributed'] = None\n" + MAIN

    assert refusal(given, "--workers", 2, program=without) == (
        "Dask is not installed. Install whale-matching[distributed]."
    )


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An input with too many whales for one place: prices are not exact for many iterations."""
    directory = tmp_path_factory.mktemp("long") / "in"
    generate(Size(1_200_000, N_STREAMERS, 6, 4), 7, str(directory), 2, lambda _done, _all: None)
    return directory / "candidates"


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.5, 3.0])  # as workers start, and as they compute
def test_an_interrupt_ends_everything_quietly(seconds: float, long: Path, tmp_path: Path) -> None:
    process = begun(tmp_path, "--candidates", long, "--all-whales", "--k", 50,
                    "--tolerance", 0, "--workers", 2, "--output", "out")  # fmt: skip
    while not any(tmp_path.glob(".out.*.partial")):
        time.sleep(0.05)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    done = ended(process)

    assert (done.code, done.printed, done.refused) == (130, "", "")
    assert list(tmp_path.iterdir()) == []
