"""Tables as files of the command line: every command reads them, and says what it understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.files import read_json, read_yaml
from solver import InputError
from tests.app.conftest import Run
from tests.app.table_files import as_csv, as_npy, as_xlsx
from tests.app.tables.test_requests import MATRIX, PAIRS, STREAMERS, USERS, WEALTH

UNDERSTOOD = "matrix of 3 users × 2 streamers; users: user, wealth: wealth."


@pytest.mark.parametrize(
    ("option", "name", "content", "line"),
    [
        ("--table", "ev.csv", as_csv(MATRIX), f"ev.csv: CSV (UTF-8, commas), {UNDERSTOOD}"),
        ("--ev", "ev.xlsx", as_xlsx(MATRIX), f"ev.xlsx: Excel, {UNDERSTOOD}"),
        (
            "--candidates",
            "pairs.tsv",
            as_csv(PAIRS, "utf-16", delimiter="\t"),
            "pairs.tsv: CSV (UTF-16, tabs), 5 pairs of 3 users × 2 streamers; users: 用户, "
            "streamers: 主播, EV: ev, wealth: 财富.",
        ),
    ],
)
def test_allocate_reads_any_table_and_says_what_it_understood(
    run_here: Run, tmp_path: Path, option: str, name: str, content: bytes, line: str
) -> None:
    (tmp_path / name).write_bytes(content)
    call = ["allocate", option, name, "--k", "1", "--whale-share", "0.67", "--output", "a.json"]
    done = run_here(*call)

    assert done.stderr == f"{line}\n"
    assert json.loads((tmp_path / "a.json").read_text())["allocations"]["u1"] == "Bo"


@pytest.mark.parametrize("command", ["allocate", "curve"])
def test_all_whales_needs_no_wealth(run_here: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "ev.csv").write_text("user,a,b\nx,9,1\ny,8,7\n")
    given = [command, "--table", "ev.csv", "--all-whales", "--k", "1", "--output", "-"]

    got = json.loads(run_here(*given).stdout)

    objective = got["objective"]["whale"] if command == "allocate" else got["objective"][0]
    assert objective == 16
    refused = run_here(*given, "--whale-threshold", "3")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == (
        "--whale-threshold cannot be combined with --all-whales; got 3.0."
    )


def test_curve_and_sweep_take_a_table_with_roles_and_wealth_apart(
    run_here: Run, tmp_path: Path
) -> None:
    rows = [["who", "note", *STREAMERS], *([row[0], "x", *row[2:]] for row in MATRIX[1:])]
    (tmp_path / "ev.csv").write_bytes(as_csv(rows))
    (tmp_path / "wealth.csv").write_bytes(
        as_csv([["user", "wealth"], *zip(USERS, WEALTH, strict=True)])
    )
    given = ["--table", "ev.csv", "--columns", "who=user,note=ignore", "--wealth", "wealth.csv"]
    curve = run_here("curve", *given, "--k-max", "2", "--whale-share", "1", "--output", "c.json")
    swept = run_here("sweep", *given, "--k", "1", "--simulations", "2", "--output", "s.json")

    assert curve.stderr.splitlines()[1] == (
        "wealth.csv: CSV (UTF-8, commas), wealth of 3 users; users: user, wealth: wealth."
    )
    assert len(json.loads((tmp_path / "c.json").read_text())["objective"]) == 2
    assert swept.returncode == 0, swept.stderr


BAD = [
    ("allocate --table bad.csv --k 1", "line 2, column 1 has 'Bob \"Bee\" Wu'."),
    ("allocate --table bad.csv --ev ev.npy --k 1", "got --table and --ev."),
    ("allocate --k 1", "Expected one of --table, --ev and --candidates; got none."),
    ("curve --ev word.csv", "Expected a number in word.csv, line 2, column a; got 'x'."),
    ("allocate --table ev.npy --k 1 --columns who", "Expected columns as uid=user,spend=wealth; "),
    ("allocate --table ev.npy --k 1 --columns a=hero", "Expected one of user, streamer, ev, "),
    ("allocate --table wealth.csv --k 1", "it has wealth alone."),
    ("allocate --table ev.npy --wealth wealth.csv --k 1", "Expected user_ids, or a table with ids"),
    ("sweep --table no.csv", "No such file or directory: no.csv."),
    (
        "sweep --ev ev.npy --k 1",
        "Expected --wealth, or a column of wealth in the table; got neither.",
    ),
]


@pytest.mark.parametrize(("call", "sentence"), BAD)
def test_a_mistake_ends_in_a_sentence_and_exit_code_1(
    run_here: Run, tmp_path: Path, call: str, sentence: str
) -> None:
    (tmp_path / "bad.csv").write_text('user,a,b\nBob "Bee" Wu,8,8"7,7\n')
    (tmp_path / "word.csv").write_text("user,a\nu0,x\n")
    (tmp_path / "wealth.csv").write_text("user,wealth\nu0,1\n")
    (tmp_path / "ev.npy").write_bytes(as_npy(np.ones((2, 2))))
    done = run_here(*call.split(), "--output", "o.json")

    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[-1]
    assert not (tmp_path / "o.json").exists()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1e-1", 0.1),
        ("a: 1e3", 1000.0),
        ("a: -2.E+2", -200.0),
        ("a: .5e1", 5.0),
        ("a: 1.5", 1.5),
        ("a: 12", 12),
        ("a: '1e3'", "1e3"),
        ("a: 1e3x", "1e3x"),
        ("a: e3", "e3"),
    ],
)
def test_numbers_of_yaml_are_those_of_json(tmp_path: Path, text: str, value: Any) -> None:
    (tmp_path / "x.yaml").write_text(text)

    assert read_yaml(tmp_path / "x.yaml") == {"a": value}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "line 4, column 3: the key 'c' already appears in line 3."),
        ("a: 1\n'a': 2\n", "line 2, column 1: the key 'a' already appears in line 1."),
        ("a: [1, 2", "line 1, column 9: an earlier quote or bracket is not closed."),
        ("a: 1\nb: ]\n", "line 2, column 4: ']' is not allowed here."),
        ("a: 1\n b: 2\n", "line 2, column 3: ': 2' is not allowed here."),
        ("a: !!python/name:os.system x\n", "'!!python/name:os.system x' is not allowed here."),
        ("a: *b\n", "line 1, column 4: '*b' is not allowed here."),
        ("a: " + "[" * 9000, "as YAML in UTF-8; it is not."),
        (b"\xff\x00", "as YAML in UTF-8; it is not."),
    ],
)
def test_yaml_that_cannot_be_is_refused_with_its_place(
    tmp_path: Path, text: str | bytes, sentence: str
) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)

    with pytest.raises(InputError) as refused:
        read_yaml(path)
    assert str(refused.value).startswith(f"Expected {path} as YAML")
    assert str(refused.value).endswith(sentence)


@pytest.mark.parametrize(
    ("text", "line", "column"), [("{", 1, 2), ('{"a": 1,\n "b": ]}', 2, 7), ("[1, nan]", 1, 5)]
)
def test_json_that_cannot_be_is_refused_with_its_place(
    tmp_path: Path, text: str, line: int, column: int
) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)

    with pytest.raises(InputError) as refused:
        read_json(path)
    assert refused.value.position == (line, column)
    assert str(refused.value) == (
        f"Expected {path} as JSON; it is invalid at line {line}, column {column}."
    )
