"""The command line: serve, allocate, curve, sweep, verify."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from typer.exceptions import Abort, TyperException

from simulator import first_difference
from solver import Algorithm, Fill, InputError

from . import allocation, experiments
from . import curve as curves
from .codecs import to_json_file
from .files import expect_writable, read_array, read_json, read_yaml, write_atomically
from .pool import process_pool
from .schemas import AllocateRequest, CurveRequest, checked
from .settings import Settings
from .timings import Timings

Ev = Annotated[Path, typer.Option(help="users × streamers, .npy; -inf = forbidden")]
Output = Annotated[Path, typer.Option(help="where the answer goes, JSON")]
K = Annotated[str | None, typer.Option(help="most whales a streamer takes; or a .npy, one each")]
Wealth = Annotated[Path | None, typer.Option(help="one per user, .npy")]
WhaleShare = Annotated[
    float | None, typer.Option(help="wealthiest share of users; by default 0.01")
]
WhaleThreshold = Annotated[float | None, typer.Option(help="users at least this wealthy, instead")]
Capacity = Annotated[
    str | None, typer.Option(help="most users a streamer takes; or a .npy, one each")
]
MinUsers = Annotated[
    str | None, typer.Option(help="least users a streamer is shown to; or a .npy, one each")
]
WhalePenalty = Annotated[
    str | None,
    typer.Option(help="price of the first, second, … whale at a streamer, as 0,0,5,20"),
]
StreamersPerUser = Annotated[int, typer.Option(help="most streamers a user is shown to")]

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
    ev: Ev,
    output: Output,
    k: K = None,
    wealth: Wealth = None,
    whale_share: WhaleShare = None,
    whale_threshold: WhaleThreshold = None,
    capacity: Capacity = None,
    min_users: MinUsers = None,
    whale_penalty: WhalePenalty = None,
    max_streamers_per_user: StreamersPerUser = 1,
    algorithm: Annotated[Algorithm, typer.Option(help="of the whale tier")] = "min-cost-flow",
    fill: Annotated[Fill, typer.Option(help="how normal users are allocated")] = "greedy",
    tolerance: Annotated[
        float, typer.Option(help="gap, a share of the objective, at which to stop")
    ] = 0.0,
) -> None:
    """Allocate the users of an EV matrix."""
    expect_writable(output)
    timings = Timings()
    given = _problem(
        ev, k, wealth, whale_share, whale_threshold,
        capacity, min_users, whale_penalty, max_streamers_per_user,
    )  # fmt: skip
    given |= {"algorithm": algorithm, "fill": fill, "tolerance": tolerance}
    answer = allocation.answer(checked(AllocateRequest, given), Settings(), timings)
    write_atomically(output, to_json_file(answer))
    objective, certificate = answer["objective"], answer["certificate"]
    proof = "proven optimal" if certificate["proven_optimal"] else f"gap {certificate['gap']:.6g}"
    less = " less penalties" if "penalty" in objective else ""
    print(
        f"Total EV{less} {objective['total']:.6g}; {certificate['scope']} tier {proof}. → {output}"
    )


@cli.command()
def curve(
    ev: Ev,
    output: Output,
    k: K = None,
    wealth: Wealth = None,
    whale_share: WhaleShare = None,
    whale_threshold: WhaleThreshold = None,
    capacity: Capacity = None,
    min_users: MinUsers = None,
    whale_penalty: WhalePenalty = None,
    max_streamers_per_user: StreamersPerUser = 1,
    k_max: Annotated[int, typer.Option(help="the curve goes from k = 1 to this")] = 20,
) -> None:
    """Work out what the whale tier is worth under every k."""
    expect_writable(output)
    timings = Timings()
    given = _problem(
        ev, k, wealth, whale_share, whale_threshold,
        capacity, min_users, whale_penalty, max_streamers_per_user,
    )  # fmt: skip
    request = checked(CurveRequest, given | {"k_max": k_max})
    answer = curves.answer(request, Settings(), timings)
    write_atomically(output, to_json_file(answer))
    for note in answer["notes"]:
        print(note)
    first, last = answer["objective"][0], answer["objective"][-1]
    print(f"Whale tier {first:.6g} at k = 1, {last:.6g} at k = {k_max}. → {output}")


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


def _problem(
    ev: Path,
    k: str | None,
    wealth: Path | None,
    whale_share: float | None,
    whale_threshold: float | None,
    capacity: str | None,
    min_users: str | None,
    whale_penalty: str | None,
    max_streamers_per_user: int,
) -> dict[str, Any]:
    """Return the fields of a request that name the problem; the top percent are whales."""
    if whale_share is None and whale_threshold is None:
        whale_share = 0.01
    return {
        "ev": read_array(ev, "ev"),
        "k": _caps(k, "k"),
        "capacity": _caps(capacity, "capacity"),
        "min_users": _caps(min_users, "min_users"),
        "whale_penalty": None if whale_penalty is None else _prices(whale_penalty),
        "max_streamers_per_user": max_streamers_per_user,
        "wealth": None if wealth is None else read_array(wealth, "wealth"),
        "whale_share": whale_share,
        "whale_threshold": whale_threshold,
    }


def _prices(value: str) -> list[float]:
    """Return the prices of a list such as 0,0,5,20."""
    try:
        return [float(price) for price in value.split(",")]
    except ValueError:
        wish = "Expected whale_penalty as numbers with commas between"
        raise InputError("whale_penalty", f"{wish}; got {value}.") from None


def _caps(value: str | None, field: str) -> Any:
    """Return one cap, or an array of one per streamer, or None."""
    if value is None:
        return None
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
