"""Decoding of request bodies: JSON, or multipart with arrays and tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from app.fields.declarations import Part, find_declarations
from app.fields.strict_model import validate
from app.formats.json import parse_json
from app.formats.multipart import Parts, is_multipart, parse_parts
from app.formats.npy import is_npy, read_npy
from app.formats.registry import TABLE_LABELS, alternatives
from app.settings import Settings
from app.sheets.origin import Origin
from app.tables.options import Options
from app.tables.problem_fields import add_table, add_wealth
from app.tables.reading import Bounds, read_table
from messages import Message
from solver import InputError

from .body import Body

Model = TypeVar("Model", bound=BaseModel)

TABLES = {
    "table": "users, streamers, values and, if it has it, wealth, as a matrix or as pairs: "
    f"{alternatives(TABLE_LABELS)}; POST /tables/preview says what is understood of it",
    "candidates": "the same as pairs, with the columns user, streamer and ev; in Arrow and "
    "Parquet, integers are positions",
}
"""Parts that are tables. In pairs, strings are ids. They are in user_ids and streamer_ids, or
become these in the order of their first rows."""

OPTIONS = ("columns", "header")
"""Options for reading the part table: members of the part problem, or separate parts."""


def describe_parts(model: type[BaseModel]) -> dict[str, str]:
    """Return the parts of a request besides the problem, with their descriptions."""
    arrays = {name: part.description for name, part, _ in find_declarations(model, Part)}
    return {**arrays, **TABLES}


def decode_request(
    model: type[Model], body: Body, limits: Settings
) -> tuple[Model, tuple[Message, ...]]:
    """Return the request in a body, and warnings about its tables.

    Raises
    ------
    RefusalError
        400 if the body does not match its Content-Type.
    solver.InputError
        With the field and the position at fault.
    """
    with body.open() as data:
        if not is_multipart(body.content_type):
            return validate(model, parse_json(data)), ()
        with parse_parts(data, body.content_type) as parts:
            fields, warnings = _read_fields(model, parts, limits)
    return validate(model, fields), warnings


def expect_parts(parts: Parts, names: Collection[str]) -> None:
    """Refuse parts with other names.

    Raises
    ------
    solver.InputError
    """
    for name in parts:
        if name not in names:
            raise InputError(
                name[:60],
                Message("part_unknown", known=names, received=repr(name[:60])),
                code="unknown-field",
            )


def _expect_once(name: str, fields: Collection[str], parts: Parts) -> None:
    """Refuse a field that is both in the part problem and a part."""
    if name in parts and name in fields:
        raise InputError(name, Message("field_also_part", field=name), code="conflicting-fields")


def _read_fields(
    model: type[BaseModel], parts: Parts, limits: Settings
) -> tuple[dict[str, Any], tuple[Message, ...]]:
    """Return the fields in the parts, and warnings about tables.

    The fields do not refer to the memory of the body.
    """
    expect_parts(parts, ["problem", *describe_parts(model), *OPTIONS])
    if "problem" not in parts:
        raise InputError("problem", Message("problem_part_missing"), code="missing-field")
    fields = parse_json(parts["problem"])
    if not isinstance(fields, dict):
        raise InputError("problem", Message("problem_part_not_object"))
    for name in parts:
        _expect_once(name, fields, parts)
    for name in OPTIONS:
        if "table" not in parts and (name in parts or name in fields):
            raise InputError(name, Message("option_without_table", field=name))
    arrays = [name for name, _, _ in find_declarations(model, Part) if name in parts]
    if "wealth" in arrays and not is_npy(parts["wealth"]):
        arrays.remove("wealth")
    fields |= {name: read_npy(parts[name], name) for name in arrays}
    return fields, _add_tables(fields, parts, limits)


def _add_tables(fields: dict[str, Any], parts: Parts, limits: Settings) -> tuple[Message, ...]:
    """Add the fields in tables, in place; return warnings about the tables."""
    warnings: list[Message] = []
    bounds = Bounds(limits.max_candidates, limits.max_expanded_bytes)
    members = {name: fields.pop(name, None) for name in OPTIONS}
    for name in ("table", "candidates", "wealth"):
        if name not in parts or (name == "wealth" and is_npy(parts[name])):
            continue
        origin = Origin(parts.file_names[name], name)
        options = read_options(members, parts) if name == "table" else _TABLE_OPTIONS[name]
        table = read_table(parts[name], origin, bounds, options)
        warnings += table.understood.warnings
        if name == "wealth":
            add_wealth(fields, table, origin)
        else:
            add_table(fields, table, origin)
    return tuple(warnings)


_TABLE_OPTIONS = {
    "candidates": Options({}, shape="pairs", integers="positions"),
    "wealth": Options({}),
}


def read_options(members: Mapping[str, Any], parts: Parts) -> Options:
    """Return the options for reading the part table, from the part problem or separate parts.

    Raises
    ------
    RefusalError
        400 if a part is not JSON.
    solver.InputError
        If an option is given twice or has a wrong type.
    """
    given = [name for name in OPTIONS if members.get(name) is not None]
    for name in OPTIONS:
        _expect_once(name, given, parts)
    in_parts = {name: _parse_option(name, parts[name]) for name in OPTIONS if name in parts}
    members = {**members, **in_parts}
    return Options.checked(*(members.get(name) for name in OPTIONS))


def _parse_option(name: str, part: memoryview) -> Any:
    value = parse_json(part)
    if value is None:
        raise InputError(name, Message("part_null", field=name))
    return value
