"""whale-matching experiments: list and delete the experiments in the service's database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.errors.database import find_fault
from app.jobs.database import FILE, OF_THE_RUNNER, connect
from app.jobs.retention import Retention
from app.jobs.store import Store
from app.settings import Settings
from app.text.language import render_for_command
from messages import Message
from solver import InputError

from .translation import Command, Group

experiments = typer.Typer(name="experiments", cls=Group, add_completion=False)


@experiments.command("list", cls=Command)
def list_experiments(
    limit: Annotated[int, typer.Option(min=1)] = 50,
) -> None:
    """List experiments, newest first: start, state, seeds, kind and id."""
    with _database() as engine:
        newest = Store(engine).list_newest(limit)
        size = Retention(engine).count_bytes()
    for each in newest:
        created = datetime.fromtimestamp(each.created, UTC).isoformat(" ", "seconds")
        print(f"{created}  {each.state:9}  {each.done:>6,} / {each.total:<6,}  {each.kind:11}  "
              f"{each.id}")  # fmt: skip
    _report(Message("experiments_listed", count=len(newest), megabytes=size / 1e6))


@experiments.command(cls=Command)
def prune(
    days: Annotated[
        float | None,
        typer.Option(min=0),
    ] = None,
    dry_run: bool = False,
) -> None:
    """Delete old experiments, and return their disk space.

    Without `days`, WHALE_RETENTION_DAYS and WHALE_MAX_DATABASE_BYTES apply.
    """
    settings = Settings()
    oldest = settings.retention_days if days is None else days
    with _database() as engine:
        retention = Retention(engine)
        if dry_run:
            some = retention.count_older_than(oldest) if days is not None or oldest > 0 else 0
            _report(Message("experiments_old", count=some, days=oldest))
            return
        before = retention.count_bytes()
        retention.rebuild()
        deleted = retention.delete_older_than(oldest) if days is not None else 0
        forgotten = retention.clean_up(settings.retention_days, settings.max_database_bytes)
        freed = before - retention.count_bytes()
    _report(
        Message(
            "experiments_deleted",
            experiments=deleted + forgotten.experiments,
            inputs=forgotten.inputs,
            megabytes=freed / 1e6,
        )
    )


def _report(message: Message) -> None:
    print(render_for_command(message))


@contextmanager
def _database() -> Iterator[Engine]:
    """Yield the database of the service.

    Raises
    ------
    solver.InputError
        If there is no database, or it fails.
    """
    settings = Settings()
    url, file = settings.database_url, settings.data_directory / FILE
    if url is None and not file.exists():
        raise InputError("data_directory", Message("experiments_file_missing", path=str(file)))
    engine = connect(
        None if url is None else url.get_secret_value(), settings.data_directory, OF_THE_RUNNER
    )
    try:
        Store(engine).prepare()
        yield engine
    except SQLAlchemyError as error:
        fault = Message("database_fault", fault=find_fault(error))
        raise InputError("database", Message("database_expected", fault=fault)) from error
    finally:
        engine.dispose()
