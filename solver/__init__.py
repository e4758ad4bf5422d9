"""Exact allocation of users to scarce slots: arrays in, arrays out."""

from .allocate import Algorithm, Allocation, Fill, Step, allocate
from .candidates import Candidates
from .certificate import Certificate, certify
from .errors import InputError
from .prices import ShadowPrices
from .problem import Problem, wealthiest

__all__ = [
    "Algorithm",
    "Allocation",
    "Candidates",
    "Certificate",
    "Fill",
    "InputError",
    "Problem",
    "ShadowPrices",
    "Step",
    "allocate",
    "certify",
    "wealthiest",
]
