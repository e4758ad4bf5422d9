"""Exact solvers, for each kind of problem."""

from .column_generation import SolveOptions, allocate_by_flow
from .decreasing_caps import DecreasingCapsAuction, Optimum
from .guaranteed_fill import reserve_guaranteed
from .outliers import has_outliers
from .single_tier import (
    MAX_FAVOURITE_TIES,
    mean_favourite_ties,
    solve_single_tier,
    solve_single_tier_candidates,
)
from .two_tier import estimate_two_tier_prices, solve_two_tiers

__all__ = [
    "MAX_FAVOURITE_TIES",
    "DecreasingCapsAuction",
    "Optimum",
    "SolveOptions",
    "allocate_by_flow",
    "estimate_two_tier_prices",
    "has_outliers",
    "mean_favourite_ties",
    "reserve_guaranteed",
    "solve_single_tier",
    "solve_single_tier_candidates",
    "solve_two_tiers",
]
