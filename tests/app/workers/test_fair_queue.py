"""Who waits for a process: keys take turns, and none takes all places."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.jobs.database import connect
from app.jobs.records import Submission
from app.jobs.store import Store, StoreFullError
from app.workers.fair_queue import QueueFullError, expect_room
from app.workers.places import Places
from messages import Message


def has_room(most: int, waiting: Counter[str], key: str, *, shared: bool) -> bool:
    try:
        expect_room(most, waiting.total(), waiting[key], shared=shared, kind="requests")
    except QueueFullError:
        return False
    return True


@given(st.integers(0, 80), st.lists(st.sampled_from("abc")), st.sampled_from(("d", "abc")))
def test_however_much_keys_ask_for_another_finds_a_place(
    most: int, asked: list[str], others: str
) -> None:
    waiting: Counter[str] = Counter()
    for key in [*asked, *others * most]:
        waiting[key] += has_room(most, waiting, key, shared=True)

    assert waiting.total() <= most
    assert has_room(most, waiting, "another", shared=True) == (most > waiting.total())
    if most >= 2 ** len(waiting):
        assert most > waiting.total()


@given(st.integers(0, 80))
def test_a_single_key_may_have_all_places(most: int) -> None:
    waiting: Counter[str] = Counter()
    for _ in range(most):
        waiting["a"] += has_room(most, waiting, "a", shared=False)

    assert waiting["a"] == most
    assert not has_room(most, waiting, "a", shared=False)


def test_keys_take_turns_however_many_of_one_came_first() -> None:
    order: list[str] = []

    async def work(places: Places, key: str) -> None:
        async with places.acquire(key):
            order.append(key)
            await asyncio.sleep(0)

    async def run() -> None:
        places = Places(2, 20, shared=True)
        await asyncio.gather(*(work(places, key) for key in "aaaaaabb"))

    asyncio.run(run())
    assert sorted(order) == [*"aaaaaabb"]
    assert "".join(order).index("b") == 2


def test_a_call_that_is_cancelled_while_it_waits_leaves_its_place_to_the_next() -> None:
    async def run() -> None:
        places = Places(1, 2)
        async with asyncio.timeout(30), places.acquire():
            waits = [asyncio.create_task(_entered(places)) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(QueueFullError) as refusal:
                await _entered(places)
            assert refusal.value.message == Message("queue_full", waiting="requests", most=2)
            waits[0].cancel()
            with suppress(asyncio.CancelledError):
                await waits[0]
        async with asyncio.timeout(30):
            await waits[1]
            await _entered(places)

    asyncio.run(run())


def _entered(places: Places) -> Coroutine[Any, Any, None]:
    async def enter() -> None:
        async with places.acquire():
            pass

    return enter()


def test_one_key_leaves_places_for_experiments_of_another(tmp_path: Path) -> None:
    store = Store(connect(None, tmp_path))
    store.prepare()
    one = Submission("whale-sweep", "{}", 1, "same", attended=False, api_key="a")
    for _ in range(4):
        store.submit(one, 8, None, True)
    with pytest.raises(StoreFullError) as refusal:
        store.submit(one, 8, None, True)
    expected = Message("queue_share_used", waiting="experiments", own=4, most=8)
    assert refusal.value.message == expected
    for _ in range(2):
        store.submit(replace(one, api_key="b"), 8, None, True)
    store.submit(one, 8)
    store.close()
