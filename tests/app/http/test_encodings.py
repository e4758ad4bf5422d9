"""Content-Encoding of request bodies: decoded as it comes, within limits."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from backports import zstd
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.errors.problem_details import RefusalError
from app.http.encodings import MAX_FRAMES, Decoder, ExpandedTooFarError
from app.main import create_app
from app.settings import Settings
from messages import Message

LIMIT = 4 * 2**20
BODY = {"ev": [[9.0, 1.0], [8.0, 7.0]], "k": 1, "whales": ["0", "1"]}
ENCODE = {"gzip": gzip.compress, "x-gzip": gzip.compress, "zstd": zstd.compress}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    directory = tmp_path_factory.mktemp("encoded")
    settings = Settings(max_body_bytes=LIMIT, processes=1, data_directory=directory)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def decoded(encodings: list[str], pieces: list[bytes], limit: int = LIMIT) -> bytes:
    decoder = Decoder(encodings, limit)
    got = b"".join(out for piece in pieces for out in decoder.decode(piece))
    decoder.finish()
    return got


@given(
    data=st.lists(st.binary(max_size=200), max_size=5),
    encodings=st.lists(st.sampled_from([*ENCODE]), min_size=1, max_size=2),
    cut=st.integers(1, 50),
)
def test_what_was_encoded_is_decoded_in_frames_and_pieces_of_any_size(
    data: list[bytes], encodings: list[str], cut: int
) -> None:
    first, *others = encodings
    body = b"".join(map(ENCODE[first], data))
    for each in others:
        body = ENCODE[each](body)
    pieces = [body[at : at + cut] for at in range(0, len(body), cut)]

    assert decoded(encodings, pieces) == b"".join(data)


@given(data=st.binary(min_size=1, max_size=300), name=st.sampled_from([*ENCODE]), end=st.data())
def test_what_is_cut_off_or_followed_by_something_else_is_refused(
    data: bytes, name: str, end: st.DataObject
) -> None:
    whole = ENCODE[name](data)
    cut = whole[: end.draw(st.integers(1, len(whole) - 1))]

    for wrong in (cut, whole + b"{}"):
        with pytest.raises(RefusalError) as refused:
            decoded([name], [wrong])
        assert refused.value.code == "malformed-encoding"


@given(st.sampled_from([*ENCODE]), st.binary(min_size=1, max_size=50))
def test_what_is_not_encoded_is_refused(name: str, data: bytes) -> None:
    magic = {"zstd": b"\x28\xb5\x2f\xfd"}.get(name, b"\x1f\x8b")
    with pytest.raises(RefusalError) as refused:
        decoded([name], [data if data[:2] != magic[:2] else b"{}"])
    assert refused.value.message.code in ("encoding_malformed", "encoding_cut_off")
    assert refused.value.message.parameters == {"encoding": name}


BOMB = bytes(2**28)
BOMBS = {
    "gzip": (["gzip"], gzip.compress(BOMB)),
    "zstd": (["zstd"], zstd.compress(BOMB)),
    "gzip in gzip": (["gzip", "gzip"], gzip.compress(gzip.compress(BOMB))),
    "zstd in gzip": (["zstd", "gzip"], gzip.compress(zstd.compress(BOMB))),
}


@pytest.mark.parametrize(("encodings", "bomb"), BOMBS.values(), ids=[*BOMBS])
def test_a_bomb_goes_off_in_small_pieces(encodings: list[str], bomb: bytes) -> None:
    tracemalloc.start()
    sizes = map(len, Decoder(encodings, 2**24).decode(bomb))
    with pytest.raises(ExpandedTooFarError):
        assert max(sizes) <= 2**18
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2**22


def test_frames_without_anything_in_them_come_to_an_end() -> None:
    with pytest.raises(RefusalError) as refused:
        decoded(["gzip"], [gzip.compress(b"") * (MAX_FRAMES + 1)])
    assert refused.value.message == Message("too_many_frames", most=MAX_FRAMES, encoding="gzip")


def test_a_window_beyond_what_the_web_allows_is_refused() -> None:
    options = {zstd.CompressionParameter.window_log: 27}
    compressor = zstd.ZstdCompressor(options=options)
    body = compressor.compress(b"0123456789") + compressor.flush()

    with pytest.raises(RefusalError):
        decoded(["zstd"], [body])


def post(client: TestClient, content: bytes, encoding: str, **headers: str) -> Any:
    headers |= {"Content-Encoding": encoding}
    return client.post("/allocate", content=content, headers=headers)


@pytest.mark.parametrize(
    "encoding", ["gzip", "zstd", "x-gzip", "GZIP", "gzip, zstd", "zstd ,gzip", "identity, gzip", ""]
)
def test_an_encoded_request_is_answered_as_the_plain_one(small: TestClient, encoding: str) -> None:
    plain = small.post("/allocate", json=BODY).json()
    content = orjson.dumps(BODY)
    for name in encoding.lower().replace(" ", "").split(","):
        content = ENCODE.get(name, bytes)(content)
    got = post(small, content, encoding).json()

    assert {**got, "timings_ms": 0} == {**plain, "timings_ms": 0}


def test_encoded_parts_are_parts(small: TestClient) -> None:
    request = small.build_request(
        "POST", "/allocate", files={"problem": (None, orjson.dumps(BODY), "application/json")}
    )
    kind = request.headers["content-type"]
    answer = post(small, gzip.compress(request.read()), "gzip", **{"Content-Type": kind})

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("content", "encoding", "status", "code"),
    [
        (b"{}", "br", 415, "unsupported-encoding"),
        (b"{}", "deflate", 415, "unsupported-encoding"),
        (b"{}", "gzip, gzip, gzip", 415, "unsupported-encoding"),
        (b"{}", "x" * 1000, 415, "unsupported-encoding"),
        (b"{}", "gzip", 400, "malformed-encoding"),
        (b"{}", "zstd", 400, "malformed-encoding"),
        (zlib.compress(b"{}"), "gzip", 400, "malformed-encoding"),
        (gzip.compress(b"{}")[:-4], "gzip", 400, "malformed-encoding"),
        (zstd.compress(b"{}")[:-1], "zstd", 400, "malformed-encoding"),
        (gzip.compress(b"{"), "gzip", 400, "malformed-json"),
        (b"", "gzip", 400, "malformed-json"),
        (gzip.compress(bytes(LIMIT + 1)), "gzip", 413, "body-too-large"),
        (zstd.compress(bytes(2**26)), "zstd", 413, "body-too-large"),
    ],
)
def test_an_encoding_that_is_not_taken_or_not_true_is_refused(
    small: TestClient, content: bytes, encoding: str, status: int, code: str
) -> None:
    answer = post(small, content, encoding)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(answer.json()["detail"]) < 200
    if status == 415:
        assert answer.headers["accept-encoding"] == "gzip, zstd"


def test_two_headers_are_one_list(small: TestClient) -> None:
    content = gzip.compress(zstd.compress(orjson.dumps(BODY)))
    headers = [("Content-Encoding", "zstd"), ("Content-Encoding", "gzip")]

    assert small.post("/allocate", content=content, headers=headers).status_code == 200


def test_the_limit_holds_exactly(small: TestClient, tmp_path: Path) -> None:  # noqa: ARG001
    body = orjson.dumps(BODY)
    for size, status in ((LIMIT, 200), (LIMIT + 1, 413)):
        padded = body + b" " * (size - len(body))
        for encoding, encode in ENCODE.items():
            assert post(small, encode(padded), encoding).status_code == status
        assert post(small, padded, "").status_code == status
