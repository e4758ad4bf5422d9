"""Verification: every reported figure, computed again from the rows it was computed from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from messages import DEFAULT_LANGUAGE, LANGUAGES, Message, render
from simulator.study.config import Configuration, SweepConfig
from simulator.study.published import (
    PUBLISHED,
    PUBLISHED_BASELINE,
    PUBLISHED_RESULTS,
    PUBLISHED_REVENUE_PCT,
    rounds_to,
)
from simulator.study.result import Estimate, StudyResult
from simulator.study.result_json import EARLIER_REASONS, SETTINGS, study_json
from simulator.study.run import Run
from solver import InputError

from .naming import join, name_setting
from .stopping import decided_after
from .summary import summarise

RELATIVE, ABSOLUTE = 1e-9, 1e-12
"""Tolerances of two equal figures; the absolute one is for differences that are almost 0."""

_NOT_EARLIER = (
    "findings",
    "finding_messages",
    "conclusions",
    "conclusion_messages",
    "criteria",
    "answer",
    "luck",
    "best",
    "best_by",
    "published_rule",
    "stopping",
)
"""Parts of a result that version 0.1 did not have, worded otherwise, or chose otherwise."""


def first_difference(result: Mapping[str, Any]) -> Message | None:
    """Return where a stored result contradicts itself, or None.

    Parameters
    ----------
    result : mapping
        A result as `Sweep.as_mapping` writes it, with its rows under `runs`. Keys that the
        summary does not have, such as an id, are left alone. Findings are compared where they were
        stored as messages.

    Returns
    -------
    Message or None
        The first figure at fault, what it should be and what it is; None where every figure,
        verdict and finding follows from the rows, the rows are complete and, for the published
        configuration, the published table comes out.
    """
    try:
        config = SweepConfig.from_mapping(_read_part(result, "config", Mapping))
        runs = list(_read_runs(_read_part(result, "runs", Sequence)))
    except InputError as error:
        return Message("verify_input", place=error.field, reason=error.message)
    fault = _find_missing_run(config, runs)
    if fault is None:
        study = summarise(config, runs)
        expected = study_json(study, _language(study, result))
        if "answer" not in result:
            expected = _as_earlier(expected, result)
        fault = _find_wrong_stop(config, runs) or next(_differences("", expected, result), None)
        # Results of version 0.1 let capacities limit whales, which changed no figure of the table.
        as_published = replace(config, whales_respect_capacity=PUBLISHED.whales_respect_capacity)
        if fault is None and as_published == PUBLISHED:
            fault = next(_compare_with_published(study), None)
    return fault


def _as_earlier(expected: dict[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what version 0.1 stored of a result: its settings and figures, without effects."""
    kept = {name: each for name, each in expected.items() if name not in _NOT_EARLIER}
    kept["config"] = {name: kept["config"][name] for name in result["config"]}
    kept["results"] = [
        {name: value for name, value in each.items() if name != "published_rule"}
        for each in kept["results"]
    ]
    return kept


def _language(study: StudyResult, result: Mapping[str, Any]) -> str:
    """Return the language of the texts of a stored result."""
    for language in LANGUAGES:
        if [render(each, language) for each in study.findings] == result.get("findings"):
            return language
    return DEFAULT_LANGUAGE


def _read_part(result: Mapping[str, Any], name: str, kind: type) -> Any:
    part = result.get(name)
    if not isinstance(part, kind) or isinstance(part, str):
        raise InputError(name, Message("verify_part", part=name, received=_shorten(part)))
    return part


def _read_runs(rows: Sequence[Mapping[str, Any]]) -> Iterator[Run]:
    for position, row in enumerate(rows):
        try:
            yield Run.from_mapping(row)
        except InputError as error:
            raise InputError(f"runs[{position}].{error.field}", error.message) from error


def _find_missing_run(config: SweepConfig, runs: Sequence[Run]) -> Message | None:
    """Return the first run that is missing, repeated, or not part of the study."""
    has_rules = any(not math.isnan(run.expected_revenue) for run in runs)
    expected = config.points() if has_rules else [*config.baselines(), *config.grid()]
    expected_points, checked = set(expected), set()
    for position, run in enumerate(runs):
        point, place = run.configuration, f"runs[{position}]"
        name = _name_run(point, run.seed)
        if point not in expected_points or run.seed not in config.seeds:
            return Message("verify_foreign_run", place=place, run=name)
        if (point, run.seed) in checked:
            return Message("verify_repeated_run", place=place, run=name)
        if run.rounds != config.rounds:
            return _mismatch(f"{place}.rounds", config.rounds, run.rounds)
        checked.add((point, run.seed))
    n_seeds = len({run.seed for run in runs}) if config.until_decided else config.simulations
    for seed in config.seeds[: max(n_seeds, 1)]:
        for point in expected:
            if (point, seed) not in checked:
                return Message("verify_missing_run", run=_name_run(point, seed))
    return None


def _find_wrong_stop(config: SweepConfig, runs: Sequence[Run]) -> Message | None:
    """Return whether a sweep has stopped before its question was settled, or after that."""
    stored = len({run.seed for run in runs})
    expected = decided_after(config, runs) or config.simulations
    return None if stored == expected else _mismatch("stopping.simulations", expected, stored)


def _name_run(point: Configuration, seed: int) -> Message:
    given = [name for name in SETTINGS if getattr(point, name) is not None]
    name = join([name_setting(each, getattr(point, each)) for each in given])
    return Message("verify_run", configuration=name, seed=str(seed))


def _mismatch(place: str, expected: Any, stored: Any) -> Message:
    return Message(
        "verify_mismatch", place=place, expected=_shorten(expected), stored=_shorten(stored)
    )


def _differences(path: str, expected: Any, stored: Any) -> Iterator[Message]:
    """Yield a message for every expected value that is not stored."""
    if isinstance(expected, Mapping) and isinstance(stored, Mapping):
        for name, value in expected.items():
            inner = f"{path}.{name}" if path else name
            if name not in stored:
                yield Message("verify_absent", place=inner, expected=_shorten(value))
            else:
                yield from _differences(inner, value, stored[name])
    elif isinstance(expected, list) and isinstance(stored, list | tuple):
        for position, (value, other) in enumerate(zip(expected, stored, strict=False)):
            yield from _differences(f"{path}[{position}]", value, other)
        if len(expected) != len(stored):
            yield Message("verify_count", place=path, expected=len(expected), stored=len(stored))
    elif not _equal(expected, _current_name(stored)):
        yield _mismatch(path, expected, stored)


def _current_name(stored: Any) -> Any:
    """Return a stored value, under its present name where version 0.1 had another."""
    return EARLIER_REASONS.get(stored, stored) if isinstance(stored, str) else stored


def _equal(expected: Any, stored: Any) -> bool:
    if _is_number(expected) and _is_number(stored):
        return math.isclose(expected, stored, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return type(expected) is type(stored) and bool(expected == stored)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _compare_with_published(study: StudyResult) -> Iterator[Message]:
    """Yield a message for every figure that is not the published table's."""
    tables: list[tuple[str, Mapping[str, Estimate], Mapping[str, str]]] = [
        ("baseline.metrics", study.baseline.metrics, PUBLISHED_BASELINE)
    ]
    for position, result in enumerate(study.results):
        path = f"results[{position}]"
        table = {} if result.k is None else PUBLISHED_RESULTS[result.k]
        tables.append((f"{path}.metrics", result.metrics, table))
        tables.append((f"{path}.delta", result.delta, {"revenue_pct": PUBLISHED_REVENUE_PCT}))
    for path, figures, digits in tables:
        for name, expected in digits.items():
            mean = figures[name].value
            if not rounds_to(mean, expected):
                yield Message(
                    "verify_unpublished",
                    place=f"{path}.{name}.mean",
                    expected=expected,
                    stored=repr(mean),
                )
