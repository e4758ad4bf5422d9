"""Inputs of experiments: written and read in parts, and told apart however they come."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http.body import Body
from app.http.prefer import Preferences
from app.http.spool import INLINE_BYTES
from app.jobs.database import connect
from app.jobs.inputs import PART_BYTES
from app.jobs.leases import Leases
from app.jobs.records import Submission
from app.jobs.retention import Retention
from app.jobs.store import Store
from app.jobs.submit import build_submission_with_body, remove_text

LATER = Preferences(respond_async=True, wait=0, idempotency_key=None)
SIZES = [
    0,
    1,
    INLINE_BYTES,
    INLINE_BYTES + 1,
    PART_BYTES - 1,
    PART_BYTES,
    PART_BYTES + 1,
    3 * PART_BYTES + 5,
]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("from_file", [True, False])
def test_an_input_comes_back_as_it_was_and_leaves_no_file(
    tmp_path: Path, size: int, from_file: bool
) -> None:
    content = (b"0123456789" * (size // 10 + 1))[:size]
    (tmp_path / "body").write_bytes(content)
    engine = connect(None, tmp_path / "data")
    store, leases = Store(engine), Leases(engine)
    store.prepare()
    body = tmp_path / "body" if from_file else content

    store.submit(Submission("allocation", "{}", 1, "a", attended=False, body=body), 10)
    claim = leases.claim("one", 1000)
    assert claim is not None
    needed = leases.open_input(claim, tmp_path / "files")

    assert b"".join(Body(needed.content or b"").chunks()) == content
    assert isinstance(needed.content, Path) == (size > INLINE_BYTES)
    assert Retention(engine).count_bytes() == 2 + size
    needed.close()
    assert not (tmp_path / "files").exists() or [*(tmp_path / "files").iterdir()] == []


def test_an_input_is_never_whole_in_memory(tmp_path: Path) -> None:
    with (tmp_path / "body").open("wb") as file:
        file.truncate(30 * PART_BYTES)
    engine = connect(None, tmp_path)
    store, leases = Store(engine), Leases(engine)
    store.prepare()
    body = Body(tmp_path / "body", "multipart/form-data; boundary=x")

    tracemalloc.start()
    asked = build_submission_with_body("own-sweep", body, "application/json", LATER)
    store.submit(asked, 10)
    claim = leases.claim("one", 1000)
    assert claim is not None
    leases.open_input(claim, tmp_path).close()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 * PART_BYTES


@given(
    st.lists(st.binary(max_size=6) | st.text("ab", max_size=6).map(str.encode), max_size=8),
    st.text("ab", max_size=4).map(str.encode),
)
def test_a_text_is_left_out_wherever_chunks_end(chunks: list[bytes], text: bytes) -> None:
    whole = b"".join(chunks)

    assert b"".join(remove_text(text, chunks)) == (whole.replace(text, b"") if text else whole)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_the_same_parts_have_one_fingerprint_whatever_stands_between_them(
    one: bytes, other: bytes
) -> None:
    def fingerprint(content: bytes, boundary: bytes) -> str:
        said = b"--" + boundary + b"\r\n" + content + b"\r\n--" + boundary + b"--"
        body = Body(said, f"multipart/form-data; boundary={boundary.decode()}")
        asked = build_submission_with_body("own-sweep", body, "application/json", LATER)
        return asked.fingerprint

    first, second = b"boundary-one-0000", b"boundary-two-1111"
    assert fingerprint(one, first) == fingerprint(one, second)
    assert (fingerprint(one, first) == fingerprint(other, second)) == (one == other)
