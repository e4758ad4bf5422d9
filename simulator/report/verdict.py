"""What a gate's verdict is worth: whether the cap takes effect, and what corrected tests leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.inference.criteria import VERDICTS, VerdictWord
from simulator.inference.power import ALPHA

Result = Mapping[str, Any]

NO_EFFECT: VerdictWord = "no-effect"

WORDS: Mapping[VerdictWord, str] = {
    "pass": "pass",
    "inconclusive": "inconclusive",
    "fail": "fail",
    "no-effect": "this cap never takes effect",
}
"""Verdicts as a headline has them."""


def takes_effect(result: Result) -> bool:
    """Return whether a result has no whale cap, or one that binds in any round.

    A cap that never binds keeps no whale from its first choice: whatever the figures are, they are
    not its doing.
    """
    binding = result.get("binding")
    return result.get("k") is None or not binding or binding["binding_rounds"] > 0


def with_effect(result: Result) -> dict[str, Any]:
    """Return a result whose gate says no-effect where its cap never takes effect."""
    if takes_effect(result):
        return dict(result)
    return {**result, "gate": {**result["gate"], "verdict": NO_EFFECT}}


def verdict_of(result: Result) -> VerdictWord:
    """Return a result's verdict: by intervals where it has any, else by the plain rule."""
    if not takes_effect(result):
        return NO_EFFECT
    gate = result.get("gate") or {}
    word: VerdictWord = gate.get("verdict") or result["gate_5c"].lower()
    return word


def sweep_verdict(results: Sequence[Result]) -> VerdictWord:
    """Return the verdict on a sweep: that of the configurations that do best."""
    words = {verdict_of(result) for result in results}
    return next(word for word in VERDICTS if word in words)


def merit(result: Result) -> tuple[bool, int, float]:
    """Order results: caps that take effect first, then by hypotheses met, then by revenue."""
    revenue: float = result["metrics"]["revenue"]["mean"]
    return takes_effect(result), sum(result["hypotheses"].values()), revenue


def gini_fall_stands(result: Result) -> bool:
    """Return whether the change of the Gini stands after Holm's correction."""
    p_holm: float | None = result["delta"]["streamer_gini"].get("p_holm")
    return p_holm is not None and p_holm <= ALPHA


def headline(results: Sequence[Result]) -> str:
    """Return the verdict on a sweep in a sentence: by intervals, and what it is worth."""
    words = [verdict_of(result) for result in results]
    verdict = sweep_verdict(results)
    if verdict == NO_EFFECT:
        where = f" in any of {len(results):,} configurations" if len(results) > 1 else ""
        return f"Gate-5C: {WORDS[verdict]}{where}."
    said = f"Gate-5C by the 95 % intervals: {WORDS[verdict]}"
    if len(results) > 1:
        said += f", in {words.count(verdict):,} of {len(results):,} configurations"
    if idle := words.count(NO_EFFECT):
        said += f"; in {idle:,}, the cap never takes effect"
    passing = [each for each, word in zip(results, words, strict=True) if word == "pass"]
    if passing and not any(map(gini_fall_stands, passing)):
        said += "; no fall of the Gini stands after Holm's correction"
    return f"{said}."
