"""What a sweep on an own matrix shows, in sentences whose every figure is computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.inference.criteria import LEAST_REVENUE_PCT, LEAST_SIMULATIONS, MOST_OVERLOAD
from simulator.report.certainty import counts_of_tests, counts_of_verdicts, few_simulations
from simulator.report.overview import MOST_FINDINGS, overview
from simulator.report.verdict import takes_effect

Result = Mapping[str, Any]


def matrix_findings(
    results: Sequence[Result], baseline: Result, best: Result, simulations: int
) -> list[str]:
    """Return the findings of a sweep on an own matrix.

    Parameters
    ----------
    results, baseline, best : mapping
        As `study_matrix` reports them.
    simulations : int
        How often gifts were drawn.

    Returns
    -------
    list of str
        For each result: whether k binds, whom it displaces and at what cost, what it changes,
        which hypotheses fail; then what intervals and tests leave of it. Where that is more than a
        person reads, an `overview`, and what the cap costs where it displaces most.
    """
    several = len({result["whale_share"] for result in results}) > 1
    said = _of_each(results, baseline, simulations, several)
    if simulations > 1:
        said += few_simulations(simulations)
        if simulations >= LEAST_SIMULATIONS:
            said.append(counts_of_tests(results, simulations))
        said.append(counts_of_verdicts(results))
    if len(said) <= MOST_FINDINGS:
        return said
    dearest = max(results, key=lambda result: result["displaced"]["whales"]["cost"])
    at_most = _of_each([dearest], baseline, simulations, several)
    return overview(results, best, simulations) + at_most[:3]


def _of_each(
    results: Sequence[Result], baseline: Result, simulations: int, several: bool
) -> list[str]:
    """Return what is said of each result, after its whale share where there are several."""
    said = []
    for result in results:
        share = f"[top {100 * result['whale_share']:g} %] " if several else ""
        sentences = [
            *_binding(result),
            *_change(result, simulations),
            *_faults(result, baseline),
        ]
        said += [share + sentence for sentence in sentences]
    return said


def _binding(result: Result) -> Iterator[str]:
    binding, displaced = result["binding"], result["displaced"]["whales"]
    k, wanted = result["k"], binding["max_whales_wanted"]
    if not binding["streamers_over_cap"]:
        yield f"k = {k} never binds: no streamer is wanted by more than {_count(wanted, 'whale')}."
        return
    yield (
        f"k = {k} binds: {_count(binding['streamers_over_cap'], 'streamer')} wanted by more whales "
        f"than fit, one by {wanted:,}; {displaced['users']:,} of {binding['whales_per_round']:,} "
        f"whales get less than at their first choice, {displaced['mean_cost']:.4g} each on "
        f"average, {displaced['cost']:.6g} in all."
    )
    for limit, what in (("whale_cap", "whale slot"), ("capacity", "place")):
        prices = result["shadow_prices"][limit]
        if prices:
            dearest = max(prices, key=prices.__getitem__)
            yield (
                f"k = {k}: one more {what} is worth most at streamer {dearest}, "
                f"{prices[dearest]:.4g}."
            )


def _change(result: Result, simulations: int) -> Iterator[str]:
    expected, delta = result["expected"], result["delta"]["revenue_pct"]
    if expected["revenue_pct"] is None:
        yield f"k = {result['k']}: the baseline has no revenue to compare with."
        return
    low, high = delta["ci95"]
    drawn = ""
    if low is not None and simulations > 1:
        drawn = (
            f"; over {simulations:,} simulations of the gifts, revenue changes by "
            f"{delta['mean']:+.3g} %, 95 % interval {low:+.3g} to {high:+.3g} %"
        )
    yield (
        f"k = {result['k']} changes expected revenue by {expected['revenue_pct']:+.4g} % and the "
        f"Gini of expected revenue by {expected['streamer_gini_change']:+.2g}{drawn}."
    )


def _faults(result: Result, baseline: Result) -> Iterator[str]:
    held, delta = result["hypotheses"], result["delta"]
    k = f"k = {result['k']}"
    if not held["H5C-1"]:
        crowded = result["metrics"]["overcrowded_share"]["mean"]
        yield (
            f"H5C-1 fails for {k}: {100 * crowded:.3g} % of users are at a crowded streamer, and "
            f"the limit is {100 * MOST_OVERLOAD:g} %."
        )
    if not held["H5C-2"]:
        now = result["metrics"]["streamer_gini"]["mean"]
        was = baseline["metrics"]["streamer_gini"]["mean"]
        yield f"H5C-2 fails for {k}: the streamer Gini is {now:.5f} after {was:.5f}."
    if not held["H5C-3"]:
        yield (
            f"H5C-3 fails for {k}: revenue changes by {delta['revenue_pct']['mean']:+.3g} %, and "
            f"the limit is {LEAST_REVENUE_PCT:g} %."
        )
    if not takes_effect(result):
        yield f"{k}: this cap never takes effect, and Gate-5C says nothing about it."
    elif all(held.values()):
        yield f"{k}: all three hypotheses hold, Gate-5C passes."


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
