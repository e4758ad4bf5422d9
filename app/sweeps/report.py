"""The report of a sweep: one HTML page that needs nothing beside it."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from simulator.charts import configuration_names, figures, render_svg
from simulator.charts.style import plain, signed
from simulator.inference.criteria import LEAST_REVENUE_PCT, MOST_OVERLOAD, VERDICTS
from simulator.report.verdict import (
    NO_EFFECT,
    WORDS,
    gini_fall_stands,
    sweep_verdict,
    takes_effect,
    verdict_of,
)

from .config_file import as_yaml

_PARTS = ("whale-matching", "numpy", "numba", "ortools", "altair", "vl-convert-python")
"""Distributions whose versions a figure may hang on."""

_CRITERIA = (
    ("H5C-1", "metrics", "overcrowded_share", "overcrowded share", 100.0, " %",
     f"below {100 * MOST_OVERLOAD:g} %"),
    ("H5C-2", "delta", "streamer_gini", "change of streamer Gini", 1.0, "", "below 0"),
    ("H5C-3", "delta", "revenue_pct", "ΔRevenue", 1.0, " %", f"above {LEAST_REVENUE_PCT:g} %"),
)  # fmt: skip

_PAGE = Environment(
    loader=PackageLoader("app"), autoescape=True, undefined=StrictUndefined
).get_template("report.html")


def report(result: Mapping[str, Any]) -> str:
    """Return the report of a sweep's result: verdict, findings, figures, table, how to rerun.

    Parameters
    ----------
    result : mapping
        As `Sweep.as_mapping` or `study_matrix` returns it. What a result may lack (the gate by
        intervals, corrected p-values, an id) is left out.

    Returns
    -------
    str
        A self-contained HTML document; every text in it is escaped.
    """
    config = result["config"]
    names = configuration_names(result)
    rows = [_row(each, name) for each, name in zip(result["results"], names, strict=True)]
    best = next(i for i, each in enumerate(result["results"]) if each == result["best"])
    first, simulations = config["seed"], config["simulations"]
    return _PAGE.render(
        verdict=_verdict(result, rows),
        best=rows[best],
        rows=rows,
        corrected=any(criterion["p"] for row in rows for criterion in row["criteria"]),
        findings=result["findings"],
        figures=[_inline(render_svg(figure), name) for name, figure in figures(result).items()],
        simulations=f"{simulations:,} simulation{'s' if simulations > 1 else ''}",
        seeds=f"{first} to {first + simulations - 1}" if simulations > 1 else f"{first}",
        command=_own_command(config) if "gift_probability" in config else None,
        config=as_yaml(config),
        id=result.get("id"),
        versions={"Python": platform.python_version(), **{part: version(part) for part in _PARTS}},
    )


def _own_command(config: Mapping[str, Any]) -> str:
    """Return what sweeps an own matrix as this result did."""
    options = {
        "ev": "ev.npy",
        "wealth": "wealth.npy",
        "k": ",".join(map(str, config["k_values"])),
        "whale-share": ",".join(map(str, config["whale_shares"])),
        "simulations": config["simulations"],
        "seed": config["seed"],
        "gift-probability": config["gift_probability"],
        "amount-sigma": config["amount_sigma"],
        "output": "result.json",
        "report": "report.html",
    }
    words = [f"--{name} {value}" for name, value in options.items()]
    return " ".join(["whale-matching sweep", *words])


def _verdict(result: Mapping[str, Any], rows: list[dict[str, Any]]) -> dict[str, str]:
    """Return the sweep's verdict: by intervals where there are any, else by the plain rule."""
    plain, word = str(result["gate_5c"]), sweep_verdict(result["results"])
    counts = {each: sum(row["verdict"] == each for row in rows) for each in VERDICTS}
    if word == NO_EFFECT:
        sentence = (
            "It binds in no round: it keeps no whale from its first choice, and whatever differs "
            "from the baseline is not its doing."
        )
    elif len(rows) == 1:
        sentence = "The only configuration "
        sentence += {
            "pass": "meets all three criteria.",
            "fail": "misses at least one criterion.",
        }.get(word, "could be on either side of at least one threshold.")
    else:
        met = f"{counts['pass'] or 'None'} of the {len(rows):,} configurations "
        met += "meet" if counts["pass"] > 1 else "meets"
        sentence = f"{met} all three criteria"
        if counts["inconclusive"]:
            sentence += f"; for {counts['inconclusive']:,}, the simulations do not decide"
        if counts[NO_EFFECT]:
            sentence += f"; in {counts[NO_EFFECT]:,}, the cap never takes effect"
        sentence += "."
    passing = [each for each in result["results"] if verdict_of(each) == "pass"]
    if passing and not any(map(gini_fall_stands, passing)):
        sentence += " No fall of the Gini stands after Holm's correction."
    return {"kind": word, "word": WORDS[word], "plain": plain, "sentence": sentence}


def _row(result: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a configuration as the page shows it."""
    gate = result.get("gate") or {}
    return {
        "name": name,
        "criteria": [_criterion(result, gate, *criterion) for criterion in _CRITERIA],
        "binding": _binds(result),
        "verdict": verdict_of(result),
        "word": _short(verdict_of(result)),
    }


def _short(verdict: str) -> str:
    return "no effect" if verdict == NO_EFFECT else verdict


def _binds(result: Mapping[str, Any]) -> str:
    """Return in how many rounds k binds; of a matrix, which is allocated once, at how many."""
    binding = result.get("binding")
    if not binding or result.get("k") is None:
        return "–"
    if "streamers_over_cap" in binding:
        return f"at {binding['streamers_over_cap']:,} streamers"
    return f"{100 * binding['rounds_share']:.3g} % of rounds"


def _criterion(
    result: Mapping[str, Any],
    gate: Mapping[str, Any],
    criterion: str,
    part: str,
    metric: str,
    what: str,
    factor: float,
    unit: str,
    threshold: str,
) -> dict[str, Any]:
    """Return one criterion of a configuration, in words and numbers."""
    figures = result[part][metric]
    decided = (gate.get("criteria") or {}).get(criterion) or {}
    plain = "pass" if result["hypotheses"][criterion] else "fail"
    verdict = decided.get("verdict") or plain if takes_effect(result) else NO_EFFECT
    low, high = decided.get("ci95") or figures["ci95"]
    change = part == "delta"
    ends = [_number(end, factor, change) for end in (low, high) if end is not None]
    short = f"{ends[0]} to {ends[1]}" if len(ends) == 2 else "no interval"
    p = figures.get("p_holm")
    return {
        "id": criterion,
        "what": what,
        "threshold": threshold.replace("-", "−"),
        "verdict": verdict,
        "word": _short(verdict),
        "estimate": "none" if figures["mean"] is None
        else _number(figures["mean"], factor, change) + unit,
        "interval": f"95 % interval {short}{unit}." if len(ends) == 2 else "No interval.",
        "interval_short": short,
        "p": None if p is None else f"{p:.2g}",
    }  # fmt: skip


def _number(value: float, factor: float, change: bool) -> str:
    """Return a figure in its unit, with a real minus."""
    return (signed if change else plain)(factor * value)


def _inline(svg: str, name: str) -> str:
    """Return a rendered figure as part of a page, where ids have to differ between figures."""
    return re.sub(r'(\bid="|url\(#)', rf"\g<1>{name}-", svg)
