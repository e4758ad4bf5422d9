"""What the document says of a sweep's numbers is what the simulator refuses."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nextafter
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from simulator import SweepConfig
from solver import InputError


def numbers(schema: dict[str, Any], whole: bool) -> Iterator[tuple[float, bool]]:
    """Yield numbers on both sides of each bound of a schema, and whether they may be."""
    for bound, outside in (("minimum", -inf), ("maximum", inf), ("exclusiveMinimum", inf)):
        if bound in schema and "enum" not in schema:
            at = schema[bound]
            beyond = at + (1 if outside > 0 else -1) if whole else nextafter(at, outside)
            yield at, bound != "exclusiveMinimum"
            yield beyond, bound == "exclusiveMinimum"


def cases() -> Iterator[tuple[str, str, Any, bool]]:
    schema = TypeAdapter(SweepConfig).json_schema()
    parts = {"sweep": schema["properties"], "world": schema["$defs"]["WorldConfig"]["properties"]}
    for part, of in parts.items():
        for name, schema in of.items():
            if name == "tier_weights":  # alone, they are not as many as the tiers
                continue
            in_list = "items" in schema
            of_one = schema.get("items", schema)
            for value, fits in numbers(of_one, of_one.get("type") == "integer"):
                yield part, name, [value] if in_list else value, fits


def members(document: Any) -> Iterator[str]:
    """Yield the name of every member of a JSON document."""
    for name, value in document.items() if isinstance(document, dict) else enumerate(document):
        if isinstance(name, str):
            yield name
        if isinstance(value, dict | list):
            yield from members(value)


def test_every_bound_is_in_the_words_of_json_schema(client: TestClient) -> None:
    """Pydantic writes "ge" where a bound stands after a validator; no reader knows that."""
    assert {*members(client.get("/openapi.json").json())} & {"ge", "gt", "le", "lt"} == set()


@pytest.mark.parametrize(("part", "name", "value", "fits"), [*cases()])
def test_a_number_is_refused_just_beyond_what_the_document_allows(
    part: str, name: str, value: Any, fits: bool
) -> None:
    given: dict[str, Any] = {name: value} if part == "sweep" else {"world": {name: value}}

    def taken() -> bool:
        try:
            SweepConfig.from_mapping(given)
        except InputError as error:
            return error.field.rpartition(".")[2] != name
        return True

    assert taken() == fits
