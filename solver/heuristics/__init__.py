"""Allocations without a proof."""

from .greedy import greedy_edges, greedy_fill, greedy_swaps

__all__ = [
    "greedy_edges",
    "greedy_fill",
    "greedy_swaps",
]
