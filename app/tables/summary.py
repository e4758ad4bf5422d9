"""What was understood of a table, in one line."""

from __future__ import annotations

from app.words import count

from .faults import called
from .sheet import Sheet
from .table import Table, Understanding

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def summary(table: Table) -> str:
    """Return "ev.csv: CSV (UTF-8, commas), matrix of 3 users × 2 streamers; users: user"."""
    said = table.understood
    roles = [
        f"{word}: {called(column.name) if column.name else f'column {column.number}'}"
        for role, word in _ROLES.items()
        for column in said.columns
        if column.role == role and (role != "ev" or said.shape == "pairs")
    ]
    return "; ".join([f"{said.file}: {format_of(said)}, {_shape(table)}", *roles]) + "."


_ROLES = {"user": "users", "streamer": "streamers", "ev": "EV", "wealth": "wealth"}


def format_of(said: Understanding | Sheet) -> str:
    """Return "CSV (UTF-8, semicolons, decimal comma)"."""
    details = [said.encoding] if said.encoding else []
    details += [_DELIMITERS[said.delimiter]] if said.delimiter else []
    details += ["decimal comma"] if said.decimal == "," else []
    details += ["no header"] if said.header is False else []
    return f"{said.format} ({', '.join(details)})" if details else said.format


def _shape(table: Table) -> str:
    if table.understood.shape == "wealth":
        return f"wealth of {count(table.n_users, 'user')}"
    sides = f"{count(table.n_users, 'user')} × {count(table.n_streamers, 'streamer')}"
    if table.understood.shape == "matrix":
        return f"matrix of {sides}"
    return f"{count(table.understood.n_rows, 'pair')} of {sides}"
