"""Request bodies on their way: in files as they come, within limits, and gone at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors.problem_details import RefusalError
from app.http.body import Body
from app.http.spool import INLINE_BYTES, Spool, SpooledBody
from tests.profiles import examples


def kept(content: bytes | Path) -> bytes:
    with Body(content).open() as data:
        return bytes(data)


@examples(30)
@given(
    sizes=st.lists(st.integers(0, INLINE_BYTES), max_size=6),
    memory=st.sampled_from([0, 1000, 2**26]),
)
def test_bytes_are_the_same_wherever_they_wait_and_leave_nothing(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], memory: int
) -> None:
    directory = tmp_path_factory.mktemp("spool")
    pieces = [bytes([65 + at]) * size for at, size in enumerate(sizes)]

    async def journey() -> None:
        spool = Spool(directory, memory, 2**26)
        spooled = SpooledBody(spool)
        for piece in pieces:
            await spooled.write(piece)
        content = await spooled.finish()
        body = Body(content)
        assert kept(content) == b"".join(pieces) == b"".join(body.chunks(1000))
        assert body.size == spooled.size == sum(sizes) == spool.in_memory + spool.on_disk
        assert isinstance(content, bytes) == (sum(sizes) <= min(INLINE_BYTES, memory or 0))
        spooled.close()
        assert spool.in_memory == spool.on_disk == 0
        spool.close()

    asyncio.run(journey())
    assert [*directory.iterdir()] == []


def spooled_by(
    directory: Path, work: Callable[[Spool], Any], memory: int = 2**20, disk: int = 2**20
) -> None:
    async def journey() -> None:
        spool = Spool(directory, memory, disk)
        await work(spool)
        spool.close()

    asyncio.run(journey())


def test_all_bodies_together_have_a_limit_and_a_place_is_free_again(tmp_path: Path) -> None:
    async def work(spool: Spool) -> None:
        first, second = SpooledBody(spool), SpooledBody(spool)
        await first.write(bytes(700_000))
        with pytest.raises(RefusalError) as refused:
            await second.write(bytes(700_000))
        assert refused.value.message.code == "bodies_too_large"
        assert refused.value.status == 503
        assert refused.value.headers == {"Retry-After": "5"}
        second.close()
        first.close()
        third = SpooledBody(spool)
        await third.write(bytes(700_000))
        third.close()

    spooled_by(tmp_path, work)


def test_small_bodies_go_to_disk_where_there_are_many(tmp_path: Path) -> None:
    async def work(spool: Spool) -> None:
        bodies = [SpooledBody(spool) for _ in range(50)]
        for body in bodies:
            await body.write(bytes(10_000))
        assert spool.in_memory <= 100_000 + 10_000
        assert spool.in_memory + spool.on_disk == 500_000
        for body in bodies:
            assert kept(await body.finish()) == bytes(10_000)
            body.close()

    spooled_by(tmp_path, work, memory=100_000)


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    async def work(spool: Spool) -> None:
        with pytest.raises(RefusalError) as refused:
            await SpooledBody(spool).write(bytes(INLINE_BYTES + 1))
        assert refused.value.message.code == "no_disk_for_body"
        assert refused.value.status == 503

    spooled_by(tmp_path / "file" / "below", work)
