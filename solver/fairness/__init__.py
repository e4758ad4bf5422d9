"""Allocations that weigh equality against the total, with a proof."""

from .allocation import FairAllocation, FairStep, UnreachableGiniError, allocate_fair
from .certificate import FairCertificate, certify_fair
from .frontier import Frontier, frontier
from .welfare import AlphaWelfare, GiniWelfare, Measure, gini

__all__ = [
    "AlphaWelfare",
    "FairAllocation",
    "FairCertificate",
    "FairStep",
    "Frontier",
    "GiniWelfare",
    "Measure",
    "UnreachableGiniError",
    "allocate_fair",
    "certify_fair",
    "frontier",
    "gini",
]
