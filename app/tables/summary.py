"""Summaries of tables in one line."""

from __future__ import annotations

from collections.abc import Sequence

from app.sheets.origin import name_heading
from app.sheets.sheet import Sheet
from messages import Message

from .table import Table, Understanding

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}

_ROLES = ("user", "streamer", "ev", "wealth")


def summarize_table(table: Table) -> Message:
    """Return a message such as "ev.csv: CSV (UTF-8, commas), matrix of 3 users × 2 streamers"."""
    understood = table.understood
    roles = [
        column_role(
            role,
            name_heading(column.name)
            if column.name
            else Message("column_numbered", number=column.number),
        )
        for role in _ROLES
        for column in understood.columns
        if column.role == role and (role != "ev" or understood.shape == "pairs")
    ]
    return Message(
        "table_summary",
        file=understood.file,
        format=summarize_format(understood),
        shape=understood.shape,
        rows=understood.n_rows,
        users=table.n_users,
        streamers=table.n_streamers,
        roles=roles_of(roles),
    )


def column_role(role: str, column: str | Message) -> Message:
    """Return "users: user_id"."""
    return Message("column_role", role=role, column=column)


def roles_of(roles: Sequence[Message]) -> str | Message:
    """Return the roles of columns as the end of a summary."""
    return Message("table_roles", roles=roles) if roles else ""


def summarize_format(understood: Understanding | Sheet) -> Message:
    """Return "CSV (UTF-8, semicolons, decimal comma)"."""
    details: list[str | Message] = [understood.encoding] if understood.encoding else []
    if understood.delimiter:
        details.append(Message("delimiter_name", delimiter=_DELIMITERS[understood.delimiter]))
    if understood.decimal == ",":
        details.append(Message("decimal_comma"))
    if understood.header is False:
        details.append(Message("no_header"))
    return Message("table_format", format=understood.format, count=len(details), details=details)
