"""Gate-5C: the three hypotheses a whale cap has to meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MOST_OVERLOAD = 0.10
"""H5C-1: overload stays below this share."""

LEAST_REVENUE_PCT = -5.0
"""H5C-3: revenue changes by more than this, percent of the baseline's mean."""

HYPOTHESES = ("H5C-1", "H5C-2", "H5C-3")

GateWord = Literal["PASS", "FAIL"]


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
