"""From Parquet to Parquet: whole commands, timed, with the memory that their process took.

Run with ``make bench-scale``; it writes ``benchmarks/SCALE.md``. ``--cases`` chooses some, by
name; a case that needs more memory or disk than is free is left out, and says so. Every command is
a process of its own, whose peak memory is what the system counted. Lines of cases that did not run
are kept as they were.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

RESULTS = Path(__file__).parent / "SCALE.md"
GIB = 2**30
PEERS = {
    "ortools": "OR-Tools, min-cost flow on all pairs",
    "highs": "HiGHS, linear program",
    "pdlp": "OR-Tools' PDLP, linear program",
    "dualip": "DuaLip's dual method (baseline in NumPy), bound only",
}
PATIENCE = 600
"""Seconds after which a peer is stopped."""

OUT_OF_MEMORY = 3
"""Exit code of a peer that wants more than three quarters of what is free."""


@dataclass(frozen=True)
class Case:
    """An input and what must be reached on it.

    Parameters
    ----------
    users, streamers, candidates : int
    seconds, gib, gap : float
        Most of each; without limit where infinite.
    memory : str, optional
        Budget of the command.
    peers : bool
        Whether other solvers run on it too.
    """

    users: int
    streamers: int
    candidates: int
    seconds: float
    gib: float
    gap: float
    memory: str | None = None
    peers: bool = False

    @property
    def title(self) -> str:
        """The case as the table names it."""
        within = f", `--memory {self.memory}`" if self.memory else ""
        return f"{self.users:,} × {self.candidates} over {self.streamers:,}{within}"


CASES = {
    "10k": Case(10_000, 100, 50, math.inf, math.inf, 1e-6, peers=True),
    "100k": Case(100_000, 1_000, 50, math.inf, math.inf, 1e-6, peers=True),
    "1m": Case(1_000_000, 10_000, 50, 15, math.inf, 1e-6, peers=True),
    "10m": Case(10_000_000, 10_000, 50, 180, 12, 1e-6),
    "25m": Case(25_000_000, 10_000, 10, 120, 6, 1e-6),
    "10m-4gib": Case(10_000_000, 10_000, 50, math.inf, 4, 1e-4, memory="4GiB"),
    "100m": Case(100_000_000, 10_000, 10, 600, 18, 1e-6),
}


@dataclass(frozen=True)
class Ran:
    """How a process ended: seconds, bytes at its peak, and what it printed."""

    seconds: float
    peak: int
    printed: str


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument(
        "--directory", type=Path, help="where inputs go; by default a temporary one"
    )
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds for a peer")
    options = parser.parse_args()
    lines = _known_lines()
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        _compile(Path(directory))
        for name in options.cases:
            case, made = CASES[name], Path(directory, "input")
            lacking = _lacking(case, Path(directory))
            if lacking:
                print(f"{name}: {lacking}")
                continue
            lines[case.title] = [*_lines(case, made, Path(directory, "result"), options.patience)]
            print(*lines[case.title], sep="\n", flush=True)
            shutil.rmtree(made)
            _write(lines)


def _compile(directory: Path) -> None:
    """Run every kernel once, so that none is compiled while it is timed."""
    made, result = directory / "tiny", directory / "result"
    tiny = Case(20_000, 100, 10, math.inf, math.inf, math.inf)
    _run(["generate", *_sizes(tiny), "--output", str(made)])
    _run(_allocate(made, result, []))
    shutil.rmtree(result)


def _lines(case: Case, made: Path, result: Path, patience: float) -> Iterator[str]:
    ran = _run(["generate", *_sizes(case), "--output", str(made)])
    yield _bounded("generate", ran.seconds, "s")
    budget = ["--memory", case.memory] if case.memory else []
    ran = _run(_allocate(made, result, budget))
    manifest = json.loads((result / "manifest.json").read_text())
    shutil.rmtree(result)
    solve = sum(
        taken for step, taken in manifest["timings_ms"].items()
        if step in ("whale_tier", "certificate", "solve")
    )  # fmt: skip
    yield _bounded("Parquet to Parquet", ran.seconds, "s", case.seconds)
    yield _bounded("of which solving", solve / 1000, "s")
    yield _bounded("peak memory", ran.peak / GIB, "GiB", case.gib)
    yield _bounded("certified relative gap", manifest["certificate"]["relative_gap"], "", case.gap)
    if case.peers:
        best = manifest["certificate"]["objective"]
        for peer, called in PEERS.items():
            yield _peer_line(case, peer, called, made, best, patience)


def _bounded(what: str, value: float, unit: str, most: float = math.inf) -> str:
    reached = "" if most == math.inf else "yes" if value <= most else "**no**"
    goal = "" if most == math.inf else f"≤ {most:g} {unit}".rstrip()
    return f"| {what} | {value:.3g} {unit}".rstrip() + f" | {goal} | {reached} |"


def _peer_line(case: Case, peer: str, called: str, made: Path, best: float, patience: float) -> str:
    command = [sys.executable, "-m", "benchmarks.scale_peers", peer, str(made), f"{best!r}"]
    try:
        ran = _watched([*command, f"{case.gap}"], patience)
    except subprocess.TimeoutExpired:
        return f"| {called} | more than {patience:g} s | | |"
    except subprocess.CalledProcessError as error:
        code = error.returncode
        said = f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        said = "wants more than ¾ of the memory" if code == OUT_OF_MEMORY else said
        return f"| {called} | {said} | | |"
    found = json.loads(ran.printed.splitlines()[-1])
    memory = f"{ran.peak / GIB:.3g} GiB"
    return f"| {called} | {found['seconds']:.3g} s, gap {found['gap']:.2g}, {memory} | | |"


def _sizes(case: Case) -> list[str]:
    partitions = max(4, case.users * case.candidates // 12_500_000)
    return [
        "--users", str(case.users), "--streamers", str(case.streamers),
        "--candidates", str(case.candidates), "--partitions", str(partitions), "--seed", "0",
    ]  # fmt: skip


def _allocate(made: Path, result: Path, budget: list[str]) -> list[str]:
    return [
        "allocate", "--candidates", str(made / "candidates"), "--all-whales", *budget,
        "--users", str(made / "users.parquet"), "--capacity", str(made / "streamers.parquet"),
        "--output", str(result),
    ]  # fmt: skip


def _run(arguments: list[str]) -> Ran:
    command = [sys.executable, "-c", "from app.cli import main; main()", *arguments]
    return _watched(command, None)


def _watched(command: list[str], patience: float | None) -> Ran:
    """Run a command to its end and return what it took, as the system counted it."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, stdout=printed)
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            taken = time.perf_counter() - start
            if ended:
                break
            if patience is not None and taken > patience:
                process.kill()
                os.wait4(process.pid, 0)
                raise subprocess.TimeoutExpired(command, patience)
            time.sleep(0.01)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        printed.seek(0)
        return Ran(taken, 1024 * usage.ru_maxrss, printed.read().decode())


def _lacking(case: Case, directory: Path) -> str | None:
    """Return what a case lacks on this machine, if anything."""
    pairs = case.users * case.candidates
    need = 4 * GIB if case.memory else GIB + 10 * pairs + 80 * case.users
    free = psutil.virtual_memory().available
    if free < need:
        return f"needs {need / GIB:.0f} GiB of memory; {free / GIB:.0f} GiB are free"
    room = shutil.disk_usage(directory).free
    if room < 16 * pairs:
        return f"needs {16 * pairs / GIB:.0f} GiB of disk; {room / GIB:.0f} GiB are free"
    return None


def _known_lines() -> dict[str, list[str]]:
    """Return the lines of the cases that ran before, by title."""
    known: dict[str, list[str]] = {}
    title = ""
    for line in RESULTS.read_text().splitlines() if RESULTS.exists() else ():
        if line.startswith("## "):
            title = line[3:]
        elif title and line.startswith("| ") and not line.startswith("| what"):
            known.setdefault(title, []).append(line)
    return known


def _write(lines: dict[str, list[str]]) -> None:
    load = " / ".join(f"{each:.1f}" for each in os.getloadavg())
    titles = [case.title for case in CASES.values() if case.title in lines]
    RESULTS.write_text(
        "# From Parquet to Parquet\n\n"
        "By `make bench-scale`: users × candidates over streamers, every user a whale, a tenth "
        "more slots than users, popularity with a Pareto tail. Each command is a process of its "
        "own, from start to end, and its memory what the system counted at its peak. Other "
        "solvers get the candidates as arrays, their reading untimed; their gap is that of the "
        "bound their prices prove, or of the flow they found, to the allocation above them. "
        f"{os.cpu_count()} cores; load averages at the end {load}; where they are above "
        "that number, others computed besides, and times are too long.\n"
        + "".join(
            f"\n## {title}\n\n| what | value | must reach | reached |\n|---|---|---|---|\n"
            + "\n".join(lines[title])
            + "\n"
            for title in titles
        )
    )


if __name__ == "__main__":
    main()
