"""Settings are checked once, and a refusal names the setting and what came."""

from __future__ import annotations

from typing import Any

import pytest

from messages import Message
from simulator import SweepConfig, WorldConfig
from solver import InputError

BAD: list[tuple[dict[str, Any], str, tuple[int, ...]]] = [
    ({"k_valuez": [1]}, "k_valuez", ()),  # no such setting
    ({"world": {"users": 5}}, "world.users", ()),  # no such setting of the world
    ({"world": 3}, "world", ()),  # no mapping
    ({"k_values": []}, "k_values", ()),  # nothing to sweep
    ({"k_values": 2}, "k_values", ()),  # no list
    ({"k_values": "12"}, "k_values", ()),  # a string is no list
    ({"k_values": [1, -1]}, "k_values", (1,)),  # negative
    ({"k_values": [1.5]}, "k_values", (0,)),  # not whole
    ({"k_values": [True]}, "k_values", (0,)),  # no number
    ({"k_values": [2**70]}, "k_values", (0,)),  # beyond any world
    ({"k_values": [1, 2, 1]}, "k_values", (2,)),  # twice the same
    ({"whale_shares": [0]}, "whale_shares", (0,)),  # nobody is a whale
    ({"whale_shares": [0.1, 1.1]}, "whale_shares", (1,)),  # more than everybody
    ({"whale_shares": [float("nan")]}, "whale_shares", (0,)),  # no number
    ({"whale_shares": ["1 %"]}, "whale_shares", (0,)),  # no number
    ({"capacity_scales": [0.0]}, "capacity_scales", (0,)),  # no capacity at all
    ({"capacity_scales": [float("inf")]}, "capacity_scales", (0,)),  # not finite
    ({"capacity_scales": [1, 1.0]}, "capacity_scales", (1,)),  # twice the same
    ({"algorithms": ["b-matching"]}, "algorithms", (0,)),  # unknown
    ({"algorithms": []}, "algorithms", ()),  # nothing to sweep
    ({"simulations": 0}, "simulations", ()),  # too few
    ({"simulations": None}, "simulations", ()),  # no number
    ({"rounds": 0}, "rounds", ()),  # too few
    ({"rounds": 9, "checkpoints": [3, 10]}, "checkpoints", (1,)),  # after the end
    ({"checkpoints": [0]}, "checkpoints", (0,)),  # before the first round
    ({"checkpoints": [5, 5]}, "checkpoints", (1,)),  # twice the same
    ({"checkpoints": [*range(1, 14)]}, "checkpoints", ()),  # too many
    ({"checkpoints": 5}, "checkpoints", ()),  # no list
    ({"users_per_round": 0}, "users_per_round", ()),  # too few
    ({"users_per_round": 10_001}, "users_per_round", ()),  # more than there are
    ({"seed": -1}, "seed", ()),  # no seed of NumPy's
    ({"users_per_round": []}, "users_per_round", ()),  # nothing to sweep
    ({"users_per_round": [5, 0]}, "users_per_round", (1,)),  # too few
    ({"users_per_round": "many"}, "users_per_round", ()),  # no number
    ({"policies": ["greedy"]}, "policies", (0,)),  # the baseline is always there
    ({"policies": []}, "policies", ()),  # nothing to sweep
    ({"min_users": 0}, "min_users", ()),  # no guarantee
    ({"whales_respect_capacity": 1}, "whales_respect_capacity", ()),  # not true
    ({"whales_respect_capacity": None}, "whales_respect_capacity", ()),  # neither
    ({"policies": ["spend-cap"]}, "spend_caps", ()),  # no cap
    ({"spend_caps": [5, 0]}, "spend_caps", (1,)),  # nobody could be placed
    ({"draws": "other"}, "draws", ()),  # unknown
    ({"world": {"n_users": 0}}, "world.n_users", ()),  # nobody
    ({"world": {"n_streamers": 2.0}}, "world.n_streamers", ()),  # not whole
    ({"world": {"capacity_tail": 0}}, "world.capacity_tail", ()),  # crowding divides by it
    ({"world": {"amount_model": 4}}, "world.amount_model", ()),  # unknown
    ({"world": {"amount_model": True}}, "world.amount_model", ()),  # not the number 1
    ({"world": {"ev_model": "tiers"}}, "world.ev_model", ()),  # unknown
    ({"world": {"pareto_share": 1.5}}, "world.pareto_share", ()),  # more than everybody
    ({"world": {"new_streamer_share": -0.1}}, "world.new_streamer_share", ()),  # negative
    ({"world": {"gift_intercept": "low"}}, "world.gift_intercept", ()),  # no number
    ({"world": {"wealth_slope": float("inf")}}, "world.wealth_slope", ()),  # not finite
    ({"world": {"wealth_sigma": -1}}, "world.wealth_sigma", ()),  # negative
    ({"world": {"wealth_tail_index": 0}}, "world.wealth_tail_index", ()),  # infinite wealth
    ({"world": {"popularity_tail_index": 0}}, "world.popularity_tail_index", ()),  # the same
    ({"world": {"tiers": 5}}, "world.tiers", ()),  # no list
    ({"world": {"tiers": []}}, "world.tiers", ()),  # no gift
    ({"world": {"tiers": [1, "2"]}}, "world.tiers", (1,)),  # no number
    ({"world": {"tiers": [0, 1]}}, "world.tiers", (0,)),  # a gift of nothing
    ({"world": {"tiers": [1, 5, 5]}}, "world.tiers", (2,)),  # not rising
    ({"world": {"tiers": [1, 1e12]}}, "world.tiers", (1,)),  # beyond any price
    ({"world": {"tiers": [1, 2]}}, "world.tier_weights", ()),  # ten weights for two
    ({"world": {"tiers": [1, 2], "tier_weights": [1, -1]}}, "world.tier_weights", (1,)),
    ({"world": {"tiers": [1, 2], "tier_weights": [0, 0]}}, "world.tier_weights", ()),  # no choice
]


@pytest.mark.parametrize(("settings", "field", "position"), BAD)
def test_a_bad_setting_is_refused_by_name(
    settings: dict[str, Any], field: str, position: tuple[int, ...]
) -> None:
    with pytest.raises(InputError) as refused:
        SweepConfig.from_mapping(settings)

    assert (refused.value.field, refused.value.position) == (field, position)
    assert isinstance(refused.value.message, Message)
    assert refused.value.message.code.startswith("setting_")


def test_a_refusal_says_what_was_expected_and_what_came() -> None:
    with pytest.raises(InputError) as refused:
        SweepConfig(world=WorldConfig(n_users=30))

    assert refused.value.message == Message(
        "setting_at_most", field="users_per_round", bound="30", received="200"
    )


def test_a_configuration_survives_the_trip_through_a_mapping() -> None:
    config = SweepConfig(
        k_values=(4,), whale_shares=(1,), world=WorldConfig(tiers=[1, 5], tier_weights=(2, 1))
    )

    assert SweepConfig.from_mapping(config.as_mapping()) == config
    assert config.as_mapping()["k_values"] == [4]
    assert SweepConfig.from_mapping({}) == SweepConfig()


@pytest.mark.parametrize(
    ("settings", "rounds"),
    [
        ({}, (2, 4, 7, 13, 25, 50)),
        ({"rounds": 3200}, (100, 200, 400, 800, 1600, 3200)),
        ({"rounds": 1}, (1,)),
        ({"rounds": 5}, (1, 2, 3, 5)),
        ({"checkpoints": [40, 7]}, (7, 40)),
        ({"checkpoints": []}, ()),
    ],
)
def test_checkpoints_rise_and_double_up_to_the_end_by_default(
    settings: dict[str, Any], rounds: tuple[int, ...]
) -> None:
    assert SweepConfig.from_mapping(settings).checkpoint_rounds == rounds
