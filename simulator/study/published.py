"""The published experiment: its settings, and the table it printed."""

from __future__ import annotations

from .config import SweepConfig

PUBLISHED = SweepConfig(
    algorithms=("greedy-edges",),
    whales_respect_capacity=False,
    simulations=30,
    draws="sequential",
)
"""Thirty seeds, 42 to 71: the report says 50 simulations, its stored results hold 30."""

PUBLISHED_BASELINE = {
    "overcrowded_share": "0.00275",
    "streamer_gini": "0.9124181",
    "revenue": "42135.687698",
}
"""Means over seeds, to the digits printed."""

PUBLISHED_RESULTS = {
    1: {"overcrowded_share": "0", "streamer_gini": "0.9124238", "revenue": "42165.507937"},
    2: {"overcrowded_share": "0", "streamer_gini": "0.9124260", "revenue": "42165.507937"},
    3: {"overcrowded_share": "0", "streamer_gini": "0.9124260", "revenue": "42165.507937"},
    5: {"overcrowded_share": "0", "streamer_gini": "0.9124260", "revenue": "42165.507937"},
}
"""The same for each whale cap."""

PUBLISHED_REVENUE_PCT = "0.0708"
"""Change of revenue against the baseline's mean, percent; the same for each whale cap."""


def rounds_to(value: float, printed: str) -> bool:
    """Return whether a value, rounded to the digits of a printed number, is that number."""
    decimals = len(printed.partition(".")[2])
    # Half a digit, and what float64 adds: 0.00275 may be stored as 0.0027500000000000003.
    half_digit = 0.5 * 0.1**decimals
    return abs(value - float(printed)) <= half_digit * (1 + 1e-9)
