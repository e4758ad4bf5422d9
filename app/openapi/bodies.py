"""Descriptions of request bodies, which routes read themselves, off the event loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app.allocations.requests import AllocateRequest, CurveRequest, FrontierRequest
from app.errors.schema import ProblemDetails
from app.http.decoding import TABLES
from app.jobs.labels import LabelsRequest
from app.jobs.schemas import EventAnswer
from app.settings import Settings
from app.sheets.synonyms import ROLES
from app.studies.matrix_requests import OwnSweepRequest
from simulator import SweepConfig

from .constraints import SMALL_SWEEP, constrain_sweep, limit_sweep

REF = "#/components/schemas/{model}"

_REQUESTS: tuple[type[BaseModel], ...] = (
    AllocateRequest,
    CurveRequest,
    FrontierRequest,
    OwnSweepRequest,
)


TABLE_OPTIONS: dict[str, dict[str, Any]] = {
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
"""Schemas of the options for reading a part `table`."""

WITH_TABLE: dict[str, dict[str, Any]] = {
    "AllocateRequest": {"k": 1, "whale_share": 0.67},
    "CurveRequest": {"k_max": 3, "whale_share": 0.67},
    "FrontierRequest": {"k": 2, "whale_share": 1, "points": 3},
    "OwnSweepRequest": {"k_values": [1, 2], "whale_shares": [0.67]},
}
"""The part `problem` of examples with a table."""

SMALL_TABLE = "user,wealth,Ann,Bo\nu0,50.5,9,1\nu1,40,8,7\nu2,3,,2\n"


def components(settings: Settings) -> dict[str, Any]:
    """Return the JSON schemas of request bodies, problem documents and events."""
    models: tuple[type[BaseModel], ...] = (*_REQUESTS, LabelsRequest, ProblemDetails, EventAnswer)
    inputs: list[tuple[type[BaseModel], JsonSchemaMode]] = [(each, "validation") for each in models]
    _, definitions = models_json_schema(inputs, ref_template=REF)
    sweep = TypeAdapter(SweepConfig).json_schema(ref_template=REF)
    schemas = {
        **definitions["$defs"],
        **sweep.pop("$defs"),
        "SweepRequest": sweep | {"title": "SweepRequest"},  # generators name classes by titles
    }
    constrain_sweep(schemas, settings)
    limit_sweep(schemas["OwnSweepRequest"]["properties"], settings)
    schemas["CurveRequest"]["properties"]["k_max"]["maximum"] = settings.max_curve_k
    for each in _REQUESTS:
        name = _problem_component(each.__name__)
        schemas[name] = {
            **schemas[each.__name__],
            "title": name,
            "description": f"what {each.__name__} has, but for what comes as a part of its own",
            "required": [],
            "properties": schemas[each.__name__]["properties"] | TABLE_OPTIONS,
        }
    return schemas


def examples(name: str) -> list[dict[str, Any]]:
    """Return valid bodies of the component `name`."""
    if name == "SweepRequest":
        return [SMALL_SWEEP]
    models: tuple[type[BaseModel], ...] = (*_REQUESTS, LabelsRequest)
    (model,) = [each for each in models if each.__name__ == name]
    extra: Any = model.model_config["json_schema_extra"]
    samples: list[dict[str, Any]] = extra["examples"]
    return samples


def request_body(
    name: str, required: bool, parts: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the OpenAPI description of a JSON body of the component `name`.

    Parameters
    ----------
    name : str
    required : bool
    parts : mapping of str to str, optional
        Parts besides the problem of a multipart/form-data body, with their descriptions.
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
    description = "It may be compressed, by `Content-Encoding: gzip` or `zstd`."
    return {"requestBody": {"required": required, "description": description, "content": content}}


def table_body() -> dict[str, Any]:
    """Return the OpenAPI description of a body with a table."""
    content = {
        "schema": {
            "type": "object",
            "required": ["table"],
            "properties": {"table": _binary(TABLES["table"]), **TABLE_OPTIONS},
            "additionalProperties": False,
        },
        "encoding": {
            "table": {"contentType": "application/octet-stream"},
            **{part: {"contentType": "application/json"} for part in TABLE_OPTIONS},
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


def _binary(description: str) -> dict[str, Any]:
    return {"type": "string", "format": "binary", "description": description}


def _problem_component(name: str) -> str:
    """Return the name of the component that describes the part `problem` of a request."""
    return name.replace("Request", "Problem")


def _multipart(name: str, parts: Mapping[str, str]) -> dict[str, Any]:
    problem = {"$ref": REF.format(model=_problem_component(name))}
    binary = {part: _binary(description) for part, description in parts.items()}
    return {
        "schema": {
            "type": "object",
            "required": ["problem"],
            "properties": {"problem": problem, **binary, **TABLE_OPTIONS},
            "additionalProperties": False,
        },
        "encoding": {
            **{part: {"contentType": "application/json"} for part in ("problem", *TABLE_OPTIONS)},
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
