"""Changes of one experiment, each noted as an event in the same transaction."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Update, insert, update

from .database import now
from .database_tables import EVENTS, EXPERIMENTS
from .records import Experiment, State

COLUMNS = [EXPERIMENTS.c[each.name] for each in fields(Experiment)]
"""What an `Experiment` is read from."""


def has_number(number: int) -> ColumnElement[bool]:
    """Return the condition that an experiment is the one of this number."""
    return EXPERIMENTS.c.number == number


def experiment_of(row: Row[Any]) -> Experiment:
    """Return the experiment that a row with `COLUMNS` describes."""
    return Experiment(**{each.name: row._mapping[each.name] for each in fields(Experiment)})


def end_experiment(state: State) -> Update:
    """Return the change that ends an experiment."""
    return update(EXPERIMENTS).values(state=state, finished=now(), lease_expires=None, owner=None)


def apply_change(connection: Connection, change: Update, **event: Any) -> bool:
    """Change at most one experiment and note it as an event; return whether there was one."""
    columns = EXPERIMENTS.c
    row = connection.execute(
        change.values(last_event=columns.last_event + 1).returning(
            columns.number,
            columns.last_event,
            columns.state,
            columns.done,
            columns.owner,
            columns.token,
            now().label("at"),
        )
    ).first()
    if row is None:
        return False
    known = {**row._mapping, "experiment": row.number, "event": row.last_event, **event}
    connection.execute(
        insert(EVENTS).values({name: known[name] for name in known if name in EVENTS.c})
    )
    return True
