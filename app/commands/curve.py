"""whale-matching curve."""

from __future__ import annotations

from typing import Annotated

import typer

from app.allocations import curve as curves
from app.allocations.requests import CurveRequest
from app.fields.strict_model import checked
from app.formats.base import Output
from app.observability.timings import Timings
from app.settings import Settings
from app.text.language import command_language
from app.text.members import write_messages
from messages import Message

from .answer_tables import curve_tables
from .destination import Destination
from .problem import (
    AllowNegativeEv,
    AllWhales,
    Capacity,
    Ev,
    K,
    MinUsers,
    OutputFile,
    StreamersPerUser,
    Wealth,
    WhalePenalty,
    WhaleShare,
    WhaleThreshold,
    problem,
)
from .tables import Columns, Header, TableFile, options, problem_fields


def curve(
    output: OutputFile,
    ev: Ev = None,
    table: TableFile = None,
    columns: Columns = None,
    header: Header = None,
    k: K = None,
    wealth: Wealth = None,
    whale_share: WhaleShare = None,
    whale_threshold: WhaleThreshold = None,
    all_whales: AllWhales = False,
    capacity: Capacity = None,
    min_users: MinUsers = None,
    whale_penalty: WhalePenalty = None,
    allow_negative_ev: AllowNegativeEv = False,
    max_streamers_per_user: StreamersPerUser = 1,
    k_max: Annotated[int, typer.Option(help="the curve goes from k = 1 to this")] = 20,
) -> None:
    """Work out what the whale tier is worth under every k."""
    to = Destination.named(output)
    timings = Timings()
    files = problem_fields(table, ev, None, wealth, options(columns, header))
    given = problem(
        files, k, whale_share, whale_threshold, all_whales,
        capacity, min_users, whale_penalty, max_streamers_per_user, allow_negative_ev,
    )  # fmt: skip
    request = checked(CurveRequest, given | {"k_max": k_max})
    answer = curves.answer(request, Settings(), timings)
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
            k_max=k_max,
            output=to.name,
        )
    )
