"""Schemas of experiments in answers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from app.errors.schema import ProblemDetails

from .records import KindName, State


class ProgressAnswer(BaseModel):
    """How far an experiment is."""

    seeds_done: int
    seeds: int = Field(
        description="1 where the experiment has no seeds of its own; of a frontier, its points"
    )
    fraction: float
    seconds_left: float | None = Field(
        None, description="estimate from the seeds that have ended; null before the first one"
    )


class AnswerInList(BaseModel):
    """The answer of a sweep to its question."""

    code: str
    parameters: dict[str, Any]
    text: str = Field(description="in the language of Accept-Language")
    parts: list[str] = Field([], description="as in the result")


class ExperimentAnswer(BaseModel):
    """An experiment."""

    id: str
    kind: KindName
    name: str | None = Field(None, description="see PATCH")
    note: str | None = Field(None, description="see PATCH")
    state: State
    created: str = Field(description="RFC 3339")
    started: str | None = None
    finished: str | None = None
    progress: ProgressAnswer
    settings: dict[str, Any] | None = Field(
        None,
        description="settings of a sweep that differ from the default, those of its world as "
        "`world.…`; of an own matrix once it is done",
    )
    verdict: str | None = Field(
        None,
        description="of a sweep that is done: that of its results, `depends` where settings of "
        "capacities and users a round have different ones; without effects, `gate.verdict`",
    )
    answer: AnswerInList | None = Field(
        None, description="of a sweep that is done: the answer to its question"
    )
    links: dict[str, str] = Field(
        description="self and events; once it is done also result, and for sweeps report and "
        "figures"
    )
    config: dict[str, Any] | None = Field(None, description="not in lists")
    result: dict[str, Any] | None = Field(None, description="once it is done; not in lists")
    error: ProblemDetails | None = Field(None, description="where it failed")


class ExperimentsAnswer(BaseModel):
    """Experiments, newest first."""

    experiments: list[ExperimentAnswer]
    next: str | None = Field(description="address of the older ones; null where there are none")


class EventAnswer(BaseModel):
    """The data of an event, JSON."""

    state: State
    at: float = Field(description="seconds since 1970")
    seeds_done: int
    seeds: int
    fraction: float
    seconds_left: float | None
    seed: int | None = Field(None, description="of events `seed`: which one ended")
    figures: dict[str, Any] | None = Field(
        None,
        description="of events `seed` of a sweep: `baselines` and `results`, which have the shape "
        "of the result's, with the means over the seeds that have ended",
    )
