"""Kernels on disk: none stale, none compiled twice, wherever they can be kept."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from solver.kernels.compilation import directory

pytestmark = pytest.mark.slow  # starts processes

ROOT = Path(__file__).parents[3]

LEAF = """
from compilation import njit

@njit
def leaf(x):
    return x + 1
"""
STEM = """
from compilation import njit
from leaf import leaf

@njit
def stem(x):
    return leaf(x) * 10
"""
CALL = """
import json
from leaf import leaf
from stem import stem
result = stem(4)
compiled = [sum(each.stats.cache_misses.values()) for each in (leaf, stem)]
print(json.dumps([result, sum(compiled)]))
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "leaf.py").write_text(LEAF)
    (tmp_path / "stem.py").write_text(STEM)
    return tmp_path


def begun(program: Path, stderr: Any = None, **variables: str) -> subprocess.Popen[str]:
    # The package alone: the solver would be imported for a second each time.
    paths = os.pathsep.join(map(str, (program, ROOT / "solver" / "kernels")))
    cache = {"NUMBA_CACHE_DIR": str(program / "cache")} | variables
    return subprocess.Popen(
        [sys.executable, "-c", CALL], stderr=stderr,
        env=os.environ | {"PYTHONPATH": paths} | cache, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> Any:
    """Return what the program computed, and how many kernels it compiled for that."""
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(output)


def files(program: Path) -> list[Path]:
    return sorted(path for path in program.glob("cache/*/*/*") if path.is_file())


def test_an_edit_in_another_file_is_seen_and_nothing_is_compiled_twice(program: Path) -> None:
    assert ended(begun(program)) == [50, 2]
    # Whole again after damage; and a comment, or a later time, is no edit.
    files(program)[1].write_bytes(files(program)[1].read_bytes()[:-1])
    (program / "leaf.py").write_text("# new words\n" + LEAF)
    assert ended(begun(program)) == [50, 1]
    assert ended(begun(program)) == [50, 0]
    for edition in range(2, 6):
        (program / "leaf.py").write_text(LEAF.replace("x + 1", f"x + {edition}"))
        assert ended(begun(program)) == [10 * (4 + edition), 2]
    # The oldest editions are gone, and so are the files that locked and wrote.
    assert [path.suffix for path in files(program)] == [".kernel"] * 6


def test_processes_that_start_together_compile_each_kernel_once(program: Path) -> None:
    together = [begun(program) for _ in range(3)]
    results = [ended(each) for each in together]
    assert [result for result, _ in results] == [50] * 3
    assert sum(compiled for _, compiled in results) == 2
    assert len(files(program)) == 2


FILL = """
import numpy as np
from solver.heuristics.greedy import _fill_dense
from solver.kernels import MatrixRows
room, streamer = np.array([1, 0, 1]), np.array([-1])
rows = MatrixRows.of(np.array([[3.0, 5.0, 4.0]]))
_fill_dense(rows, np.array([1]), np.array([0]), room, streamer)
print(streamer[0], sum(_fill_dense.stats.cache_misses.values()))
"""


def test_an_edited_copy_of_the_solver_gives_what_the_edit_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "solver", tmp_path / "solver")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    environment.pop("NUMBA_CACHE_DIR", None)

    def filled() -> str:
        call = [sys.executable, "-c", FILL]
        return subprocess.check_output(call, env=environment, cwd=tmp_path, text=True, timeout=120)

    filled()
    assert filled() == "2 0\n"
    rows = tmp_path / "solver" / "kernels" / "rows.py"  # another file than that of `_fill_dense`
    edited = rows.read_text().replace("row[s] - price[s]", "row[s] + price[s]")
    assert edited != rows.read_text()
    rows.write_text(edited)
    assert filled() == "1 1\n"


def blocked(path: Path) -> str:
    """Return the name of a directory that nobody can make, whoever runs the test."""
    path.write_text("")
    return str(path)


def test_where_nothing_can_be_written_everything_still_runs(program: Path) -> None:
    nowhere = blocked(program / "nowhere")
    cache = {"NUMBA_CACHE_DIR": nowhere, "XDG_CACHE_HOME": str(program / "home")}
    assert ended(begun(program, **cache)) == [50, 2]
    assert ended(begun(program, **cache)) == [50, 0]  # from the user's cache
    kept = program / f"whale-matching-kernels-{os.getuid()}"
    cache = {"NUMBA_CACHE_DIR": nowhere, "XDG_CACHE_HOME": nowhere, "TMPDIR": str(program)}
    assert ended(begun(program, **cache)) == [50, 2]
    assert kept.stat().st_mode & 0o777 == 0o700
    assert ended(begun(program, **cache)) == [50, 0]
    kept.chmod(0o777)  # others may have put machine code there
    assert ended(begun(program, **cache)) == [50, 2]


def test_kernels_that_lie_where_nobody_may_write_are_found(program: Path) -> None:
    assert ended(begun(program)) == [50, 2]
    (program / "cache").rename(program / "shipped")
    for place in sorted(program.glob("shipped/**/*"), reverse=True):
        place.chmod(0o555 if place.is_dir() else 0o444)
    assert ended(begun(program, NUMBA_CACHE_DIR=str(program / "shipped"))) == [50, 0]


V3 = ["avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave"]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names processors of x86-64")
def test_a_portable_kernel_runs_on_any_processor_that_has_the_target(program: Path) -> None:
    def on_processor(*features: str) -> tuple[Any, str]:
        """Return what the program prints on another processor, and what it warns of."""
        report = program / "sitecustomize.py"
        report.write_text(
            "import llvmlite.binding as llvm\n"
            "from llvmlite.binding.targets import FeatureMap\n"
            "llvm.get_host_cpu_name = lambda: 'znver1'\n"
            f"llvm.get_host_cpu_features = lambda: FeatureMap.fromkeys({features}, True)\n"
        )
        with (program / "warnings").open("w") as warnings:
            told = ended(begun(program, stderr=warnings, WHALE_KERNEL_TARGET="portable"))
        return told, (program / "warnings").read_text()

    assert ended(begun(program, WHALE_KERNEL_TARGET="portable")) == [50, 2]
    assert on_processor(*V3, "sha") == ([50, 0], "")
    told, warning = on_processor("avx", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave")
    assert told == [50, 2]
    assert "This processor is not x86-64-v3: it lacks avx2" in warning


def test_environments_long_out_of_use_are_deleted(tmp_path: Path) -> None:
    for age in range(6):
        place = tmp_path / str(age)
        place.mkdir()
        os.utime(place, (1e9 - age, 1e9 - age))
    directory._keep_newest(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["0", "1", "2", "3"]


FAIL_TWICE = """
import json
from compilation import locks
from stem import stem

class Event:
    def wait(self, seconds):
        raise SystemExit("waited for itself")

locks.Event = Event
failed = 0
for _ in range(2):
    try:
        stem("four")  # no number: its types cannot be found
    except Exception:
        failed += 1
print(json.dumps(failed))
"""


def test_a_compilation_that_failed_is_not_waited_for_in_its_own_process(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "CALL", FAIL_TWICE)
    assert ended(begun(program)) == 2
