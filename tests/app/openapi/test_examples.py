"""The document's examples: every one can be sent, and what it shows of answers is what comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest

from tests.app.server import Nursery, events

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def client(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with nursery.generation():
        yield nursery.start(tmp_path_factory.mktemp("examples")).client


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    return client.get("/openapi.json").json()  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def sweep(client: httpx.Client, document: dict[str, Any]) -> str:
    """Return the id of a sweep that is done: the one that the document shows."""
    body = next(iter(bodies(document["paths"]["/experiments/whale-sweep"]["post"])))[1]
    return str(client.post("/experiments/whale-sweep", json=body).json()["id"])


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method.upper(), operation


def bodies(operation: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        for example in content["examples"].values():
            yield media_type, example["value"]


def in_parts(value: dict[str, Any]) -> list[Any]:
    """Return the parts of a body: text as it is, everything else as JSON."""
    return [
        (name, (None, each if isinstance(each, str) else json.dumps(each)))
        for name, each in value.items()
    ]


def expect_valid(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    """Check a value by a schema that refers to the document's components."""
    whole = {**schema, "components": document["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def expect_documented(
    document: dict[str, Any], operation: dict[str, Any], response: httpx.Response
) -> None:
    """Check status, type, headers and body of an answer."""
    said = operation["responses"][str(response.status_code)]
    for name, reference in said["headers"].items():
        schema = document["components"]["headers"][reference["$ref"].rpartition("/")[2]]["schema"]
        expect_valid(document, schema, response.headers[name])
    if "content" not in said:
        assert not response.content
        return
    media_type = response.headers["content-type"].partition(";")[0]
    if media_type.endswith("json"):
        expect_valid(document, said["content"][media_type]["schema"], response.json())
    else:
        assert media_type in said["content"]


def test_every_body_that_is_shown_can_be_sent(
    client: httpx.Client, document: dict[str, Any], sweep: str
) -> None:
    sent = 0
    for pattern, method, operation in operations(document):
        path = pattern.format(experiment_id=sweep, name="{name}", extension="{extension}")
        for media_type, value in bodies(operation):
            expect_valid(document, operation["requestBody"]["content"][media_type]["schema"], value)
            if media_type == "application/json":
                response = client.request(method, path, json=value)
            else:
                response = client.request(method, path, files=in_parts(value))
            assert response.status_code == 200, (path, response.text)
            expect_documented(document, operation, response)
            sent += 1
    assert sent >= 8


def test_every_parameter_that_is_shown_can_be_sent(
    client: httpx.Client, document: dict[str, Any], sweep: str
) -> None:
    for path, method, operation in operations(document):
        given = {each["name"]: shown(each) for each in operation.get("parameters", [])}
        given |= {"experiment_id": sweep} if "experiment_id" in given else {}
        if "before" in given:
            given["before"] = sweep
        if "idempotency-key" in given:  # one for each route: it is of one request
            given["idempotency-key"] += operation["operationId"]
        places = {each["name"]: each["in"] for each in operation.get("parameters", [])}
        media_type, body = next(iter(bodies(operation)), (None, None))
        sent: dict[str, Any] = {} if body is None else {"json": body}
        if media_type == "multipart/form-data":
            sent = {"files": in_parts(body)}
        response = client.request(
            method if method != "DELETE" else "GET",  # what is deleted cannot be asked for
            path.format_map(given),
            params={name: each for name, each in given.items() if places[name] == "query"},
            headers={name: str(each) for name, each in given.items() if places[name] == "header"},
            **sent,
        )
        assert response.status_code in (200, 202), (path, response.text)
        if method != "DELETE":
            expect_documented(document, operation, response)


def shown(parameter: dict[str, Any]) -> Any:
    return parameter["example"] if "example" in parameter else parameter["schema"]["examples"][0]


def test_every_route_shows_what_it_answers(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        for status, response in operation["responses"].items():
            contents = response.get("content", {})
            for media_type, content in contents.items():
                examples = [each["value"] for each in content.get("examples", {}).values()]
                examples += [content["example"]] if "example" in content else []
                schema = content.get("schema", {"type": "string"})  # a stream's is of each item
                binary = schema.get("format") == "binary"
                assert binary or examples, (path, status, media_type)
                for each in examples:
                    expect_valid(document, schema, each)
                assert (media_type == PROBLEM) == (int(status) >= 400)


@pytest.mark.parametrize(
    ("path", "name"), [("/allocate", "allocation"), ("/allocate/curve", "curve")]
)
def test_the_answer_that_is_shown_is_what_the_first_example_gets(
    client: httpx.Client, document: dict[str, Any], path: str, name: str
) -> None:
    operation = document["paths"][path]["post"]
    answers = operation["responses"]["200"]["content"]["application/json"]["examples"]
    shown, got = answers[name]["value"], client.post(path, json=next(bodies(operation))[1]).json()

    del shown["timings_ms"], got["timings_ms"]
    assert got == shown


def test_a_sweep_that_is_shown_has_the_keys_of_one_that_is_run(
    client: httpx.Client, document: dict[str, Any], sweep: str
) -> None:
    whole = client.get(f"/experiments/{sweep}").json()
    responses = document["paths"]["/experiments/{experiment_id}"]["get"]["responses"]
    shown = responses["200"]["content"]["application/json"]["examples"]["done"]["value"]

    assert keys(whole) == keys(shown)


def keys(value: Any) -> Any:
    """Return all names in a value, with what is below them; of lists, those of the first."""
    if isinstance(value, dict):
        return {name: keys(each) for name, each in value.items()}
    return [keys(each) for each in value[:1]] if isinstance(value, list) else None


def test_events_have_the_fields_that_are_shown(
    client: httpx.Client, document: dict[str, Any], sweep: str
) -> None:
    path = "/experiments/{experiment_id}/events"
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    lines = content["text/event-stream"]["example"].splitlines()
    shown = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data")]
    happened = [each.data for each in events(client, f"/experiments/{sweep}")]

    assert {*shown[-1]} <= {*happened[-1]}
    assert any({*shown[0]} <= {*each} for each in happened)
