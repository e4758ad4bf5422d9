"""Results that go elsewhere than to a directory of this machine."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from app.batch.parquet.destination import create_directory, remove_if_abandoned
from app.files import write_atomically
from tests.app.batch.conftest import Command, manifest

FILES = {"part-00000.parquet", "prices.parquet", "manifest.json"}
INTERRUPTED = (
    "Expected output as a new directory; memory:///bucket/out has files but no "
    "manifest.json, as a run that was killed leaves them. Remove them, or choose another place."
)


@pytest.fixture
def bucket() -> MemoryFileSystem:
    """Return an empty store in memory."""
    store = fsspec.filesystem("memory")
    for left in store.ls("/", detail=False):
        store.rm(left, recursive=True)
    return store


@pytest.fixture
def run(drawn: Path, command: Command) -> Callable[..., Any]:
    """Allocate the drawn input to an output."""

    def run(output: object, *options: object) -> Any:
        return command("allocate", "--candidates", drawn / "candidates", "--capacity",
                       drawn / "streamers.parquet", "--all-whales", "--k", 50,
                       "--output", output, *options)  # fmt: skip

    return run


def names(store: MemoryFileSystem) -> set[str]:
    """Return what is in the bucket, from its root."""
    return {path.removeprefix("/bucket/") for path in store.find("/bucket")}


def test_a_result_is_the_same_wherever_it_is_written(
    bucket: MemoryFileSystem, run: Callable[..., Any], tmp_path: Path
) -> None:
    for output in ("here", f"file://{tmp_path}/there", "memory://bucket/out"):
        ended = run(output)
        assert ended.code == 0, ended.refused
        assert f"→ {output}\n" in ended.printed

    assert {path.name for path in tmp_path.iterdir()} == {"here", "there"}
    assert names(bucket) == {f"out/{name}" for name in FILES}
    for name in FILES - {"manifest.json"}:
        here = pq.read_table(tmp_path / "here" / name)
        assert pq.read_table(tmp_path / "there" / name).equals(here)
        with bucket.open(f"/bucket/out/{name}") as remote:
            assert pq.read_table(remote).equals(here)
    said = json.loads(bucket.cat("/bucket/out/manifest.json"))
    for key in ("certificate", "counts", "partitions"):
        assert said[key] == manifest(tmp_path / "here")[key]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of what is sent to the bucket, in order; one put there before is refused."""
    names: list[str] = []
    send = MemoryFileSystem.put_file

    def put_file(store: MemoryFileSystem, source: str, path: str) -> None:
        name = path.rsplit("/", 1)[-1]
        if name in names[:1]:
            raise RuntimeError("SlowDown: reduce your request rate")  # as of a store's own client
        names.append(name)
        send(store, source, path)

    monkeypatch.setattr(MemoryFileSystem, "put_file", put_file)
    return names


@pytest.mark.usefixtures("bucket")
def test_the_manifest_is_sent_last(sent: list[str], run: Callable[..., Any]) -> None:
    run("memory://bucket/out")

    assert sent == [".writable", "part-00000.parquet", "prices.parquet", "manifest.json"]


@pytest.mark.parametrize("name", [".writable", *sorted(FILES)])
def test_a_file_that_cannot_be_sent_is_named_and_the_others_are_removed(
    name: str, bucket: MemoryFileSystem, sent: list[str], run: Callable[..., Any]
) -> None:
    sent.append(name)

    ended = run("memory://bucket/out")

    assert (ended.code, ended.refused) == (
        1,
        f"Cannot write memory:///bucket/out/{name}: SlowDown: reduce your request rate.\n",
    )
    assert names(bucket) == set()
    assert not bucket.exists("/bucket/out")


def interrupted(output: str) -> None:
    """Write a result, and be interrupted when its last file is there."""
    with create_directory(output) as destination:
        destination.write_bytes("part-00000.parquet", b"rows")
        destination.write_bytes("manifest.json", b"{}")
        raise KeyboardInterrupt


def test_what_cannot_be_removed_never_looks_whole(
    bucket: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails after the last file, in a store that lets nobody remove it."""

    def rm_file(store: MemoryFileSystem, path: str) -> None:
        if path.endswith(forbidden):
            raise PermissionError(path)
        del store.store[path]

    monkeypatch.setattr(MemoryFileSystem, "rm_file", rm_file)
    forbidden = "part-00000.parquet"
    with pytest.raises(KeyboardInterrupt):
        interrupted("memory://bucket/parts")
    forbidden = "manifest.json"
    with pytest.raises(KeyboardInterrupt):
        interrupted("memory://bucket/whole")

    assert names(bucket) == {
        "parts/part-00000.parquet", "whole/part-00000.parquet", "whole/manifest.json",
    }  # fmt: skip


def test_only_its_own_files_are_removed(bucket: MemoryFileSystem) -> None:
    """A * in a name means no other names."""
    bucket.pipe("/bucket/run-1/manifest.json", b"{}")

    with pytest.raises(KeyboardInterrupt):
        interrupted("memory://bucket/run-*")

    assert names(bucket) == {"run-1/manifest.json"}


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        # a result
        (["out/part-00000.parquet", "out/manifest.json"],
         "Expected output as a new directory; memory:///bucket/out exists."),
        # a file of that name
        (["out"], "Expected output as a new directory; memory:///bucket/out exists."),
        # what a killed run leaves
        (["out/part-00000.parquet"], INTERRUPTED),
    ],
)  # fmt: skip
def test_a_place_with_anything_is_refused_and_left_alone(
    there: list[str], sentence: str, bucket: MemoryFileSystem, run: Callable[..., Any]
) -> None:
    for name in there:
        bucket.pipe(f"/bucket/{name}", b"before")

    ended = run("memory://bucket/out")

    assert (ended.code, ended.refused) == (1, sentence + "\n")
    assert names(bucket) == set(there)


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("nonsense://bucket/out", "Protocol not known: nonsense"),
        ("lakefs://bucket/out", "Please install lakefs-spec"),
    ],
)
def test_a_place_that_nothing_here_can_write_to_is_refused(
    output: str, told: str, run: Callable[..., Any]
) -> None:
    ended = run(output)

    wish = f"Expected output at a path that fsspec understands; got {output}"
    assert ended.code == 1
    assert ended.refused.startswith(f"{wish} ({told}")
    assert ended.refused.count("\n") == 1


def test_a_place_that_cannot_be_written_to_is_refused_before_any_work(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "above").write_bytes(b"")

    ended = run(f"simplecache::file://{tmp_path}/above/out")

    assert ended.code == 1
    assert ended.refused.startswith(f"Cannot write file://{tmp_path}/above/out: ")
    assert ended.refused.count("\n") == 1


def test_the_answer_for_a_matrix_is_a_file_on_this_machine(
    command: Command, tmp_path: Path
) -> None:
    ended = command("allocate", "--ev", "ev.npy", "--output", "memory://bucket/out.json")

    assert ended.refused == (
        "Expected output as a file on this machine; got memory://bucket/out.json.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_drawn_input_goes_there_too(bucket: MemoryFileSystem, command: Command) -> None:
    ended = command("generate", "--users", 3_000, "--streamers", 30, "--candidates", 5,
                    "--partitions", 2, "--output", "memory://bucket/input")  # fmt: skip

    assert ended.code == 0, ended.refused
    ended = command("allocate", "--candidates", "memory://bucket/input/candidates",
                    "--users", "memory://bucket/input/users.parquet", "--k", 5,
                    "--output", "memory://bucket/out")  # fmt: skip
    assert ended.code == 0, ended.refused
    assert json.loads(bucket.cat("/bucket/out/manifest.json"))["pairs"] == 15_000


def test_what_a_lost_worker_began_is_no_part_of_a_result(tmp_path: Path) -> None:
    with create_directory(str(tmp_path / "out")) as destination:
        destination.write_bytes("part-00000.parquet", b"rows")
        (made,) = tmp_path.iterdir()
        (made / ".part-00001.parquet.1234").write_bytes(b"ro")

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["part-00000.parquet"]


def left_by_a_killed_run(output: Path, days_ago: float) -> Path:
    """Return what a run of an output left behind, so long ago."""
    left = output.parent / f".{output.name}.{int(100 * days_ago):08x}.partial"
    (left / "candidates").mkdir(parents=True)
    files = [left / ".lock", left / "candidates" / "part-0.parquet", left / "candidates", left]
    for file in files[:2]:
        file.write_bytes(b"half")
    for file in files:
        os.utime(file, (time.time() - days_ago * 86_400,) * 2)
    return left


def test_a_run_removes_what_killed_ones_left_a_day_ago_and_nothing_that_is_alive(
    tmp_path: Path,
) -> None:
    output, other = tmp_path / "out[1]", tmp_path / "out"
    old, recent = left_by_a_killed_run(output, 2), left_by_a_killed_run(output, 0.5)
    others, long = left_by_a_killed_run(other, 3), left_by_a_killed_run(output, 4)
    written_to = left_by_a_killed_run(output, 5)
    (written_to / "candidates" / "part-1.parquet").touch()

    with (long / ".lock").open("r+") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        with create_directory(str(output)) as destination:
            destination.write_bytes("manifest.json", b"{}")

    assert not old.exists()
    assert all(each.exists() for each in (recent, others, long, written_to))
    assert [each.name for each in output.iterdir()] == ["manifest.json"]


def test_a_run_that_is_alive_holds_a_lock(tmp_path: Path) -> None:
    with create_directory(str(tmp_path / "out")) as destination:
        destination.write_bytes("manifest.json", b"{}")
        (made,) = tmp_path.glob(".out.*.partial")
        for each in (*made.iterdir(), made):
            os.utime(each, (0, 0))
        remove_if_abandoned(made)
        assert made.exists()
    assert (tmp_path / "out" / "manifest.json").exists()


def test_a_file_removes_what_killed_runs_left_of_it_a_day_ago(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    old, recent, others = (
        tmp_path / name
        for name in (".result.json.a.partial", ".result.json.b.partial", ".result.j.a.partial")
    )
    for each in (old, recent, others):
        each.write_bytes(b"half")
    for each in (old, others):
        os.utime(each, (0, 0))

    write_atomically(path, b"whole")

    assert not old.exists()
    assert recent.exists()
    assert others.exists()
    assert path.read_bytes() == b"whole"
