"""An experiment as it goes on: server-sent events that can be taken up again anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import orjson
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from app.formats.json import to_json
from simulator import SweepConfig

from .kinds import KINDS
from .queue import POLL, ExperimentQueue
from .records import FINAL, Event, Experiment
from .running_figures import RunningFigures

_QUIET = 15.0
"""Seconds of silence after which a comment shows those in between that somebody is there."""


async def events(
    queue: ExperimentQueue, experiment: Experiment, after: int, ending: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """Yield what happened to an experiment after the event `after`, and what happens; to its end.

    Every event is in the database before it is sent, so that none is missed or repeated: its id
    is its number there.

    Parameters
    ----------
    queue : ExperimentQueue
    experiment : Experiment
    after : int
        0 for all.
    ending : callable
        Whether the service is about to end; the client then comes again, to it or to another.
    """
    figures = await _figures_until(queue, experiment, after)
    quiet = 0.0
    while not ending():
        subscription = queue.changes.subscribe()
        new = await queue.call(queue.store.events, experiment.number, after)
        for each in new:
            data = await asyncio.to_thread(_data, each, experiment, figures)
            name = "state" if each.seed is None else "seed"
            yield format_sse_event(data_str=data, event=name, id=str(each.event))
            after = each.event
        if new:
            quiet = 0.0
            continue
        now = await queue.call(queue.store.get, experiment.id)
        if now is None or (now.final and now.last_event <= after):
            return
        if quiet >= _QUIET:
            quiet = 0.0
            yield KEEPALIVE_COMMENT
        await subscription.wait(POLL)
        quiet += POLL


async def _figures_until(
    queue: ExperimentQueue, experiment: Experiment, after: int
) -> RunningFigures | None:
    """Return the figures as they stood with the event `after`."""
    if not KINDS[experiment.kind].live:
        return None
    figures = RunningFigures(SweepConfig.from_mapping(orjson.loads(experiment.config)))
    last_event = 0
    while last_event < after and (
        some := await queue.call(queue.store.events, experiment.number, last_event)
    ):
        last_event = some[-1].event
        rows = [each.rows for each in some if each.event <= after and each.rows is not None]
        await asyncio.to_thread(_add_all, figures, rows)
    return figures


def _add_all(figures: RunningFigures, rows: Sequence[bytes]) -> None:
    for each in rows:
        figures.add(each)


def _data(event: Event, experiment: Experiment, figures: RunningFigures | None) -> str:
    known: dict[str, Any] = {
        "state": event.state,
        "at": event.at,
        "seeds_done": event.done,
        "seeds": experiment.total,
        "fraction": event.done / experiment.total,
        "seconds_left": 0.0 if event.state in FINAL else event.seconds_left,
    }
    if event.seed is not None:
        known["seed"] = event.seed
        if figures is not None and event.rows is not None:
            figures.add(event.rows)
            known["figures"] = figures.as_mapping()
    return to_json(known).decode()
