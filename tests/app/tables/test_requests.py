"""Tables as parts of requests: what they give, beside what the request has."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from messages import Message
from tests.app.conftest import answer
from tests.app.payloads import npy, parquet, post, stream
from tests.app.table_files import as_csv, as_xlsx

EV = [[9.0, 1.0], [8.0, 7.0], [6.0, None]]
USERS, STREAMERS, WEALTH = ["u0", "u1", "u2"], ["Ann", "Bo"], [50.0, 40.0, 3.0]
RULE = {"k": 1, "whale_share": 0.67}
MATRIX = [["user", "wealth", *STREAMERS]] + [
    [user, wealth, *row] for user, wealth, row in zip(USERS, WEALTH, EV, strict=True)
]
PAIRS = [["用户", "主播", "ev", "财富"]] + [
    [user, streamer, ev, wealth]
    for user, wealth, row in zip(USERS, WEALTH, EV, strict=True)
    for streamer, ev in zip(STREAMERS, row, strict=True)
    if ev is not None
]
ARROW = pa.table({name: [row[at] for row in PAIRS[1:]] for at, name in enumerate(PAIRS[0])})
TABLES: dict[str, bytes] = {
    "a matrix as CSV": as_csv(MATRIX),
    "pairs as CSV": as_csv(PAIRS, "gb18030", delimiter=";"),
    "a matrix as Excel": as_xlsx(MATRIX),
    "pairs as Parquet": parquet(ARROW),
    "pairs as Arrow": stream(ARROW),
}


def decided(got: dict[str, Any]) -> dict[str, Any]:
    return {name: got[name] for name in ("allocations", "whales", "objective", "certificate")}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_answered_as_the_same_numbers_in_json(client: TestClient, table: str) -> None:
    problem = {"ev": EV, "wealth": WEALTH, "user_ids": USERS, "streamer_ids": STREAMERS} | RULE
    got = post(client, RULE, table=TABLES[table])

    assert got.status_code == 200, got.text
    assert decided(got.json()) == decided(answer(client, problem))


@pytest.mark.parametrize(
    ("route", "more", "result"),
    [
        ("/allocate/explained", {}, "displaced"),
        ("/allocate/curve", {"k_max": 2}, "slot_gain"),
        ("/experiments/own-sweep", {"k_values": [1, 2], "whale_shares": [0.67]}, "findings"),
    ],
)
def test_every_route_of_a_matrix_takes_a_table(
    client: TestClient, route: str, more: dict[str, Any], result: str
) -> None:
    problem = more if "k_values" in more else RULE | more
    got = post(client, problem, route, table=TABLES["pairs as CSV"])

    assert got.status_code == 200, got.text
    assert result in got.json()


def test_roles_may_be_given_in_the_problem_or_as_a_part(client: TestClient) -> None:
    rows = [["who", "money", *STREAMERS], *MATRIX[1:]]
    given = {"who": "user", "money": "wealth"}
    in_problem = post(client, RULE | {"columns": given}, table=as_csv(rows))
    as_part = post(client, RULE, table=as_csv(rows), columns=b'{"money": "wealth"}')
    headless = post(client, RULE | {"header": False, "columns": {"1": "user", "2": "wealth"}},
                    table=as_csv(rows[1:]))  # fmt: skip

    expected = post(client, RULE, table=as_csv(MATRIX)).json()["allocations"]
    assert in_problem.json()["allocations"] == as_part.json()["allocations"] == expected
    assert headless.json()["allocations"] == {"u0": "0", "u1": "1", "u2": "0"}


def test_wealth_may_be_a_table_of_its_own(client: TestClient) -> None:
    matrix = [[user, *row] for user, row in zip(["user", *USERS], [STREAMERS, *EV], strict=True)]
    wealth = [["uid", "累计消费"], *zip(reversed(USERS), reversed(WEALTH), strict=True), ("x", 1)]
    got = post(client, RULE, table=as_csv(matrix), wealth=as_csv(wealth))

    assert got.json()["whales"] == ["u0", "u1"]
    short = post(client, RULE, table=as_csv(matrix), wealth=as_csv(wealth[:-2]))
    assert "Expected wealth of every user in passwd; 'u0' has none." in short.json()["detail"]


def test_a_doubtful_table_is_answered_with_a_note_of_it(client: TestClient) -> None:
    table = as_csv([[*row, 900 if at else "总消费额"] for at, row in enumerate(MATRIX)])
    notes = post(client, RULE, table=table).json()["notes"]

    assert notes[-1] == "Is column 总消费额 wealth? It is read as a streamer's."


BAD = [
    (
        {"table": b'user,a,b\nBob "Bee" Wu,8,8"7,7\n'},
        RULE,
        "Expected quotes around whole cells, and doubled within, in passwd; line 2, column 1 has "
        "'Bob \"Bee\" Wu'.",
    ),
    ({"table": b"user,a,wealth\nu0,x,1\n"}, RULE, "in passwd, line 2, column a; got 'x'."),
    ({"table": b"user,wealth\nu0,1\n"}, RULE, "Expected values of users and streamers in passwd"),
    ({"table": TABLES["pairs as CSV"]}, RULE | {"wealth": [1]}, "Expected wealth once; passwd has"),
    ({"table": as_csv(MATRIX), "ev": npy(np.ones((3, 2)))}, RULE, "Expected exactly one of ev and"),
    ({"table": as_csv(MATRIX)}, RULE | {"user_ids": ["a", "b", "c"]}, "Expected user_ids once;"),
    ({"table": as_csv(PAIRS)}, RULE | {"user_ids": ["u0"]}, "'u1' is none of them."),
    ({"table": as_csv(MATRIX)}, RULE | {"header": "no"}, "Expected header as true or false"),
    ({"table": as_csv(MATRIX)}, RULE | {"columns": 3}, "Expected columns as an object"),
    ({"ev": npy(np.ones((3, 2)))}, RULE | {"columns": {}}, "Expected columns with a part table"),
    (
        {"table": as_csv(MATRIX), "columns": b"{}"},
        RULE | {"columns": {}},
        "Expected columns once; it is both in problem and a part.",
    ),
]


@pytest.mark.parametrize(("parts", "problem", "sentence"), BAD)
def test_a_table_that_cannot_be_used_is_refused_with_its_place(
    client: TestClient, parts: dict[str, bytes], problem: dict[str, Any], sentence: str
) -> None:
    got = post(client, problem, **parts)

    assert got.status_code == 422, got.text
    assert sentence in got.json()["detail"]


# POST /tables/preview

ODD = b"uid,room,p,spend,junk\nu0,s0,3.5,100,x\nu0,s1,2,100,y\nu1,s0,1,5,z\n"
"""Pairs whose headings do not say so."""


@pytest.mark.parametrize(
    ("table", "columns", "roles", "sentence"),
    [
        (
            ODD, {}, "user ev ev wealth ev",
            "Expected a number in passwd, line 2, column room; got 's0'.",
        ),
        (
            ODD, {"uid": "user", "room": "user"}, "user user ev wealth ev",
            "Expected one column of the role user in columns; got column uid and column room.",
        ),
        (
            ODD, {"room": "streamer", "p": "ignore", "spend": "ignore"},
            "user streamer ignore ignore ignore",
            "Expected the columns user, streamer and ev in passwd, or others that are named in "
            "columns; none is ev. It has uid, room, p, spend and junk.",
        ),
        (
            b"user,a,a\nu0,1,2\n", {}, "user ev ev",
            "Expected each heading once in passwd; a is in columns 2 and 3.",
        ),
        (
            b"user,a\nu0,1\nu0,2\n", {}, "user ev",
            "Expected each user once in passwd; 'u0' is in line 2 and in line 3.",
        ),
        (
            as_xlsx([["user", "a"], ["u0", "x"]]), {}, "user ev",
            "Expected a number in passwd, row 2, column a; got 'x'.",
        ),
    ],
)  # fmt: skip
def test_a_preview_says_what_does_not_fit_the_roles_and_which_these_are(
    client: TestClient, table: bytes, columns: dict[str, str], roles: str, sentence: str
) -> None:
    files = {"table": ("passwd", table), "columns": (None, json.dumps(columns))}
    got = client.post("/tables/preview", files=files)
    refused = post(client, RULE | {"columns": columns}, table=table)

    assert got.status_code == 200, got.text
    said = got.json()
    assert " ".join(each["role"] for each in said["columns"]) == roles
    assert (said["users"], said["streamers"]) == (None, None)
    assert said["rows"] >= len(said["first_rows"]) > 0
    assert said["fault"]["message"] == sentence
    assert refused.status_code == 422
    assert refused.json()["errors"] == [said["fault"]]


def test_a_preview_with_the_roles_that_mend_a_fault_has_none(client: TestClient) -> None:
    columns = json.dumps({"room": "streamer"})
    got = client.post("/tables/preview", files={"table": ODD, "columns": (None, columns)}).json()

    assert got["fault"] is None
    assert (got["shape"], got["rows"], got["users"], got["streamers"]) == ("pairs", 3, 2, 2)
    assert [each["role"] for each in got["columns"]] == [
        "user", "streamer", "ev", "wealth", "ignore",
    ]  # fmt: skip


DOUBT = Message("wealth_as_values", column=Message("column_named", name="总消费额"))


def test_a_preview_says_what_was_understood(client: TestClient) -> None:
    table = as_csv([["用户", "小美", "大强", "总消费额"], ["u0", "1,5", "", "900"]], "gb18030",
                   delimiter=";")  # fmt: skip
    got = client.post("/tables/preview", files={"table": ("测试.csv", table)})

    assert got.status_code == 200, got.text
    said = got.json()
    said.pop("timings_ms")
    assert said == {
        "file": "测试.csv",
        "format": "CSV", "encoding": "GB18030", "delimiter": ";", "decimal": ",",
        "header": True, "shape": "matrix", "rows": 1, "users": 1, "streamers": 3, "n_columns": 4,
        "columns": [
            {"number": 1, "name": "用户", "role": "user"},
            {"number": 2, "name": "小美", "role": "ev"},
            {"number": 3, "name": "大强", "role": "ev"},
            {"number": 4, "name": "总消费额", "role": "ev"},
        ],
        "first_rows": [["u0", "1,5", "", "900"]],
        "warnings": ["Is column 总消费额 wealth? It is read as a streamer's."],
        "warning_messages": [DOUBT.as_mapping()],
        "fault": None,
    }  # fmt: skip
    columns = json.dumps({"总消费额": "wealth"})
    again = client.post("/tables/preview", files={"table": table, "columns": (None, columns)})
    assert again.json()["columns"][3]["role"] == "wealth"
    assert again.json()["warnings"] == []


@pytest.mark.parametrize(
    ("files", "status", "sentence"),
    [
        ({"columns": "{}"}, 422, "Expected a part named table; got none."),
        ({"table": b"user,a\nu0,1\n", "k": "2"}, 422, "Expected only the parts table, columns and"),
        (
            {"table": b"user,a\n"},
            422,
            "Expected a line of headings and at least one more in upload",
        ),
        ({"table": b"%PDF-1.7\n"}, 422, "it is a PDF."),
        ({"table": b'user,a\nu0,x\nu1,"2\n'}, 422, "Expected quotes that are closed, in upload;"),
        ({"table": b"user,a\nu0,x\nu1\n"}, 422, "Expected 2 cells in every line of upload; line 3"),
        ({"table": ODD, "columns": '{"rooms": "user"}'}, 422, "there is no rooms. It has uid,"),
        ({"table": b"user,a\nu0,1\n", "columns": "{"}, 400, "Expected a JSON body;"),
        ({"table": b"x" * 1_000_000}, 413, "Expected a body of at most 1,000,000 bytes"),
    ],
)
def test_a_preview_that_cannot_be_is_refused(
    client: TestClient, files: dict[str, Any], status: int, sentence: str
) -> None:
    got = client.post("/tables/preview", files=files)

    assert got.status_code == status, got.text
    assert sentence in got.json()["detail"]


def test_a_preview_takes_parts_only(client: TestClient) -> None:
    got = client.post("/tables/preview", json={"table": "user,a"})

    assert got.status_code == 415
    assert got.headers["accept"] == "multipart/form-data"
