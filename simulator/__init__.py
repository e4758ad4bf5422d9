"""Worlds, policies, replays and sweeps, to find out whether a whale cap is worth having."""

from .calibration.calibrate import Calibration, calibrate
from .calibration.gift_log import GiftFigures, GiftLog
from .inference.criteria import CRITERIA
from .inference.power import simulations_needed
from .inference.resampling import holm, sign_flip_test
from .matrix_study.config import MatrixStudyConfig
from .matrix_study.gifts import GiftModel
from .matrix_study.study import study_matrix
from .policies import (
    POLICIES,
    CapacityGreedy,
    Exposure,
    FairHorizon,
    FairOnline,
    Greedy,
    Joint,
    Policy,
    Random,
    RoundRobin,
    RoundView,
    ShadowPrice,
    Tiered,
)
from .replay.metrics import Metrics, gini, measure
from .replay.replay import Replay, replay_policy
from .report.settings_search import SettingsSearch, find_settings
from .report.stopping import decided_after, list_looks, next_look
from .report.summary import summarise
from .report.verdict import headline
from .report.verify import first_difference
from .study.config import Configuration, MinimumEffect, SweepConfig
from .study.published import PUBLISHED
from .study.result import ConfigurationResult, Criterion, Estimate, StudyResult
from .study.result_json import read_study, study_json
from .study.run import METRICS, Run
from .study.seeds import run_seed
from .study.warm import warm_up, warm_up_steps
from .sweep import Sweep, run_sweep
from .world.expected_value import expected_value
from .world.population import World, WorldConfig, draw_world
from .world.random_numbers import CommonDraws, SequentialDraws

__all__ = [
    "CRITERIA",
    "METRICS",
    "POLICIES",
    "PUBLISHED",
    "Calibration",
    "CapacityGreedy",
    "CommonDraws",
    "Configuration",
    "ConfigurationResult",
    "Criterion",
    "Estimate",
    "Exposure",
    "FairHorizon",
    "FairOnline",
    "GiftFigures",
    "GiftLog",
    "GiftModel",
    "Greedy",
    "Joint",
    "MatrixStudyConfig",
    "Metrics",
    "MinimumEffect",
    "Policy",
    "Random",
    "Replay",
    "RoundRobin",
    "RoundView",
    "Run",
    "SequentialDraws",
    "SettingsSearch",
    "ShadowPrice",
    "StudyResult",
    "Sweep",
    "SweepConfig",
    "Tiered",
    "World",
    "WorldConfig",
    "calibrate",
    "decided_after",
    "draw_world",
    "expected_value",
    "find_settings",
    "first_difference",
    "gini",
    "headline",
    "holm",
    "list_looks",
    "measure",
    "next_look",
    "read_study",
    "replay_policy",
    "run_seed",
    "run_sweep",
    "sign_flip_test",
    "simulations_needed",
    "study_json",
    "study_matrix",
    "summarise",
    "warm_up",
    "warm_up_steps",
]
