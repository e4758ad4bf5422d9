"""Large inputs: parts in .npy, Arrow and Parquet, and allocations in Arrow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from messages import Message
from tests.app.conftest import answer, until_ready
from tests.app.payloads import ARROW, file, npy, parquet, post, stream
from tests.app.reasons import has_reason

RNG = np.random.default_rng(11)
EV = RNG.random((30, 6)).astype(np.float32)
WEALTH = RNG.permutation(30).astype(np.float64)
USER, STREAMER = np.nonzero(EV > 0.4)
TABLE = pa.table({"user": USER, "streamer": STREAMER, "ev": EV[USER, STREAMER].astype(float)})
NAMED = pa.table(
    {
        "user": [f"u{user}" for user in USER],
        "streamer": [f"s{streamer}" for streamer in STREAMER],
        "ev": TABLE["ev"],
    }
)
RULE = {"whale_share": 0.5, "k": 2}
SIZES = {"user_ids": [str(u) for u in range(30)], "streamer_ids": [str(s) for s in range(6)]}


def decided(got: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in got.items() if name != "timings_ms"}


# .npy


def test_arrays_in_parts_are_answered_as_the_same_numbers_in_json(client: TestClient) -> None:
    limits = {"capacity": np.full(6, 6), "k": np.arange(6), "min_users": np.ones(6, np.uint8)}
    penalty = np.array([0.0, 0.1])
    plain = {name: values.tolist() for name, values in limits.items()}
    plain |= {"ev": EV.tolist(), "wealth": WEALTH.tolist(), "whale_penalty": penalty.tolist()}
    parts = {name: npy(values) for name, values in limits.items()}
    parts |= {"ev": npy(EV), "wealth": npy(WEALTH), "whale_penalty": npy(penalty)}
    got = post(client, {"whale_share": 0.5}, **parts)

    assert got.status_code == 200, got.text
    assert decided(got.json()) == decided(answer(client, plain | {"whale_share": 0.5}))


@pytest.mark.parametrize(
    "array",
    [
        EV.astype(">f4"),  # of a machine that writes the other end first
        np.asfortranarray(EV),
        EV.astype(np.float64),
        EV.astype(np.float64)[::1, :],
    ],
)
def test_the_layout_of_an_array_changes_nothing(client: TestClient, array: Any) -> None:
    straight = post(client, RULE, ev=npy(EV), wealth=npy(WEALTH)).json()
    got = post(client, RULE, ev=npy(array), wealth=npy(WEALTH.astype(np.int32))).json()

    assert got["allocations"] == straight["allocations"]


def test_minus_infinity_in_an_array_forbids_a_pair_as_null_does(client: TestClient) -> None:
    ev = np.array([[9.0, -np.inf], [8.0, 7.0]])
    got = post(client, {"k": 1, "whales": ["0", "1"]}, ev=npy(ev)).json()

    assert got["allocations"] == {"0": "0", "1": "1"}


def header(text: bytes, version: bytes = b"\x01\x00") -> bytes:
    width = 2 if version == b"\x01\x00" else 4
    return b"\x93NUMPY" + version + len(text).to_bytes(width, "little") + text


NOT_NPY = [
    # nothing, or something else altogether
    (b"", Message("npy_format_expected", field="ev")),
    (b"PK\x03\x04 an archive", Message("npy_format_expected", field="ev")),
    (header(b"{}", b"\x09\x00"), Message("npy_format_expected", field="ev")),
    # what only a pickle could hold
    (
        npy(np.array([{"a": 1}], object), allow_pickle=True),
        Message("npy_header_expected", field="ev"),
    ),
    (npy(np.array(["a"])), Message("npy_numbers_expected", type="<U1")),
    (npy(np.array([1j])), Message("npy_numbers_expected", type="<c16")),
    (npy(np.zeros(2, [("a", "f4")])), Message("npy_header_expected", field="ev")),
    # an expression in place of a dictionary
    (
        header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2**99,)}"),
        Message("npy_header_expected", field="ev"),
    ),
    (header(b"__import__('os').abort()"), Message("npy_header_expected", field="ev")),
    (header(b"(" * 4000), Message("npy_header_expected", field="ev")),
    # longer or shorter than it says
    (npy(EV)[:-1], Message("npy_length_expected", expected=720, shape="(30, 6)", received=719)),
    (npy(EV) + b"0", Message("npy_length_expected", expected=720, shape="(30, 6)", received=721)),
    (
        header(b"{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999, 99999), }"),
        Message("npy_length_expected", expected=799_991_999_999_200_008),
    ),
    (b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}", Message("npy_header_too_long", most=4096)),
    (npy(EV)[:20], Message("npy_header_too_long", most=4096, received=20)),
    # of another shape
    (npy(EV.ravel()), Message("dimensions_expected", dimensions=2, type="float32", shape="(180,)")),
    (npy(np.float64(3)), Message("dimensions_expected", dimensions=2, type="float64", shape="()")),
]


@pytest.mark.parametrize(("content", "reason"), NOT_NPY)
def test_what_is_no_array_of_numbers_is_refused_in_a_sentence(
    client: TestClient, content: bytes, reason: Message
) -> None:
    response = post(client, RULE, ev=content, wealth=npy(WEALTH))

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["field"] == "ev"
    assert has_reason(response.json(), reason)


# Arrow and Parquet


FORMATS: dict[str, Callable[[pa.Table], bytes]] = {
    "an Arrow stream": stream,
    "an Arrow file": file,
    "Parquet": parquet,
    "compressed Arrow": lambda table: stream(table, compression="zstd"),
    "compressed Parquet": lambda table: parquet(table, compression="zstd", row_group_size=9),
}


@pytest.mark.parametrize("write", FORMATS.values(), ids=[*FORMATS])
def test_a_table_is_answered_as_the_same_candidates_in_json(
    client: TestClient, write: Callable[[pa.Table], bytes]
) -> None:
    lists = {name: TABLE[name].to_pylist() for name in TABLE.column_names}
    expected = answer(client, RULE | SIZES | {"candidates": lists, "wealth": WEALTH.tolist()})
    got = post(client, RULE | SIZES, candidates=write(TABLE), wealth=npy(WEALTH))

    assert got.status_code == 200, got.text
    assert decided(got.json()) == decided(expected)


def test_decimals_in_a_table_are_numbers(client: TestClient) -> None:
    exact = np.rint(100 * TABLE["ev"].to_numpy()) / 100
    decimals = pa.array(exact).cast(pa.decimal128(9, 2))
    answers = [
        post(client, RULE | SIZES, candidates=stream(TABLE.set_column(2, "ev", [column])),
             wealth=npy(WEALTH)).json()
        for column in (decimals, decimals.cast(pa.float64()))
    ]  # fmt: skip

    assert decided(answers[0]) == decided(answers[1])
    assert answers[0]["allocations"]


@pytest.mark.parametrize("write", FORMATS.values(), ids=[*FORMATS])
@pytest.mark.parametrize("dictionary", [False, True])
def test_strings_in_a_table_are_ids(
    client: TestClient, write: Callable[[pa.Table], bytes], dictionary: bool
) -> None:
    table = NAMED
    if dictionary:  # with entries that come in another order, or never
        entries = pa.array(["nobody", *(f"u{user}" for user in reversed(range(30)))])
        users = pa.DictionaryArray.from_arrays(pa.array(30 - USER), entries)
        table = table.set_column(0, "user", users)
    whales = [f"u{user}" for user in range(15)]
    by_position = {f"{name}_ids": [f"{name[0]}{at}" for at in range(n)] for name, n in
                   (("user", 30), ("streamer", 6))}  # fmt: skip
    expected = post(client, {"k": 2, "whales": whales} | by_position, candidates=stream(TABLE))
    follow = post(client, {"k": 2, "whales": whales}, candidates=write(table))
    given = post(client, {"k": 2, "whales": whales} | by_position, candidates=write(table))

    assert decided(given.json()) == decided(expected.json())
    assert follow.json()["objective"] == pytest.approx(expected.json()["objective"])
    assert {*follow.json()["allocations"]} == {*NAMED["user"].to_pylist()}


def with_column(name: str, values: Any) -> pa.Table:
    return TABLE.set_column(TABLE.column_names.index(name), name, pa.chunked_array([values]))


USER_COLUMN = Message("column_named", name="user")

NO_TABLE = [
    # no table
    (b"", Message("table_empty", file="passwd", part="file")),
    (b"PAR1PAR1", Message("table_damaged", file="passwd")),
    (b"ARROW1\0\0" + b"\xff" * 90, Message("table_damaged", file="passwd")),
    (stream(TABLE)[:300], Message("table_damaged", file="passwd")),
    (parquet(TABLE)[:-30] + b"PAR1", Message("table_damaged", file="passwd")),
    # of other columns
    (
        stream(TABLE.rename_columns(["a", "b", "c"])),
        Message("pairs_columns_expected", file="passwd", columns=["a", "b", "c"]),
    ),
    (
        stream(TABLE.select(["user", "ev"])),
        Message("pairs_columns_expected", columns=["user", "ev"]),
    ),
    # of other types
    (
        stream(with_column("user", pa.array(USER + 0.5))),
        Message("ids_of_other_type", column=USER_COLUMN, file="passwd", type="double"),
    ),
    (
        stream(with_column("user", pa.nulls(len(USER)))),
        Message("cell_refused", expected="id", number=0, column=USER_COLUMN),
    ),
    (
        parquet(with_column("ev", pa.array(["x"] * len(USER)))),
        Message("cell_refused", expected="number", number=0, received="'x'"),
    ),
    # with holes
    (
        stream(with_column("ev", pa.array([1.0, None] + [1.0] * (len(USER) - 2)))),
        Message("cell_refused", expected="number", number=1, received=Message("nothing")),
    ),
    # with what is no position
    (
        stream(with_column("user", pa.array(USER - 1))),
        Message("candidate_position_out_of_range", last=29, candidate=0, received=-1),
    ),
    (
        stream(with_column("user", pa.array(USER.astype(np.uint64) + np.uint64(2**63)))),
        Message("table_id_unknown", side="user", id="'9223372036854775808'"),
    ),
]


@pytest.mark.parametrize(("content", "reason"), NO_TABLE)
def test_what_is_no_table_of_candidates_is_refused_in_a_sentence(
    client: TestClient, content: bytes, reason: Message
) -> None:
    response = post(client, RULE | SIZES, candidates=content, wealth=npy(WEALTH))

    assert response.status_code == 422
    assert response.json()["field"].startswith("candidates")
    assert has_reason(response.json(), reason)


def test_an_id_that_the_request_does_not_have_is_named_with_its_row(client: TestClient) -> None:
    problem = {"k": 2, "whales": [], "streamer_ids": ["s0", "s1", "s2"]}
    response = post(client, problem, candidates=stream(NAMED))
    row = next(at for at, streamer in enumerate(STREAMER) if streamer > 2)

    assert response.status_code == 422
    assert response.json()["position"] == [row]
    assert has_reason(
        response.json(), Message("table_id_unknown", side="streamer", field="streamer_ids")
    )


@pytest.fixture(scope="module")
def bounded() -> Iterator[TestClient]:
    limits = Settings(processes=1, max_candidates=1_000_000, max_expanded_bytes=2**25)
    with TestClient(create_app(limits), raise_server_exceptions=False) as client:
        yield until_ready(client)


def zeros(rows: int) -> pa.Table:
    return pa.table(
        {"user": np.zeros(rows, int), "streamer": np.zeros(rows, int), "ev": np.zeros(rows)}
    )


def compressed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as out:
        out.write_table(table)
    return bytes(sink.getvalue())


def long_ids(rows: int) -> pa.Table:
    """Return few bytes of Parquet that stand for a long id in every row."""
    ids = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(rows, np.int32)), pa.array(["u" * 10**6])
    )
    return pa.table({"user": ids, "streamer": np.zeros(rows, int), "ev": np.zeros(rows)})


@pytest.mark.parametrize(
    ("bomb", "reason"),
    [
        # by its rows, as it says itself
        (
            parquet(zeros(2_000_000)),
            Message("candidates_limited", most=1_000_000, received=2_000_000),
        ),
        # by its bytes
        (compressed(zeros(3_000_000)), Message("table_too_large", file="passwd", most=2**25)),
        (parquet(zeros(1_000_000)), Message("table_too_large", file="passwd", most=2**25)),
        # by neither: its ids stay a dictionary, 200 gigabytes otherwise
        (parquet(long_ids(200_000)), Message("candidate_twice")),
    ],
)
def test_a_table_that_expands_beyond_the_limits_is_refused_before_it_does(
    bounded: TestClient, bomb: bytes, reason: Message
) -> None:
    response = post(bounded, {"k": 1, "whales": []}, candidates=bomb)

    assert len(bomb) < 2_000_000
    assert response.status_code == 422
    assert has_reason(response.json(), reason)
    assert post(bounded, {"k": 1, "whales": []}, candidates=stream(TABLE)).status_code == 200


# parts


def test_parts_that_are_unknown_missing_doubled_or_at_odds_are_named(client: TestClient) -> None:
    ev, wealth = npy(EV), npy(WEALTH)
    cases = [
        (
            post(client, RULE, ev=ev, wealth=wealth, prices=b"{}"),
            "prices",
            Message("part_unknown", received="'prices'"),
        ),
        (post(client, None, ev=ev, wealth=wealth), "problem", Message("problem_part_missing")),
        (post(client, [1], ev=ev), "problem", Message("problem_part_not_object")),
        (
            post(client, RULE, wealth=wealth),
            "ev",
            Message("one_field_expected", fields=["ev", "candidates"]),
        ),
        (
            post(client, RULE | {"wealth": [1.0]}, ev=ev, wealth=wealth),
            "wealth",
            Message("field_also_part", field="wealth"),
        ),
        (
            post(client, RULE, ev=ev, wealth=wealth, candidates=stream(TABLE)),
            "ev",
            Message("field_beside_table", field="ev"),
        ),
        (
            client.post("/allocate", files=[("ev", ev), ("ev", ev)]),
            "ev",
            Message("part_twice", name="ev"),
        ),
        (
            post(client, RULE, ev=ev, wealth=npy(WEALTH[:5])),
            "wealth",
            Message("wealth_count", users=30, received=5),
        ),
    ]
    for response, field, reason in cases:
        assert response.status_code == 422
        assert response.json()["field"] == field
        assert has_reason(response.json(), reason)


def test_parts_that_are_too_large_together_are_refused_before_they_are_read(
    client: TestClient,
) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    headers = {"content-type": "multipart/form-data; boundary=x"}
    announced = post(client, RULE, ev=b"x" * 1_000_001)
    streamed = client.post("/allocate", content=chunks(), headers=headers)

    assert announced.status_code == streamed.status_code == 413
    assert has_reason(streamed.json(), Message("body_too_large", most=1_000_000))


BOUNDARY = {"content-type": "multipart/form-data; boundary=x"}
DISPOSITION = b'--x\r\nContent-Disposition: form-data; name="problem"\r\n\r\n{}'


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"--x--", {"content-type": "multipart/form-data"}, 400, "multipart_boundary_missing"),
        (b"hello", BOUNDARY, 400, "multipart_malformed"),  # no part
        (DISPOSITION, BOUNDARY, 400, "multipart_cut_off"),
        (DISPOSITION + b"\r\n--x", BOUNDARY, 400, "multipart_cut_off"),
        (b"", BOUNDARY, 400, "multipart_cut_off"),
        (b"--x\r\n\r\n{}\r\n--x--\r\n", BOUNDARY, 422, "part_without_name"),
        (b"--x\r\nA: b\r\n" * 99, BOUNDARY, 400, "multipart_malformed"),
        (b"--x\r\n" + b"A: b\r\n" * 99, BOUNDARY, 400, "multipart_malformed"),  # without end
        (DISPOSITION.replace(b"problem", b"p%d") * 99, BOUNDARY, 400, "multipart_cut_off"),
    ],
)
def test_a_body_that_is_not_what_its_type_says_is_refused(
    client: TestClient, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    response = client.post("/allocate", content=content, headers=headers)

    assert response.status_code == status
    assert response.json()["reason"]["code"] == code


def test_a_boundary_like_sequence_within_an_array_is_data(client: TestClient) -> None:
    wealth = np.frombuffer((b"\r\n--x\r\n--xy\r\n-" * 30)[:240], np.float64)
    body = (
        b'--xyz\r\nContent-Disposition: form-data; name="problem"\r\n\r\n'
        + json.dumps(RULE).encode()
        + b'\r\n--xyz\r\nContent-Disposition: form-data; name="ev"\r\n\r\n'
        + npy(EV)
        + b'\r\n--xyz\r\ncontent-disposition: form-data; name=wealth; filename="a\\"b"\r\n\r\n'
        + npy(wealth)
        + b"\r\n--xyz--\r\n"
    )
    got = client.post(
        "/allocate", content=body, headers={"content-type": 'multipart/form-data; boundary="xyz"'}
    )

    assert got.status_code == 200, got.text
    expected = post(client, RULE, ev=npy(EV), wealth=npy(wealth))
    assert decided(got.json()) == decided(expected.json())


# other routes


def test_curves_and_own_sweeps_take_the_same_parts(client: TestClient) -> None:
    whales = [str(user) for user in range(15)]
    plain = {"ev": EV.tolist(), "k_max": 4, "whales": whales}
    curve = post(client, {"k_max": 4, "whales": whales}, "/allocate/curve", ev=npy(EV))
    assert decided(curve.json()) == decided(answer(client, plain, "/allocate/curve"))

    sweep = {"k_values": [1], "whale_shares": [0.5], "simulations": 10}
    route, lists = "/experiments/own-sweep", {"ev": EV.tolist(), "wealth": WEALTH.tolist()}
    got = post(client, sweep, route, ev=npy(EV), wealth=npy(WEALTH)).json()
    expected = answer(client, sweep | lists, route)
    assert got["results"] == expected["results"]
    ids = {"user_ids": [f"u{user}" for user in range(30)]}
    assert (
        post(client, sweep | ids, route, candidates=stream(NAMED), wealth=npy(WEALTH)).status_code
        == 200
    )


# answers


@pytest.mark.parametrize("several", [1, 2])
def test_an_allocation_in_arrow_says_what_it_says_in_json(client: TestClient, several: int) -> None:
    problem = RULE | {"max_streamers_per_user": several, "capacity": 4}
    parts = {"ev": npy(EV), "wealth": npy(WEALTH)}
    expected = post(client, problem, **parts).json()
    response = post(client, problem, accept=ARROW, **parts)
    table = pa.ipc.open_stream(response.content).read_all()

    assert response.headers["content-type"] == ARROW
    assert table.schema.names == ["user", "streamer", "tier", "ev"]
    placed: dict[str, list[str]] = {}
    for row in table.to_pylist():
        assert row["tier"] == ("whale" if str(row["user"]) in expected["whales"] else "normal")
        here = placed.setdefault(str(row["user"]), [])
        if row["streamer"] is None:
            assert row["ev"] is None
        else:
            here.append(str(row["streamer"]))
            assert row["ev"] == EV[row["user"], row["streamer"]]
    as_lists = {
        user: at if isinstance(at, list) else [] if at is None else [at]
        for user, at in expected["allocations"].items()
    }
    assert placed == as_lists
    metadata = {name.decode(): json.loads(text) for name, text in table.schema.metadata.items()}
    del expected["allocations"], expected["whales"], expected["timings_ms"]
    assert metadata.pop("timings_ms")["total"] > 0
    assert metadata == expected


def test_ids_of_a_request_are_ids_in_arrow(client: TestClient) -> None:
    problem = {"k": 1, "whales": ["u0"]}
    response = post(client, problem, accept=ARROW, candidates=stream(NAMED))
    table = pa.ipc.open_stream(response.content).read_all()

    assert {*table["user"].to_pylist()} == {*NAMED["user"].to_pylist()}
    assert {*table["streamer"].drop_null().to_pylist()} <= {*NAMED["streamer"].to_pylist()}


def test_every_answer_says_how_long_its_steps_took_and_the_header_says_the_same(
    client: TestClient,
) -> None:
    response = client.post("/allocate", json={"ev": [[1.0]], "k": 1, "whales": ["0"]})
    steps = dict(step.split(";dur=") for step in response.headers["server-timing"].split(", "))
    taken = response.json()["timings_ms"]

    assert {name: float(each) for name, each in steps.items()} == pytest.approx(taken, rel=1e-4)
    parts = sum(each for name, each in taken.items() if name != "total")
    assert parts == pytest.approx(taken["total"], abs=0.1)


# what would be solved


def test_a_request_can_be_checked_and_sized_without_being_solved(client: TestClient) -> None:
    body = {"ev": [[9.0, 1.0], [8.0, None], [4.0, 3.0]], "whales": ["0", "1"], "k": 1}
    got = answer(client, body | {"capacity": [2, 2]}, "/allocate?validate_only=true")

    assert got.pop("timings_ms")["decode"] > 0
    assert 0 < got.pop("estimated_seconds") < 1
    assert got == {
        "users": 3,
        "streamers": 2,
        "pairs": 6,
        "whales": 2,
        "whale_slots": 2,
        "slots": 4,
        "binds": {"k": True, "capacity": True},
    }
    free = answer(client, body | {"k": 3}, "/allocate?validate_only=true")
    assert free["binds"] == {"k": False, "capacity": False}
    refused = client.post("/allocate?validate_only=true", json=body | {"k": -1})
    assert refused.status_code == 422
    assert refused.json()["field"] == "k"
