"""Caps on the expected spend of a streamer's whales."""

from .allocation import SpendAllocation, allocate_within_spend
from .problem import SpendPrices, SpendProblem, certify_spend

__all__ = [
    "SpendAllocation",
    "SpendPrices",
    "SpendProblem",
    "allocate_within_spend",
    "certify_spend",
]
