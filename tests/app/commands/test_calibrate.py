"""whale-matching calibrate, in a real subprocess, and how it reads a log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from rich.cells import cell_len

from app.studies.gift_log import read_gifts
from simulator import SweepConfig
from tests.app.conftest import Run

HEADER = "user_id,streamer_id,timestamp,gift_price,room"


def written(path: Path, n_gifts: int) -> None:
    """Write gifts of 1, 5 and 50 by users of whom the first gives most."""
    rng = np.random.default_rng(2)
    users = rng.geometric(0.02, n_gifts)
    rows = zip(users, rng.integers(20, size=n_gifts), rng.choice([1, 5, 50], n_gifts), strict=True)
    lines = (f"u{user},s{streamer},1700000000,{price},x" for user, streamer, price in rows)
    path.write_text("\n".join([HEADER, *lines, ""]))


def test_calibrate_writes_an_experiment_that_sweep_can_run(run: Run, tmp_path: Path) -> None:
    written(tmp_path / "gift.csv", 400)
    done = run(
        "calibrate", "--gifts", "gift.csv", "--interactions", "4000", "--output", "out/world.yaml"
    )
    text = (tmp_path / "out" / "world.yaml").read_text()
    config = SweepConfig.from_mapping(yaml.safe_load(text))

    assert done.returncode == 0, done.stderr
    assert done.stderr == (  # a pipe gets no progress bar
        "gift.csv: CSV (UTF-8, commas), 400 gifts; users: user_id, streamers: streamer_id, "
        "prices: gift_price.\n"
    )
    assert done.stdout.splitlines()[-1] == "400 gifts. → out/world.yaml"
    for figure in ("gift_rate", "amount_p99", "user_gini", "streamer_gini", "wealth_tail"):
        assert figure in done.stdout
        assert figure in text  # as a comment
    assert config.world.tiers == (1, 5, 50)
    assert config.rounds * config.users_per_round == pytest.approx(4000, rel=0.05)
    assert config.world.n_streamers == 20

    short = config.as_mapping() | {"k_values": [1], "simulations": 1}
    (tmp_path / "short.yaml").write_text(yaml.safe_dump(short))
    swept = run("sweep", "--config", "short.yaml", "--output", "result.json")
    assert swept.returncode == 0, swept.stderr


def test_the_table_is_in_the_language_and_aligned(run_here: Run, tmp_path: Path) -> None:
    written(tmp_path / "gift.csv", 400)
    call = ("calibrate", "--gifts", "gift.csv", "--output", "world.yaml")
    english, chinese = run_here(*call), run_here(*call, "--language", "zh")
    lines = chinese.stdout.splitlines()[:-1]

    assert "主播基尼系数" in chinese.stdout
    assert not any(name in chinese.stdout for name in ("gini", "rate", "tail"))
    assert len(lines) == len(english.stdout.splitlines()) - 1
    assert {cell_len(line.removesuffix("  超过 10 %")) for line in lines} == {50}


def test_a_log_is_read_in_pieces_and_free_gifts_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sheets.cells.BLOCK", 20)
    (tmp_path / "gift.csv").write_text(
        f"{HEADER}\na,x,1,5,r\nb,x,2,0,r\na,y,3,2.5,r\n7,x,4,1,r\n007,y,5,1,r\n"
    )
    log, free, _ = read_gifts(tmp_path / "gift.csv")

    assert log.amounts.tolist() == [5, 2.5, 1, 1]
    assert log.users.tolist() == [0, 0, 1, 2]  # 7 and 007 are two users
    assert log.streamers.tolist() == [0, 1, 0, 1]
    assert free == 1


BAD_LOGS = [
    ("", "Expected a table in gift.csv; it is empty."),
    (
        f"{HEADER}\n",
        "Expected a line of headings and at least one line of data in gift.csv; it has one",
    ),
    (f"{HEADER}\na,x,1,0,r\n", "Expected gifts in gift.csv; it has none."),
    (
        "user_id,timestamp,gift_price\na,1,5\n",
        "Expected the columns user_id, streamer_id and gift_price in gift.csv; got user_id, "
        "timestamp and gift_price.",
    ),
    ("something else\n1\n", "gift_price in gift.csv; got 'something else'."),
    (
        f"{HEADER}\na,x,1,5,r\na,x,2,-3,r\n",
        "Expected a number from 0 to 1e9 in gift.csv, line 3, column gift_price; got '-3'.",
    ),
    (f"{HEADER}\na,x,1,much,r\n", "in gift.csv, line 2, column gift_price; got 'much'."),
    (f"{HEADER}\na,x,1,,r\n", "a number in gift.csv, line 2, column gift_price; got nothing."),
    (f"{HEADER}\n,x,1,5,r\n", "Expected an id in gift.csv, line 2, column user_id; got nothing."),
    (f'{HEADER}\na,"x,1,5,r\n', "Expected quotes that are closed, in gift.csv; line 2, column 2"),
    (f"{HEADER}\na,x,1,5,r\n", "Expected at least 100 gifts to fit a world to; got 1."),
]


@pytest.mark.parametrize(("text", "sentence"), BAD_LOGS)
def test_a_bad_log_ends_in_one_sentence_with_its_place(
    run_here: Run, tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "gift.csv").write_text(text)

    done = run_here("calibrate", "--gifts", "gift.csv", "--output", "world.yaml")

    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[-1]
    assert len(done.stderr.splitlines()) == (2 if "fit a world" in sentence else 1)
    assert not (tmp_path / "world.yaml").exists()


@pytest.mark.parametrize("magic", [b"PAR1", b"ARROW1\0\0", b"\xff\xff\xff\xff\x10\0\0\0"])
def test_a_damaged_log_ends_in_one_sentence(run_here: Run, tmp_path: Path, magic: bytes) -> None:
    (tmp_path / "gift.data").write_bytes(magic + b"cut off")

    done = run_here("calibrate", "--gifts", "gift.data", "--output", "world.yaml")

    assert (done.returncode, done.stderr) == (
        1,
        "Expected gift.data as Arrow or Parquet, like its first bytes; it is damaged or cut off.\n",
    )  # fmt: skip


BAD_CALLS = [
    ("--gifts no.csv", "No such file or directory: no.csv."),
    ("--gifts gift.csv --interactions 4000 --gift-rate 0.1", "either --interactions or --gift"),
    ("--gifts gift.csv --interactions 10", "at least as many interactions as gifts, 400; got 10."),
    ("--gifts gift.csv --gift-rate 2", "Expected gift_rate above 0 and at most 1; got 2.0."),
    ("--gifts gift.csv --users 5", "Expected users ≥ "),
    ("--gifts gift.csv --streamers 5", "Expected streamers ≥ 20; got 5."),
    ("--gifts gift.csv --gift-rate 1e-7", "interactions per user"),
]


@pytest.mark.parametrize(("call", "sentence"), BAD_CALLS)
def test_a_mistake_ends_in_one_sentence_and_exit_code_1(
    run_here: Run, tmp_path: Path, call: str, sentence: str
) -> None:
    written(tmp_path / "gift.csv", 400)

    done = run_here("calibrate", *call.split(), "--output", "world.yaml")

    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[-1]
    assert len(done.stderr.splitlines()) <= 2  # what was understood may come first
    assert not (tmp_path / "world.yaml").exists()
