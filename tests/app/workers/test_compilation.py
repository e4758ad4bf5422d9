"""A service that has kernels to compile: alive, says how far it is, and keeps nobody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.workers import compilation as compiling
from app.workers.compilation import Compilation
from messages import Message

BODY: dict[str, Any] = {"ev": [[2.0]], "k": 1, "wealth": [1.0], "whale_share": 1}


class Steps:
    """Compilation that waits for the test, instead of for the compiler."""

    def __init__(self) -> None:
        self.compilation: Any = None
        self.go_on = asyncio.Event()

    async def compile(
        self, compilation: Compilation, _processes: int, _report: Callable[[], None]
    ) -> None:
        self.compilation = compilation
        await self.go_on.wait()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    steps = Steps()
    monkeypatch.setattr(
        Compilation, "_compile", lambda self, *arguments: steps.compile(self, *arguments)
    )
    monkeypatch.setattr(compiling, "is_complete", lambda _: False)
    monkeypatch.setattr(compiling, "mark_complete", lambda _: None)
    return steps


def test_a_service_says_how_far_it_is_and_refuses_at_once_until_it_has_compiled(
    steps: Steps,
) -> None:
    with TestClient(create_app(Settings(processes=1))) as client:
        while steps.compilation is None:
            pass
        for done in (0, 20):
            steps.compilation._steps_done = done
            assert (steps.compilation.percent > 0) == (done > 0)
            assert client.get("/healthz").status_code == 200
            for response in (
                client.get("/readyz"),
                client.post("/allocate", json=BODY),
                client.post("/experiments/whale-sweep", json={}),
                client.get("/experiments/any/report"),
            ):
                assert response.status_code == 503
                assert int(response.headers["retry-after"]) >= 1
                assert response.json()["type"] == "/docs/errors#not-ready"
                reason = Message("not_ready", reasons=(steps.compilation.progress,))
                assert response.json()["reason"] == reason.as_mapping()
            assert client.get("/experiments").status_code == 200
            assert client.get("/").status_code == 200

        assert client.portal is not None
        client.portal.call(steps.go_on.set)
        while client.get("/readyz").status_code != 200:
            pass
        assert client.post("/allocate", json=BODY).json()["objective"]["total"] == 2


def test_what_is_on_disk_is_not_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_again(*_: object) -> None:
        raise AssertionError

    asyncio.run(Compilation().run(1))
    monkeypatch.setattr(Compilation, "_compile", compile_again)
    compilation = Compilation()
    asyncio.run(compilation.run(1))
    assert compilation.finished.is_set()


def test_a_step_that_fails_stops_neither_the_others_nor_the_service(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    marked: list[str] = []
    monkeypatch.setattr(compiling, "is_complete", lambda _: False)
    monkeypatch.setattr(compiling, "mark_complete", marked.append)
    compilation = Compilation()
    compilation._steps = [("solver", 10_000), ("solver", 0)]
    percents: list[int] = []
    asyncio.run(compilation.run(1, lambda: percents.append(compilation.percent)))
    assert percents[-1] == 100
    assert "Some kernels could not be compiled ahead of time." in caplog.text
    assert marked == []
