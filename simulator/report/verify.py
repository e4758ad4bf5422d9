"""Verification: every reported figure, computed again from the rows it was computed from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.study.config import Configuration, SweepConfig
from simulator.study.published import (
    PUBLISHED,
    PUBLISHED_BASELINE,
    PUBLISHED_RESULTS,
    PUBLISHED_REVENUE_PCT,
    rounds_to,
)
from simulator.study.run import Run
from solver import InputError

from .summary import summarise

RELATIVE, ABSOLUTE = 1e-9, 1e-12
"""How far two equal figures may be apart; the absolute part, for differences that are almost 0."""


def first_difference(result: Mapping[str, Any]) -> str | None:
    """Return where a stored sweep result contradicts itself, or None.

    Parameters
    ----------
    result : mapping
        A result as `Sweep.as_mapping` writes it, with its rows under `runs`. Keys that the
        summary does not have, such as an id, are left alone.

    Returns
    -------
    str or None
        One sentence that names the first figure at fault, what it should be and what it is; None
        where every figure, hypothesis, gate and finding follows from the rows, the rows are
        complete and, for the published configuration, the published table comes out.
    """
    try:
        config = SweepConfig.from_mapping(_part(result, "config", Mapping))
        runs = list(_runs(_part(result, "runs", Sequence)))
    except InputError as error:
        return f"{error.field}: {error}"
    fault = _incomplete(config, runs)
    if fault is None:
        summary = summarise(config, runs)
        fault = next(_differences("", summary, result), None)
    if fault is None and config == PUBLISHED:
        fault = next(_unpublished(summary), None)
    return fault


def _part(result: Mapping[str, Any], name: str, kind: type) -> Any:
    part = result.get(name)
    if not isinstance(part, kind) or isinstance(part, str):
        raise InputError(name, f"Expected {name} in the result; got {_short(part)}.")
    return part


def _runs(rows: Sequence[Mapping[str, Any]]) -> Iterator[Run]:
    for position, row in enumerate(rows):
        try:
            yield Run.from_mapping(row)
        except InputError as error:
            raise InputError(f"runs[{position}].{error.field}", error.message) from error


def _incomplete(config: SweepConfig, runs: Sequence[Run]) -> str | None:
    """Return which run is missing, comes twice, or does not belong here."""
    expected = [*config.baselines(), *config.grid()]
    known, found = set(expected), set()
    for position, run in enumerate(runs):
        point = run.configuration
        stored = f"stored {_named(point, run.seed)}."
        if point not in known or run.seed not in config.seeds:
            return f"runs[{position}]: expected a run of the configuration, {stored}"
        if (point, run.seed) in found:
            return f"runs[{position}]: expected each run once, {stored}"
        if run.rounds != config.rounds:
            return f"runs[{position}].rounds: expected {config.rounds}, stored {run.rounds}."
        found.add((point, run.seed))
    for seed in config.seeds:
        for point in expected:
            if (point, seed) not in found:
                return f"runs: expected {_named(point, seed)}, stored none."
    return None


def _named(point: Configuration, seed: int) -> str:
    parts = [point.policy if point.algorithm is None else f"{point.policy} {point.algorithm}"]
    if point.k is not None:
        parts.append(f"k = {point.k}")
    if point.spend_cap is not None:
        parts.append(f"spend cap {point.spend_cap:g}")
    parts.append(f"whale share {point.whale_share:g}")
    parts.append(f"capacity scale {point.capacity_scale:g}")
    parts.append(f"{point.users_per_round} users a round")
    return f"{', '.join(parts)}, seed {seed}"


def _differences(path: str, expected: Any, stored: Any) -> Iterator[str]:
    """Yield a sentence for every expected value that is not stored."""
    if isinstance(expected, Mapping) and isinstance(stored, Mapping):
        for name, value in expected.items():
            inner = f"{path}.{name}" if path else name
            if name not in stored:
                yield f"{inner}: expected {_short(value)}, stored nothing."
            else:
                yield from _differences(inner, value, stored[name])
    elif isinstance(expected, list) and isinstance(stored, list | tuple):
        for position, (value, other) in enumerate(zip(expected, stored, strict=False)):
            yield from _differences(f"{path}[{position}]", value, other)
        if len(expected) != len(stored):
            yield f"{path}: expected {len(expected)} entries, stored {len(stored)}."
    elif not _equal(expected, stored):
        yield f"{path}: expected {_short(expected)}, stored {_short(stored)}."


def _equal(expected: Any, stored: Any) -> bool:
    if _is_number(expected) and _is_number(stored):
        return math.isclose(expected, stored, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return type(expected) is type(stored) and bool(expected == stored)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _unpublished(summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for every figure that is not the published table's."""
    printed = [("baseline.metrics", summary["baseline"]["metrics"], PUBLISHED_BASELINE)]
    for position, result in enumerate(summary["results"]):
        path = f"results[{position}]"
        printed.append((f"{path}.metrics", result["metrics"], PUBLISHED_RESULTS[result["k"]]))
        change = {"revenue_pct": PUBLISHED_REVENUE_PCT}
        printed.append((f"{path}.delta", result["delta"], change))
    for path, figures, table in printed:
        for name, digits in table.items():
            mean = figures[name]["mean"]
            if not rounds_to(mean, digits):
                yield f"{path}.{name}.mean: expected {digits} as published, stored {mean!r}."
