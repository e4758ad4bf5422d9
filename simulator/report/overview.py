"""Findings of a large sweep: about a dozen sentences on all of it, where the table has each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from simulator.inference.criteria import LEAST_SIMULATIONS, judge

from .certainty import counts_of_tests, counts_of_verdicts, few_simulations, needed
from .naming import namer, setting_in_words, varying
from .verdict import takes_effect

Result = Mapping[str, Any]

MOST_FINDINGS = 15
"""More sentences than this nobody reads: beyond, a sweep has an overview instead."""

_MEASURED: dict[str, tuple[str, Callable[[float], str]]] = {
    "revenue_pct": ("ΔRevenue", lambda value: f"{value:+.3g} %"),
    "streamer_gini": ("the change of the streamer Gini", lambda value: f"{value:+.2g}"),
    "overcrowded_share": ("the overcrowded share", lambda value: f"{100 * value:.3g} %"),
}
"""What is looked at across configurations: its name, and a value of it in words."""


def overview(results: Sequence[Result], best: Result, simulations: int) -> list[str]:
    """Return what many configurations show together.

    How many pass, which is best, what each figure ranges over and which setting it hangs on most,
    where k binds, where the other definition of overload would give another verdict, and what
    tests and power leave of it.

    Parameters
    ----------
    results : sequence of mapping
        As `summarise` or `study_matrix` report them.
    best : mapping
        One of them.
    simulations : int

    Returns
    -------
    list of str
        At most 12 sentences, however many results there are.
    """
    name = namer(results)
    several = simulations > 1
    return [
        _by_means(results),
        *([counts_of_verdicts(results)] if several else []),
        _best(best, name),
        *_ranges(results, name),
        *_binding(results, name),
        *_other_overload(results),
        *(few_simulations(simulations) if several else []),
        *([counts_of_tests(results, simulations)] if simulations >= LEAST_SIMULATIONS else []),
        *needed(name(best), best, simulations),
    ]


def _by_means(results: Sequence[Result]) -> str:
    passing = sum(result["gate_5c"] == "PASS" and takes_effect(result) for result in results)
    failing = (
        f"{sum(not result['hypotheses'][each] for result in results):,} fail {each}"
        for each in results[0]["hypotheses"]
    )
    idle = sum(not takes_effect(result) for result in results)
    aside = f" In {idle:,}, the cap never takes effect, and none counts as a pass." if idle else ""
    return (
        f"By their means, {passing:,} of {len(results):,} configurations pass Gate-5C; "
        f"{', '.join(failing)}.{aside}"
    )


def _best(best: Result, name: Callable[[Result], str]) -> str:
    held = sum(best["hypotheses"].values())
    figures = []
    for metric, (words, say) in _MEASURED.items():
        figure = best["metrics" if metric == "overcrowded_share" else "delta"][metric]
        if figure["mean"] is not None:
            low, high = figure["ci95"]
            ends = f" ({say(low)} to {say(high)})" if low != high else ""
            figures.append(f"{words} {say(figure['mean'])}{ends}")
    return (
        f"The best, by hypotheses met and then by revenue, is {name(best)}: {held} of 3 hold; "
        f"{', '.join(figures)}."
    )


def _ranges(results: Sequence[Result], name: Callable[[Result], str]) -> Iterator[str]:
    """Say what each figure ranges over, and the setting that its mean hangs on most."""
    for metric, (words, say) in _MEASURED.items():
        part = "metrics" if metric == "overcrowded_share" else "delta"
        valued = [(result[part][metric]["mean"], result) for result in results]
        values = [(value, result) for value, result in valued if value is not None]
        if not values:
            continue
        ordered = sorted(values, key=lambda each: each[0])
        (low, at_low), (high, at_high) = ordered[0], ordered[-1]
        start = words[0].upper() + words[1:]
        beside = _under_greedy(results) if metric == "overcrowded_share" else ""
        if say(low) == say(high):
            digits = "" if low == high else ", to the digits shown"
            yield f"{start} is {say(low)} in every configuration{digits}{beside}."
            continue
        said = f"{start} ranges from {say(low)} ({name(at_low)}) to {say(high)} ({name(at_high)})"
        setting, levels = _most_telling(values)
        if setting is not None:
            ends = [
                f"{say(levels[end])} at {_level(setting, end)}"
                for end in (
                    min(levels, key=levels.__getitem__),
                    max(levels, key=levels.__getitem__),
                )
            ]
            said += f"; it varies most with {_SETTINGS[setting]}: on average {', '.join(ends)}"
        yield f"{said}{beside}."


def _under_greedy(results: Sequence[Result]) -> str:
    shares = [
        result["metrics"]["overcrowded_share"]["mean"]
        - result["delta"]["overcrowded_share"]["mean"]
        for result in results
    ]
    low, high = (f"{100 * abs(end):.3g} %" for end in (min(shares), max(shares)))
    return f"; under greedy it is {low if low == high else f'{low} to {high}'}"


_SETTINGS = {
    "k": "k",
    "whale_share": "the whale share",
    "capacity_scale": "capacities",
    "algorithm": "the algorithm",
    "policy": "the policy",
    "users_per_round": "the users in a round",
    "spend_cap": "the spend cap",
}


def _most_telling(
    values: Sequence[tuple[float, Result]],
) -> tuple[str | None, dict[Any, float]]:
    """Return the setting whose levels' means are farthest apart, and these means."""
    telling: tuple[str | None, dict[Any, float]] = (None, {})
    apart = 0.0
    for setting in varying([result for _, result in values]):
        by_level: dict[Any, list[float]] = {}
        for value, result in values:
            by_level.setdefault(result.get(setting), []).append(value)
        levels = {level: fmean(each) for level, each in by_level.items()}
        distance = max(levels.values()) - min(levels.values())
        if distance > apart:
            telling, apart = (setting, levels), distance
    return telling


def _level(setting: str, value: Any) -> str:
    return f"no {setting.replace('_', ' ')}" if value is None else setting_in_words(setting, value)


def _binding(results: Sequence[Result], name: Callable[[Result], str]) -> Iterator[str]:
    """Say how many configurations with a k it ever binds in, and where most."""
    capped = [result for result in results if result["k"] is not None]
    binds = [result for result in capped if result["binding"]["binding_rounds"]]
    if not capped:
        return
    wanted = max(result["binding"]["max_whales_wanted"] for result in capped)
    if not binds:
        yield (
            f"k never binds in any of {len(capped):,} configurations: no streamer was wanted by "
            f"more than {wanted:,} whale{'' if wanted == 1 else 's'}."
        )
        return
    most = max(binds, key=lambda result: result["binding"]["rounds_share"])
    bound, rounds = most["binding"]["binding_rounds"], most["binding"]["rounds"]
    where = f", most at {name(most)}: in {bound:,} of {rounds:,} rounds" if rounds > 1 else ""
    yield (
        f"k binds in {len(binds):,} of {len(capped):,} configurations{where}; up to {wanted:,} "
        "whales wanted one streamer."
    )


def _other_overload(results: Sequence[Result]) -> Iterator[str]:
    """Say how often `overload_rate` in the place of `overcrowded_share` would decide otherwise."""
    other = 0
    for result in results:
        delta = result["delta"]
        by_rate = judge(
            result["metrics"]["overload_rate"]["mean"],
            delta["streamer_gini"]["mean"],
            delta["revenue_pct"]["mean"],
        )
        other += by_rate.hypotheses["H5C-1"] != result["hypotheses"]["H5C-1"]
    if other:
        yield (
            "By overload_rate (of streamers) instead of overcrowded_share (of interactions), "
            f"H5C-1 would come out the other way in {other:,} of {len(results):,} configurations."
        )
