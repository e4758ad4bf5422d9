"""Tables as parts of requests: what they give, beside what the request has."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from httpx import Response

from messages import Message
from tests.app.conftest import answer
from tests.app.payloads import npy, parquet, post, stream
from tests.app.table_files import as_csv, as_xlsx, expect_message

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


DOUBT = Message("wealth_as_values", column=Message("column_named", name="总消费额"))


def reason(got: Response) -> Message:
    """Return the message of an error, as data."""
    return Message.from_mapping(got.json()["reason"])


def column(name: str) -> Message:
    """Return the name of a column."""
    return Message("column_named", name=name)


def line(number: int) -> Message:
    """Return the name of a line."""
    return Message("place_numbered", place="line", number=number)


def cell(name: str, received: str, place: str = "line") -> Message:
    """Return the message on a cell in the second line that is not a number."""
    return Message(
        "cell_refused",
        expected="number",
        place=place,
        number=2,
        column=column(name),
        received=received,
    )


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
    assert reason(short) == Message("user_without_wealth", file="passwd", user="'u0'")


def test_a_doubtful_table_is_answered_with_a_note_of_it(client: TestClient) -> None:
    table = as_csv([[*row, 900 if at else "总消费额"] for at, row in enumerate(MATRIX)])
    notes = post(client, RULE, table=table).json()["note_messages"]

    assert Message.from_mapping(notes[-1]) == DOUBT


BAD = [
    (
        {"table": b'user,a,b\nBob "Bee" Wu,8,8"7,7\n'},
        RULE,
        Message("quote_misplaced", rule="around", file="passwd", line=2, column=1),
    ),
    ({"table": b"user,a,wealth\nu0,x,1\n"}, RULE, cell("a", "'x'")),
    ({"table": b"user,wealth\nu0,1\n"}, RULE, Message("table_of_wealth_alone")),
    (
        {"table": TABLES["pairs as CSV"]},
        RULE | {"wealth": [1]},
        Message("field_also_in_table", field="wealth"),
    ),
    (
        {"table": as_csv(MATRIX), "ev": npy(np.ones((3, 2)))},
        RULE,
        Message("field_beside_table", field="ev"),
    ),
    (
        {"table": as_csv(MATRIX)},
        RULE | {"user_ids": ["a", "b", "c"]},
        Message("field_also_in_table", field="user_ids"),
    ),
    ({"table": as_csv(PAIRS)}, RULE | {"user_ids": ["u0"]}, Message("table_id_unknown", id="'u1'")),
    (
        {"table": as_csv(MATRIX)},
        RULE | {"header": "no"},
        Message("header_option_expected", received="'no'"),
    ),
    (
        {"table": as_csv(MATRIX)},
        RULE | {"columns": 3},
        Message("columns_option_expected", received="3"),
    ),
    (
        {"ev": npy(np.ones((3, 2)))},
        RULE | {"columns": {}},
        Message("option_without_table", field="columns"),
    ),
    (
        {"table": as_csv(MATRIX), "columns": b"{}"},
        RULE | {"columns": {}},
        Message("field_also_part", field="columns"),
    ),
]


@pytest.mark.parametrize(("parts", "problem", "expected"), BAD)
def test_a_table_that_cannot_be_used_is_refused_with_its_place(
    client: TestClient, parts: dict[str, bytes], problem: dict[str, Any], expected: Message
) -> None:
    got = post(client, problem, **parts)

    assert got.status_code == 422, got.text
    expect_message(reason(got), expected)


# POST /tables/preview

ODD = b"uid,room,p,spend,junk\nu0,s0,3.5,100,x\nu0,s1,2,100,y\nu1,s0,1,5,z\n"
"""Pairs whose headings do not say so."""


@pytest.mark.parametrize(
    ("table", "columns", "roles", "expected"),
    [
        (
            ODD, {}, "user ev ev wealth ev",
            cell("room", "'s0'"),
        ),
        (
            ODD, {"uid": "user", "room": "user"}, "user user ev wealth ev",
            Message("role_twice", role="user", columns=(column("uid"), column("room"))),
        ),
        (
            ODD, {"room": "streamer", "p": "ignore", "spend": "ignore"},
            "user streamer ignore ignore ignore",
            Message(
                "pair_column_missing",
                role="ev",
                columns=("uid", "room", "p", "spend", "junk"),
            ),
        ),
        (
            b"user,a,a\nu0,1,2\n", {}, "user ev ev",
            Message("heading_twice", name="a", first=2, second=3),
        ),
        (
            b"user,a\nu0,1\nu0,2\n", {}, "user ev",
            Message("user_twice", user="'u0'", first=line(2), second=line(3)),
        ),
        (
            as_xlsx([["user", "a"], ["u0", "x"]]), {}, "user ev",
            cell("a", "'x'", "row"),
        ),
    ],
)  # fmt: skip
def test_a_preview_says_what_does_not_fit_the_roles_and_which_these_are(
    client: TestClient, table: bytes, columns: dict[str, str], roles: str, expected: Message
) -> None:
    files = {"table": ("passwd", table), "columns": (None, json.dumps(columns))}
    got = client.post("/tables/preview", files=files)
    refused = post(client, RULE | {"columns": columns}, table=table)

    assert got.status_code == 200, got.text
    said = got.json()
    assert " ".join(each["role"] for each in said["columns"]) == roles
    assert (said["users"], said["streamers"]) == (None, None)
    assert said["rows"] >= len(said["first_rows"]) > 0
    expect_message(Message.from_mapping(said["fault"]["reason"]), expected)
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
    ("files", "status", "expected"),
    [
        ({"columns": "{}"}, 422, Message("part_missing", name="table")),
        ({"table": b"user,a\nu0,1\n", "k": "2"}, 422, Message("part_unknown", received="'k'")),
        (
            {"table": b"user,a\n"},
            422,
            Message("headings_alone", file="upload"),
        ),
        ({"table": b"%PDF-1.7\n"}, 422, Message("table_of_other_kind", kind="pdf")),
        ({"table": b'user,a\nu0,x\nu1,"2\n'}, 422, Message("quote_misplaced", rule="closed")),
        ({"table": b"user,a\nu0,x\nu1\n"}, 422, Message("cells_expected", expected=2, number=3)),
        (
            {"table": ODD, "columns": '{"rooms": "user"}'},
            422,
            Message("column_unknown", name="rooms"),
        ),
        ({"table": b"user,a\nu0,1\n", "columns": "{"}, 400, Message("json_malformed")),
        ({"table": b"x" * 1_000_000}, 413, Message("body_too_large", most=10**6)),
    ],
)
def test_a_preview_that_cannot_be_is_refused(
    client: TestClient, files: dict[str, Any], status: int, expected: Message
) -> None:
    got = client.post("/tables/preview", files=files)

    assert got.status_code == status, got.text
    expect_message(reason(got), expected)


def test_a_preview_takes_parts_only(client: TestClient) -> None:
    got = client.post("/tables/preview", json={"table": "user,a"})

    assert got.status_code == 415
    assert got.headers["accept"] == "multipart/form-data"
