"""whale-matching sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app import experiments
from app.codecs import to_json_file
from app.files import expect_writable, read_yaml, write_atomically
from app.pictures import write_figures, write_report
from app.pool import forked_pool
from app.settings import Settings


def sweep(
    config: Annotated[Path, typer.Option(help="experiment, YAML; see configs/")],
    output: Annotated[Path, typer.Option(help="where the result goes, JSON")],
    figures: Annotated[
        Path | None, typer.Option(help="directory for the figures, SVG and PNG")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="where a report goes, HTML")] = None,
) -> None:
    """Replay the policy across k and judge whether a cap is worth having."""
    pictures = () if figures is None else (figures / "overload-by-k.svg",)
    for path in (output, *pictures, *([] if report is None else [report])):
        expect_writable(path)
    settings = Settings()
    known = experiments.sweep_config(read_yaml(config), settings)
    with forked_pool(settings.processes) as pool, _progress(known.simulations) as on_seed:
        result = experiments.answer(known, pool, on_seed)
    write_atomically(output, to_json_file(result))
    if figures is not None:
        write_figures(result, figures)
    if report is not None:
        write_report(result, report)
    for finding in result["findings"]:
        print(finding)
    print(f"Gate-5C: {result['gate_5c']}. → {output}")


@contextmanager
def _progress(simulations: int) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while seeds end; in a pipe, nothing."""
    console = Console(stderr=True)
    columns = (TextColumn("seeds"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("seeds", total=simulations)
        yield lambda done, _total: progress.update(bar, completed=done)
