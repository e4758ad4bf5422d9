"""whale-matching find-gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.files import read_yaml
from app.outputs.destination import Destination
from app.outputs.formats import Written
from app.outputs.tables import sweep_tables
from app.processes.pool import forked_pool
from app.progress import progress
from app.settings import Settings
from app.sweeps import gate_search
from app.sweeps import whale_sweep as experiments
from simulator import headline

from .problem import Output


def find_gate(
    config: Annotated[Path, typer.Option(help="grid to search, YAML; see configs/")],
    output: Output,
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
    to.write(lambda: Written(result, sweep_tables(result)))
    for finding in result["search"]["findings"]:
        print(finding, file=to.messages)
    print(f"{headline(result['results'])} → {to}", file=to.messages)
