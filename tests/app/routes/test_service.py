"""What surrounds the routes: health, the description of the interface, the way in."""

from __future__ import annotations

import time

from fastapi.testclient import TestClient

from app.main import create_app


def test_the_service_is_alive_at_once_and_ready_once_it_is_warm() -> None:
    with TestClient(create_app()) as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        while (response := client.get("/readyz")).status_code != 200:
            assert response.headers["retry-after"] == "1"
            time.sleep(0.05)
        assert response.json() == {"status": "ready"}


def test_the_way_in_leads_to_the_documentation(client: TestClient) -> None:
    response = client.get("/")

    assert response.status_code == 200
    assert "Whale matching" in response.text


def test_the_specification_describes_the_bodies_that_are_really_taken(client: TestClient) -> None:
    spec = client.get("/openapi.json").json()
    schemas = spec["components"]["schemas"]

    for route, model in (
        ("/allocate", "AllocateRequest"),
        ("/allocate/curve", "CurveRequest"),
        ("/allocate/frontier", "FrontierRequest"),
    ):
        body = spec["paths"][route]["post"]["requestBody"]["content"]["application/json"]
        assert body["schema"] == {"$ref": f"#/components/schemas/{model}"}
        for example in schemas[model]["examples"]:
            assert client.post(route, json=example).status_code == 200
        for field in schemas[model]["properties"].values():
            assert field["description"]
    only_allocate = {"algorithm", "base", "fairness", "fill", "prices", "tolerance"}
    assert set(schemas["AllocateRequest"]["properties"]) - only_allocate == (
        set(schemas["CurveRequest"]["properties"]) - {"k_max"}
    )
    assert set(schemas["CandidateLists"]["properties"]) == {"user", "streamer", "ev"}
    assert "k_values" in schemas["SweepRequest"]["properties"]


def test_the_specification_names_the_parts_that_are_really_taken(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    for route in ("/allocate", "/allocate/curve", "/experiments/own-sweep"):
        body = paths[route]["post"]["requestBody"]["content"]["multipart/form-data"]
        assert body["schema"]["required"] == ["problem"]
        named = {*body["schema"]["properties"]}
        refused = client.post(route, files={"problem": b"{}", "other": b""}).json()
        assert {*refused["reason"]["parameters"]["known"]} == named
    answers = paths["/allocate"]["post"]["responses"]["200"]["content"]
    assert {*answers} == {"application/json", "application/vnd.apache.arrow.stream"}


def test_every_reference_in_the_specification_leads_somewhere(client: TestClient) -> None:
    spec = client.get("/openapi.json").json()

    def references(part: object) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*map(references, part.values()))
        return set().union(*map(references, part)) if isinstance(part, list) else set()

    known = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "headers")
        for name in spec["components"][kind]
    }
    assert references(spec) <= known
