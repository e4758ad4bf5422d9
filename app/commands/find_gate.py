"""whale-matching find-gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.files import read_yaml
from app.formats.base import Output
from app.settings import Settings
from app.sweeps import gate_search
from app.sweeps import whale_sweep as experiments
from app.workers.pool import forked_pool
from simulator import headline

from .answer_tables import sweep_tables
from .destination import Destination
from .problem import OutputFile
from .progress import progress


def find_gate(
    config: Annotated[Path, typer.Option(help="grid to search, YAML; see configs/")],
    output: OutputFile,
) -> None:
    """Search a grid for the cheapest configurations that pass Gate-5C, or the nearest miss."""
    to = Destination.named(output)
    settings = Settings()
    known = experiments.sweep_config(read_yaml(config), settings)
    with (
        forked_pool(settings.processes) as pool,
        progress("seeds", known.simulations) as on_seed,
    ):
        result = gate_search.answer(known, pool, on_seed)
    to.write(lambda: Output(result, sweep_tables(result)))
    for finding in result["search"]["findings"]:
        print(finding, file=to.messages)
    print(f"{headline(result['results'])} → {to}", file=to.messages)
