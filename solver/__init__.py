"""Exact allocation of users to scarce slots: arrays in, arrays out."""

from .allocation import Algorithm, Allocation, Fill, Step, allocate
from .duality import Certificate, ShadowPrices, certify
from .errors import InputError, Remedy, UnmetGuaranteesError
from .fairness import (
    FairAllocation,
    FairCertificate,
    FairStep,
    FairWeights,
    Frontier,
    UnreachableGiniError,
    allocate_fair,
    certify_fair,
    fair_weights,
    frontier,
)
from .model import Candidates, Problem, placements, wealthiest
from .sensitivity_analysis import Sensitivity, sensitivity
from .spend import SpendAllocation, SpendPrices, SpendProblem, allocate_within_spend, certify_spend
from .warm import warm_up, warm_up_steps

__all__ = [
    "Algorithm",
    "Allocation",
    "Candidates",
    "Certificate",
    "FairAllocation",
    "FairCertificate",
    "FairStep",
    "FairWeights",
    "Fill",
    "Frontier",
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
    "UnreachableGiniError",
    "allocate",
    "allocate_fair",
    "allocate_within_spend",
    "certify",
    "certify_fair",
    "certify_spend",
    "fair_weights",
    "frontier",
    "placements",
    "sensitivity",
    "warm_up",
    "warm_up_steps",
    "wealthiest",
]
