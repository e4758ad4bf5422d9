"""Random inputs as Parquet: candidates in partitions, and tables of users and streamers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from messages import Message
from simulator.world.candidates import BLOCK, Popularity, draw_block
from solver import InputError

from .destination import Destination, create_directory
from .threads import in_order

ROW_GROUP = 1 << 21
"""Approximate number of pairs per row group: 25 MB in memory."""

SLACK = 1.1
"""Slots of all streamers, per user."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Size:
    """The size of a random input.

    Parameters
    ----------
    users, streamers, candidates : int
        N, S, and the number of candidates per user.
    partitions : int
        Number of files of candidates.

    Raises
    ------
    solver.InputError
    """

    users: int
    streamers: int
    candidates: int
    partitions: int

    def __post_init__(self) -> None:
        for name in ("users", "streamers", "candidates", "partitions"):
            value = getattr(self, name)
            if not 1 <= value < 2**31:
                raise InputError(name, Message("size_expected", field=name, received=value))
        if self.candidates > self.streamers:
            raise InputError(
                "candidates",
                Message(
                    "candidates_above_streamers", most=self.streamers, received=self.candidates
                ),
            )

    @property
    def capacity(self) -> int:
        """Capacity of each streamer: a tenth more slots than users, so that caps bind."""
        return int(np.ceil(SLACK * self.users / self.streamers))


def generate(size: Size, seed: int, output: str, threads: int, progress: Progress) -> None:
    """Draw an input and write it: `candidates/`, `users.parquet` and `streamers.parquet`.

    The same seed and size give the same users, streamers and pairs, for any number of partitions
    and threads.

    Parameters
    ----------
    size : Size
    seed : int
    output : str
        Path or URL of the directory to create; see `create_directory`.
    threads : int
    progress : callable
        Called with the number of partitions written so far, and the total.

    Raises
    ------
    solver.InputError
    OSError
        If the directory cannot be written.
    """
    popularity = Popularity.drawn(size.streamers, seed)
    n_blocks = -(-size.users // BLOCK)
    n_files = min(size.partitions, n_blocks)
    edges = [n_blocks * file // n_files for file in range(n_files + 1)]
    with (
        create_directory(output, last="streamers.parquet") as destination,
        ThreadPoolExecutor(threads) as pool,
    ):

        def write(file: int) -> pa.Array:
            blocks = range(edges[file], edges[file + 1])
            name = f"candidates/part-{file:05}.parquet"
            return _write_partition(destination, name, size, seed, popularity, blocks)

        wealth = []
        for done, each in enumerate(in_order(pool, write, range(n_files)), start=1):
            wealth.append(each)
            progress(done, n_files)
        users = pa.array(np.arange(size.users, dtype=np.int32))
        table = pa.table({"user": users, "wealth": pa.chunked_array(wealth)})
        destination.write_table("users.parquet", table, use_dictionary=False)
        streamers = np.arange(size.streamers, dtype=np.int32)
        capacity = np.full(size.streamers, size.capacity)
        table = pa.table({"streamer": streamers, "capacity": capacity})
        destination.write_table("streamers.parquet", table)


def _write_partition(
    destination: Destination,
    name: str,
    size: Size,
    seed: int,
    popularity: Popularity,
    blocks: range,
) -> pa.Array:
    """Write the candidates of some blocks; return their users' wealth."""
    schema = pa.schema([("user", pa.int32()), ("streamer", pa.int32()), ("ev", pa.float32())])
    blocks_per_group = max(1, ROW_GROUP // (BLOCK * size.candidates))
    wealth = []
    options = {"compression": "NONE", "use_dictionary": ["user", "streamer"]}
    with destination.writing(name) as path, pq.ParquetWriter(path, schema, **options) as writer:
        for first in range(blocks.start, blocks.stop, blocks_per_group):
            drawn = [
                draw_block(
                    popularity,
                    size.candidates,
                    seed,
                    block,
                    min(BLOCK, size.users - block * BLOCK),
                )
                for block in range(first, min(first + blocks_per_group, blocks.stop))
            ]
            wealth += [each.wealth for each in drawn]
            streamers = np.concatenate([each.streamers for each in drawn])
            ev = np.concatenate([each.ev for each in drawn])
            users = np.arange(first * BLOCK, first * BLOCK + len(streamers), dtype=np.int32)
            pairs = [np.repeat(users, size.candidates), streamers.ravel(), ev.ravel()]
            writer.write_table(pa.table(pairs, schema=schema), row_group_size=streamers.size)
    return pa.array(np.concatenate(wealth))
