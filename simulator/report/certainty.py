"""Findings on certainty: what intervals, tests and power leave open, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import NormalDist
from typing import Any

from simulator.inference.criteria import CRITERIA, LEAST_SIMULATIONS
from simulator.inference.power import ALPHA, POWER

from .naming import listed
from .verdict import NO_EFFECT, gini_fall_stands, takes_effect

Result = Mapping[str, Any]

STUDENT = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306}
"""t quantiles at 97.5 % for so few simulations that percentile intervals are far too narrow."""

TESTED = {
    "revenue_pct": "revenue",
    "streamer_gini": "the streamer Gini",
    "overcrowded_share": "the overcrowded share",
}
"""Differences that findings speak of, and their names in a sentence."""


def by_intervals(name: str, result: Result, simulations: int) -> str:
    """Say what the intervals make of Gate-5C, and which criteria keep it from passing.

    Parameters
    ----------
    name : str
        Which configurations have these figures.
    result : mapping
        As `summarise` writes it.
    simulations : int
    """
    gate = result["gate"]
    if not takes_effect(result):
        return f"{name}: this cap never takes effect, and Gate-5C says nothing about it."
    if simulations == 1:
        return f"Gate-5C is {gate['verdict']} for {name}: one simulation has no interval."
    if gate["verdict"] == "pass":
        return (
            f"By the 95 % intervals, Gate-5C passes for {name}: each is on the right side of its "
            "threshold."
        )
    verb = "fails" if gate["verdict"] == "fail" else "is inconclusive"
    reasons = [
        _reason(criterion, gate["criteria"][criterion])
        for criterion in (each.name for each in CRITERIA)
        if gate["criteria"][criterion]["verdict"] != "pass"
    ]
    return f"By the 95 % intervals, Gate-5C {verb} for {name}: {'; '.join(reasons)}."


def _reason(name: str, criterion: Mapping[str, Any]) -> str:
    """Return how the interval of a criterion lies to its threshold."""
    low, high = criterion["ci95"]
    threshold = criterion["threshold"]
    spans: dict[str, Callable[[], str]] = {
        "H5C-1": lambda: (
            f"an overcrowded share of {100 * low:.3g} to {100 * high:.3g} %, limit "
            f"{100 * threshold:g} %"
        ),
        "H5C-2": lambda: f"a Gini changed by {low:+.2g} to {high:+.2g}, limit {threshold:g}",
        "H5C-3": lambda: f"a ΔRevenue of {low:+.3g} to {high:+.3g} %, limit {threshold:g} %",
    }
    verb = "fails" if criterion["verdict"] == "fail" else "is open"
    few = criterion["reason"] == "too few simulations to tell it from chance"
    return f"{name} {verb}, with {spans[name]()}{', from too few simulations' if few else ''}"


def needed(name: str, result: Result, simulations: int) -> Iterator[str]:
    """Say how many simulations would show what was asked about, and what was observed.

    What does not vary from seed to seed is left out: no number of simulations says more of it.
    """
    power = result["power"]
    asked = []
    if (count := _simulations(power["revenue_pct"]["asked"])) is not None:
        difference = power["revenue_pct"]["asked"]["difference"]
        asked.append(f"{count:,} to see a ΔRevenue of {difference:g} %")
    if (count := _simulations(power["overcrowded_share"]["asked"])) is not None:
        limit = result["gate"]["criteria"]["H5C-1"]["threshold"]
        asked.append(f"{count:,} to tell the overcrowded share from {100 * limit:g} %")
    counts = {metric: _simulations(power[metric]["observed"]) for metric in TESTED}
    observed = [
        f"{count:,} for {TESTED[metric]}" for metric, count in counts.items() if count is not None
    ]
    if observed:
        asked.append(f"to see the changes observed, {listed(observed)}")
    if asked:
        yield (
            f"Simulations needed for {name}, two-sided at {100 * ALPHA:g} % with a power of "
            f"{100 * POWER:g} %, where this sweep has {simulations:,}: {'; '.join(asked)}."
        )


def _simulations(power: Mapping[str, Any]) -> int | None:
    count: int | None = power["simulations"]
    return count


def of_all(results: Sequence[Result], simulations: int) -> list[str]:
    """Say what the gate and the tests amount to over all configurations of a sweep."""
    said = [*few_simulations(simulations)] if simulations > 1 else []
    if simulations >= LEAST_SIMULATIONS:
        said += [_tests(metric, results) for metric in TESTED if _tested(metric, results)]
    if len(results) > 1 and simulations > 1:
        said.append(counts_of_verdicts(results))
    return said


def few_simulations(simulations: int) -> Iterator[str]:
    """Say what so few simulations cannot show."""
    if simulations in STUDENT:
        normal = NormalDist().inv_cdf(1 - ALPHA / 2)
        width = (1 - 1 / simulations) ** 0.5 * normal / STUDENT[simulations]
        yield (
            f"{simulations} simulations are few: bootstrap intervals are about {width:.2g} times "
            "as wide as Student's, and what rests on them is less certain than it says."
        )
    if simulations < LEAST_SIMULATIONS:
        yield (
            f"With {simulations} simulations, no test can give p ≤ {ALPHA:g}: the least it can "
            f"give is {2.0 ** (1 - simulations):.3g}. It takes {LEAST_SIMULATIONS} at least."
        )


def _tested(metric: str, results: Sequence[Result]) -> list[Result]:
    """Return the differences of a metric that were tested."""
    deltas = [result["delta"][metric] for result in results]
    return [delta for delta in deltas if delta["p"] is not None]


def _tests(metric: str, results: Sequence[Result]) -> str:
    """Say in how many configurations a metric differs from the baseline's, and after Holm."""
    tested = _tested(metric, results)
    least = min(delta["p_holm"] for delta in tested)
    alone = sum(delta["p"] <= ALPHA for delta in tested)
    if len(tested) == 1:
        return (
            f"Sign-flip test, paired by seed: the change of {TESTED[metric]} has p = {least:.2g}."
        )
    corrected = sum(delta["p_holm"] <= ALPHA for delta in tested)
    return (
        f"Sign-flip tests, paired by seed: {TESTED[metric]} differs from the baseline's at "
        f"p ≤ {ALPHA:g} in {alone:,} of {len(tested):,} configurations, each tested alone, and in "
        f"{corrected:,} after Holm's correction for testing {len(tested):,}; the least corrected p "
        f"is {least:.2g}."
    )


def counts_of_tests(results: Sequence[Result], simulations: int) -> str:
    """Say how many changes of each metric stand after Holm's correction, or that none could."""
    counts = []
    for metric, words in TESTED.items():
        tested = _tested(metric, results)
        if tested:
            stand = sum(delta["p_holm"] <= ALPHA for delta in tested)
            counts.append(f"{words} in {stand:,} of {len(tested):,}")
    said = (
        "Changes against the baseline that stand at p ≤ "
        f"{ALPHA:g} after Holm's correction (sign-flip tests, paired by seed): "
        f"{', '.join(counts) or 'none were tested'}."
    )
    least = 2.0 ** (1 - simulations)
    if least * len(results) > ALPHA:
        said += (
            f" None of {len(results):,} could: the least p that {simulations} simulations give is "
            f"{least:.2g}."
        )
    return said


def counts_of_verdicts(results: Sequence[Result]) -> str:
    """Say how many configurations pass, fail or stay open by their intervals."""
    verdicts = [result["gate"]["verdict"] for result in results]
    passes, fails = verdicts.count("pass"), verdicts.count("fail")
    said = (
        f"By the 95 % intervals, of {len(results):,} configurations {passes:,} pass Gate-5C, "
        f"{fails:,} fail and {verdicts.count('inconclusive'):,} are inconclusive."
    )
    if idle := verdicts.count(NO_EFFECT):
        said += f" In {idle:,}, the cap never takes effect."
    if passes:
        falls = sum(
            gini_fall_stands(result) for result in results if result["gate"]["verdict"] == "pass"
        )
        said += (
            f" Of those that pass, {falls:,} {'has' if falls == 1 else 'have'} a fall of the Gini "
            "that stands after Holm's correction."
        )
    return said
