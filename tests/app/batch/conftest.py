"""A small drawn input, and the command in this process."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.batch.parquet.generate import Size, generate
from app.cli import main


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    printed: str
    refused: str


Command = Callable[..., Ended]


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run the command in an empty directory, in this process."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["whale-matching", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """5,000 users with 8 of 40 streamers each, in three partitions; caps bind."""
    directory = tmp_path_factory.mktemp("drawn") / "input"
    generate(Size(5_000, 40, 8, 3), 7, str(directory), 2, lambda _done, _all: None)
    return directory


def table(directory: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Return the columns of a directory of Parquet files, or of one."""
    files = sorted(directory.glob("part-*.parquet")) if directory.is_dir() else [directory]
    whole = pa.concat_tables([pq.read_table(file) for file in files])
    return {name: whole.column(name).to_numpy() for name in whole.column_names}


def manifest(directory: Path) -> dict[str, Any]:
    """Return what a result's manifest says."""
    return json.loads((directory / "manifest.json").read_text())  # type: ignore[no-any-return]


def write(path: Path, columns: Mapping[str, object], **options: Any) -> Path:
    """Write columns as Parquet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(dict(columns)), path, **options)
    return path


@contextmanager
def small_files() -> Iterator[None]:
    """Let no file grow beyond 4 KiB, as on a disk that is all but full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
