"""English texts of the verdicts and findings of studies."""

import pytest

from messages import Message
from simulator.inference.criteria import CONCENTRATION, OVERCROWDING, REVENUE

K_1 = Message("point_k", value="1")


def headline(verdict: str, configurations: int, idle: int = 0, doubtful: bool = False) -> Message:
    """The headline of a study of which one configuration has the verdict."""
    return Message(
        "headline",
        verdict=Message(f"verdict_is_{verdict}"),
        count=1,
        configurations=configurations,
        idle=idle,
        doubtful=doubtful,
    )


REASONS = [
    Message(
        f"interval_of_{criterion.name}",
        criterion=criterion.title,
        fails=fails,
        low=low,
        high=high,
        threshold=criterion.factor * criterion.threshold,
        few=False,
    )
    for criterion, fails, low, high in (
        (OVERCROWDING, True, 20.0, 30.0),
        (CONCENTRATION, False, -0.1, 0.2),
        (REVENUE, True, -9.0, -6.0),
    )
]

NEEDS = [
    Message("simulations_for_revenue", count=1200, percent=5.0),
    Message("simulations_for_overcrowding", count=7, percent=10.0),
    Message(
        "simulations_for_observed",
        counts=[
            Message("simulations_for_metric", count=9, metric=Message(f"metric_{metric}"))
            for metric in ("revenue_pct", "streamer_gini")
        ],
    ),
]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            Message("headline_no_effect", configurations=1),
            "Verdict: the cap never takes effect.",
        ),
        (
            Message("headline_no_effect", configurations=2),
            "Verdict: the cap never takes effect in any of 2 configurations.",
        ),
        (headline("pass", 1), "Verdict by the 95 % intervals: pass."),
        (
            headline("pass", 1, doubtful=True),
            "Verdict by the 95 % intervals: pass; no fall of the Gini stands after Holm's "
            "correction.",
        ),
        (
            headline("inconclusive", 3, idle=1),
            "Verdict by the 95 % intervals: inconclusive, in 1 of 3 configurations; in 1, the cap "
            "never takes effect.",
        ),
        (
            Message("intervals_fail", who=Message("point_k", value=["2", "3"]), reasons=REASONS),
            "By the 95 % intervals, k = 2 and 3 fails: Overcrowding (H5C-1) fails, with an "
            "overcrowded share of 20 to 30 %, limit 10 %; Concentration (H5C-2) is open, with a "
            "Gini changed by -0.1 to +0.2, limit 0; Revenue (H5C-3) fails, with a ΔRevenue of -9 "
            "to -6 %, limit -5 %.",
        ),
        (
            Message(
                "simulations_needed", who=K_1, level=5.0, power=80.0, simulations=4, needs=NEEDS
            ),
            "Simulations needed for k = 1, two-sided at 5 % with a power of 80 %, where this study "
            "has 4: 1,200 to see a ΔRevenue of 5 %; 7 to tell the overcrowded share from 10 %; to "
            "see the changes observed, 9 for revenue and 9 for the streamer Gini.",
        ),
        (
            Message("study_of_several", passing=0, configurations=4, inconclusive=2, idle=1),
            "None of the 4 configurations meets all three criteria; for 2, the simulations do not "
            "decide; in 1, the cap never takes effect.",
        ),
    ],
)
def test_a_text_says_the_figures_in_its_message(message: Message, text: str) -> None:
    assert str(message) == text
