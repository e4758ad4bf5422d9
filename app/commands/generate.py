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
    users: Annotated[int, typer.Option(help="how many users")],
    streamers: Annotated[int, typer.Option(help="how many streamers")],
    candidates: Annotated[int, typer.Option(help="how many candidates each user has")],
    output: Annotated[str, typer.Option(help="directory or URL to make")],
    seed: Annotated[int, typer.Option(min=0, help="the same seed, the same input")] = 0,
    partitions: Annotated[int, typer.Option(help="files of candidates")] = 16,
    threads: Annotated[int | None, typer.Option(min=1, help="by default one per core")] = None,
) -> None:
    """Draw users, streamers and candidates, as Parquet that allocate takes."""
    size = Size(users, streamers, candidates, partitions)
    with progress("partitions", partitions) as on_partition:
        write_input(size, seed, output, threads or count_cores(), on_partition)
    message = Message(
        "input_generated",
        users=users,
        candidates=candidates,
        streamers=streamers,
        output=output,
    )
    print(render_for_command(message))
