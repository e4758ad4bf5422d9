"""whale-matching find-settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.files import read_yaml
from app.settings import Settings
from app.studies import settings_search
from app.studies import whale_sweep as experiments
from app.workers.pool import fork_pool
from messages import Message

from .answer_tables import report_answer, write_answer
from .destination import Destination
from .problem import OutputFile
from .progress import progress


def find_settings(
    config: Annotated[Path, typer.Option()],
    output: OutputFile,
) -> None:
    """Search a grid for the cheapest settings that are worth having, or for the nearest miss."""
    to = Destination.parse(output)
    settings = Settings()
    known = experiments.sweep_config(read_yaml(config), settings)
    with (
        fork_pool(settings.processes) as pool,
        progress(Message("progress_seeds"), known.simulations) as on_seed,
    ):
        answer = settings_search.answer(known, pool, on_seed)
    write_answer(answer, to)
    report_answer(answer, () if answer.search is None else answer.search.findings, to)
