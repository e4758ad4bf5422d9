"""An empty store in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.jobs.database import connect
from app.jobs.store import Store
from tests.app.postgres import postgres


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    if request.param == "sqlite":
        yield connect(None, tmp_path_factory.mktemp("database"))
        return
    with postgres() as url:
        engine = connect(url, Path())
        yield engine
        engine.dispose()


@pytest.fixture
def store(engine: Engine) -> Store:
    store = Store(engine)
    store.prepare()
    for each in store.list_newest(1000):
        store.cancel(each.number)
        store.delete(each.number)
    return store
