"""whale-matching sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from app.files import expect_writable, read_yaml
from app.formats.base import Output
from app.observability.timings import Timings
from app.settings import Settings
from app.sweeps import whale_sweep as experiments
from app.workers.pool import forked_pool
from simulator import headline
from solver import InputError

from .answer_tables import sweep_tables
from .destination import Destination
from .problem import OutputFile, WealthFile, parse_caps
from .progress import progress
from .tables import Columns, Header, TableFile, parse_options, read_problem_files


def sweep(
    output: OutputFile,
    config: Annotated[Path | None, typer.Option(help="experiment, YAML; see configs/")] = None,
    table: TableFile = None,
    columns: Columns = None,
    header: Header = None,
    ev: Annotated[
        Path | None, typer.Option(help="an own matrix instead, .npy or any file of --table")
    ] = None,
    candidates: Annotated[
        Path | None,
        typer.Option(help="or own pairs: .npz of user, streamer and ev, or any file of --table"),
    ] = None,
    wealth: WealthFile = None,
    capacity: Annotated[
        str | None, typer.Option(help="most users a streamer takes; or a .npy, one each")
    ] = None,
    k: Annotated[str | None, typer.Option(help="of an own matrix; by default 1,2,3,5")] = None,
    whale_share: Annotated[
        str | None, typer.Option(help="of an own matrix; by default 0.01")
    ] = None,
    simulations: Annotated[
        int | None, typer.Option(help="draws of an own matrix's gifts; by default 200")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="of an own matrix; by default 42")] = None,
    gift_probability: Annotated[
        float | None, typer.Option(help="of an own matrix; by default 0.015")
    ] = None,
    amount_sigma: Annotated[
        float | None,
        typer.Option(help="spread of an own pair's log amount; by default 1"),
    ] = None,
    figures: Annotated[
        Path | None, typer.Option(help="directory for the figures, SVG and PNG")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="where a report goes, HTML")] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="of --config: Dask's, whose workers replay, tcp://…")
    ] = None,
) -> None:
    """Sweep over k, on drawn worlds or an own matrix, and judge whether a cap is worth having."""
    given: dict[str, Any] = {
        "table": table,
        "columns": columns,
        "header": header,
        "ev": ev,
        "candidates": candidates,
        "wealth": wealth,
        "capacity": capacity,
        "k_values": k,
        "whale_shares": whale_share,
        "simulations": simulations,
        "seed": seed,
        "gift_probability": gift_probability,
        "amount_sigma": amount_sigma,
    }
    own = {name: value for name, value in given.items() if value is not None}
    pictures = () if figures is None else (figures / "overload-by-k.svg",)
    to = Destination.named(output)
    for path in (*pictures, *([] if report is None else [report])):
        expect_writable(path)
    if ev is None and candidates is None and table is None:
        result = _of_worlds(config, own, scheduler)
    elif scheduler is not None:
        raise InputError("scheduler", "Expected --scheduler with --config; got an own matrix.")
    else:
        result = _of_own(config, own)
    to.write(lambda: Output(result, sweep_tables(result)))
    if figures is not None or report is not None:
        from app.sweeps.pictures import write_figures, write_report

        if figures is not None:
            write_figures(result, figures)
        if report is not None:
            write_report(result, report)
    for finding in result["findings"]:
        print(finding, file=to.messages)
    print(f"{headline(result['results'])} → {to}", file=to.messages)


def _of_worlds(
    config: Path | None, own: Mapping[str, Any], scheduler: str | None
) -> dict[str, Any]:
    """Return the sweep of drawn worlds that a file describes."""
    if config is None:
        raise InputError(
            "config", "Expected --config, or --table, or --ev with --wealth; got none."
        )
    for name in own:
        option = f"--{_OPTION.get(name, name).replace('_', '-')}"
        raise InputError(
            name, f"Expected {option} with --table, --ev or --candidates; got --config."
        )
    settings = Settings()
    known = experiments.sweep_config(read_yaml(config), settings)
    with (
        _replaying(scheduler, settings.processes) as pool,
        progress("seeds", known.simulations) as on_seed,
    ):
        return experiments.answer(known, pool, on_seed)


@contextmanager
def _replaying(scheduler: str | None, processes: int) -> Iterator[Executor]:
    """Yield what replays seeds: processes on this machine, or a scheduler's workers."""
    if scheduler is None:
        with forked_pool(processes) as pool:
            yield pool
        return
    from app.batch.distributed.cluster import connect_client

    with connect_client(scheduler, None) as client, client.get_executor() as executor:
        yield executor


def _of_own(config: Path | None, own: dict[str, Any]) -> dict[str, Any]:
    """Return the sweep on an own matrix or own candidates."""
    from app.fields.strict_model import validate
    from app.sweeps import own_sweep
    from app.sweeps.own_requests import OwnSweepRequest

    if config is not None:
        raise InputError("config", "Expected either --config or an own matrix; got both.")
    timings = Timings()
    how = parse_options(own.pop("columns", None), own.pop("header", None))
    given = read_problem_files(
        table=own.pop("table", None),
        ev=own.pop("ev", None),
        candidates=own.pop("candidates", None),
        wealth=own.pop("wealth", None),
        how=how,
    )
    read: dict[str, Callable[[Any], Any]] = {
        "capacity": lambda value: parse_caps(value, "capacity"),
        "k_values": lambda text: _numbers(text, "k", int),
        "whale_shares": lambda text: _numbers(text, "whale_share", float),
    }
    fields = given | {name: read.get(name, _as_is)(value) for name, value in own.items()}
    request = validate(OwnSweepRequest, fields)
    points = len(request.k_values) * len(request.whale_shares)
    with progress("configurations", points) as on_point:
        return own_sweep.answer(request, Settings(), timings, on_point)


_OPTION = {"k_values": "k", "whale_shares": "whale-share"}


def _as_is(value: Any) -> Any:
    return value


def _numbers(text: str, option: str, kind: type[int] | type[float]) -> list[Any]:
    """Return the numbers of a list such as 1,2,5."""
    try:
        return [kind(part) for part in text.split(",")]
    except ValueError:
        what = "whole numbers" if kind is int else "numbers"
        raise InputError(
            option, f"Expected {option} as {what} with commas between; got {text}."
        ) from None
