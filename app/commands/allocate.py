"""whale-matching allocate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from app.allocations import allocation
from app.allocations.requests import AllocateRequest
from app.allocations.table import allocation_table
from app.fields.strict_model import validate
from app.formats.base import Output
from app.observability.timings import Timings
from app.settings import Settings
from app.text.language import command_language
from app.text.members import write_messages
from messages import Message
from solver import InputError

from .answer_tables import allocation_tables
from .candidates import CANDIDATE_FIELDS, Across, allocate_files
from .destination import Destination
from .fairness import Fair, cost_of_fairness, read_fairness
from .problem import (
    AllWhales,
    Fields,
    fields_beyond,
    read_fields,
    refuse_options,
    with_fields_of,
    with_whales,
)
from .tables import Header, is_table, parse_options, read_problem_files


@with_fields_of(AllocateRequest)
def allocate(
    *,
    output: Annotated[
        str,
        typer.Option(),
    ],
    ev: Path | None = None,
    table: Path | None = None,
    columns: str | None = None,
    header: Header = None,
    candidates: str | None = None,
    users: str | None = None,
    wealth: Path | None = None,
    all_whales: AllWhales = False,
    tolerance: float | None = None,
    memory: str | None = None,
    scheduler: str | None = None,
    workers: Annotated[int | None, typer.Option(min=1)] = None,
    partitions: Annotated[int | None, typer.Option(min=1)] = None,
    fair: Fair = False,
    fields: Fields,
) -> None:
    """Allocate users to streamers, from an EV matrix or a list of candidates."""
    fairness = read_fairness(fair, fields)
    files = {"ev": ev, "table": table, "columns": columns, "header": header, "wealth": wealth}
    if candidates is not None and not is_table(candidates):
        refuse_options(
            "--candidates", **files, **fields_beyond(AllocateRequest, fields, CANDIDATE_FIELDS)
        )
        across = _across(scheduler, workers, partitions, memory)
        allocate_files(output, candidates, users, fields, all_whales, tolerance, memory, across,
                       fairness)  # fmt: skip
        return
    refuse_options("--ev", "--table", users=users, memory=memory,
            scheduler=scheduler, workers=workers, partitions=partitions)  # fmt: skip
    to = Destination.parse(output)
    timings = Timings()
    pairs = None if candidates is None else Path(candidates)
    members = read_problem_files(table, ev, pairs, wealth, parse_options(columns, header))
    members |= read_fields(AllocateRequest, with_whales(fields, all_whales))
    members |= {"tolerance": tolerance or 0.0, "fairness": fairness}
    request = validate(AllocateRequest, members)
    named, solution = allocation.solve_request(request, Settings(), timings)
    answer = allocation.answer_body(request, named, solution)
    notes = answer["notes"]
    answer = write_messages(answer, command_language.get())
    answer["timings_ms"] = timings.milliseconds

    def written() -> Output:
        members: dict[str, Any] = {
            each: answer[each] for each in ("objective", "fairness") if each in answer
        }
        table = allocation_table(named, solution, members)
        return Output(answer, allocation_tables(table, answer))

    to.write(written)
    to.report(_summary(answer, to))
    if fairness is not None:
        to.report(cost_of_fairness(answer["fairness"]))
    if answer["metrics"]["unallocated_whales"]:
        to.report(Message("warning", message=notes[0]))


def _summary(answer: Mapping[str, Any], to: Destination) -> Message:
    objective, certificate = answer["objective"], answer["certificate"]
    penalties = "yes" if "penalty" in objective else "no"
    if "fairness" in answer:
        return Message(
            "allocated_fairly", penalties=penalties, total=objective["total"], output=to.name
        )
    return Message(
        "allocated",
        penalties=penalties,
        total=objective["total"],
        scope=certificate["scope"],
        gap=0.0 if certificate["proven_optimal"] else certificate["gap"],
        output=to.name,
    )


def _across(
    scheduler: str | None, workers: int | None, partitions: int | None, memory: str | None
) -> Across | None:
    """Return the workers that share the candidates, or None for this process alone."""
    if scheduler is None and workers is None:
        if partitions is not None:
            message = Message("option_needs_workers", option="--partitions", received=partitions)
            raise InputError("partitions", message)
        return None
    if scheduler is not None:
        refuse_options("--scheduler", workers=workers)
    refuse_options("--scheduler", "--workers", memory=memory)
    return Across(scheduler, workers, partitions)
