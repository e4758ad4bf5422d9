"""Prices of the limits, and what they prove about an allocation."""

from .certificate import (
    Certificate,
    Scope,
    certify,
    find_assignment_faults,
    find_overload,
    find_price_faults,
    limit_terms,
    normal_charges,
    proof_row,
    sum_upwards,
    whale_charges,
)
from .gap_terms import (
    DIFFERENCE_ERROR,
    RESIDUE_ERROR,
    ROUNDING,
    Charges,
    GapTerms,
    add_gap,
    add_worth,
    compute_gap_terms,
    row_terms,
    two_product,
)
from .least_prices import NOISE, Loads, compute_least_prices, largest_open_ev
from .shadow_prices import ShadowPrices

__all__ = [
    "DIFFERENCE_ERROR",
    "NOISE",
    "RESIDUE_ERROR",
    "ROUNDING",
    "Certificate",
    "Charges",
    "GapTerms",
    "Loads",
    "Scope",
    "ShadowPrices",
    "add_gap",
    "add_worth",
    "certify",
    "compute_gap_terms",
    "compute_least_prices",
    "find_assignment_faults",
    "find_overload",
    "find_price_faults",
    "largest_open_ev",
    "limit_terms",
    "normal_charges",
    "proof_row",
    "row_terms",
    "sum_upwards",
    "two_product",
    "whale_charges",
]
