"""The OpenAPI document: the descriptions of the routes, and what they have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from fastapi import FastAPI

from app.settings import Settings

from .answers import fill_examples
from .bodies import components
from .errors import describe_errors
from .headers import HEADERS, REQUEST_ID, header
from .links import LINKS

KEY = {"key": {"type": "http", "scheme": "bearer", "description": "one of WHALE_API_KEYS"}}


def describe(app: FastAPI, settings: Settings, open_paths: Collection[str]) -> None:
    """Make the app complete the document that the framework generates, once.

    Parameters
    ----------
    app : FastAPI
    settings : Settings
        Its limits are in the schemas. If it has keys, the document requires one.
    open_paths : collection of str
        Paths that need no key and have no limit.
    """
    generate = app.openapi
    cached_document: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not cached_document:
            cached_document.update(_complete(generate(), settings, open_paths))
        return cached_document

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(
    document: dict[str, Any], settings: Settings, open_paths: Collection[str]
) -> dict[str, Any]:
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for generic in ("HTTPValidationError", "ValidationError"):  # ours are ProblemDetails
        schemas.pop(generic, None)
    schemas.update(components(settings))
    _drop_null_defaults(schemas)
    parts["headers"] = HEADERS
    parts["securitySchemes"] = KEY
    # Without keys, requests over loopback need none.
    document["security"] = [{"key": []}] if settings.keys.digests else [{}, {"key": []}]
    for path, operation in _operations(document):
        responses = operation["responses"]
        if path in open_paths:
            operation["security"] = []
        else:
            common = describe_errors(401, 403, 414, 429, 431)
            if "requestBody" in operation:
                common |= describe_errors(408)
            responses |= {str(each): response for each, response in common.items()}
        operation["responses"] = dict(sorted(responses.items()))
        for status, response in responses.items():
            fill_examples(operation["operationId"], response)
            response.setdefault("headers", {}).update(header("X-Request-ID"))
            if links := LINKS.get(operation["operationId"], {}).get(status):
                response["links"] = links
        for parameter in operation.get("parameters", []):
            _remove_null(parameter["schema"])
        operation.setdefault("parameters", []).append(REQUEST_ID)
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for operation in item.values():
            yield path, operation


def _drop_null_defaults(schema: Any) -> None:
    """Remove defaults of null, in place: optional fields do not need them.

    `openapi-typescript` makes fields with a default required.
    """
    match schema:
        case {"default": None}:
            del schema["default"]
            _drop_null_defaults(schema)
        case dict():
            for each in schema.values():
                _drop_null_defaults(each)
        case list():
            for each in schema:
                _drop_null_defaults(each)


def _remove_null(schema: dict[str, Any]) -> None:
    """Remove null from the types of a parameter: URLs and headers have no null."""
    choices = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(choices) == 1:
        del schema["anyOf"]
        for name, value in choices[0].items():
            schema.setdefault(name, value)
