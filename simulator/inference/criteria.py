"""Gate-5C: the three hypotheses a whale cap has to meet, by the means and by their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

MOST_OVERLOAD = 0.10
"""H5C-1: overload stays below this share."""

LEAST_REVENUE_PCT = -5.0
"""H5C-3: revenue changes by more than this, percent of the baseline's mean."""

HYPOTHESES = ("H5C-1", "H5C-2", "H5C-3")

GateWord = Literal["PASS", "FAIL"]

Certainty = Literal["pass", "fail", "inconclusive"]
"""A criterion's word where intervals are read rather than means."""

VerdictWord = Literal["pass", "inconclusive", "fail", "no-effect"]
"""The gate's word by intervals; no-effect where the cap never takes effect."""

VERDICTS: tuple[VerdictWord, ...] = get_args(VerdictWord)
"""From the best: what a sweep comes to is the best of its configurations."""

OpenReason = Literal[
    "one simulation has no interval",
    "the interval straddles the threshold",
    "too few simulations to tell it from chance",
]
"""Why a criterion is inconclusive."""

LEAST_SIMULATIONS = 6
"""With fewer pairs, no two-sided sign-flip test can be below 5 %: 2^(1 - 5) > 0.05."""


@dataclass(frozen=True)
class Verdict:
    """Which hypotheses hold.

    Parameters
    ----------
    overload_low : bool
        H5C-1: overload is below 10 %.
    gini_falls : bool
        H5C-2: the streamer Gini is below the baseline's.
    revenue_holds : bool
        H5C-3: revenue falls by less than 5 %.
    """

    overload_low: bool
    gini_falls: bool
    revenue_holds: bool

    @property
    def hypotheses(self) -> dict[str, bool]:
        """The hypotheses by name."""
        held = (self.overload_low, self.gini_falls, self.revenue_holds)
        return dict(zip(HYPOTHESES, held, strict=True))

    @property
    def gate_5c(self) -> GateWord:
        """PASS when all three hold."""
        return gate_word(all(self.hypotheses.values()))


def judge(overload: float, gini_change: float, revenue_pct: float | None) -> Verdict:
    """Judge the means of a configuration.

    Parameters
    ----------
    overload : float
        Share; the gate reads `overcrowded_share`, as published.
    gini_change : float
        Streamer Gini less the baseline's.
    revenue_pct : float or None
        Change of revenue, percent; None where the baseline has no revenue that could fall.

    Returns
    -------
    Verdict
    """
    return Verdict(
        overload_low=overload < MOST_OVERLOAD,
        gini_falls=gini_change < 0,
        revenue_holds=revenue_pct is None or revenue_pct > LEAST_REVENUE_PCT,
    )


def gate_word(passes: bool) -> GateWord:
    """Return the gate's word for a verdict."""
    return "PASS" if passes else "FAIL"


@dataclass(frozen=True)
class Criterion:
    """A hypothesis as a figure that has to be on one side of a threshold, strictly.

    Parameters
    ----------
    name : str
        Of the hypothesis.
    part, metric : str
        Where a result has the figure: `metrics` or `delta`, and which.
    threshold : float
        In the figure's own unit.
    below : bool
        Whether the figure has to be below the threshold, rather than above.
    """

    name: str
    part: Literal["metrics", "delta"]
    metric: str
    threshold: float
    below: bool

    def decide(self, result: Mapping[str, Any], simulations: int) -> dict[str, Any]:
        """Decide it by the interval over seeds.

        Parameters
        ----------
        result : mapping
            With `metrics` and `delta`, as `summarise` writes them.
        simulations : int
            One simulation has no interval. Of fewer than `LEAST_SIMULATIONS`, all can be on one
            side of a threshold by chance more often than one time in twenty.

        Returns
        -------
        dict
            `metric`, `estimate`, `ci95`, `threshold`, `verdict` and `reason`: why it is
            inconclusive, None where it is not. A figure that does not exist, as the change of a
            revenue that is 0, has an estimate of None and passes: nothing can be lost. One that
            is the same in every one of several simulations is taken at its word.
        """
        figures = result[self.part][self.metric]
        interval: list[Any] = figures["ci95"] if simulations > 1 else [None, None]
        verdict, reason = self._decided(figures["mean"], interval, simulations)
        return {
            "metric": self.metric,
            "estimate": figures["mean"],
            "ci95": interval,
            "threshold": self.threshold,
            "verdict": verdict,
            "reason": reason,
        }

    def _decided(
        self, mean: float | None, interval: Sequence[Any], simulations: int
    ) -> tuple[Certainty, OpenReason | None]:
        if mean is None:
            return "pass", None
        if simulations == 1:
            return "inconclusive", "one simulation has no interval"
        met = [self.met_by(end) for end in interval]
        if any(met) and not all(met):
            return "inconclusive", "the interval straddles the threshold"
        if simulations < LEAST_SIMULATIONS and interval[0] != interval[1]:
            return "inconclusive", "too few simulations to tell it from chance"
        return ("pass" if all(met) else "fail"), None

    def met_by(self, value: float) -> bool:
        """Return whether a value is on the right side of the threshold."""
        return value < self.threshold if self.below else value > self.threshold


CRITERIA = (
    Criterion("H5C-1", "metrics", "overcrowded_share", MOST_OVERLOAD, below=True),
    Criterion("H5C-2", "delta", "streamer_gini", 0.0, below=True),
    Criterion("H5C-3", "delta", "revenue_pct", LEAST_REVENUE_PCT, below=False),
)
"""What `judge` reads of the means; here with the intervals."""


def gate(result: Mapping[str, Any], simulations: int) -> dict[str, Any]:
    """Return the gate's verdict on a configuration, by the intervals over seeds.

    Parameters
    ----------
    result : mapping
        With `metrics` and `delta`, as `summarise` writes them.
    simulations : int

    Returns
    -------
    dict
        `verdict`: pass where every criterion passes, fail where any fails, else inconclusive; and
        `criteria`, by name, as `Criterion.decide` writes them.
    """
    criteria = {each.name: each.decide(result, simulations) for each in CRITERIA}
    verdicts = [criterion["verdict"] for criterion in criteria.values()]
    worst = next((word for word in ("fail", "inconclusive") if word in verdicts), "pass")
    return {"verdict": worst, "criteria": criteria}


def sweep_gate(gates: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the verdict on a sweep: that of the configurations that do best.

    Parameters
    ----------
    gates : sequence of mapping
        As `gate` writes them, at least one.

    Returns
    -------
    dict
        `verdict`: pass where any configuration passes, else inconclusive where any is, else fail
        where any cap takes effect, else no-effect; and how many configurations have each.
    """
    verdicts = [each["verdict"] for each in gates]
    counts: dict[str, int] = {word: verdicts.count(word) for word in VERDICTS}
    best = next(word for word in VERDICTS if counts[word])
    return {"verdict": best, **counts}
