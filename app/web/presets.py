"""Sweeps to begin with: those of `configs/`, which an installed service does not have."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "reference": {},
        "congested": {
            "whale_shares": [0.05],
            "capacity_scales": [1.0, 0.5, 0.25],
            "users_per_round": 500,
        },
        "threshold": {"whale_shares": [0.001, 0.01, 0.05]},
        "grid": {
            "whale_shares": [0.001, 0.01, 0.05],
            "capacity_scales": [1.0, 0.5, 0.25],
            "algorithms": ["min-cost-flow", "greedy-edges", "greedy-swaps"],
        },
    }
)
"""Bodies of a sweep's request by name: what differs from the defaults."""

FILES: Mapping[str, str] = MappingProxyType(
    {
        "reference": "whale_matching.yaml",
        "congested": "congested.yaml",
        "threshold": "threshold_sweep.yaml",
        "grid": "full_grid.yaml",
    }
)
"""Which file of `configs/` each is."""
