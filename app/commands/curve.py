"""whale-matching curve."""

from __future__ import annotations

from pathlib import Path

from app.allocations import curve as curves
from app.allocations.requests import CurveRequest
from app.fields.strict_model import validate
from app.formats.base import Output
from app.observability.timings import Timings
from app.settings import Settings
from app.text.language import command_language
from app.text.members import write_messages
from messages import Message

from .answer_tables import curve_tables
from .destination import Destination
from .problem import (
    AllWhales,
    Fields,
    OutputFile,
    read_fields,
    with_fields_of,
    with_whales,
)
from .tables import Header, parse_options, read_problem_files


@with_fields_of(CurveRequest)
def curve(
    *,
    output: OutputFile,
    ev: Path | None = None,
    table: Path | None = None,
    columns: str | None = None,
    header: Header = None,
    wealth: Path | None = None,
    all_whales: AllWhales = False,
    fields: Fields,
) -> None:
    """Compute the value of the whale tier for every k."""
    to = Destination.parse(output)
    timings = Timings()
    files = read_problem_files(table, ev, None, wealth, parse_options(columns, header))
    members = with_whales(fields, all_whales)
    request = validate(CurveRequest, files | read_fields(CurveRequest, members))
    answer = curves.answer_curve(request, Settings(), timings)
    notes = answer["notes"]
    answer = write_messages(answer, command_language.get())
    to.write(lambda: Output(answer, curve_tables(answer)))
    for note in notes:
        to.report(note)
    to.report(
        Message(
            "curve_computed",
            first=answer["objective"][0],
            last=answer["objective"][-1],
            k_max=request.k_max,
            output=to.name,
        )
    )
