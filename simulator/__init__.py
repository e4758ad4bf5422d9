"""Worlds, policies, replays and sweeps: whether a whale cap is worth having."""

from .amounts import expected_value
from .calibration import Calibration, calibrate
from .configuration import Configuration, SweepConfig
from .draws import CommonDraws, SequentialDraws
from .findings import findings
from .gate import Verdict, gate, judge
from .gift_log import GiftFigures, GiftLog
from .metrics import Metrics, gini, measure
from .offers import Offers
from .own_configuration import OwnSweepConfig
from .own_gifts import GiftModel
from .own_matrix import sweep_own
from .policies import (
    CapacityGreedy,
    Exposure,
    Greedy,
    Joint,
    Policy,
    Random,
    RoundRobin,
    ShadowPrice,
    Tiered,
)
from .power import simulations_needed
from .published import PUBLISHED
from .replay import Replay, replay
from .runs import METRICS, Run
from .search import find_gate
from .statistics import holm, sign_flip_test
from .summary import summarise
from .sweep import Sweep, run_seed, sweep
from .verdict import headline
from .verify import first_difference
from .warm import warm_up, warm_up_steps
from .world import World, WorldConfig, draw_world

__all__ = [
    "METRICS",
    "PUBLISHED",
    "Calibration",
    "CapacityGreedy",
    "CommonDraws",
    "Configuration",
    "Exposure",
    "GiftFigures",
    "GiftLog",
    "GiftModel",
    "Greedy",
    "Joint",
    "Metrics",
    "Offers",
    "OwnSweepConfig",
    "Policy",
    "Random",
    "Replay",
    "RoundRobin",
    "Run",
    "SequentialDraws",
    "ShadowPrice",
    "Sweep",
    "SweepConfig",
    "Tiered",
    "Verdict",
    "World",
    "WorldConfig",
    "calibrate",
    "draw_world",
    "expected_value",
    "find_gate",
    "findings",
    "first_difference",
    "gate",
    "gini",
    "headline",
    "holm",
    "judge",
    "measure",
    "replay",
    "run_seed",
    "sign_flip_test",
    "simulations_needed",
    "summarise",
    "sweep",
    "sweep_own",
    "warm_up",
    "warm_up_steps",
]
