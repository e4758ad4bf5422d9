"""Problems that do not fit on one machine, or into its memory."""

from .assembly import OrderedAssembly, ScatteredAssembly, sort_rows
from .decomposition import (
    Counts,
    Demand,
    DualAscent,
    PartitionIndex,
    Prices,
    allocate_within_quota,
    compute_demand,
    compute_quota,
    sample_prices,
)
from .working_set import (
    MIN_WIDTH,
    certify_blocks,
    certify_loads,
    concatenate,
    evaluate_block,
    fill_block,
    keep_best_pairs,
    sample_caps,
    sample_mask,
)

__all__ = [
    "MIN_WIDTH",
    "Counts",
    "Demand",
    "DualAscent",
    "OrderedAssembly",
    "PartitionIndex",
    "Prices",
    "ScatteredAssembly",
    "allocate_within_quota",
    "certify_blocks",
    "certify_loads",
    "compute_demand",
    "compute_quota",
    "concatenate",
    "evaluate_block",
    "fill_block",
    "keep_best_pairs",
    "sample_caps",
    "sample_mask",
    "sample_prices",
    "sort_rows",
]
