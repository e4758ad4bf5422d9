"""Codes of refusals: one registry, every code of which is used, explained and kept."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from fluent.runtime import FluentResource
from fluent.syntax import ast as fluent
from fluent.syntax.serializer import FluentSerializer
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError

from app.errors import codes
from app.errors.codes import CLIENT_GONE, CODES, PAGE, description_of, title_of
from app.errors.input_errors import MOST_ERRORS, SeveralInputErrors
from app.errors.problem_details import RefusalError, problem
from app.errors.schema_errors import errors_from_schema
from app.http.security_headers import CONTENT_SECURITY_POLICY
from app.main import create_app
from app.settings import Settings
from messages import LANGUAGES, Message, render
from solver import InputError
from tests.app.conftest import ROOT

WINGS = ("app", "solver", "simulator")
REGISTRY = Path(codes.__file__)


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for wing in WINGS:
        for path in sorted((ROOT / wing).rglob("*.py")):
            if path != REGISTRY:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def constants(tree: ast.AST) -> set[str]:
    """Return the strings in a tree that have the form of a code."""
    found = {each.value for each in ast.walk(tree) if isinstance(each, ast.Constant)}
    return {
        each for each in found if isinstance(each, str) and re.fullmatch("[a-z]+-[a-z-]+", each)
    }


def codes_given(tree: ast.Module) -> Iterator[str]:
    """Yield the codes of a module: first arguments of refusals, and arguments named code."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in ("RefusalError", "problem_document", "Failure") and call.args:
            yield from constants(call.args[0])
        for keyword in call.keywords:
            if keyword.arg == "code":
                yield from constants(keyword.value)


def test_every_code_that_is_given_is_in_the_registry() -> None:
    given_codes = {code: path for path, tree in sources() for code in codes_given(tree)}

    assert len(given_codes) > 15
    assert {code: path for code, path in given_codes.items() if code not in CODES} == {}


def test_every_code_of_the_registry_is_given_somewhere() -> None:
    known = {each for _, tree in sources() for each in constants(tree)}

    assert CODES.keys() - known == set()


LIMITED = {
    entry.id.name
    for entry in FluentResource((ROOT / "messages/en/app.ftl").read_text("utf-8")).body
    if isinstance(entry, fluent.Message)
    and "(WHALE_MAX_" in FluentSerializer().serialize_entry(entry)
} | {"count_limited"}
"""Messages that name a setting which limits something."""


def test_whatever_a_setting_limits_is_refused_as_a_limit() -> None:
    for path, tree in sources():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", "") != "InputError":
                continue
            said = ast.unparse(call)
            if LIMITED & {each.value for each in ast.walk(call) if isinstance(each, ast.Constant)}:
                assert "limit-exceeded" in said, f"{path}: {said}"


@pytest.mark.parametrize("name", CODES)
def test_a_code_is_complete(name: str) -> None:
    code = CODES[name]

    assert re.fullmatch("[a-z]+(-[a-z]+)+", name)
    assert code.status == CLIENT_GONE or HTTPStatus(code.status) >= 400
    for language in LANGUAGES:
        assert not render(title_of(name), language).endswith((".", "。"))
        assert render(code.example, language)
        assert render(description_of(name), language).endswith((".", "。"))


def test_an_unknown_code_is_an_error_at_once() -> None:
    with pytest.raises(KeyError, match="no-such-code"):
        RefusalError("no-such-code", Message("key_missing"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_explains_every_code_offline_and_without_a_key(language: str) -> None:
    client = TestClient(create_app(Settings(api_keys=SecretStr("0123456789abcdef"))))
    answer = client.get(PAGE, headers={"Accept-Language": language})
    style = client.get("/static/docs/errors.css")

    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert style.status_code == 200
    assert client.get("/static/docs/icon.svg").headers["content-type"] == "image/svg+xml"
    for name in CODES:
        assert f'<section id="{name}"' in answer.text
        assert render(title_of(name), language) in answer.text
    addresses = re.findall('(?:href|src)="([^"]+)"', answer.text)
    assert not [each for each in addresses if "//" in each]
    assert "`" not in answer.text
    assert "style=" not in answer.text
    assert "<script" not in answer.text
    assert f'<html lang="{language}' in answer.text
    assert answer.headers["vary"] == "Cookie, Accept-Language"


def test_the_page_is_in_the_language_chosen_on_the_page() -> None:
    client = TestClient(create_app(), cookies={"whale-language": "zh"})

    assert "<h1>错误代码</h1>" in client.get(PAGE, headers={"Accept-Language": "en"}).text


def test_the_document_lists_every_code_with_an_example(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    shown: dict[str, dict[str, Any]] = {}
    for item in document["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                content = response.get("content", {}).get("application/problem+json", {})
                for name, example in content.get("examples", {}).items():
                    assert f"`{name}`" in response["description"]
                    assert (example["value"]["code"], str(example["value"]["status"])) == (
                        name,
                        status,
                    )
                    shown[name] = example["value"]

    unseen = {"malformed-http", "client-gone", "wrong-method", "unknown-path", "unknown-file"}
    assert shown.keys() | unseen >= CODES.keys()  # those are of no operation
    assert "/docs/errors" in document["info"]["description"]


def test_a_type_lies_under_the_prefix_of_the_service() -> None:
    client = TestClient(create_app(), root_path="/whales")

    unknown = client.get("/whales/nothing").json()

    assert unknown["type"] == "/whales/docs/errors#unknown-path"


def test_every_field_that_is_wrong_is_listed(client: TestClient) -> None:
    body = {"ev": [[1, "x"]], "k": 1.5, "tolerance": 3, "typo": 1, "max_streamers_per_user": 0}

    refused = client.post("/allocate", json=body).json()

    assert {(each["field"], each["code"]) for each in refused["errors"]} == {
        ("ev", "invalid-value"),
        ("k", "invalid-value"),
        ("tolerance", "invalid-value"),
        ("typo", "unknown-field"),
        ("max_streamers_per_user", "invalid-value"),
    }
    first = refused["errors"][0]
    assert first["position"] == [0, 1]
    assert refused["detail"] == first["message"]
    assert [refused[each] for each in ("field", "position", "code")] == [
        first[each] for each in ("field", "position", "code")
    ]
    assert refused["type"] == f"{PAGE}#{first['code']}"


def test_parameters_that_are_wrong_are_listed_too(client: TestClient) -> None:
    refused = client.get("/experiments?limit=0&before=x").json()

    assert {each["field"] for each in refused["errors"]} == {"limit", "before"}


def test_ids_of_another_number_leave_the_wealth_to_be_counted_by_users(client: TestClient) -> None:
    body = {"ev": [[9.0], [1.0]], "k": 1, "whale_share": 1, "user_ids": []}

    for wealth, fields in (([], ["user_ids", "wealth"]), ([2, 1], ["user_ids"])):
        refused = client.post("/allocate", json=body | {"wealth": wealth}).json()
        assert [each["field"] for each in refused["errors"]] == fields


def test_every_setting_of_a_sweep_that_is_wrong_is_listed(client: TestClient) -> None:
    body = {"k_values": [1, -1], "rounds": 0, "typo": 1, "world": {"n_users": 0, "other": 2}}

    refused = client.post("/experiments/whale-sweep", json=body).json()

    assert [each["field"] for each in refused["errors"]] == [
        "typo", "k_values", "rounds", "world.other", "world.n_users",
    ]  # fmt: skip
    assert refused["errors"][1]["position"] == [1]
    assert refused["detail"] == refused["errors"][0]["message"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        # More users than the default world has, but not than the world that was meant.
        ({"users_per_round": 1_000_000, "world": {"n_users": 2e99}}, ["world.n_users"]),
        ({"world": {"tiers": [2, 1], "tier_weights": [1, 1]}}, ["world.tiers"]),
        ({"world": 3, "rounds": 0}, ["world", "rounds"]),
        ([1], ["config"]),
        ({f"typo{number}": 1 for number in range(5000)}, [f"typo{n}" for n in range(20)]),
    ],
)
def test_no_setting_is_blamed_for_another(client: TestClient, body: Any, fields: list[str]) -> None:
    refused = client.post("/experiments/whale-sweep", json=body).json()

    assert sorted(each["field"] for each in refused["errors"]) == sorted(fields)


class Numbers(BaseModel):
    values: dict[str, int]


@given(st.integers(1, 60))
def test_the_list_is_bounded_and_complete_up_to_there(wrong: int) -> None:
    with pytest.raises(ValidationError) as raised:
        Numbers.model_validate({"values": {f"at{at}": "x" for at in range(wrong)}})

    error = errors_from_schema(raised.value)
    listed = error.errors if isinstance(error, SeveralInputErrors) else (error,)

    assert [each.field for each in listed] == [f"values.at{at}" for at in range(wrong)][
        :MOST_ERRORS
    ]
    assert pickle.loads(pickle.dumps(error)).args == error.args  # noqa: S301 - our own bytes


@pytest.mark.parametrize("name", CODES)
def test_a_document_has_title_and_status_of_its_code(name: str) -> None:
    response = problem(name, Message("key_missing"))

    assert response.status_code == CODES[name].status


def test_an_input_error_keeps_its_code_when_pickled() -> None:
    error = InputError("k", "Expected k.", (), code="missing-field")

    assert pickle.loads(pickle.dumps(error)).code == "missing-field"  # noqa: S301 - our own bytes
