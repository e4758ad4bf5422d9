"""Flows: shortest paths, min-cost flow, and whether guarantees can be met."""

from .feasibility import can_meet, has_negative, meet_guarantees
from .min_cost_flow import solve_min_cost_flow
from .minimal_duals import price_closed_streamers
from .polish import polish_to_optimum, solve_contested, solve_on_whole_rows
from .refinement import is_good_enough, refine
from .row_paths import solve_by_shortest_paths, tighten_prices

__all__ = [
    "can_meet",
    "has_negative",
    "is_good_enough",
    "meet_guarantees",
    "min_cost_flow",
    "polish_to_optimum",
    "price_closed_streamers",
    "refine",
    "solve_by_shortest_paths",
    "solve_contested",
    "solve_min_cost_flow",
    "solve_on_whole_rows",
    "tighten_prices",
]
