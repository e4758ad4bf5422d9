"""Worlds, policies, replays and sweeps: whether a whale cap is worth having."""

from .amounts import expected_value
from .calibration import Calibration, calibrate
from .configuration import Configuration, SweepConfig
from .findings import findings
from .gate import Verdict, judge
from .gift_log import GiftFigures, GiftLog
from .metrics import Metrics, gini, measure
from .own_configuration import OwnSweepConfig
from .own_gifts import GiftModel
from .own_matrix import sweep_own
from .policies import Greedy, Placement, Policy, Tiered
from .published import PUBLISHED
from .replay import Replay, replay
from .runs import METRICS, Run
from .summary import summarise
from .sweep import Sweep, run_seed, sweep
from .verify import first_difference
from .world import World, WorldConfig, draw_world

__all__ = [
    "METRICS",
    "PUBLISHED",
    "Calibration",
    "Configuration",
    "GiftFigures",
    "GiftLog",
    "GiftModel",
    "Greedy",
    "Metrics",
    "OwnSweepConfig",
    "Placement",
    "Policy",
    "Replay",
    "Run",
    "Sweep",
    "SweepConfig",
    "Tiered",
    "Verdict",
    "World",
    "WorldConfig",
    "calibrate",
    "draw_world",
    "expected_value",
    "findings",
    "first_difference",
    "gini",
    "judge",
    "measure",
    "replay",
    "run_seed",
    "summarise",
    "sweep",
    "sweep_own",
]
