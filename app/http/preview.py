"""The preview of a table: how the service reads it."""

from __future__ import annotations

import dataclasses
from typing import Any

from app.errors.input_errors import input_problem
from app.errors.problem_details import RefusalError
from app.formats.base import essence
from app.formats.multipart import MEDIA_TYPE as MULTIPART
from app.formats.multipart import parse_parts
from app.observability.timings import Timings
from app.settings import Settings
from app.sheets.origin import Origin
from app.tables.reading import Bounds, preview_table
from messages import Message
from solver import InputError

from .body import Body
from .decoding import OPTIONS, expect_parts, read_options
from .media_types import ENCODINGS


def expect_multipart(content_type: str) -> None:
    """Refuse a body that is not multipart/form-data.

    Raises
    ------
    RefusalError
        415, with the accepted type in the header Accept.
    """
    if essence(content_type) != MULTIPART:
        raise RefusalError(
            "unsupported-media-type",
            Message(
                "media_type_expected",
                types=(MULTIPART,),
                received=content_type[:60] or Message("no_value"),
            ),
            {"Accept": MULTIPART, "Accept-Encoding": ENCODINGS},
        )


def preview_body(body: Body, settings: Settings, timings: Timings) -> dict[str, Any]:
    """Return the format, shape and roles of the part `table`, as JSON.

    Raises
    ------
    RefusalError
        400 if the body does not match its Content-Type.
    solver.InputError
        If the table cannot be read at all.
    """
    with body.open() as data, parse_parts(data, body.content_type) as parts:
        expect_parts(parts, ("table", *OPTIONS))
        if "table" not in parts:
            raise InputError("table", Message("part_missing", name="table"), code="missing-field")
        origin = Origin(parts.file_names["table"], "table")
        bounds = Bounds(settings.max_candidates, settings.max_expanded_bytes)
        preview = preview_table(parts["table"], origin, bounds, read_options({}, parts))
    timings.record("read")
    understood = preview.understood
    members = dataclasses.asdict(dataclasses.replace(understood, warnings=()))
    fault = None if preview.fault is None else input_problem(preview.fault)["errors"][0]
    return members | {
        "rows": members.pop("n_rows"),
        "warnings": [*understood.warnings],
        "users": preview.n_users,
        "streamers": preview.n_streamers,
        "fault": fault,
    }
