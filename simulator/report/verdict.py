"""The verdict on a study: whether its caps take effect, and whether corrected tests support it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from messages import Message
from simulator.inference.criteria import CONCENTRATION
from simulator.inference.power import ALPHA
from simulator.study.result import ConfigurationResult, StudyResult

from .answer import answer, describe_effects
from .luck import describe_luck
from .naming import join_sentences


def verdict_message(verdict: str) -> Message:
    """Return a verdict for readers."""
    return Message(f"verdict_is_{verdict.replace('-', '_')}")


def gini_fall_stands(result: ConfigurationResult) -> bool:
    """Return whether the change of the Gini stands after Holm's correction."""
    p_holm = result.delta[CONCENTRATION.metric].p_holm
    return p_holm is not None and p_holm <= ALPHA


def falls_are_doubtful(results: Sequence[ConfigurationResult]) -> bool:
    """Return whether some results pass and no fall of their Gini stands after correction."""
    passing = [each for each in results if each.gate == "pass"]
    return bool(passing) and not any(map(gini_fall_stands, passing))


def with_answer(study: StudyResult, findings: Sequence[Message]) -> StudyResult:
    """Return a study with its findings and those about luck, its answer and its conclusions."""
    findings = (*findings, *describe_luck(study))
    answered = replace(study, findings=findings, answer=answer(study))
    return replace(answered, conclusions=conclude(answered))


def conclude(study: StudyResult) -> tuple[Message, ...]:
    """Return a study in a few sentences: its effects apart, luck, then the published criteria."""
    published = _conclude_by_criteria(study)
    if study.answer is None:  # an early version
        return published
    criteria = Message("published_conclusion", conclusion=join_sentences(published))
    return (*describe_effects(study), *describe_luck(study), criteria)


def _conclude_by_criteria(study: StudyResult) -> tuple[Message, ...]:
    """Return how many configurations meet the published criteria.

    By intervals where the study has any, else by the means.
    """
    counts, total = study.gate.counts, len(study.results)
    if study.gate.verdict == "no-effect":
        return (Message("study_without_effect"),)
    conclusions = [
        Message(f"study_of_one_{study.gate.verdict}")
        if total == 1
        else Message(
            "study_of_several",
            passing=counts["pass"],
            configurations=total,
            inconclusive=counts["inconclusive"],
            idle=counts["no-effect"],
        )
    ]
    if falls_are_doubtful(study.results):
        conclusions.append(Message("study_doubtful"))
    return tuple(conclusions)


def headline(study: StudyResult) -> Message:
    """Return the answer of a study in one sentence; of early versions, the verdict by intervals."""
    if study.answer is not None:
        return study.answer
    verdict = study.gate
    total, idle = len(study.results), verdict.counts["no-effect"]
    if verdict.verdict == "no-effect":
        return Message("headline_no_effect", configurations=total)
    return Message(
        "headline",
        verdict=verdict_message(verdict.verdict),
        count=verdict.counts[verdict.verdict],
        configurations=total,
        idle=idle,
        doubtful=falls_are_doubtful(study.results),
    )
