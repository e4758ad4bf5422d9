"""Whale matching: allocate users to scarce slots, with a proof.

Everything a user needs, in one place. The names here are public: they change only with one release
of deprecation. The rooms behind them (`solver`, `simulator`, `app`) are not.

Examples
--------
>>> from whale_matching import Problem, allocate
>>> problem = Problem([[9.0, 1.0], [8.0, 7.0]], whale_cap=1)
>>> allocation = allocate(problem)
>>> allocation.certificate.proven_optimal
True
"""

import warnings
from importlib.metadata import version
from typing import Any

from simulator import (
    Calibration,
    CommonDraws,
    ConfigurationResult,
    Criterion,
    Estimate,
    GiftLog,
    GiftModel,
    MatrixStudyConfig,
    MinimumEffect,
    Policy,
    Replay,
    RoundView,
    SequentialDraws,
    StudyResult,
    Sweep,
    SweepConfig,
    World,
    WorldConfig,
    calibrate,
    draw_world,
    find_settings,
    replay_policy,
    run_sweep,
    study_matrix,
)
from solver import (
    Allocation,
    Candidates,
    Certificate,
    FairAllocation,
    FairCertificate,
    Frontier,
    InputError,
    Problem,
    Sensitivity,
    ShadowPrices,
    SpendAllocation,
    SpendPrices,
    SpendProblem,
    UnmetGuaranteesError,
    UnreachableGiniError,
    allocate,
    allocate_fair,
    allocate_within_spend,
    certify,
    certify_fair,
    certify_spend,
    frontier,
    sensitivity,
    warm_up,
    wealthiest,
)

__version__ = version("whale-matching")


def __getattr__(name: str) -> Any:
    """Return what a name of version 0.1 is called now."""
    if name != "find_gate":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    message = "find_gate is deprecated; use find_settings."
    warnings.warn(message, DeprecationWarning, stacklevel=2)
    return find_settings


__all__ = [
    "Allocation",
    "Calibration",
    "Candidates",
    "Certificate",
    "CommonDraws",
    "ConfigurationResult",
    "Criterion",
    "Estimate",
    "FairAllocation",
    "FairCertificate",
    "Frontier",
    "GiftLog",
    "GiftModel",
    "InputError",
    "MatrixStudyConfig",
    "MinimumEffect",
    "Policy",
    "Problem",
    "Replay",
    "RoundView",
    "Sensitivity",
    "SequentialDraws",
    "ShadowPrices",
    "SpendAllocation",
    "SpendPrices",
    "SpendProblem",
    "StudyResult",
    "Sweep",
    "SweepConfig",
    "UnmetGuaranteesError",
    "UnreachableGiniError",
    "World",
    "WorldConfig",
    "__version__",
    "allocate",
    "allocate_fair",
    "allocate_within_spend",
    "calibrate",
    "certify",
    "certify_fair",
    "certify_spend",
    "draw_world",
    "find_settings",
    "frontier",
    "replay_policy",
    "run_sweep",
    "sensitivity",
    "study_matrix",
    "warm_up",
    "wealthiest",
]
