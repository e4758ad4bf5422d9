"""The studies in ``configs/``, run again: what each answers, with its effects apart.

Run with ``make studies``, which writes ``docs/study-results.md`` and ``docs/study-results.zh.md``;
or ``python -m benchmarks.studies NAME…`` for some of them, which writes nothing. Figures depend on
the configurations alone, not on the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import yaml

from messages import LANGUAGES, Message, render
from messages.formatting import write_plain
from messages.message import Parameter
from simulator import SweepConfig, run_sweep
from simulator.report.answer import group_by_setting, name_group_setting, pick_foremost
from simulator.report.naming import name_setting, namer
from simulator.study.result import Effect, StudyResult

ROOT = Path(__file__).parents[1]
CONFIGS = ROOT / "configs"
LEFT_OUT = {"smoke", "kuailive-like", "luck"}
"""A test of the installation, a world for others to vary, and a study of rounds, not of rules."""

METRICS = ("expected_revenue_pct", "expected_streamer_gini", "streamer_gini")


def main(names: Sequence[str]) -> None:
    chosen = names or sorted(path.stem for path in CONFIGS.glob("*.yaml"))
    with ProcessPoolExecutor() as executor:
        studies = {}
        for name in chosen:
            if name not in LEFT_OUT:
                config = SweepConfig.from_mapping(_read(name))
                studies[name] = run_sweep(config, executor).summary()
                print(f"{name}: {studies[name].answer}", flush=True)
    if not names:
        for language in LANGUAGES:
            suffix = "" if language == "en" else f".{language}"
            text = "\n".join(write_page(studies, language)) + "\n"
            (ROOT / "docs" / f"study-results{suffix}.md").write_text(text)


def _read(name: str) -> dict[str, object]:
    return yaml.safe_load((CONFIGS / f"{name}.yaml").read_text()) or {}


def write_page(studies: dict[str, StudyResult], language: str) -> Iterator[str]:
    """Yield the lines of the page: for each study its answer, and a table of effects."""

    def write(code: str, **parameters: Parameter) -> str:
        return render(Message(code, **parameters), language)

    yield f"# {write('studies_title')}"
    yield ""
    yield write("studies_preface")
    for name, study in studies.items():
        yield f"\n## `configs/{name}.yaml`\n"
        if study.answer is not None:
            yield write("studies_answer", simulations=study.simulations, answer=study.answer)
        yield ""
        yield "| | " + " | ".join(write(f"studies_{each}") for each in METRICS) + " |"
        yield "|---|" + "---|" * len(METRICS)
        yield from _rows(study, language)


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
                    setting = name_group_setting(group)
                    title = Message("studies_in_setting", setting=setting, title=title)
                cells = (_cell(changes[metric], language) for metric in METRICS)
                yield f"| {render(title, language)} | " + " | ".join(cells) + " |"


def _cell(effect: Effect, language: str) -> str:
    if effect.mean is None:
        return "–"
    if effect.is_zero:
        return "0"
    ends = {"en": "{} ({} to {})", "zh": "{}（{} 至 {}）"}[language]
    text = ends.format(*(write_plain(each, 2, "+") for each in (effect.mean, *effect.bounds)))
    return text if effect.p_corrected is None or effect.p_corrected <= 0.05 else f"{text} †"


if __name__ == "__main__":
    main(sys.argv[1:])
