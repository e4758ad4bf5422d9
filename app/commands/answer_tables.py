"""Tables of the answers to allocate, curve and the studies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from app.formats.base import Output
from app.studies.study_answer import StudyAnswer
from app.text.language import command_language
from messages import Message, render
from simulator import CRITERIA, ConfigurationResult, SettingsSearch, StudyResult, headline
from simulator.inference.worth import GINI_METRIC, REVENUE_METRIC
from simulator.study.result import Difference, EffectName, Estimate

from .destination import Destination

SETTINGS = (
    "policy",
    "algorithm",
    "k",
    "whale_share",
    "capacity_scale",
    "users_per_round",
    "spend_cap",
    "alpha",
    "theta",
)


EFFECTS: tuple[EffectName, ...] = ("cap", "fairness", "priority", "capacity", "total")
"""Changes of rule that a study's table has, the one that the verdict judges first."""


def allocation_tables(allocation: pa.Table, answer: Mapping[str, Any]) -> dict[str, pa.Table]:
    """Return the sheets of an allocation: assignments, summary, prices, equality and notes."""
    prices = [
        (limit, streamer, price)
        for limit, each in answer["shadow_prices"].items()
        for streamer, price in each.items()
    ]
    summary = {part: answer[part] for part in ("objective", "certificate", "metrics")}
    equality = {}
    if "fairness" in answer:
        summary["fairness"] = _without_streamers(answer["fairness"])
        equality["fairness"] = _by_streamer(answer["fairness"])
    return {
        "allocation": allocation,
        "summary": _named_values(summary),
        "shadow prices": _table(("limit", "streamer", "price"), prices),
        **equality,
        "notes": pa.table({"note": pa.array(answer["notes"], pa.string())}),
    }


def _without_streamers(fairness: Mapping[str, Any]) -> dict[str, Any]:
    """Return what equality costs, without the values by streamer."""
    kept = {name: value for name, value in fairness.items() if isinstance(value, str | int | float)}
    gini_at_optimum = {"gini": fairness["at_optimum"]["gini"]}
    return {**kept, "at_optimum": gini_at_optimum, "certificate": fairness["certificate"]}


def _by_streamer(fairness: Mapping[str, Any]) -> pa.Table:
    """Return weights, prices at these weights, and revenues, by streamer."""
    columns = {"weight": fairness["weights"], **fairness["prices"], "revenue": fairness["revenue"]}
    columns["revenue_at_optimum"] = fairness["at_optimum"]["revenue"]
    streamers = [*fairness["revenue"]]
    return pa.table(
        {
            "streamer": streamers,
            **{name: [each.get(s, 0.0) for s in streamers] for name, each in columns.items()},
        }
    )


def curve_tables(answer: Mapping[str, Any]) -> dict[str, pa.Table]:
    """Return the sheets of a curve: values by k, the gain of a slot at each streamer, and notes."""
    by_k = pa.table({name: answer[name] for name in ("k", "objective", "marginal")})
    gains = [*answer["slot_gain"].items()]
    return {
        "curve": by_k,
        "slot gain": _table(("streamer", "gain"), gains),
        "notes": pa.table({"note": pa.array(answer["notes"], pa.string())}),
    }


def frontier_tables(answer: Mapping[str, Any]) -> dict[str, pa.Table]:
    """Return the sheets of a frontier: its points, and notes if it has any."""
    points = [
        {name: value for name, value in point.items() if isinstance(value, float)}
        for point in answer["points"]
    ]
    tables = {"frontier": pa.Table.from_pylist(points)}
    if answer.get("notes"):
        tables["notes"] = pa.table({"note": pa.array(answer["notes"], pa.string())})
    return tables


def study_tables(
    study: StudyResult, search: SettingsSearch | None, findings: Sequence[str]
) -> dict[str, pa.Table]:
    """Return the sheets of a study: configurations, findings and, if it has them, rows.

    Parameters
    ----------
    study : StudyResult
    search : SettingsSearch or None
        If given, it adds columns that mark passing configurations.
    findings : sequence of str
        In the reader's language.
    """
    rows = [_configuration(each) | _found(each, search) for each in study.results]
    tables = {
        "configurations": pa.Table.from_pylist(rows),
        "findings": pa.table({"finding": pa.array(findings, pa.string())}),
    }
    if study.rows:
        tables["runs"] = pa.Table.from_pylist([_flat(run) for run in study.rows])
    return tables


def write_answer(answer: StudyAnswer, to: Destination) -> None:
    """Write a study's answer, its texts in the language of the command line."""
    language = command_language.get()
    findings = [render(each, language) for each in answer.findings]
    to.write(
        lambda: Output(
            answer.as_mapping(language), study_tables(answer.study, answer.search, findings)
        )
    )


def report_answer(answer: StudyAnswer, findings: Iterable[Message], to: Destination) -> None:
    """Print findings of a study, and its verdict."""
    for finding in findings:
        to.report(finding)
    to.report(Message("study_written", headline=headline(answer.study), output=to.name))


def _configuration(result: ConfigurationResult) -> dict[str, Any]:
    """Return a row of a study's table; the page's CSV has the same."""
    point = result.configuration
    row: dict[str, Any] = {name: getattr(point, name) for name in SETTINGS}
    if result.exact is not None:
        row["users_per_round"] = None  # all users of a matrix meet at once
    row |= _effects(result)
    for criterion in reversed(CRITERIA):
        figure = result.figure(criterion)
        low, high = (None, None) if figure.mean is None else figure.bounds
        metric = criterion.metric
        row |= {metric: figure.mean, f"{metric}_low": low, f"{metric}_high": high}
        if isinstance(figure, Difference):
            row[f"{metric}_p_holm"] = figure.p_holm
    capped = result.binding if result.k is not None else None
    return row | {
        "revenue": result.metrics["revenue"].mean,
        "binding_rounds_share": None if capped is None else capped.rounds_share,
        "published_rule": result.published_rule,
        "gate_5c": result.published_rule,
        "gate": result.gate,
        "verdict": result.verdict or result.gate,
    }


def _effects(result: ConfigurationResult) -> dict[str, float | None]:
    """Return the columns of a result's effects on expected figures; none of an early version's."""
    if result.by_effects is None:
        return {}
    columns: dict[str, float | None] = {}
    for effect in EFFECTS:
        for metric in (REVENUE_METRIC, GINI_METRIC):
            name, change = f"{effect}_{metric}", result.effects.get(effect, {}).get(metric)
            low, high = None, None
            if change is not None and change.mean is not None and _has_interval(change):
                low, high = change.bounds
            columns |= {
                name: None if change is None else change.mean,
                f"{name}_low": low,
                f"{name}_high": high,
                f"{name}_p_corrected": None if change is None else change.p_corrected,
            }
    return columns


def _has_interval(estimate: Estimate) -> bool:
    """Return whether there is an interval; of one simulation, it is the figure itself."""
    return estimate.ci95 is not None or estimate.n == 1


def _found(result: ConfigurationResult, search: SettingsSearch | None) -> dict[str, bool]:
    """Return the columns that a search adds to a configuration."""
    if search is None:
        return {}
    return {
        "passing": result in search.passing,
        "on_pareto_front": result in search.pareto,
        "nearest_miss": result == search.nearest_miss,
    }


def _flat(run: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in run.items() if not isinstance(value, list | tuple | dict)
    }


def _named_values(values: Mapping[str, Any]) -> pa.Table:
    """Return nested values as rows of name, number and text."""
    rows = [
        (name, None, str(value).lower() if isinstance(value, bool) else value)
        if isinstance(value, bool | str)
        else (name, value, None)
        for name, value in _leaves("", values)
    ]
    kinds = pa.schema([("name", pa.string()), ("value", pa.float64()), ("text", pa.string())])
    return _table(kinds.names, rows).cast(kinds)


def _leaves(path: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        inner = f"{path}.{name}" if path else name
        if isinstance(value, Mapping):
            yield from _leaves(inner, value)
        else:
            yield inner, value


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    return pa.table({name: [row[index] for row in rows] for index, name in enumerate(names)})
