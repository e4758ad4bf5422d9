"""One file is one policy: the registry, the configuration and the document find it there."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter

import simulator.policies
from messages import LANGUAGES, render
from simulator import POLICIES, SweepConfig
from simulator.policies import BASELINE, PolicySettings

ROOM = Path(simulator.policies.__file__).parent
SHARED = {"__init__", "base", "registry", "round_view"}


def test_every_file_of_the_room_is_a_policy_of_that_name() -> None:
    files = {path.stem.replace("_", "-") for path in ROOM.glob("*.py") if path.stem not in SHARED}

    assert files == {*POLICIES}


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_policy_has_a_name_and_a_description(name: str, language: str) -> None:
    entry = POLICIES[name]

    assert render(entry.title, language)
    assert render(entry.description, language).endswith(("。", "."))


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_is_built_with_what_it_has(name: str) -> None:
    policy = POLICIES[name].build(PolicySettings(0.2, seed=3, k=4, spend_cap=5.0))

    assert policy.whale_share == 0.2
    assert policy.whale_cap == (4 if "k" in POLICIES[name].grid else None)


def test_a_study_may_compare_all_policies_but_the_baseline() -> None:
    schema = TypeAdapter(SweepConfig).json_schema()

    assert {*schema["properties"]["policies"]["items"]["enum"]} == {*POLICIES} - {BASELINE}
