"""whale-matching find-gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.files import expect_writable, read_yaml, to_json_file, write_atomically
from app.processes.pool import forked_pool
from app.progress import progress
from app.settings import Settings
from app.sweeps import gate_search
from app.sweeps import whale_sweep as experiments
from simulator import headline


def find_gate(
    config: Annotated[Path, typer.Option(help="grid to search, YAML; see configs/")],
    output: Annotated[Path, typer.Option(help="where the result goes, JSON")],
) -> None:
    """Search a grid for the cheapest configurations that pass Gate-5C, or the nearest miss."""
    expect_writable(output)
    settings = Settings()
    known = experiments.sweep_config(read_yaml(config), settings)
    with (
        forked_pool(settings.processes) as pool,
        progress("seeds", known.simulations) as on_seed,
    ):
        result = gate_search.answer(known, pool, on_seed)
    write_atomically(output, to_json_file(result))
    for finding in result["search"]["findings"]:
        print(finding)
    print(f"{headline(result['results'])} → {output}")
