"""Names of a sweep's configurations: the settings that set them apart, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from simulator.study.config import Configuration

Result = Mapping[str, Any]

CONFIGURATION = tuple(each.name for each in fields(Configuration))
"""What sets a result apart from the others of its sweep."""


def varying(results: Sequence[Result]) -> list[str]:
    """Return the settings that the results differ in, among those that they have.

    An algorithm that every tiered policy uses sets nothing apart that its policy does not.
    """
    values = {name: {result.get(name) for result in results} for name in CONFIGURATION}
    if len(values["policy"]) > 1 and len(values["algorithm"] - {None}) == 1:
        del values["algorithm"]
    return [name for name, different in values.items() if len(different) > 1]


def namer(results: Sequence[Result]) -> Callable[[Result], str]:
    """Return what names a result by the settings that vary in its sweep, and by k."""
    apart = varying(results)
    settings = [name for name in CONFIGURATION if name == "k" or name in apart]

    def name(result: Result) -> str:
        given = ((each, result[each]) for each in settings if result.get(each) is not None)
        said = ", ".join(setting_in_words(each, value) for each, value in given)
        return said or str(result["policy"])

    return name


def setting_in_words(name: str, value: Any) -> str:
    """Return for example ``top 5 %`` or ``k = 2``."""
    if name == "whale_share":
        return f"top {100 * value:g} %"
    if name == "capacity_scale":
        return f"capacity × {value:g}"
    if name in ("algorithm", "policy"):
        return str(value)
    return f"{name.replace('_', ' ')} = {value:,.10g}"


def listed(words: Sequence[str]) -> str:
    """Return for example ``1, 2 and 5``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
