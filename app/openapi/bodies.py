"""Bodies of requests, which the routes read by themselves, off the event loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app.allocations.requests import AllocateRequest, CurveRequest
from app.errors.schema import ProblemDetails
from app.http.decoding import TABLES
from app.jobs.schemas import EventAnswer
from app.settings import Settings
from app.sheets.synonyms import ROLES
from app.studies.matrix_requests import OwnSweepRequest
from simulator import SweepConfig

from .constraints import SMALL_SWEEP, constrain_sweep, limit_sweep

REF = "#/components/schemas/{model}"

_REQUESTS: tuple[type[BaseModel], ...] = (AllocateRequest, CurveRequest, OwnSweepRequest)


READING: dict[str, dict[str, Any]] = {
    "columns": {
        "type": "object",
        "additionalProperties": {"type": "string", "enum": [*ROLES]},
        "description": "of a part table: roles of columns, by heading, or by number from 1 where a "
        "column has none; in a matrix, the columns of streamers are of the role ev",
    },
    "header": {
        "type": "boolean",
        "description": "of a part table: whether the first line has headings",
    },
}
"""How a part `table` is to be read."""

WITH_TABLE: dict[str, dict[str, Any]] = {
    "AllocateRequest": {"k": 1, "whale_share": 0.67},
    "CurveRequest": {"k_max": 3, "whale_share": 0.67},
    "OwnSweepRequest": {"k_values": [1, 2], "whale_shares": [0.67]},
}
"""What a request says besides its table."""

SMALL_TABLE = "user,wealth,Ann,Bo\nu0,50.5,9,1\nu1,40,8,7\nu2,3,,2\n"


def components(settings: Settings) -> dict[str, Any]:
    """Return the JSON schemas of request bodies, of refusals and of events."""
    described: tuple[type[BaseModel], ...] = (*_REQUESTS, ProblemDetails, EventAnswer)
    inputs: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (each, "validation") for each in described
    ]
    _, models = models_json_schema(inputs, ref_template=REF)
    sweep = TypeAdapter(SweepConfig).json_schema(ref_template=REF)
    schemas = {
        **models["$defs"],
        **sweep.pop("$defs"),
        "SweepRequest": sweep | {"title": "SweepRequest"},
    }  # generators name classes by titles
    constrain_sweep(schemas, settings)
    limit_sweep(schemas["OwnSweepRequest"]["properties"], settings)
    schemas["CurveRequest"]["properties"]["k_max"]["maximum"] = settings.max_curve_k
    for each in _REQUESTS:
        name = _besides_parts(each.__name__)
        schemas[name] = {
            **schemas[each.__name__],
            "title": name,
            "description": f"what {each.__name__} has, but for what comes as a part of its own",
            "required": [],
            "properties": schemas[each.__name__]["properties"] | READING,
        }
    return schemas


def examples(name: str) -> list[dict[str, Any]]:
    """Return bodies of the component `name` that can be sent as they are."""
    if name == "SweepRequest":
        return [SMALL_SWEEP]
    (model,) = [each for each in _REQUESTS if each.__name__ == name]
    extra: Any = model.model_config["json_schema_extra"]
    samples: list[dict[str, Any]] = extra["examples"]
    return samples


def request_body(
    name: str, required: bool, parts: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return what OpenAPI says of a route whose JSON body is the component `name`.

    Parameters
    ----------
    name : str
    required : bool
    parts : mapping of str to str, optional
        Parts besides the problem that it takes as multipart/form-data, and what each is.
    """
    content: dict[str, Any] = {
        "application/json": {
            "schema": {"$ref": REF.format(model=name)},
            "examples": {
                f"example-{number}": {"value": one} for number, one in enumerate(examples(name))
            },
        }
    }
    if parts is not None:
        content["multipart/form-data"] = _multipart(name, parts)
    encoded = "It may be compressed, by `Content-Encoding: gzip` or `zstd`."
    return {"requestBody": {"required": required, "description": encoded, "content": content}}


def table_body() -> dict[str, Any]:
    """Return what OpenAPI says of a route whose body is a table."""
    content = {
        "schema": {
            "type": "object",
            "required": ["table"],
            "properties": {"table": _binary(TABLES["table"]), **READING},
            "additionalProperties": False,
        },
        "encoding": {
            "table": {"contentType": "application/octet-stream"},
            **{part: {"contentType": "application/json"} for part in READING},
        },
        "examples": {
            "csv": {"value": {"table": SMALL_TABLE}, "summary": "a matrix with wealth"},
            "roles": {
                "value": {"table": SMALL_TABLE, "columns": {"Bo": "ignore"}, "header": True},
                "summary": "roles that are given",
            },
        },
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": content}}}


def _binary(what: str) -> dict[str, Any]:
    return {"type": "string", "format": "binary", "description": what}


def _besides_parts(name: str) -> str:
    """Return which component says what the part `problem` has of the component `name`."""
    return name.replace("Request", "Problem")


def _multipart(name: str, parts: Mapping[str, str]) -> dict[str, Any]:
    problem = {"$ref": REF.format(model=_besides_parts(name))}
    binary = {part: _binary(what) for part, what in parts.items()}
    return {
        "schema": {
            "type": "object",
            "required": ["problem"],
            "properties": {"problem": problem, **binary, **READING},
            "additionalProperties": False,
        },
        "encoding": {
            **{part: {"contentType": "application/json"} for part in ("problem", *READING)},
            **{part: {"contentType": "application/octet-stream"} for part in parts},
        },
        "examples": {
            "without-parts": {
                "value": {"problem": examples(name)[0]},
                "summary": "all of it in JSON",
            },
            "with-a-table": {
                "value": {"problem": WITH_TABLE[name], "table": SMALL_TABLE},
                "summary": "a table in place of lists",
            },
        },
    }
