"""whale-matching allocate --candidates: from Parquet to Parquet."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from app.text.language import render_for_command
from messages import Message
from solver import InputError

from .fairness import cost_of_fairness
from .problem import read_revenue_option
from .progress import progress

if TYPE_CHECKING:
    from app.batch.inputs import Request
    from app.fields.fairness import Fairness

TOLERANCE = 1e-6
"""Default tolerance for Parquet candidates, as a share of the objective."""

TOLERANCE_ACROSS = 1e-4
"""Default tolerance when workers share the users."""


class Across(NamedTuple):
    """Workers that share the users: those of a scheduler, or a number on this machine."""

    scheduler: str | None
    workers: int | None
    partitions: int | None


CANDIDATE_FIELDS = ("k", "capacity", "whale_share", "whale_threshold", "fill", "base")
"""Fields of a problem that Parquet candidates support."""


def allocate_files(
    output: str,
    candidates: str,
    users: str | None,
    fields: Mapping[str, Any],
    all_whales: bool,
    tolerance: float | None,
    memory: str | None,
    across: Across | None,
    fairness: Fairness | None = None,
) -> None:
    """Allocate candidates in Parquet, and print the result; parameters are options of the command.

    Raises
    ------
    solver.InputError
    OSError
    """
    from app.batch import run

    default = TOLERANCE if across is None else TOLERANCE_ACROSS
    request = batch_request(
        candidates, users, fields, all_whales, default if tolerance is None else tolerance,
        memory, fairness,
    )  # fmt: skip
    if across is None:
        manifest = run.allocate_files(request, output, progress)
    else:
        from app.batch.distributed.run import allocate_on_workers

        manifest = allocate_on_workers(request, *across, output, progress)
    print(render_for_command(_summary(manifest, output)))
    if fairness is not None:
        print(render_for_command(cost_of_fairness(manifest["fairness"])))
    for warning in manifest["warning_messages"]:
        message = Message("warning", message=Message.from_mapping(warning))
        print(render_for_command(message))
    if not manifest["tolerance_reached"]:
        print(render_for_command(_tolerance_missed(manifest)), file=sys.stderr)


def batch_request(
    candidates: str,
    users: str | None,
    fields: Mapping[str, Any],
    all_whales: bool,
    tolerance: float,
    memory: str | None = None,
    fairness: Fairness | None = None,
) -> Request:
    """Return the request of a batch; parameters are options of the command.

    Raises
    ------
    solver.InputError
    """
    from app.batch.inputs import Request
    from app.batch.parquet.memory import bytes_of

    capacity = fields.get("capacity")
    alike = _whole(capacity)
    return Request(
        candidates=candidates,
        users=users,
        streamers=None if alike is not None else capacity,
        k=_cap(fields.get("k")),
        capacity=alike,
        whale_share=fields.get("whale_share"),
        whale_threshold=fields.get("whale_threshold"),
        all_whales=all_whales,
        fill=fields.get("fill", "greedy"),
        tolerance=tolerance,
        memory=None if memory is None else bytes_of(memory),
        fairness=None if fairness is None else fairness.arguments,
        base=None if "base" not in fields else read_revenue_option(fields["base"]),
    )


def _summary(manifest: Mapping[str, Any], output: str) -> Message:
    counts, certificate = manifest["counts"], manifest["certificate"]
    members = {
        "placed": counts["allocated_whales"] + counts["allocated_normal"],
        "users": counts["users"],
        "total": counts["whale_objective"] + counts["normal_objective"],
        "output": output,
    }
    if "fairness" in manifest:
        return Message("allocated_files_fairly", **members)
    return Message(
        "allocated_files",
        scope=certificate["scope"],
        gap=certificate["relative_gap"],
        **members,
    )


def _tolerance_missed(manifest: dict[str, Any]) -> Message:
    """Return the message of a result that misses the tolerance."""
    gap = manifest["certificate"]["relative_gap"]
    if "fairness" in manifest:
        gap = manifest["fairness"]["optimum_gap"]
    return Message(
        "tolerance_missed",
        gap=gap,
        tolerance=manifest["tolerance"],
        mode=manifest["mode"].replace(" ", "_"),
    )


def _cap(k: str | None) -> int | None:
    if k is None:
        return None
    number = _whole(k)
    if number is None:
        raise InputError("k", Message("k_option_expected", received=k))
    return number


def _whole(value: str | None) -> int | None:
    """Return a whole number, or None if the text is not one."""
    return int(value) if value is not None and value.lstrip("-").isdecimal() else None
