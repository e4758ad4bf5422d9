"""The preset whose gifts have the published figures of KuaiLive, from an actual replay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from simulator import Greedy, SequentialDraws, SweepConfig, draw_world, measure, replay_policy

CONFIG = Path(__file__).parents[3] / "configs" / "kuailive-like.yaml"

PUBLISHED = {
    "gift_rate": 0.0148,
    "amount_p50": 2,
    "amount_p90": 88,
    "amount_p99": 1488,
    "amount_mean": 82.7,
    "user_gini": 0.942,
    "streamer_gini": 0.930,
    "top1_user_share": 0.599,
}
"""Of the 72,646 gifts of the public KuaiLive data."""


@pytest.mark.slow
def test_greedy_in_the_kuailive_like_world_has_the_published_figures_within_10_percent() -> None:
    """200 rounds of 1,000 users, the mean over the five seeds of the configuration."""
    config = SweepConfig.from_mapping(yaml.safe_load(CONFIG.read_text()))
    assert (config.rounds, config.users_per_round, len(config.seeds)) == (200, 1000, 5)
    measured = []
    for seed in config.seeds:
        rng = np.random.default_rng(seed)
        world = draw_world(config.world, rng)
        draws = SequentialDraws(rng, world.n_users, config.users_per_round)
        played = replay_policy(world, Greedy(), draws, config.rounds)
        measured.append(measure(world, played))

    for name, published in PUBLISHED.items():
        mean = np.mean([getattr(metrics, name) for metrics in measured])
        assert mean == pytest.approx(published, rel=0.10), name
