"""Exact allocation of users to scarce slots: arrays in, arrays out."""

from .allocate import Algorithm, Allocation, Fill, Step, allocate
from .candidates import Candidates
from .certificate import Certificate, certify
from .errors import InputError, Remedy, UnmetGuaranteesError
from .prices import ShadowPrices
from .problem import Problem, placements, wealthiest
from .sensitivity import Sensitivity, sensitivity
from .spend import SpendAllocation, allocate_within_spend
from .spend_problem import SpendPrices, SpendProblem, certify_spend
from .warm import warm_up, warm_up_steps

__all__ = [
    "Algorithm",
    "Allocation",
    "Candidates",
    "Certificate",
    "Fill",
    "InputError",
    "Problem",
    "Remedy",
    "Sensitivity",
    "ShadowPrices",
    "SpendAllocation",
    "SpendPrices",
    "SpendProblem",
    "Step",
    "UnmetGuaranteesError",
    "allocate",
    "allocate_within_spend",
    "certify",
    "certify_spend",
    "placements",
    "sensitivity",
    "warm_up",
    "warm_up_steps",
    "wealthiest",
]
