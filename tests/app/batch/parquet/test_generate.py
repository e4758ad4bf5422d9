"""Drawn inputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.world.candidates import Popularity, draw_block
from tests.app.batch.conftest import Command, table


def test_the_same_seed_gives_the_same_whatever_draws_it(command: Command, tmp_path: Path) -> None:
    size = ("generate", "--users", 3_000, "--streamers", 30, "--candidates", 5, "--seed", 3)

    for name, partitions, threads in (("one", 1, 1), ("three", 3, 2)):
        ended = command(*size, "--partitions", partitions, "--threads", threads, "--output", name)
        assert ended.code == 0, ended.refused

    for part in ("candidates", "users.parquet", "streamers.parquet"):
        one, three = table(tmp_path / "one" / part), table(tmp_path / "three" / part)
        for name in one:
            np.testing.assert_array_equal(one[name], three[name])
    assert len(list((tmp_path / "three" / "candidates").iterdir())) == 3


def test_each_user_has_as_many_different_streamers_as_were_asked_for(drawn: Path) -> None:
    pairs = table(drawn / "candidates")

    assert (np.bincount(pairs["user"], minlength=5_000) == 8).all()
    streamers = pairs["streamer"].reshape(-1, 8)
    assert (streamers[:, 1:] > streamers[:, :-1]).all()
    assert pairs["ev"].min() > 0


def test_streamers_are_drawn_by_their_popularity() -> None:
    popularity = Popularity.drawn(20, seed=1)
    share = np.bincount(popularity.other, 1 - popularity.stay, 20) + popularity.stay

    drawn = np.concatenate([draw_block(popularity, 1, 1, at).streamers.ravel() for at in range(60)])

    expected = share / 20 * len(drawn)
    off = np.bincount(drawn, minlength=20) - expected
    assert (np.abs(off) < 5 * np.sqrt(expected)).all()


def test_every_streamer_can_be_a_candidate_however_unpopular() -> None:
    block = draw_block(Popularity.drawn(200, seed=2), 200, 0, 0, n_users=3)

    assert block.streamers.tolist() == [list(range(200))] * 3


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--candidates", 6, "Expected at most 5 candidates, one for each streamer; got 6."),
        ("--users", 0, "Expected users from 1 to 2^31 - 1; got 0."),
    ],
)
def test_sizes_that_cannot_be_are_refused(
    option: str, value: int, sentence: str, command: Command
) -> None:
    ended = command("generate", "--users", 9, "--streamers", 5, "--candidates", 2,
                    "--output", "out", option, value)  # fmt: skip

    assert (ended.code, ended.refused) == (1, sentence + "\n")
