"""Fairness in POST /allocate and …/explained, and POST /allocate/frontier, through the real app."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from app.formats import arrow
from messages import Message
from solver import Frontier, Problem, ShadowPrices, allocate, certify_fair, frontier
from solver.fairness import gini
from tests.app.conftest import ON_THE_WAY, answer
from tests.app.reasons import has_reason

EV = np.round(np.random.default_rng(0).lognormal(size=(60, 4)), 3)
IDS = ["Ann", "Bo", "Cy", "Di"]
BODY: dict[str, Any] = {"ev": EV.tolist(), "k": 30, "whale_share": 1, "streamer_ids": IDS}
FEW: dict[str, Any] = {"ev": [[5, 3], [5, 4], [5, 4], [9, 2]], "k": 3, "whale_share": 1}


def fair(client: TestClient, fairness: dict[str, Any], **members: Any) -> dict[str, Any]:
    return answer(client, BODY | {"fairness": fairness} | members)


def refused(
    client: TestClient, body: dict[str, Any], route: str = "/allocate", **headers: str
) -> dict[str, Any]:
    response = client.post(route, json=body, headers=headers)
    assert response.status_code == 422, response.text
    document: dict[str, Any] = response.json()
    return document


def revenue_of(got: dict[str, Any]) -> NDArray[np.float64]:
    """Return what the streamers of an answer have, by its allocations alone."""
    places = [IDS.index(each) for each in got["allocations"].values()]
    return np.bincount(places, EV[np.arange(60), places], minlength=4)


def test_a_fair_allocation_says_what_it_costs_and_what_is_impossible(client: TestClient) -> None:
    got = fair(client, {"max_loss": 0.05})

    optimum = allocate(Problem(EV, whale_cap=30))
    revenue, part = revenue_of(got), got["fairness"]
    assert part["revenue"] == pytest.approx(dict(zip(IDS, revenue, strict=True)))
    assert part["total"] == pytest.approx(revenue.sum())
    assert part["gini"] == pytest.approx(gini(revenue))
    assert part["optimum"] == pytest.approx(optimum.objective)
    assert 0 < part["loss"] <= 0.05
    assert part["loss"] == pytest.approx(1 - revenue.sum() / optimum.objective)
    assert part["certificate"]["gini_at_least"] <= part["gini"] < part["at_optimum"]["gini"]
    assert set(got["timings_ms"]) == {"decode", "optimum", "weights", "places", "certificate"} | (
        ON_THE_WAY
    )


def test_the_rest_of_the_answer_does_not_claim_an_optimum(client: TestClient) -> None:
    got = fair(client, {"theta": 0.5})
    optimum = answer(client, BODY)

    certificate = got["certificate"]
    assert certificate["upper_bound"] == pytest.approx(optimum["objective"]["total"])
    assert certificate["gap"] == pytest.approx(
        optimum["objective"]["total"] - got["objective"]["total"]
    )
    assert not certificate["proven_optimal"]
    assert got["shadow_prices"] == optimum["shadow_prices"]
    assert got["objective"]["total"] == pytest.approx(got["fairness"]["objective"])
    assert got["metrics"]["streamer_gini"] == pytest.approx(got["fairness"]["gini"])
    codes = [each["code"] for each in got["note_messages"]]
    assert "fair_allocation" in codes
    assert "below_bound" not in codes


def test_the_certificate_can_be_checked_from_the_answer(client: TestClient) -> None:
    got = fair(client, {"theta": 0.5})
    part = got["fairness"]
    problem = Problem(EV, whale_cap=30)
    places = np.array([IDS.index(each) for each in got["allocations"].values()])
    caps = np.array([part["prices"]["whale_cap"].get(each, 0.0) for each in IDS])
    slots = np.array([part["prices"]["capacity"].get(each, 0.0) for each in IDS])

    checked = certify_fair(
        problem, places, np.array([*part["weights"].values()]),
        ShadowPrices(whale_cap=caps, capacity=slots), theta=0.5,
    )  # fmt: skip

    assert checked.as_mapping() == pytest.approx(part["certificate"])


def test_a_lorenz_curve_rises_from_0_to_1_below_the_diagonal(client: TestClient) -> None:
    part = fair(client, {"max_loss": 0.05})["fairness"]

    for each in (part, part["at_optimum"]):
        curve = np.array(each["lorenz"])
        assert (curve[0], curve[-1], len(curve)) == (0.0, 1.0, 5)
        assert (np.diff(curve, 2) >= -1e-12).all()
        assert 1 - 2 * np.trapezoid(curve, dx=0.25) == pytest.approx(each["gini"])


def test_a_lorenz_curve_has_at_most_101_numbers(client: TestClient) -> None:
    ev = np.random.default_rng(1).random((300, 150))
    body = {"ev": ev.tolist(), "k": 9, "whale_share": 1, "fairness": {"theta": 0.1}}

    part = answer(client, body)["fairness"]

    assert len(part["lorenz"]) == len(part["at_optimum"]["lorenz"]) == 101


@pytest.mark.parametrize(
    ("fairness", "measure", "parameter"),
    [
        ({"max_loss": 0.02}, "gini", "theta"),
        ({"theta": 0}, "gini", "theta"),
        ({"max_gini": 0.15}, "gini", "theta"),
        ({"max_gini": 0.15, "max_loss": 0.9}, "gini", "theta"),
        ({"alpha": 1}, "alpha", "alpha"),
        ({"max_loss": 0.02, "measure": "alpha"}, "alpha", "alpha"),
    ],
)
def test_each_aim_is_kept(
    client: TestClient, fairness: dict[str, Any], measure: str, parameter: str
) -> None:
    part = fair(client, fairness)["fairness"]

    assert part["measure"] == measure
    assert {"theta", "alpha"} & part.keys() == {parameter}
    assert part[parameter] == fairness.get(parameter, part[parameter])
    assert part["loss"] <= fairness.get("max_loss", 1.0)
    assert part["gini"] <= fairness.get("max_gini", 1.0)


def test_base_counts_for_equality_by_id_by_position_and_as_a_part(client: TestClient) -> None:
    by_id = fair(client, {"theta": 0.5}, base={"Cy": 30})
    by_position = fair(client, {"theta": 0.5}, base=[0, 0, 30.0, 0])
    array = io.BytesIO()
    np.save(array, np.array([0.0, 0.0, 30.0, 0.0]))
    in_parts = client.post(
        "/allocate",
        files={"base": ("base.npy", array.getvalue())},
        data={"problem": json.dumps(BODY | {"fairness": {"theta": 0.5}})},
    ).json()

    assert by_id["fairness"] == by_position["fairness"] == in_parts["fairness"]
    revenue = revenue_of(by_id) + np.array([0, 0, 30, 0])
    assert [*by_id["fairness"]["revenue"].values()] == pytest.approx([*revenue])
    again = fair(client, {"theta": 0.5}, base=by_id["fairness"]["revenue"])
    assert again["fairness"]["total"] > by_id["fairness"]["total"]


def test_users_in_scope_follow_the_fill(client: TestClient) -> None:
    whales = {"whales": [str(user) for user in range(0, 60, 2)], "whale_share": None}
    fill = {each: fair(client, {"theta": 0.5}, **whales, fill=each) for each in ("greedy", "joint")}

    assert fill["greedy"]["fairness"]["certificate"]["scope"] == "whale"
    assert fill["joint"]["fairness"]["certificate"]["scope"] == "joint"
    assert fill["greedy"]["fairness"]["objective"] == pytest.approx(
        fill["greedy"]["objective"]["whale"]
    )
    assert fill["joint"]["fairness"]["total"] == pytest.approx(fill["joint"]["objective"]["total"])


def test_tables_and_arrow_answers_have_fairness(client: TestClient) -> None:
    table = "user,wealth,Ann,Bo\nu0,50.5,9,1\nu1,40,8,7\nu2,3,5,2\nu3,9,4,3\n"
    problem = {"k": 3, "whale_share": 1, "fairness": {"max_loss": 0.2}}
    request: dict[str, Any] = {
        "files": {"table": ("ev.csv", table)},
        "data": {"problem": json.dumps(problem)},
    }

    got = client.post("/allocate", **request).json()
    stream = client.post("/allocate", **request, headers={"Accept": arrow.MEDIA_TYPE})

    assert [*got["fairness"]["revenue"]] == ["Ann", "Bo"]
    metadata = pa.ipc.open_stream(stream.content).schema.metadata
    assert json.loads(metadata[b"fairness"]) == got["fairness"]


def test_an_explanation_is_of_the_fair_allocation(client: TestClient) -> None:
    body = BODY | {"fairness": {"theta": 0.5}}

    explained = answer(client, body, "/allocate/explained")

    assert explained["fairness"] == answer(client, body)["fairness"]
    assert sum(explained["ev"].values()) == pytest.approx(explained["objective"]["total"])
    assert explained["displaced"]["cost"] == pytest.approx(explained["certificate"]["gap"])


UNREACHABLE = {"fairness": {"max_gini": 0.001, "max_loss": 0.05}}


@pytest.mark.parametrize("route", ["/allocate", "/allocate/explained"])
def test_a_gini_out_of_reach_is_refused_with_the_nearest(client: TestClient, route: str) -> None:
    document = refused(client, FEW | UNREACHABLE, route)

    assert (document["code"], document["field"]) == ("gini-unreachable", "fairness.max_gini")
    assert has_reason(document, Message("gini_out_of_reach", impossible=True))
    nearest = document["nearest"]
    assert nearest["gini"] == pytest.approx(3 / 22)
    assert 0.001 < document["gini_at_least"] <= nearest["gini"]
    assert nearest["certificate"]["gini_at_least"] <= nearest["gini"]


@pytest.mark.parametrize(
    ("members", "field", "code"),
    [
        ({"fairness": {"max_loss": 0}}, "fairness.max_loss", "loss_out_of_range"),
        ({"fairness": {"max_loss": 5}}, "fairness.max_loss", "loss_out_of_range"),
        ({"fairness": {}}, "fairness", "fairness_aim_missing"),
        ({"fairness": {"measure": "alpha"}}, "fairness", "fairness_aim_missing"),
        ({"fairness": {"theta": 0.1, "max_loss": 0.1}}, "fairness.theta", "fairness_one_aim"),
        ({"fairness": {"alpha": 1, "max_gini": 0.1}}, "fairness.alpha", "fairness_one_aim"),
        (
            {"fairness": {"alpha": 1, "measure": "gini"}},
            "fairness.measure",
            "fairness_measure_of_aim",
        ),
        ({"fairness": {"theta": 1, "measure": "x"}}, "fairness.measure", "choice_expected"),
        ({"fairness": {"theta": 1.5}}, "fairness.theta", "bound_expected"),
        ({"fairness": {"loss": 0.1}}, "fairness.loss", "field_unknown"),
        ({"fairness": 0.1}, "fairness", "object_expected"),
        (
            {"fairness": {"theta": 0.1}, "algorithm": "greedy-edges"},
            "algorithm",
            "fairness_excludes",
        ),
        ({"fairness": {"theta": 0.1}, "tolerance": 0.1}, "tolerance", "fairness_excludes"),
        (
            {"fairness": {"theta": 0.1}, "allow_negative_ev": True},
            "allow_negative_ev",
            "fairness_negative_ev",
        ),
        ({"base": [1, 2]}, "base", "base_without_fairness"),
        ({"fairness": {"theta": 0.1}, "base": [1]}, "base", "base_count"),
        ({"fairness": {"theta": 0.1}, "base": [1, -1]}, "base", "revenue_invalid"),
        ({"fairness": {"theta": 0.1}, "base": {"0": -1}}, "base.0", "revenue_invalid"),
        ({"fairness": {"theta": 0.1}, "base": {"7": 1}}, "base.7", "price_id_unknown"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_solved(
    client: TestClient, members: dict[str, Any], field: str, code: str
) -> None:
    for route in ("/allocate", "/allocate?validate_only=true"):
        document = refused(client, FEW | members, route)
        assert document["field"] == field
        assert document["reason"]["code"] == code
    chinese = refused(client, FEW | members, "/allocate", **{"Accept-Language": "zh"})
    assert chinese["reason"] == document["reason"]
    assert chinese["detail"] != document["detail"]


def proven_by_points(found: Frontier) -> Frontier:
    """Return a frontier with the proofs of its points alone, which is what an answer has."""
    return replace(found, _more=())


def test_a_frontier_is_that_of_the_solver(client: TestClient) -> None:
    got = answer(client, BODY | {"points": 4, "assignments": True}, "/allocate/frontier")

    found = frontier(Problem(EV, whale_cap=30), 4)
    assert [each["theta"] for each in got["points"]] == pytest.approx([0, 1 / 9, 4 / 9, 1])
    for point, expected in zip(got["points"], found.points, strict=True):
        assert point["objective"] == pytest.approx(expected.objective)
        assert point["gini"] == pytest.approx(expected.gini)
        assert point["loss"] == pytest.approx(expected.loss)
        floor = proven_by_points(found).gini_at_least(expected.objective)
        assert point["gini_at_least"] == pytest.approx(floor)
        assert point["gini_at_least"] <= found.gini_at_least(expected.objective) <= point["gini"]
        assert (point["lorenz"][0], point["lorenz"][-1]) == (0.0, 1.0)
        assert [*point["allocations"].values()] == [IDS[index] for index in expected.assignment]
    assert got["optimum"] == pytest.approx(found.points[0].optimum)
    assert set(got["timings_ms"]) == {"decode", "optimum", "points"} | ON_THE_WAY


def test_bounds_of_a_frontier_hold_with_penalties_and_base(client: TestClient) -> None:
    members = {"points": 3, "whale_penalty": [0, 0.5], "base": {"Bo": 9}}

    got = answer(client, BODY | members, "/allocate/frontier")

    problem = Problem(EV, whale_cap=30, whale_penalty=[0, 0.5])
    found = frontier(problem, 3, base=[0, 9, 0, 0])
    for point in got["points"]:
        floor = proven_by_points(found).gini_at_least(point["objective"])
        assert point["gini_at_least"] == pytest.approx(floor)
        assert "allocations" not in point
        assert {"most", "base"}.isdisjoint(point)


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"points": 1}, "points"),
        ({"points": 201}, "points"),
        ({"points": 2.5}, "points"),
        ({"fairness": {"theta": 1}}, "fairness"),
        ({"allow_negative_ev": True}, "allow_negative_ev"),
        ({"k": None}, "k"),
        ({"base": [1]}, "base"),
    ],
)
def test_a_frontier_refuses_before_and_as_an_experiment(
    client: TestClient, members: dict[str, Any], field: str
) -> None:
    for headers in ({}, {"Prefer": "respond-async"}):
        document = refused(client, FEW | members, "/allocate/frontier", **headers)
        assert document["field"] == field


def test_a_frontier_as_an_experiment_has_a_step_for_each_point(client: TestClient) -> None:
    response = client.post(
        "/allocate/frontier", json=BODY | {"points": 5}, headers={"Prefer": "respond-async"}
    )
    assert response.status_code == 202, response.text
    experiment = response.json()
    assert experiment["progress"]["seeds"] == 5

    events = client.get(experiment["links"]["events"]).text

    assert events.count("event: seed") == 5
    done = client.get(experiment["links"]["self"]).json()
    assert (done["state"], done["kind"]) == ("done", "frontier")
    result = done["result"]
    assert result["id"] == experiment["id"]
    at_once = answer(client, BODY | {"points": 5}, "/allocate/frontier")
    assert result.keys() == at_once.keys() | {"id"}
    for point, other in zip(result["points"], at_once["points"], strict=True):
        assert point.keys() == other.keys()
        assert point["theta"] == other["theta"]
        assert point["objective"] == pytest.approx(other["objective"], rel=0.02)
    chinese = client.get(f"{experiment['links']['self']}/result", headers={"Accept-Language": "zh"})
    assert chinese.json()["notes"] != result["notes"]


def test_a_fair_allocation_can_be_an_experiment(client: TestClient) -> None:
    body = BODY | {"fairness": {"max_loss": 0.05}}
    response = client.post("/allocate", json=body, headers={"Prefer": "respond-async, wait=60"})

    assert response.status_code == 200, response.text
    assert response.json()["fairness"] == answer(client, body)["fairness"]


def test_a_gini_out_of_reach_fails_an_experiment_with_the_nearest(client: TestClient) -> None:
    headers = {"Prefer": "respond-async, wait=60"}

    document = client.post("/allocate", json=FEW | UNREACHABLE, headers=headers).json()

    assert document["code"] == "gini-unreachable"
    assert 0 < document["gini_at_least"] <= document["nearest"]["gini"]
