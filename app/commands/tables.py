"""Tables in files: their format and shape are printed before they are used."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app.files import read_array, read_arrays
from app.settings import Settings
from app.sheets.origin import Origin
from app.tables.options import DEFAULT, Options
from app.tables.problem_fields import add_table, add_wealth
from app.tables.reading import Bounds, read_table
from app.tables.summary import summarize_table
from app.tables.table import Table
from app.text.language import render_for_command
from messages import Message
from solver import InputError

Header = Annotated[
    bool | None,
    typer.Option("--header/--no-header"),
]


def parse_options(columns: str | None, header: bool | None) -> Options:
    """Return how a table is to be read.

    Raises
    ------
    solver.InputError
        If it is not a list of headings and roles.
    """
    roles: dict[str, str] = {}
    for each in columns.split(",") if columns else []:
        name, equals, role = each.rpartition("=")
        if not equals:
            raise InputError("columns", Message("columns_list_expected", received=each[:60]))
        roles[name.strip()] = role.strip()
    return Options.checked(roles, header)


def read_table_file(path: Path, field: str, how: Options = DEFAULT) -> Table:
    """Return the table of a file, and print its format and shape on the error stream.

    Raises
    ------
    solver.InputError
        With file, line, column and value.
    """
    limits = Settings()
    bounds = Bounds(limits.max_candidates, limits.max_expanded_bytes)
    table = read_table(memoryview(path.read_bytes()), Origin(str(path), field), bounds, how)
    for message in (summarize_table(table), *table.understood.warnings):
        print(render_for_command(message), file=sys.stderr)
    return table


def read_problem_files(
    table: Path | None,
    ev: Path | None,
    candidates: Path | None,
    wealth: Path | None,
    how: Options,
) -> dict[str, Any]:
    """Return the fields that files give: EV or candidates, ids, and wealth.

    Raises
    ------
    solver.InputError
        If none or several files have EV, or a file has the wrong format.
    """
    options = {"table": table, "ev": ev, "candidates": candidates}
    named = {field: path for field, path in options.items() if path is not None}
    if len(named) != 1:
        received = [f"--{field}" for field in named] or Message("no_value")
        message = Message("one_input_option_expected", received=received)
        raise InputError([*named, "ev"][0], message)
    ((field, path),) = named.items()
    fields: dict[str, Any] = {}
    if field == "candidates" and path.suffix == ".npz":
        fields["candidates"] = read_arrays(path, field, ("user", "streamer", "ev"))
    elif field == "ev" and path.suffix == ".npy":
        fields["ev"] = read_array(path, field)
    else:
        add_table(fields, read_table_file(path, field, how), Origin(str(path), field))
    if wealth is not None:
        _add_wealth(fields, wealth)
    return fields


def _add_wealth(fields: dict[str, Any], path: Path) -> None:
    if path.suffix == ".npy":
        if fields.get("wealth") is not None:
            raise InputError("wealth", Message("wealth_option_and_table", path=str(path)))
        fields["wealth"] = read_array(path, "wealth")
        return
    add_wealth(fields, read_table_file(path, "wealth"), Origin(str(path), "wealth"))


def is_table(path: str) -> bool:
    """Return whether a path is one file that is not Parquet, so that it is read as a table."""
    file = Path(path)
    if "://" in path or not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(4) != b"PAR1"
