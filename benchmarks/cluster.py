"""Users shared among workers: iterations and bytes, against partitions and against users.

Run with ``make bench-cluster``; it writes ``benchmarks/CLUSTER.md``. Workers are processes of this
machine; bytes are those of what workers sent each other, counted by Dask, and of what went out from
and came back to the process that prices.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from app.batch.distributed.cluster import local_cluster
from app.batch.distributed.run import allocate_on_workers
from app.batch.inputs import Request
from app.batch.parquet.disk import no_bar
from app.batch.parquet.generate import Size, generate
from app.batch.run import allocate_files

RESULTS = Path(__file__).parent / "CLUSTER.md"
STREAMERS, CANDIDATES, SEED = 2_000, 20, 7
PARTITIONS = (1, 4, 16, 64)
CAPS = {"loose": 1.1, "tight": 0.5}
"""Slots, as a multiple of the users."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, local_cluster(given.workers) as cluster:
        bench = Bench(Path(name), cluster.scheduler_address)
        lines = [*_heading(given.users, given.workers), *bench.against_partitions(given.users)]
        lines += ["", *bench.against_users((given.users // 10, given.users))]
    RESULTS.write_text("\n".join(lines) + "\n")


class Bench:
    """Runs, side by side, on inputs drawn once.

    Parameters
    ----------
    directory : Path
        For inputs and results.
    scheduler : str
    """

    def __init__(self, directory: Path, scheduler: str) -> None:
        self._directory, self._scheduler, self._count = directory, scheduler, 0

    def against_partitions(self, users: int) -> Iterator[str]:
        """Yield the table of one input, divided ever more finely, beside one process."""
        yield (
            "| slots | partitions | iterations | caps divided | in one place | certified gap "
            "| short of one process | bytes an iteration | seconds an iteration "
            "| seconds a division |"
        )
        yield "|---|---|---|---|---|---|---|---|---|---|"
        for name, slots in CAPS.items():
            alone = self.run(users, slots, None)["certificate"]["objective"]
            for partitions in PARTITIONS:
                said = self.run(users, slots, partitions)
                short = 1 - said["certificate"]["objective"] / alone
                of = {step: _steps(said, step) for step in ("price", "divide", "together")}
                print(name, partitions, said["iterations"], said["certificate"]["relative_gap"])
                yield (
                    f"| {name} | {partitions} | {said['iterations']} | {len(of['divide'])} "
                    f"| {len(of['together'])} | {said['certificate']['relative_gap']:.1e} "
                    f"| {short:.1e} "
                    f"| {_median(of['price'], 'bytes'):,.0f} "
                    f"| {_median(of['price'], 'seconds'):.2f} "
                    f"| {_median(of['divide'], 'seconds'):.2f} |"
                )

    def against_users(self, sizes: tuple[int, ...]) -> Iterator[str]:
        """Yield the table of inputs of more and more users."""
        yield "| users, 4 partitions | bytes an iteration | bytes of a division |"
        yield "|---|---|---|"
        for users in sizes:
            said = self.run(users, CAPS["loose"], 4)
            price, divide = (_median(_steps(said, step), "bytes") for step in ("price", "divide"))
            yield f"| {users:,} | {price:,.0f} | {divide:,.0f} |"

    def run(self, users: int, slots: float, partitions: int | None) -> dict[str, Any]:
        """Return the manifest of an allocation on workers, or in this process alone."""
        drawn = self._directory / str(users)
        if not drawn.exists():
            size = Size(users, STREAMERS, CANDIDATES, max(PARTITIONS))
            generate(size, SEED, str(drawn), 2, lambda _done, _all: None)
        request = Request(
            candidates=str(drawn / "candidates"), users=str(drawn / "users.parquet"),
            streamers=str(drawn / "streamers.parquet"), k=round(users * slots / STREAMERS),
            capacity=None, whale_share=None, whale_threshold=None, all_whales=True, fill="none",
            tolerance=1e-6 if partitions is None else 1e-4,
        )  # fmt: skip
        self._count += 1
        output = str(self._directory / f"out-{self._count}")
        if partitions is None:
            return allocate_files(request, output, no_bar)
        return allocate_on_workers(request, self._scheduler, None, partitions, output, no_bar)


def _heading(users: int, workers: int) -> list[str]:
    load = " / ".join(f"{each:.1f}" for each in os.getloadavg())
    return [
        "# Users shared among workers",
        "",
        f"By `make bench-cluster`: {users:,} users × {CANDIDATES} candidates over {STREAMERS:,} "
        f"streamers, every user a whale; slots 1.1 (loose) or 0.5 (tight) times the users; "
        f"{workers} workers of a thread each on {os.cpu_count()} cores, to a gap of 1e-4. "
        "Where dividing the caps is in vain, candidates of a million users or fewer are allocated "
        "in one place: how often is said. "
        f"Load averages at the start {load}; where they are above the number of cores, others "
        "computed besides, and times are too long; iterations and bytes are not affected.",
        "",
    ]


def _steps(said: dict[str, Any], step: str) -> list[dict[str, Any]]:
    return [each for each in said["steps"] if each["step"] == step]


def _median(steps: list[dict[str, Any]], what: str) -> float:
    return float(np.median([each[what] for each in steps]))


if __name__ == "__main__":
    main()
