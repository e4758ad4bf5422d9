"""Allocations that weigh equality against the total, with a proof."""

from .aims import FairStep, UnreachableGiniError
from .allocation import allocate_fair
from .certificate import FairCertificate, certify_fair, revenue_of
from .frontier import Frontier, frontier
from .result import FairAllocation
from .weights import FairWeights, fair_weights
from .welfare import AlphaWelfare, GiniWelfare, Measure, gini

__all__ = [
    "AlphaWelfare",
    "FairAllocation",
    "FairCertificate",
    "FairStep",
    "FairWeights",
    "Frontier",
    "GiniWelfare",
    "Measure",
    "UnreachableGiniError",
    "allocate_fair",
    "certify_fair",
    "fair_weights",
    "frontier",
    "gini",
    "revenue_of",
]
