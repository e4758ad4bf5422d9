"""The report of a study: one self-contained HTML page."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from messages import DEFAULT_LANGUAGE, Message, render
from simulator import MinimumEffect, StudyResult
from simulator.charts import configuration_names, figures, render_svg
from simulator.report.answer import find_foremost, find_verdicts
from simulator.report.verdict import conclude, verdict_message
from simulator.study.result_json import split_answer

from .config_file import as_yaml
from .report_tables import ReportTables

_PARTS = ("whale-matching", "numpy", "numba", "ortools", "altair", "vl-convert-python")
"""Distributions whose versions a figure may depend on."""

_PAGE = Environment(
    loader=PackageLoader("app"), autoescape=True, undefined=StrictUndefined
).get_template("report.html")


def report(study: StudyResult, id_: str | None = None, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the report of a study: answer, effects, findings, figures, table, how to rerun.

    Parameters
    ----------
    study : StudyResult
        Parts that it lacks (an answer, effects, corrected p-values) are left out. A result of an
        early version, which has no answer, is headed by its verdict on the published criteria.
    id_ : str, optional
        Of the stored result.
    language : str

    Returns
    -------
    str
        A self-contained HTML document; every text in it is escaped.
    """
    tables = ReportTables(language)
    names = [render(each, language) for each in configuration_names(study)]
    verdict = _find_verdict(study)
    foremost = find_foremost(study)
    conclusions = conclude(study)
    sentences = [each for each in conclusions if "conclusion" not in each.parameters]
    parts = [each.parameters.get("conclusion") for each in conclusions]
    published = [each for each in parts if isinstance(each, Message)]
    answers = [] if study.answer is None else split_answer(study.answer)
    first, n = study.seed, study.simulations
    return _PAGE.render(
        language=language,
        t=tables.say,
        look=tables.look(verdict),
        word=render(verdict_message(verdict), language),
        answers=[render(each, language) for each in answers],
        sentences=[render(each, language) for each in sentences],
        published=[render(each, language) for each in published],
        published_word=None if study.gate.verdict == "no-effect" else study.published_rule,
        chain=None if foremost is None else tables.chain(foremost),
        chain_name="" if foremost is None else names[study.results.index(foremost)],
        best=tables.criteria(study.best) if foremost is None else [],
        best_name=names[study.results.index(study.best)],
        table=tables.configurations(study, names),
        findings=[render(each, language) for each in study.findings],
        figures=[
            _inline(render_svg(each), name) for name, each in figures(study, language).items()
        ],
        simulations=n,
        seeds=f"{first}" if n == 1 else tables.say("range", low=first, high=first + n - 1),
        command=_matrix_command(study) if study.of_matrix else None,
        config=as_yaml(study.config),
        id=id_,
        versions={"Python": platform.python_version(), **{part: version(part) for part in _PARTS}},
    )


def _find_verdict(study: StudyResult) -> str:
    """Return the verdict of the answer; of a study without effects, that on the criteria."""
    verdicts = find_verdicts(study)
    if not verdicts:
        return study.gate.verdict
    return verdicts[0] if len(set(verdicts)) == 1 else "depends"


def _matrix_command(study: StudyResult) -> str:
    """Return the command that runs the study on a matrix again."""
    config = study.config
    options = {
        "ev": "ev.npy",
        "wealth": "wealth.npy",
        "k": ",".join(map(str, config["k_values"])),
        "whale-share": ",".join(map(str, config["whale_shares"])),
        "simulations": study.simulations,
        "seed": study.seed,
        "gift-probability": config["gift_probability"],
        "amount-sigma": config["amount_sigma"],
        **_minimum_options(config),
        "output": "result.json",
        "report": "report.html",
    }
    words = [f"--{name} {value}" for name, value in options.items()]
    return " ".join(["whale-matching sweep", *words])


def _minimum_options(config: Mapping[str, Any]) -> dict[str, float]:
    """Return the options of the smallest effects that matter, where they are not the default."""
    minimum = MinimumEffect(**config.get("minimum_effect", {}))
    if minimum == MinimumEffect():
        return {}
    return {"minimum-revenue-pct": minimum.revenue_pct, "minimum-gini": minimum.streamer_gini}


def _inline(svg: str, name: str) -> str:
    """Return a rendered figure as part of a page, where ids have to differ between figures."""
    return re.sub(r'(\bid="|url\(#)', rf"\g<1>{name}-", svg)
