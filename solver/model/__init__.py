"""What is decided: the problem, its candidates and its limits."""

from ..kernels import NONE
from .arguments import NUMBERS, ArrayField, as_array
from .candidates import Candidates
from .limits import MAX_CAP, Limits, as_caps, as_penalties, check_bounds
from .problem import Problem, Tally, as_wealth, best_first, placements, wealthiest

__all__ = [
    "MAX_CAP",
    "NONE",
    "NUMBERS",
    "ArrayField",
    "Candidates",
    "Limits",
    "Problem",
    "Tally",
    "as_array",
    "as_caps",
    "as_penalties",
    "as_wealth",
    "best_first",
    "check_bounds",
    "placements",
    "wealthiest",
]
