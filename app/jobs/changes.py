"""Changes of one experiment. Each is recorded as an event in the same transaction."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Update, insert, update

from .database import now
from .database_tables import EVENTS, EXPERIMENTS
from .records import Experiment, State

COLUMNS = [EXPERIMENTS.c[each.name] for each in fields(Experiment)]
"""The columns of an `Experiment`."""


def has_number(number: int) -> ColumnElement[bool]:
    """Return the condition that an experiment has a number."""
    return EXPERIMENTS.c.number == number


def experiment_from_row(row: Row[Any]) -> Experiment:
    """Return the experiment of a row with `COLUMNS`."""
    return Experiment(**{each.name: row._mapping[each.name] for each in fields(Experiment)})


def end_experiment(state: State) -> Update:
    """Return an update that ends an experiment in a final state."""
    return update(EXPERIMENTS).values(state=state, finished=now(), lease_expires=None, owner=None)


def apply_change(connection: Connection, change: Update, **event: Any) -> bool:
    """Change at most one experiment and record an event; return whether one was changed."""
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
    values = {**row._mapping, "experiment": row.number, "event": row.last_event, **event}
    connection.execute(
        insert(EVENTS).values({name: values[name] for name in values if name in EVENTS.c})
    )
    return True
