"""The studies in ``configs/``, run again: what each answers, with its effects apart.

Run with ``make studies``, which writes ``docs/study-results.md`` and ``docs/study-results.zh.md``;
or ``python -m benchmarks.studies NAME…``, which writes the sections of some of them anew. Figures
depend on the configurations alone, not on the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import yaml

from messages import LANGUAGES, Message, render
from messages.formatting import write_plain
from messages.message import Parameter
from simulator import SweepConfig, run_sweep
from simulator.report.answer import group_by_setting, pick_foremost
from simulator.report.naming import name_setting, name_shared_setting, name_weights, namer
from simulator.study.result import (
    Concentration,
    ConfigurationResult,
    Effect,
    Estimate,
    StudyResult,
)
from simulator.study.result_json import split_answer

ROOT = Path(__file__).parents[1]
CONFIGS = ROOT / "configs"
LEFT_OUT = {"smoke", "kuailive-like"}
"""A test of the installation, and a world for others to vary."""

METRICS = ("expected_revenue_pct", "expected_streamer_gini", "streamer_gini")

FRONTIER_COLUMNS = ("capacity", "weights", "revenue", "change", "gini", "total")
"""Of the table of the price of equality."""

LUCK_COLUMNS = (
    "rounds",
    "realised",
    "chance",
    "expected",
    "realised_effect",
    "expected_effect",
    "simulations_needed",
)
"""Of the table of luck."""

HEADING = "## `configs/"


def main(names: Sequence[str]) -> None:
    chosen = names or sorted(path.stem for path in CONFIGS.glob("*.yaml"))
    with ProcessPoolExecutor() as executor:
        studies = {}
        for name in chosen:
            if name not in LEFT_OUT:
                config = SweepConfig.from_mapping(_read(name))
                studies[name] = run_sweep(config, executor).summary()
                print(f"{name}: {studies[name].answer}", flush=True)
    for language in LANGUAGES:
        page = ROOT / "docs" / f"study-results{'' if language == 'en' else f'.{language}'}.md"
        sections = read_sections(page.read_text()) if names else {}
        for name, study in studies.items():
            sections[name] = "\n".join(write_section(name, study, language))
        head = "\n".join(write_head(language))
        page.write_text("\n\n".join([head, *(sections[name] for name in sorted(sections))]) + "\n")


def read_sections(page: str) -> dict[str, str]:
    """Return the sections of a page by the name of the study, as `write_section` writes them."""
    _, *sections = page.split("\n" + HEADING)
    return {each.partition(".yaml")[0]: (HEADING + each).rstrip("\n") for each in sections}


def _read(name: str) -> dict[str, object]:
    return yaml.safe_load((CONFIGS / f"{name}.yaml").read_text()) or {}


def write_head(language: str) -> Iterator[str]:
    """Yield the lines above all studies."""
    yield f"# {render(Message('studies_title'), language)}"
    yield ""
    yield render(Message("studies_preface"), language)


def write_section(name: str, study: StudyResult, language: str) -> Iterator[str]:
    """Yield the lines on a study: its answer, a table of effects, and those of what it is about.

    It is about luck where its configuration names checkpoints, and about the price of equality
    where it has several weights of it.
    """

    def write(code: str, **parameters: Parameter) -> str:
        return render(Message(code, **parameters), language)

    yield f"{HEADING}{name}.yaml`"
    yield ""
    answers = [] if study.answer is None else split_answer(study.answer)
    for answer in answers:
        text = write("studies_answer", simulations=study.simulations, answer=answer)
        yield text if len(answers) == 1 else f"- {text}"
    yield ""
    yield _row(["", *(write(f"studies_{each}") for each in METRICS)])
    yield "|---|" + "---|" * len(METRICS)
    yield from _rows(study, language)
    weighted = [each for each in study.results if "fairness" in each.effects]
    if len({(each.configuration.alpha, each.configuration.theta) for each in weighted}) > 1:
        yield ""
        yield write("studies_frontier")
        yield ""
        yield _row([write(f"studies_frontier_{each}") for each in FRONTIER_COLUMNS])
        yield "|" + "---|" * len(FRONTIER_COLUMNS)
        yield from (_frontier_row(each, language) for each in weighted)
    if study.luck is not None and study.config.get("checkpoints") is not None:
        (result,) = (
            each for each in study.results if each.configuration == study.luck.configuration
        )
        yield ""
        yield write("studies_luck", who=namer(study.results)(result))
        yield ""
        yield _row([write(f"studies_luck_{each}") for each in LUCK_COLUMNS])
        yield "|" + "---|" * len(LUCK_COLUMNS)
        yield from (_luck_row(each, language) for each in study.luck.checkpoints)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _frontier_row(result: ConfigurationResult, language: str) -> str:
    """Return a row of `FRONTIER_COLUMNS`."""
    point, effects = result.configuration, result.effects
    revenue, gini = METRICS[:2]
    return _row(
        [
            f"{point.capacity_scale:g}",
            render(name_weights(point), language),
            _cell(effects["fairness"][revenue], language, digits=3),
            _cell(effects["fairness"][gini], language, digits=3),
            _estimate(result.metrics[gini], language, digits=3, sign="-"),
            _cell(effects["total"][revenue], language, digits=3),
        ]
    )


def _luck_row(checkpoint: Concentration, language: str) -> str:
    levels = checkpoint.realised, checkpoint.chance, checkpoint.expected
    changes = checkpoint.realised_effect, checkpoint.expected_effect
    needed = checkpoint.simulations_needed
    return _row(
        [
            f"{checkpoint.rounds:,}",
            *(_estimate(each, language, digits=3, sign="-") for each in levels),
            *(_estimate(each, language) for each in changes),
            "–" if needed is None else f"{needed:,}",
        ]
    )


def _rows(study: StudyResult, language: str) -> Iterator[str]:
    """Yield a row for each change of rule: of the foremost cap of each setting and policy."""
    settings = group_by_setting(study.results)
    for group in settings:
        policies = [*dict.fromkeys(each.configuration.policy for each in group)]
        for policy in policies:
            alike = [each for each in group if each.configuration.policy == policy]
            result = pick_foremost(alike)
            for effect, changes in result.effects.items():
                if (effect, policy) == ("total", "capacity-greedy"):
                    continue  # its only step
                title = Message(f"studies_{effect}", who=namer(alike)(result))
                if len(policies) > 1:
                    name = name_setting("policy", policy)
                    title = Message("studies_in_setting", setting=name, title=title)
                if len(settings) > 1:
                    setting = name_shared_setting(group, study.results)
                    title = Message("studies_in_setting", setting=setting, title=title)
                cells = (_cell(changes[metric], language) for metric in METRICS)
                yield _row([render(title, language), *cells])


def _cell(effect: Effect, language: str, digits: int = 2) -> str:
    if effect.mean is None:
        return "–"
    if effect.is_zero:
        return "0"
    text = _estimate(effect, language, digits)
    return text if effect.p_corrected is None or effect.p_corrected <= 0.05 else f"{text} †"


def _estimate(estimate: Estimate, language: str, digits: int = 2, sign: str = "+") -> str:
    """Return a mean and its interval; by default of a change, which has a sign."""
    ends = {"en": "{} ({} to {})", "zh": "{}（{} 至 {}）"}[language]
    figures = estimate.value, *estimate.bounds
    return ends.format(*(write_plain(each, digits, sign) for each in figures))


if __name__ == "__main__":
    main(sys.argv[1:])
