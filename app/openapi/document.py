"""The document as a whole: what routes say, completed by what holds for all of them."""

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
    """Complete the document that the framework generates, and generate it once.

    Parameters
    ----------
    app : FastAPI
    settings : Settings
        Its limits are the schemas', and where it has keys, the document asks for one.
    open_paths : collection of str
        Paths that ask for no key and have no limit.
    """
    generated = app.openapi
    finished: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not finished:
            finished.update(_completed(generated(), settings, open_paths))
        return finished

    app.openapi = openapi  # type: ignore[method-assign]


def _completed(
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
    # Without keys, whoever comes in over loopback is served: the document asks for none.
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
            _never_null(parameter["schema"])
        operation.setdefault("parameters", []).append(REQUEST_ID)
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for operation in item.values():
            yield path, operation


def _drop_null_defaults(schema: Any) -> None:
    """Take defaults of null away, in place: what is not there says the same.

    With `openapi-typescript`, a field that has a default has to be sent.
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


def _never_null(schema: dict[str, Any]) -> None:
    """Take null from what a parameter may be: in a URL or a header there is none."""
    choices = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(choices) == 1:
        del schema["anyOf"]
        for name, value in choices[0].items():
            schema.setdefault(name, value)
