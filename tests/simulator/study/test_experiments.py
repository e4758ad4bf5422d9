"""The experiments in configs/, shrunken: each runs, and what it varies varies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator import SweepConfig, WorldConfig, first_difference, run_sweep
from simulator.policies import CAPPED

from .test_configs import CONFIGS, config_of

SMALL = WorldConfig(
    n_users=1000, n_streamers=10, capacity_top10=60, capacity_middle=40, capacity_tail=20
)
"""Half of the users come in a round and like the same few streamers: all caps are scarce."""

VARIED: dict[str, tuple[str, ...]] = {
    "algorithms.yaml": ("algorithm", "whale_share", "users_per_round"),
    "capacity_scales.yaml": ("k", "capacity_scale"),
    "congested.yaml": ("k", "capacity_scale"),
    "fair.yaml": ("alpha", "capacity_scale"),
    "fair_horizon.yaml": ("theta", "capacity_scale"),
    "full_grid.yaml": ("k", "whale_share", "capacity_scale", "algorithm"),
    "kuailive-like.yaml": ("k",),
    "luck.yaml": (),
    "lower_capacity.yaml": ("k", "capacity_scale", "policy"),
    "policies.yaml": ("k", "policy"),
    "published.yaml": ("k",),
    "smoke.yaml": ("k", "algorithm"),
    "spend_cap.yaml": ("k", "policy", "spend_cap"),
    "threshold_sweep.yaml": ("k", "whale_share"),
    "users_per_round.yaml": ("k", "users_per_round"),
    "whale_matching.yaml": ("k",),
}
"""Which settings each experiment varies."""

TRUE_OF_POLICIES = ("k", "algorithm", "spend_cap", "alpha", "theta")
"""Settings that only some policies have: None is not a value of them."""


def test_every_experiment_is_listed_here() -> None:
    assert {path.name for path in Path(CONFIGS).glob("*.yaml")} == set(VARIED)


@pytest.mark.parametrize("name", VARIED)
def test_an_experiment_varies_what_it_says_and_nothing_else(name: str) -> None:
    grid = list(config_of(name).grid())

    for setting in (
        "k",
        "whale_share",
        "capacity_scale",
        "algorithm",
        "policy",
        "spend_cap",
        "alpha",
        "theta",
    ):
        values = {getattr(point, setting) for point in grid}
        if setting in TRUE_OF_POLICIES:
            values.discard(None)
        assert (len(values) > 1) == (setting in VARIED[name]), setting


def shrunken(config: SweepConfig) -> SweepConfig:
    """Two seeds of two rounds in a small world."""
    sizes = tuple(400 + size // 10 for size in config.round_sizes)
    return replace(
        config, world=SMALL, simulations=2, rounds=2, checkpoints=None, users_per_round=sizes
    )


SECONDS = ("policies.yaml", "spend_cap.yaml")
"""Experiments that take seconds even when shrunken."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in SECONDS)) for name in VARIED],
)
def test_an_experiment_runs_when_shrunken_and_what_it_varies_matters(name: str) -> None:
    config = shrunken(config_of(name))

    result = run_sweep(config).as_mapping()

    assert first_difference(result) is None
    assert len(result["results"]) == len(list(config.grid()))
    for setting in VARIED[name]:
        if setting != "algorithm":  # greedy rules may well find the optimum
            assert _matters(setting, result["results"]), setting


def _matters(setting: str, results: list[dict[str, Any]]) -> bool:
    """Whether any two results that differ in a setting alone have other figures."""
    names = ("k", "whale_share", "capacity_scale", "algorithm", "policy", "users_per_round")
    others = tuple(name for name in (*names, "spend_cap", "alpha", "theta") if name != setting)
    if setting == "policy":
        others = ("capacity_scale", "whale_share", "users_per_round")
    by_others: dict[tuple[Any, ...], set[str]] = {}
    for result in results:
        if setting != "k" or result["policy"] in CAPPED:
            key = tuple(result[name] for name in others)
            by_others.setdefault(key, set()).add(repr((result["metrics"], result["binding"])))
    return any(len(figures) > 1 for figures in by_others.values())
