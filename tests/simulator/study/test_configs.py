"""The experiments in configs/ are what their comments say."""

from __future__ import annotations

from pathlib import Path

import yaml

from simulator import PUBLISHED, SweepConfig, first_difference, run_sweep

CONFIGS = Path(__file__).parents[3] / "configs"


def config_of(name: str) -> SweepConfig:
    return SweepConfig.from_mapping(yaml.safe_load((CONFIGS / name).read_text()))


def test_whale_matching_is_all_defaults_written_out() -> None:
    written = yaml.safe_load((CONFIGS / "whale_matching.yaml").read_text())

    assert written == SweepConfig().as_mapping()


def test_published_is_the_configuration_that_verify_knows() -> None:
    assert config_of("published.yaml") == PUBLISHED


def test_congested_sweeps_falling_capacities() -> None:
    config = config_of("congested.yaml")

    assert config.whale_shares == (0.05,)
    assert min(config.capacity_scales) < max(config.capacity_scales) == 1


def test_smoke_runs_and_verifies() -> None:
    result = run_sweep(config_of("smoke.yaml")).as_mapping()

    assert first_difference(result) is None
    assert result["results"][0]["binding"]["binding_rounds"] > 0
