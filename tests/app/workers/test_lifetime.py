"""Processes that end with their parent, in compiled code that holds the interpreter too."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from pathlib import Path

import pytest

from app.workers.lifetime import end_by_reading, end_by_signal
from tests.app.spinning import say_pid_and_spin

pytestmark = pytest.mark.slow  # starts processes

ROOT = Path(__file__).parents[3]
WAYS: dict[str, Callable[[int], None]] = {"signal": end_by_signal, "reading": end_by_reading}


def child(way: str, path: Path) -> None:
    parent = parent_process()
    assert parent is not None
    WAYS[way](parent.sentinel)
    say_pid_and_spin(path)


def alive(pid: int) -> bool:
    """Return whether a process is there and runs; one that nobody waited for has ended too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


PARENT = """
import pathlib, sys, time
from tests.app.workers.test_lifetime import begin
begin(sys.argv[1], pathlib.Path(sys.argv[2]))
time.sleep(600)
"""


def begin(way: str, path: Path) -> None:
    get_context("fork").Process(target=child, args=(way, path)).start()


@pytest.mark.parametrize("way", ["signal", "reading"])
def test_a_process_ends_with_its_parent_in_a_kernel_too(way: str, tmp_path: Path) -> None:
    path = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, way, str(path)], cwd=ROOT)
    try:
        while not (path.exists() and path.read_text()):
            assert parent.poll() is None
            time.sleep(0.05)
        assert alive(int(path.read_text()))
    finally:
        parent.kill()
        parent.wait()
    while alive(int(path.read_text())):
        time.sleep(0.05)


def test_a_process_whose_parent_has_ended_already_ends_at_once(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(writer)  # as the end of the parent would
    pid = os.fork()
    if pid == 0:
        end_by_signal(reader)
        (tmp_path / "lived").touch()
        os._exit(0)
    os.waitpid(pid, 0)
    os.close(reader)
    assert not (tmp_path / "lived").exists()
