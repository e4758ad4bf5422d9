"""What was read from a table, in one line."""

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
    read = table.understood
    roles = [
        column_role(
            role,
            name_heading(column.name)
            if column.name
            else Message("column_numbered", number=column.number),
        )
        for role in _ROLES
        for column in read.columns
        if column.role == role and (role != "ev" or read.shape == "pairs")
    ]
    return Message(
        "table_summary",
        file=read.file,
        format=summarize_format(read),
        shape=read.shape,
        rows=read.n_rows,
        users=table.n_users,
        streamers=table.n_streamers,
        roles=roles_of(roles),
    )


def _numbered(number: int) -> Message:
    return Message("column_numbered", number=number)


def column_role(role: str, column: str | Message) -> Message:
    """Return "users: user_id"."""
    return Message("column_role", role=role, column=column)


def roles_of(roles: Sequence[Message]) -> str | Message:
    """Return the roles of columns as the end of a summary."""
    return Message("table_roles", roles=roles) if roles else ""


def summarize_format(read: Understanding | Sheet) -> Message:
    """Return "CSV (UTF-8, semicolons, decimal comma)"."""
    details: list[str | Message] = [read.encoding] if read.encoding else []
    if read.delimiter:
        details.append(Message("delimiter_name", delimiter=_DELIMITERS[read.delimiter]))
    if read.decimal == ",":
        details.append(Message("decimal_comma"))
    if read.header is False:
        details.append(Message("no_header"))
    return Message("table_format", format=read.format, count=len(details), details=details)
