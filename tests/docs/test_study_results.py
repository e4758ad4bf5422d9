"""The figures of the documentation's studies come out again."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
import yaml

from benchmarks.studies import CONFIGS, LEFT_OUT, read_sections, write_head, write_section
from messages import LANGUAGES
from simulator import SweepConfig, run_sweep

DOCS = Path(__file__).parents[2] / "docs"


def page(language: str) -> str:
    suffix = "" if language == "en" else f".{language}"
    return (DOCS / f"study-results{suffix}.md").read_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_study_has_its_results(language: str) -> None:
    for path in CONFIGS.glob("*.yaml"):
        assert (f"## `configs/{path.name}`" in page(language)) == (path.stem not in LEFT_OUT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_its_head_and_its_sections(language: str) -> None:
    sections = read_sections(page(language))

    assert [*sections] == sorted(sections)
    assert "\n\n".join(["\n".join(write_head(language)), *sections.values()]) + "\n" == page(
        language
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fair", "published", "whale_matching"])
def test_the_results_of_a_study_come_out_again(name: str) -> None:
    config = SweepConfig.from_mapping(yaml.safe_load((CONFIGS / f"{name}.yaml").read_text()) or {})
    with ProcessPoolExecutor(2) as executor:
        study = run_sweep(config, executor).summary()

    for language in LANGUAGES:
        section = "\n".join(write_section(name, study, language))
        assert section.count("\n| ") > 4
        assert read_sections(page(language))[name] == section


def figures(text: str) -> set[str]:
    """Numbers of a table of results, without signs: minus signs differ."""
    return {word.strip("(),%").lstrip("+-−") for word in text.replace("（", " ").split()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_on_the_study_has_the_figures_of_the_results(language: str) -> None:
    suffix = "" if language == "en" else f".{language}"
    text = (DOCS / f"what-the-study-shows{suffix}.md").read_text()
    table = [line for line in text.splitlines() if line.startswith("| ") and "%" in line]
    results = figures(page(language).replace("至", " ").replace("）", " "))

    assert len(table) == 3
    for line in table:
        cells = line.replace("至", " ").replace("）", " ").split("|")[2:]
        for figure in figures(" ".join(cells)) - {"", "to"}:
            assert figure in results, (figure, line)
