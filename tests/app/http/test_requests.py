"""Requests that no route takes: a wrong method, a wrong path, a body of a wrong type."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from messages import Message
from tests.app.reasons import has_reason

SOMETHING = "/experiments/82482845-26f8-45f8-a0f6-85f7228391db"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/allocate", "POST"),
        ("TRACE", "/experiments", "GET, HEAD"),
        ("GET", "/experiments/whale-sweep", "POST"),  # no id, though it stands where ids do
        ("PUT", SOMETHING, "DELETE, GET, HEAD, PATCH"),  # two routes
        ("POST", f"{SOMETHING}/events", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_every_right_one(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)

    assert response.status_code == 405
    assert response.headers["allow"] == allowed
    assert response.headers["content-type"] == "application/problem+json"
    assert has_reason(response.json(), Message("wrong_method", method=method))


@pytest.mark.parametrize("path", ["/nowhere", "/experiments/0", "/experiments/%00", "/allocate/"])
def test_a_path_that_is_none_is_named(client: TestClient, path: str) -> None:
    response = client.get(path, follow_redirects=False)

    assert response.status_code == 404
    assert response.json()["reason"]["code"] == "unknown_path"
    assert response.json()["reason"]["parameters"]["path"].startswith("'/")


@pytest.mark.parametrize(
    ("path", "media_type", "taken"),
    [
        ("/allocate", "text/plain", "application/json, multipart/form-data"),
        ("/allocate/curve", "application/x-npy", "application/json, multipart/form-data"),
        ("/experiments/own-sweep", "application/jsonp", "application/json, multipart/form-data"),
        ("/experiments/find-settings", "multipart/form-data; boundary=x", "application/json"),
    ],
)
def test_a_body_of_a_type_that_is_not_taken_is_refused(
    client: TestClient, path: str, media_type: str, taken: str
) -> None:
    response = client.post(path, content=b"{}", headers={"Content-Type": media_type})

    assert response.status_code == 415
    assert response.headers["accept"] == taken


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/problem+json",
        "application/x-www-form-urlencoded",  # curl says so of all that it sends
        None,
    ],
)
def test_json_is_read_as_such_under_the_names_that_it_goes_by(
    client: TestClient, media_type: str | None
) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    body = b'{"ev": [[1.0]], "k": 1, "whales": []}'

    assert client.post("/allocate", content=body, headers=headers).status_code == 200


def test_a_whole_number_may_be_written_with_a_point(client: TestClient) -> None:
    plain = {"ev": [[1.0, 2.0]], "k": [1, 1], "capacity": 1, "whales": ["0"]}
    pointed = plain | {"k": [1.0, 1], "capacity": 1.0, "max_streamers_per_user": 1.0}
    pairs = {"user": [0.0], "streamer": [1.0], "ev": [2.0]}
    sparse = {"candidates": pairs, "k": 1.0, "whales": []}
    sweep = {"simulations": 1.0, "rounds": 1, "users_per_round": [3.0], "seed": 1.0}
    world = {"n_users": 9.0, "n_streamers": 3, "amount_model": 2.0}

    expected = client.post("/allocate", json=plain).json()["allocations"]
    assert client.post("/allocate", json=pointed).json()["allocations"] == expected
    assert client.post("/allocate", json=sparse).json()["allocations"] == {"0": "1"}
    swept = client.post("/experiments/whale-sweep", json={**sweep, "world": world}).json()
    assert (swept["config"]["seed"], swept["config"]["world"]["n_users"]) == (1, 9)
    for wrong in (1.5, 1e300, True):
        assert client.post("/allocate", json=plain | {"k": wrong}).status_code == 422


def test_logs_and_metrics_name_a_route_as_the_document_does(client: TestClient) -> None:
    client.get(SOMETHING)
    document = client.get("/openapi.json").json()

    path = "/experiments/{experiment_id}"
    assert path in document["paths"]
    assert f'route="{path}"' in client.get("/metrics").text
