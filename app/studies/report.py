"""The report of a study: one self-contained HTML page."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from messages import DEFAULT_LANGUAGE, Message, render
from simulator import CRITERIA, ConfigurationResult, Criterion, StudyResult
from simulator.charts import configuration_names, figures, render_svg
from simulator.charts.style import plain, signed
from simulator.report.verdict import conclude, verdict_message
from simulator.study.result import Difference, GateVerdict

from .config_file import as_yaml

_PARTS = ("whale-matching", "numpy", "numba", "ortools", "altair", "vl-convert-python")
"""Distributions whose versions a figure may depend on."""

_PAGE = Environment(
    loader=PackageLoader("app"), autoescape=True, undefined=StrictUndefined
).get_template("report.html")


@dataclass(frozen=True)
class _Cell:
    """A criterion of a configuration, as the page shows it."""

    title: str
    metric: str
    threshold: str
    verdict: GateVerdict
    word: str
    estimate: str
    interval: str
    interval_short: str
    p: str | None


@dataclass(frozen=True)
class _Row:
    """A configuration, as the page shows it."""

    name: str
    criteria: list[_Cell]
    binding: str
    verdict: GateVerdict
    word: str


def report(study: StudyResult, id_: str | None = None, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the report of a study: verdict, findings, figures, table, how to rerun.

    Parameters
    ----------
    study : StudyResult
        Parts that it lacks (verdicts by intervals, corrected p-values) are left out.
    id_ : str, optional
        Of the stored result.
    language : str

    Returns
    -------
    str
        A self-contained HTML document; every text in it is escaped.
    """
    writer = _Writer(study, language)
    names = [render(each, language) for each in configuration_names(study)]
    rows = [writer.row(each, name) for each, name in zip(study.results, names, strict=True)]
    first, n = study.seed, study.simulations
    return _PAGE.render(
        language=language,
        t=writer.say,
        verdict=study.gate.verdict,
        word=render(verdict_message(study.gate.verdict), language),
        plain_word=study.published_rule,
        sentences=[render(each, language) for each in conclude(study)],
        best=rows[study.results.index(study.best)],
        rows=rows,
        corrected=any(cell.p for row in rows for cell in row.criteria),
        findings=[render(each, language) for each in study.findings],
        figures=[
            _inline(render_svg(each), name) for name, each in figures(study, language).items()
        ],
        simulations=n,
        seeds=f"{first}" if n == 1 else writer.say("range", low=first, high=first + n - 1),
        command=_matrix_command(study) if study.of_matrix else None,
        config=as_yaml(study.config),
        id=id_,
        versions={"Python": platform.python_version(), **{part: version(part) for part in _PARTS}},
    )


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
        "output": "result.json",
        "report": "report.html",
    }
    words = [f"--{name} {value}" for name, value in options.items()]
    return " ".join(["whale-matching sweep", *words])


@dataclass(frozen=True)
class _Writer:
    """Writes the parts of a study's report in a language."""

    study: StudyResult
    language: str

    def say(self, code: str, **parameters: Any) -> str:
        """Return a text of the report."""
        return render(Message(f"report_{code}", **parameters), self.language)

    def row(self, result: ConfigurationResult, name: str) -> _Row:
        """Return a configuration as the page shows it."""
        cells = [self._cell(result, each) for each in CRITERIA]
        return _Row(name, cells, self._binding(result), result.gate, self._word(result.gate))

    def _word(self, verdict: GateVerdict) -> str:
        if verdict == "no-effect":
            return self.say("no_effect_short")
        return render(verdict_message(verdict), self.language)

    def _binding(self, result: ConfigurationResult) -> str:
        """Return in how many rounds k binds; of a matrix, which is allocated once, where."""
        binding = result.binding
        if binding is None or result.k is None:
            return "–"
        if binding.streamers_over_cap is not None:
            return self.say("binds_at", streamers=binding.streamers_over_cap)
        return self.say("binds_in", percent=100 * binding.rounds_share)

    def _cell(self, result: ConfigurationResult, criterion: Criterion) -> _Cell:
        """Return one criterion of a configuration, in words and numbers."""
        figure = result.figure(criterion)
        decided = result.by_intervals and result.by_intervals.criteria.get(criterion.code)
        met = "pass" if result.criteria_met[criterion.code] else "fail"
        verdict: GateVerdict = "no-effect"
        if result.takes_effect:
            verdict = decided.verdict if decided else met  # type: ignore[assignment]
        write = signed if criterion.part == "delta" else plain
        unit = criterion.sign
        short = self.say("no_interval_short")
        interval = self.say("no_interval")
        if figure.ci95 is not None:
            low, high = (write(criterion.factor * end) for end in figure.ci95)
            short = self.say("range", low=low, high=high)
            interval = self.say("interval", low=low, high=high, unit=unit)
        p_holm = figure.p_holm if isinstance(figure, Difference) else None
        estimate = self.say("none")
        if figure.mean is not None:
            estimate = write(criterion.factor * figure.mean) + unit
        return _Cell(
            title=render(criterion.title, self.language),
            metric=self.say(f"metric_{criterion.metric}"),
            threshold=self.say(
                f"threshold_{criterion.direction}",
                value=plain(criterion.factor * criterion.threshold) + unit,
            ),
            verdict=verdict,
            word=self._word(verdict),
            estimate=estimate,
            interval=interval,
            interval_short=short,
            p=None if p_holm is None else f"{p_holm:.2g}",
        )


def _inline(svg: str, name: str) -> str:
    """Return a rendered figure as part of a page, where ids have to differ between figures."""
    return re.sub(r'(\bid="|url\(#)', rf"\g<1>{name}-", svg)
