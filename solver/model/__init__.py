"""What is decided: the problem, its candidates and its limits."""

from ..kernels import NONE
from .arguments import as_array
from .candidates import Candidates
from .limits import MAX_CAP, Limits, as_caps, as_penalties
from .problem import Problem, Tally, as_wealth, best_first, placements, wealthiest

__all__ = [
    "MAX_CAP",
    "NONE",
    "Candidates",
    "Limits",
    "Problem",
    "Tally",
    "as_array",
    "as_caps",
    "as_penalties",
    "as_wealth",
    "best_first",
    "placements",
    "wealthiest",
]
