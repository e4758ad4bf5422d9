"""whale-matching compile."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from app.text.language import render_for_command
from app.workers.compilation import Compilation
from messages import Message
from solver.kernels import count_cores

from .progress import progress


def compile(  # noqa: A001 - the name of the command
    processes: Annotated[int | None, typer.Option(min=1)] = None,
) -> None:
    """Compile all kernels that are not on disk yet."""
    asyncio.run(_compiled(processes or count_cores()))


async def _compiled(processes: int) -> None:
    compilation = Compilation()
    with progress(Message("progress_kernels"), 100) as show:
        await compilation.run(processes, lambda: show(compilation.percent, 100))
    print(render_for_command(compilation.progress))
