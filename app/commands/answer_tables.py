"""Answers as tables: an allocation's, a curve's and a sweep's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from simulator.report.verdict import verdict_of

SETTINGS = (
    "policy",
    "algorithm",
    "k",
    "whale_share",
    "capacity_scale",
    "users_per_round",
    "spend_cap",
)
FIGURES = (
    ("delta", "revenue_pct"),
    ("delta", "streamer_gini"),
    ("metrics", "overcrowded_share"),
)

Result = Mapping[str, Any]


def allocation_tables(allocation: pa.Table, answer: Mapping[str, Any]) -> dict[str, pa.Table]:
    """Return an allocation's sheets: who goes where, what it is worth, prices and notes."""
    prices = [
        (limit, streamer, price)
        for limit, each in answer["shadow_prices"].items()
        for streamer, price in each.items()
    ]
    return {
        "allocation": allocation,
        "summary": _named_values(
            {part: answer[part] for part in ("objective", "certificate", "metrics")}
        ),
        "shadow prices": _table(("limit", "streamer", "price"), prices),
        "notes": pa.table({"note": pa.array(answer["notes"], pa.string())}),
    }


def curve_tables(answer: Mapping[str, Any]) -> dict[str, pa.Table]:
    """Return a curve's sheets: by k, what a slot gains at each streamer, and notes."""
    by_k = pa.table({name: answer[name] for name in ("k", "objective", "marginal")})
    gains = [*answer["slot_gain"].items()]
    return {
        "curve": by_k,
        "slot gain": _table(("streamer", "gain"), gains),
        "notes": pa.table({"note": pa.array(answer["notes"], pa.string())}),
    }


def sweep_tables(answer: Mapping[str, Any]) -> dict[str, pa.Table]:
    """Return a sweep's sheets: its configurations, its findings and, if it has them, its rows."""
    search = answer.get("search")
    rows = [_configuration(each) | _found(each, search) for each in answer["results"]]
    findings = [*(search["findings"] if search else []), *answer["findings"]]
    tables = {
        "configurations": pa.Table.from_pylist(rows),
        "findings": pa.table({"finding": pa.array(findings, pa.string())}),
    }
    if runs := answer.get("runs"):
        tables["runs"] = pa.Table.from_pylist([_flat(run) for run in runs])
    return tables


def _configuration(result: Result) -> dict[str, Any]:
    """Return a row of a sweep's table; the page's CSV has the same."""
    row: dict[str, Any] = {name: result.get(name) for name in SETTINGS}
    for part, metric in FIGURES:
        figure = result[part][metric]
        row |= {metric: figure["mean"]}
        row |= {f"{metric}_low": figure["ci95"][0], f"{metric}_high": figure["ci95"][1]}
        if part == "delta":
            row[f"{metric}_p_holm"] = figure["p_holm"]
    binding = None if result["k"] is None else result["binding"]["rounds_share"]
    return row | {
        "revenue": result["metrics"]["revenue"]["mean"],
        "binding_rounds_share": binding,
        "gate_5c": result["gate_5c"],
        "verdict": verdict_of(result),
    }


def _found(result: Result, search: Mapping[str, Any] | None) -> dict[str, bool]:
    """Return what a search found of a configuration."""
    if search is None:
        return {}
    here = [result.get(name) for name in SETTINGS]

    def among(entries: Sequence[Result]) -> bool:
        return any([each[name] for name in SETTINGS] == here for each in entries)

    miss = search["nearest_miss"]
    return {
        "passing": among(search["passing"]),
        "on_pareto_front": among(search["pareto"]),
        "nearest_miss": miss is not None and among([miss]),
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
    return pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})
