"""The events of an experiment as server-sent events. Clients can resume after any event."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import orjson
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from app.formats.json import to_json
from simulator import SweepConfig

from .descriptions import fraction_done
from .kinds import KINDS
from .queue import POLL_SECONDS, ExperimentQueue
from .records import FINAL, Event, Experiment
from .running_figures import RunningFigures

_KEEPALIVE_SECONDS = 15.0
"""Interval of the comments that keep a silent connection open through proxies."""


async def stream_events(
    queue: ExperimentQueue, experiment: Experiment, after: int, is_ending: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """Yield the events of an experiment after the event `after`, until its end.

    Every event is in the database before it is sent, and its id is its number there. So none is
    missed or repeated.

    Parameters
    ----------
    queue : ExperimentQueue
    experiment : Experiment
    after : int
        0 for all events.
    is_ending : callable
        Returns whether the service is about to end. The client then reconnects, maybe to another
        replica.
    """
    figures = await _figures_until(queue, experiment, after)
    silence = 0.0
    while not is_ending():
        subscription = queue.changes.subscribe()
        events = await queue.call(queue.store.read_events, experiment.number, after)
        for each in events:
            data = await asyncio.to_thread(_event_json, each, experiment, figures)
            name = "state" if each.seed is None else "seed"
            yield format_sse_event(data_str=data, event=name, id=str(each.event))
            after = each.event
        if events:
            silence = 0.0
            continue
        present = await queue.call(queue.store.get, experiment.id)
        if present is None or (present.is_final and present.last_event <= after):
            return
        if silence >= _KEEPALIVE_SECONDS:
            silence = 0.0
            yield KEEPALIVE_COMMENT
        await subscription.wait(POLL_SECONDS)
        silence += POLL_SECONDS


async def _figures_until(
    queue: ExperimentQueue, experiment: Experiment, after: int
) -> RunningFigures | None:
    """Return the figures as of the event `after`."""
    if not KINDS[experiment.kind].has_seeds:
        return None
    figures = RunningFigures(SweepConfig.from_mapping(orjson.loads(experiment.config)))
    last_event = 0
    while last_event < after and (
        events := await queue.call(queue.store.read_events, experiment.number, last_event)
    ):
        last_event = events[-1].event
        rows = [each.rows for each in events if each.event <= after and each.rows is not None]
        await asyncio.to_thread(_add_all, figures, rows)
    return figures


def _add_all(figures: RunningFigures, rows: Sequence[bytes]) -> None:
    for each in rows:
        figures.add(each)


def _event_json(event: Event, experiment: Experiment, figures: RunningFigures | None) -> str:
    data: dict[str, Any] = {
        "state": event.state,
        "at": event.at,
        "seeds_done": event.done,
        "seeds": experiment.total,
        "fraction": fraction_done(event.state, event.done, experiment.total),
        "seconds_left": 0.0 if event.state in FINAL else event.seconds_left,
    }
    if event.seed is not None:
        data["seed"] = event.seed
        if figures is not None and event.rows is not None:
            figures.add(event.rows)
            data["figures"] = figures.as_mapping()
    return to_json(data).decode()
