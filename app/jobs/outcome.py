"""What lists show of an experiment: the settings that it changed, and its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson

from messages import DEFAULT_LANGUAGE, read_message
from simulator import MatrixStudyConfig, SweepConfig
from simulator.inference.worth import JUDGED
from simulator.study.result import Verdict
from simulator.study.result_json import answer_json

from .records import Experiment, KindName

_FROM_THE_BEST: tuple[Verdict, ...] = ("worth_it", "undecided", "not_worth_it", "no_effect")

_SWEEPS: tuple[KindName, ...] = ("whale-sweep", "find-settings", "find-gate")


def summarize(kind: KindName, result: bytes) -> str | None:
    """Return what is kept of a result beside it, JSON; None for other kinds than sweeps.

    Parameters
    ----------
    kind : str
    result : bytes
        As it is stored. Results of early versions lack some members.
    """
    if kind in ("allocation", "frontier"):
        return None
    try:
        stored = orjson.loads(result)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(stored, dict):
        return None
    answer = stored.get("answer")
    outcome = {
        "verdict": _verdict(stored),
        "answer": answer and {name: answer[name] for name in ("code", "parameters", "text")},
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
        answer = answer_json(read_message(answer, answer.get("text", "")), language)
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


def _verdict(stored: Mapping[str, Any]) -> str | None:
    """Return the verdict of a whole result: that of each setting, where all have the same.

    A setting is one of capacities and users a round; its verdict is the best of its caps', or of
    its weights' where it has no caps. Results of early versions have only what the published rule
    says.
    """
    results = stored.get("results", [])
    if not results or any(each.get("verdict") is None for each in results):
        gate, by_means = stored.get("gate"), stored.get("gate_5c")
        return gate["verdict"] if gate else by_means and by_means.lower()
    judged = ([each for each in results if effect in each["effects"]] for effect in JUDGED)
    compared = next(filter(None, judged))
    best_of_settings: dict[tuple[Any, ...], str] = {}
    for each in compared:
        setting = each["capacity_scale"], each.get("users_per_round")
        best = best_of_settings.get(setting, _FROM_THE_BEST[-1])
        best_of_settings[setting] = min(best, each["verdict"], key=_FROM_THE_BEST.index)
    verdicts = {*best_of_settings.values()}
    return verdicts.pop() if len(verdicts) == 1 else "depends"


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
