"""What lists show of an experiment: the settings that it changed, and its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson

from messages import DEFAULT_LANGUAGE, Message, render
from simulator import MatrixStudyConfig, SweepConfig

from .records import Experiment, KindName

_SWEEPS: tuple[KindName, ...] = ("whale-sweep", "find-settings", "find-gate")


def summarize(kind: KindName, result: bytes) -> str | None:
    """Return what is kept of a result beside it, JSON; None for other kinds than sweeps.

    Parameters
    ----------
    kind : str
    result : bytes
        As it is stored. Results of early versions lack some members.
    """
    if kind == "allocation":
        return None
    try:
        stored = orjson.loads(result)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(stored, dict):
        return None
    gate, by_means, answer = (stored.get(name) for name in ("gate", "gate_5c", "answer"))
    outcome = {
        "verdict": gate["verdict"] if gate else by_means and by_means.lower(),
        "answer": answer and {name: answer[name] for name in ("code", "parameters")},
    }
    if kind not in _SWEEPS:  # the configuration has only the type of the body
        outcome["settings"] = changed_settings(kind, stored.get("config", {}))
    return orjson.dumps(outcome).decode()


def outcome_json(experiment: Experiment, language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
    """Return settings, verdict and answer of an experiment; null where it has none, or not yet.

    Parameters
    ----------
    experiment : Experiment
    language : str
        Of the answer.
    """
    outcome = {} if experiment.outcome is None else orjson.loads(experiment.outcome)
    settings, answer = outcome.get("settings"), outcome.get("answer")
    if experiment.kind in _SWEEPS:
        settings = changed_settings(experiment.kind, orjson.loads(experiment.config))
    if answer:
        answer = {**answer, "text": render(Message.from_mapping(answer), language)}
    return {"settings": settings, "verdict": outcome.get("verdict"), "answer": answer}


def changed_settings(kind: KindName, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a sweep that differ from the default, those of its world as `world.…`.

    Settings that have no default, as the size of a matrix, are among them.
    """
    default = _default_settings(kind)
    return {
        name: value
        for name, value in _flatten(config).items()
        if name not in default or value != default[name]
    }


@cache
def _default_settings(kind: KindName) -> dict[str, Any]:
    config = SweepConfig() if kind in _SWEEPS else MatrixStudyConfig()
    return _flatten(orjson.loads(orjson.dumps(config.as_mapping())))


def _flatten(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, Mapping):
            flat |= _flatten(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat
