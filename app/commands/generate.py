"""whale-matching generate."""

from __future__ import annotations

from typing import Annotated

import typer

from app.batch.parquet.generate import Size
from app.batch.parquet.generate import generate as write_input
from app.text.language import render_for_command
from messages import Message
from solver.kernels import count_cores

from .progress import progress


def generate(
    users: Annotated[int, typer.Option()],
    streamers: Annotated[int, typer.Option()],
    candidates: Annotated[int, typer.Option()],
    output: Annotated[str, typer.Option()],
    seed: Annotated[int, typer.Option(min=0)] = 0,
    partitions: int = 16,
    threads: Annotated[int | None, typer.Option(min=1)] = None,
) -> None:
    """Generate random users, streamers and candidates as Parquet input for allocate."""
    size = Size(users, streamers, candidates, partitions)
    with progress(Message("progress_partitions"), partitions) as on_partition:
        write_input(size, seed, output, threads or count_cores(), on_partition)
    message = Message(
        "input_generated",
        users=users,
        candidates=candidates,
        streamers=streamers,
        output=output,
    )
    print(render_for_command(message))
