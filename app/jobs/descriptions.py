"""Experiments as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from app.errors.problem_details import translate_document
from messages import DEFAULT_LANGUAGE

from .kinds import KINDS
from .outcome import outcome_json
from .records import FINAL, Experiment, State


def experiment_json(
    experiment: Experiment,
    seconds_left: float | None = None,
    *,
    root: str,
    language: str = DEFAULT_LANGUAGE,
) -> dict[str, Any]:
    """Return an experiment as an entry of a list, without configuration and result.

    Parameters
    ----------
    experiment : Experiment
    seconds_left : float, optional
    root : str
        Prefix of the service's paths.
    language : str
        Language of the answer and of the error, if there is one.
    """
    error = None
    if experiment.error is not None:
        error = translate_document(orjson.loads(experiment.error), language)
    if experiment.state in FINAL:
        seconds_left = 0.0
    return {
        "id": experiment.id,
        "kind": experiment.kind,
        "name": experiment.name,
        "note": experiment.note,
        "state": experiment.state,
        "created": _format_time(experiment.created),
        "started": _format_time(experiment.started),
        "finished": _format_time(experiment.finished),
        "progress": {
            "seeds_done": experiment.done,
            "seeds": experiment.total,
            "fraction": fraction_done(experiment.state, experiment.done, experiment.total),
            "seconds_left": seconds_left,
        },
        **outcome_json(experiment, language),
        "links": _links(experiment, root),
        "error": error,
    }


def full_experiment_json(
    experiment: Experiment,
    result: bytes | None,
    seconds_left: float | None,
    *,
    root: str,
    language: str = DEFAULT_LANGUAGE,
) -> dict[str, Any]:
    """Return an experiment with its configuration and result."""
    return {
        **experiment_json(experiment, seconds_left, root=root, language=language),
        "config": orjson.Fragment(experiment.config),
        "result": None if result is None else orjson.Fragment(result),
    }


def fraction_done(state: State, done: int, total: int) -> float:
    """Return the fraction of the work that is done; 1 of a sweep that was decided early."""
    return 1.0 if state == "done" else done / total


def experiment_path(experiment: Experiment) -> str:
    """Return the path of an experiment, without the prefix of the service."""
    return f"/experiments/{experiment.id}"


def _links(experiment: Experiment, root: str) -> dict[str, str]:
    url = root + experiment_path(experiment)
    links = {"self": url, "events": f"{url}/events"}
    if experiment.state == "done":
        links["result"] = f"{url}/result"
        if KINDS[experiment.kind].join_rows is not None:
            links |= {"report": f"{url}/report", "figures": f"{url}/figures"}
    return links


def _format_time(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
