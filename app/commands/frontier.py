"""whale-matching frontier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from app.allocations.fairness import lorenz
from app.allocations.frontier import answer_frontier
from app.allocations.requests import FrontierRequest
from app.fields.strict_model import validate
from app.formats.base import Output
from app.observability.timings import Timings
from app.settings import Settings
from app.text.language import command_language, render_for_command
from app.text.members import write_messages
from messages import Message
from solver import Frontier

from .answer_tables import frontier_tables
from .candidates import CANDIDATE_FIELDS, TOLERANCE, batch_request
from .destination import Destination
from .fairness import round_down
from .problem import (
    AllWhales,
    Fields,
    OutputFile,
    fields_beyond,
    read_fields,
    refuse_options,
    with_fields_of,
    with_whales,
)
from .progress import progress
from .tables import Header, is_table, parse_options, read_problem_files

COLUMNS: Mapping[str, str] = {
    "theta": ".4f",
    "loss": ".3%",
    "gini": ".4f",
    "gini_at_least": ".4f",
    "objective": ",.6g",
}
"""Columns on the terminal, and the formats of their numbers."""


@with_fields_of(FrontierRequest)
def frontier(
    *,
    output: OutputFile,
    ev: Path | None = None,
    table: Path | None = None,
    columns: str | None = None,
    header: Header = None,
    candidates: str | None = None,
    users: str | None = None,
    wealth: Path | None = None,
    all_whales: AllWhales = False,
    tolerance: float | None = None,
    fields: Fields,
) -> None:
    """Trace the trade-off between the total and the Gini coefficient of revenues."""
    to = Destination.parse(output)
    timings = Timings()
    if candidates is not None and not is_table(candidates):
        files = {"ev": ev, "table": table, "columns": columns, "header": header, "wealth": wealth}
        supported = (*CANDIDATE_FIELDS, "points")
        refuse_options("--candidates", **files, **fields_beyond(FrontierRequest, fields, supported))
        answer = _trace_files(candidates, users, fields, all_whales, tolerance, timings)
    else:
        refuse_options("--ev", "--table", users=users, tolerance=tolerance)
        pairs = None if candidates is None else Path(candidates)
        members = read_problem_files(table, ev, pairs, wealth, parse_options(columns, header))
        members |= read_fields(FrontierRequest, with_whales(fields, all_whales))
        answer = answer_frontier(validate(FrontierRequest, members), Settings(), timings)
    answer = write_messages(answer, command_language.get())
    to.write(lambda: Output(answer, frontier_tables(answer)))
    for line in _lines(answer["points"]):
        print(line, file=to.messages)
    first, last = answer["points"][0], answer["points"][-1]
    to.report(
        Message(
            "frontier_traced",
            points=len(answer["points"]),
            optimum=answer["optimum"],
            first=first["gini"],
            last=last["gini"],
            output=to.name,
        )
    )


def _trace_files(
    candidates: str,
    users: str | None,
    fields: Fields,
    all_whales: bool,
    tolerance: float | None,
    timings: Timings,
) -> dict[str, Any]:
    """Return the answer for candidates in Parquet."""
    from app.batch.run import trace_files

    request = batch_request(
        candidates, users, fields, all_whales, TOLERANCE if tolerance is None else tolerance
    )
    points = fields.get("points", FrontierRequest.model_fields["points"].default)
    found = trace_files(request, points, progress, timings)
    return _frontier_json(found) | {"timings_ms": timings.milliseconds}


def _lines(points: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the points as a table with aligned columns."""
    rows = [[render_for_command(Message(f"frontier_heading_{name}")) for name in COLUMNS]]
    shown = [point | {"gini_at_least": round_down(point["gini_at_least"])} for point in points]
    rows += [[format(point[name], form) for name, form in COLUMNS.items()] for point in shown]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            " " * (width - cell_len(cell)) + cell for width, cell in zip(widths, row, strict=True)
        )
        yield "  ".join(cells)


def _frontier_json(found: Frontier) -> dict[str, Any]:
    """Return a frontier as the answer of POST /allocate/frontier has it, without notes."""
    first = found.points[0]
    points = [
        {
            "theta": point.theta,
            "loss": point.loss,
            "gini": point.gini,
            "gini_at_least": found.gini_at_least(point.objective),
            "objective": point.objective,
            "optimum": point.optimum,
            "total": point.total,
            "lorenz": lorenz(point.revenue),
            "certificate": point.certificate.as_mapping(),
        }
        for point in found.points
    ]
    return {
        "scope": first.certificate.scope,
        "optimum": first.optimum,
        "points": points,
        "notes": [],
    }
