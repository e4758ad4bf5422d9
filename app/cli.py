"""The command line: serve, allocate, sweep, verify."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from typer.exceptions import Abort, TyperException

from simulator import first_difference
from solver import Algorithm, Fill, InputError

from . import allocation, errors, experiments
from .codecs import to_json_file
from .files import expect_writable, read_array, read_json, read_yaml, write_atomically
from .pool import process_pool
from .schemas import AllocateRequest
from .settings import Settings
from .timings import Timings

cli = typer.Typer(
    help="Allocate users to scarce slots: heavy spenders first, provably optimal.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; bad input ends in one sentence and exit code 1."""
    try:
        sys.exit(cli(sys.argv[1:] or ["--help"], standalone_mode=False))
    except TyperException as error:
        _refuse(error.format_message())
    except Abort:
        _refuse("Interrupted; nothing was written.")
    except InputError as error:
        _refuse(error.message)
    except OSError as error:
        _refuse(f"{error.strerror or error}: {error.filename}." if error.filename else str(error))


@cli.command()
def serve(
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="server processes")] = 1,
) -> None:
    """Start the service."""
    uvicorn.run("app.main:create_app", factory=True, host=host, port=port, workers=workers)


@cli.command()
def allocate(
    ev: Annotated[Path, typer.Option(help="users × streamers, .npy; -inf = forbidden")],
    k: Annotated[str, typer.Option(help="most whales a streamer takes; or a .npy, one each")],
    output: Annotated[Path, typer.Option(help="where the answer goes, JSON")],
    wealth: Annotated[Path | None, typer.Option(help="one per user, .npy")] = None,
    whale_share: Annotated[
        float | None, typer.Option(help="wealthiest share of users; by default 0.01")
    ] = None,
    whale_threshold: Annotated[
        float | None, typer.Option(help="users at least this wealthy, instead")
    ] = None,
    capacity: Annotated[
        str | None, typer.Option(help="most users a streamer takes; or a .npy, one each")
    ] = None,
    algorithm: Annotated[Algorithm, typer.Option(help="of the whale tier")] = "min-cost-flow",
    fill: Annotated[Fill, typer.Option(help="how normal users are allocated")] = "greedy",
) -> None:
    """Allocate the users of an EV matrix."""
    expect_writable(output)
    timings = Timings()
    given: dict[str, Any] = {
        "ev": read_array(ev, "ev"),
        "k": _caps(k, "k"),
        "capacity": None if capacity is None else _caps(capacity, "capacity"),
        "wealth": None if wealth is None else read_array(wealth, "wealth"),
        "whale_share": whale_share,
        "whale_threshold": whale_threshold,
        "algorithm": algorithm,
        "fill": fill,
    }
    if whale_share is None and whale_threshold is None:
        given["whale_share"] = 0.01
    try:
        request = AllocateRequest.model_validate(given)
    except ValidationError as error:
        raise errors.from_schema(error) from error
    answer = allocation.answer(request, Settings(), timings)
    write_atomically(output, to_json_file(answer))
    objective, certificate = answer["objective"], answer["certificate"]
    proof = "proven optimal" if certificate["proven_optimal"] else f"gap {certificate['gap']:.6g}"
    print(f"Total EV {objective['total']:.6g}; {certificate['scope']} tier {proof}. → {output}")


@cli.command()
def sweep(
    config: Annotated[Path, typer.Option(help="experiment, YAML; see configs/")],
    output: Annotated[Path, typer.Option(help="where the result goes, JSON")],
) -> None:
    """Replay the policy across k and judge whether a cap is worth having."""
    expect_writable(output)
    settings = Settings()
    known = experiments.sweep_config(read_yaml(config), settings)
    with process_pool(settings.processes) as pool, _progress(known.simulations) as on_seed:
        result = experiments.answer(known, pool, on_seed)
    write_atomically(output, to_json_file(result))
    for finding in result["findings"]:
        print(finding)
    print(f"Gate-5C: {result['gate_5c']}. → {output}")


@cli.command()
def verify(
    results: Annotated[Path, typer.Option(help="a result of sweep, JSON")],
) -> None:
    """Recompute every figure of a result from its rows; exit 1 at the first that differs."""
    stored = read_json(results)
    if not isinstance(stored, dict):
        raise InputError("results", f"Expected {results} as the JSON object that sweep writes.")
    difference = first_difference(stored)
    if difference is not None:
        _refuse(difference)
    print(f"Every figure of {results} follows from its {len(stored['runs']):,} rows.")


def _refuse(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise SystemExit(1)


def _caps(value: str, field: str) -> Any:
    """Return one cap, or an array of one per streamer."""
    if value.lstrip("-").isdecimal():
        return int(value)
    if value.endswith(".npy"):
        return read_array(Path(value), field)
    raise InputError(field, f"Expected {field} as a whole number or a .npy file; got {value}.")


@contextmanager
def _progress(simulations: int) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while seeds end; in a pipe, nothing."""
    console = Console(stderr=True)
    columns = (TextColumn("seeds"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("seeds", total=simulations)
        yield lambda done, _total: progress.update(bar, completed=done)
