"""What cannot be allocated is refused in one sentence, and leaves nothing that looks whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from .conftest import Command, small_files, write

PAIRS = {"user": [0, 0, 1], "streamer": [0, 1, 0], "ev": [9.0, 1.0, 8.0]}
TABLES = ("--users", "users.parquet", "--capacity", "streamers.parquet")


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A sound input of two partitions, two row groups each: three pairs, three more of others."""
    write(tmp_path / "pairs" / "a.parquet", PAIRS, row_group_size=2)
    more = PAIRS | {"user": [2, 3, 3]}
    write(tmp_path / "pairs" / "b.parquet", more | {"streamer": [0, 0, 1]}, row_group_size=2)
    write(tmp_path / "users.parquet", {"user": [0, 1, 2, 3], "wealth": [4.0, 3.0, 2.0, 1.0]})
    write(tmp_path / "streamers.parquet", {"streamer": [0, 1], "capacity": [2, 2], "k": [1, 1]})
    return tmp_path


def refusal(command: Command, directory: Path, *options: object) -> str:
    """Return the sentence that the command ends in, once it is known to have left nothing."""
    before = {each.name for each in directory.iterdir()}
    ended = command("allocate", "--candidates", "pairs", *TABLES, "--output", "out", *options)
    assert ended.code == 1
    assert ended.printed == ""
    assert {each.name for each in directory.iterdir()} == before
    assert ended.refused.count("\n") == 1
    assert ended.refused.endswith(".\n")
    return ended.refused.strip()


NUMBERS = "Expected every EV to be a number between -1e15 and 1e15; "
BAD_PAIRS = {
    "a column is missing": (
        {"user": [2], "streamer": [0]},
        "Expected the columns user, streamer and ev in {b}; it has user and streamer.",
    ),
    "a column of a wrong type": (
        {"user": [2.5], "streamer": [0], "ev": [1.0]},
        "Expected positions or ids in the column user of {b}; it is of type double.",
    ),
    "no numbers for ev": (
        {"user": [2], "streamer": [0], "ev": ["dear"]},
        "Expected numbers in the column ev of {b}; it is of type string.",
    ),
    "a user beyond the last": (
        {"user": [2, 3, 4], "streamer": [0, 0, 0], "ev": [1.0, 1.0, 1.0]},
        "Expected user positions from 0 to 3; row 0 of {b}, row group 1 has 4.",
    ),
    "a streamer below 0": (
        {"user": [2, 3, 3], "streamer": [0, 0, -1], "ev": [1.0, 1.0, 1.0]},
        "Expected streamer positions from 0 to 1; row 0 of {b}, row group 1 has -1.",
    ),
    "a null": (
        {"user": [2, None, 3], "streamer": [0, 0, 1], "ev": [1.0, 1.0, 1.0]},
        "Expected a value in every row; row 1 of {b}, row group 0 is null.",
    ),
    "an ev that is none": (
        {"user": [2, 3, 3], "streamer": [0, 0, 1], "ev": [1.0, 1.0, float("nan")]},
        NUMBERS + "row 0 of {b}, row group 1 has nan.",
    ),
    "an infinite ev": (
        {"user": [2, 3], "streamer": [0, 0], "ev": [1.0, float("-inf")]},
        NUMBERS + "row 1 of {b}, row group 0 has -inf.",
    ),
    "ids on one side only": (
        {"user": ["u2"], "streamer": [0], "ev": [1.0]},
        "Expected users in {b}, row group 0, as positions, as the table of users has them; got "
        "text.",
    ),
    "a pair twice in a row group": (
        {"user": [2, 2], "streamer": [0, 0], "ev": [1.0, 2.0]},
        "Expected each pair once; user 2 with streamer 0 is both row 0 of {b}, row group 0 and "
        "row 1 of {b}, row group 0.",
    ),
    "a pair twice in two partitions": (
        {"user": [2, 3, 1], "streamer": [0, 0, 0], "ev": [1.0, 2.0, 3.0]},
        "Expected each pair once; user 1 with streamer 0 is both row 0 of {a}, row group 1 and "
        "row 0 of {b}, row group 1.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD_PAIRS)
def test_bad_candidates_are_refused_by_file_and_row_group(
    fault: str, given: Path, command: Command
) -> None:
    columns, sentence = BAD_PAIRS[fault]
    write(given / "pairs" / "b.parquet", columns, row_group_size=2)

    said = refusal(command, given)

    at = given / "pairs"
    assert said == sentence.format(a=at / "a.parquet", b=at / "b.parquet")


BAD_TABLES = {
    "no wealth": (
        "users", {"user": [0, 1, 2, 3]},
        "Expected the column wealth, or whale, in the table of users, or --all-whales; got none of "
        "them.",
    ),
    "wealth in words": (
        "users", {"user": [0, 1], "wealth": ["rich", "poor"]},
        "Expected numbers in the column wealth of {file}; got string.",
    ),
    "wealth without bound": (
        "users", {"wealth": [1.0, float("inf")]},
        "Expected finite numbers in the column wealth of {file}; row 1 has inf.",
    ),
    "a user twice": (
        "users", {"user": [0, 1, 1, 3], "wealth": [1.0, 1.0, 1.0, 1.0]},
        "Expected each user once in {file}; 1 appears again.",
    ),
    "an id twice": (
        "users", {"user": ["a", "b", "a"], "wealth": [1.0, 1.0, 1.0]},
        "Expected each user once in {file}; 'a' appears again.",
    ),
    "ids that candidates have not": (
        "users", {"user": ["a", "b"], "wealth": [1.0, 1.0]},
        "Expected users in {pairs}/a.parquet, row group 0, as text, as the table of users has "
        "them; got whole numbers.",
    ),
    "numbers that candidates have not": (
        "users", {"user": [0, 1, 2**63 - 1], "wealth": [1.0, 1.0, 1.0]},
        "Expected every user of the candidates among the users; row 0 of {pairs}/b.parquet, row "
        "group 0 has 2, who is not.",
    ),
    "numbers too large for ids": (
        "users", {"user": np.array([0, 2**64 - 1], dtype=np.uint64), "wealth": [1.0, 1.0]},
        "Expected whole numbers below 2^63 in {file}; it has 18446744073709551615.",
    ),
    "half a slot": (
        "streamers", {"capacity": [1.5, 2.0]},
        "Expected whole numbers in the column capacity of {file}; got double.",
    ),
    "less than no slot": (
        "streamers", {"capacity": [1, -2]},
        "Expected capacity ≥ 0 for every streamer; streamer 1 has -2.",
    ),
    "nothing": (
        "streamers", {"other": [1]},
        "Expected one of the columns streamer, capacity, k in {file}; it has other.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ({"user": [2, 3]}, "not all have wealth"),
        (
            {"user": ["c", "d"], "wealth": [1.0, 1.0]},
            "user is int64 in some and string in others",
        ),
    ],
)
def test_tables_whose_files_differ_are_refused(
    second: dict[str, object], reason: str, given: Path, command: Command
) -> None:
    (given / "users.parquet").unlink()
    write(given / "users.parquet" / "a.parquet", {"user": [0, 1], "wealth": [1.0, 1.0]})
    write(given / "users.parquet" / "b.parquet", second)

    said = refusal(command, given)

    assert said == f"Expected the same columns in all files of {given}/users.parquet; {reason}."


@pytest.mark.parametrize("fault", BAD_TABLES)
def test_bad_tables_are_refused_by_file(fault: str, given: Path, command: Command) -> None:
    name, columns, sentence = BAD_TABLES[fault]
    file = write(given / f"{name}.parquet", columns)

    said = refusal(command, given)

    assert said == sentence.format(file=file, pairs=given / "pairs")


def test_partitions_without_rows_are_passed_over(given: Path, command: Command) -> None:
    empty = {"user": [], "streamer": [], "ev": []}  # of type null: nobody knows better
    write(given / "pairs" / "0.parquet", empty)
    write(given / "pairs" / "c.parquet", {name: pa.array([], pa.int32()) for name in empty})
    (given / "users.parquet").rename(given / "a.parquet")
    (given / "users.parquet").mkdir()
    (given / "a.parquet").rename(given / "users.parquet" / "a.parquet")
    write(given / "users.parquet" / "b.parquet", {"user": [], "wealth": []})
    done = command("allocate", "--candidates", "pairs", *TABLES, "--output", "out")

    assert done.code == 0, done.refused


def test_partitions_of_which_none_has_rows_are_refused(given: Path, command: Command) -> None:
    for name in ("a", "b"):
        write(given / "pairs" / f"{name}.parquet", {"user": [], "streamer": [], "ev": []})

    assert refusal(command, given) == "Expected candidates in these files; all are empty."


def test_text_as_polars_writes_it_is_an_id(given: Path, command: Command) -> None:
    users = pa.array(["u0", "u1"]).cast(pa.string_view())
    write(given / "views" / "a.parquet", {"user": users, "streamer": [0, 1], "ev": [1.0, 2.0],
                                          "__index_level_0__": [0, 1]})  # fmt: skip
    write(given / "users.parquet", {"user": users, "wealth": [1.0, 2.0]})
    options = ("--candidates", "views", *TABLES, "--output", "out")
    done = command("allocate", *options)

    assert done.code == 0, done.refused


def test_an_id_that_is_not_among_the_users_is_named(given: Path, command: Command) -> None:
    columns = {"user": ["u0", "u9"], "streamer": [0, 1], "ev": [1.0, 2.0]}
    write(given / "named" / "a.parquet", columns)
    write(given / "users.parquet", {"user": ["u0", "u1"], "wealth": [1.0, 2.0]})

    said = refusal(command, given, "--candidates", "named")

    assert said == (
        "Expected every user of the candidates among the users; row 1 of "
        f"{given}/named/a.parquet, row group 0 has 'u9', who is not."
    )


def test_a_partition_that_is_cut_short_is_named(given: Path, command: Command) -> None:
    file = given / "pairs" / "b.parquet"
    file.write_bytes(file.read_bytes()[:-20])

    assert refusal(command, given).startswith(f"Expected {file} as Parquet; ")


def test_a_corrupt_page_is_named_by_its_row_group(given: Path, command: Command) -> None:
    file = write(
        given / "pairs" / "b.parquet",
        {"user": [2, 3], "streamer": [0, 0], "ev": [1.0, 2.0]},
        use_dictionary=False, write_page_checksum=True, compression="NONE",
    )  # fmt: skip
    content = file.read_bytes()
    at = content.index(np.array([1.0, 2.0]).tobytes())
    file.write_bytes(content[:at] + b"\x7f" + content[at + 1 :])

    assert refusal(command, given).startswith(
        f"Expected {file}, row group 0 as Parquet that can be read; "
    )


BAD_OPTIONS = {
    "candidates": (["--candidates", "none"], "Expected candidates at none; nothing is there."),
    "a path of nowhere": (
        ["--candidates", "nowhere://x"],
        "Expected candidates at a path that fsspec understands; got nowhere://x "
        "(Protocol not known: nowhere).",
    ),
    "no files": (["--candidates", "empty"], "Expected Parquet files in empty; there are none."),
    "k": (["--k", "few"], "Expected k as a whole number, or as a column of the table in "
          "--capacity; got few."),
    "share": (["--whale-share", "2"], "Expected whale_share above 0, at most 1; got 2.0."),
    "memory": (["--memory", "much"],
               "Expected memory as an amount such as 4GiB or 500MB; got much."),
    "little memory": (
        ["--memory", "1MiB"], "Expected memory of at least 0.4GiB for 4 users; got 0.0GiB."
    ),
    "both": (["--ev", "ev.npy"], "--ev cannot be combined with --candidates; got ev.npy."),
    "other limits": (
        ["--min-users", "1"], "--min-users cannot be combined with --candidates; got 1."
    ),
    "a file": (["--output", "users.parquet"],
               "Expected output as a new directory; users.parquet exists."),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD_OPTIONS)
def test_bad_options_are_refused(fault: str, given: Path, command: Command) -> None:
    options, sentence = BAD_OPTIONS[fault]
    (given / "empty").mkdir()

    assert refusal(command, given, *options) == sentence


def test_a_full_disk_ends_in_one_sentence_and_leaves_nothing(
    drawn: Path, command: Command, tmp_path: Path
) -> None:
    given = ("allocate", "--candidates", drawn / "candidates", "--all-whales", "--k", 200)
    command(*given, "--output", "whole")  # compiles what it needs, which is kept in files too
    with small_files():
        ended = command(*given, "--output", "out")

    assert ended.code == 1
    assert ended.refused.startswith("Cannot write part-00000.parquet: ")
    assert ended.refused.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]


KILLED_BEFORE_THE_MANIFEST = """
import os, signal
from app.batch import result

result.write_manifest = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from app.cli import main
main()
"""


def killed(drawn: Path, output: str, directory: Path) -> None:
    """Run the command until all partitions are written, and kill it for real."""
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE_THE_MANIFEST, "allocate",
         "--candidates", drawn / "candidates", "--all-whales", "--k", "200", "--output", output],
        cwd=directory, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def test_a_run_that_is_killed_leaves_nothing_that_looks_whole(drawn: Path, tmp_path: Path) -> None:
    killed(drawn, "out", tmp_path)

    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".out.")
    assert left.name.endswith(".partial")
    assert (left / "part-00000.parquet").exists()
    assert not (left / "manifest.json").exists()


def test_where_nothing_can_be_renamed_it_leaves_no_manifest_and_the_next_run_says_so(
    drawn: Path, command: Command, tmp_path: Path
) -> None:
    output = f"simplecache::file://{tmp_path}/out"
    killed(drawn, output, tmp_path)

    ended = command("allocate", "--candidates", drawn / "candidates", "--all-whales", "--k", 200,
                    "--output", output)  # fmt: skip

    assert ended.code == 1
    assert "/out has files but no manifest.json, as a run that was killed" in ended.refused
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "part-00000.parquet", "prices.parquet",
    }  # fmt: skip
