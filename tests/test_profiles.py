"""Profiles of Hypothesis: CI repeats itself, the night draws anew and more."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from .profiles import CI, NIGHTLY, QUICK, examples


def drawn(profile: str) -> list[int]:
    """Return what a property draws under a profile."""
    seen = []

    @settings(settings.get_profile(profile), database=None)
    @given(st.integers())
    def remember(number: int) -> None:
        seen.append(number)

    remember()
    return seen


def test_ci_draws_the_same_each_time() -> None:
    assert drawn(CI) == drawn(CI)


def test_the_night_draws_anew_and_more() -> None:
    first = drawn(NIGHTLY)

    assert first != drawn(NIGHTLY)
    assert len(first) > len(drawn(CI)) > len(drawn(QUICK))


def test_a_property_takes_its_share_of_the_profile() -> None:
    now = settings.get_profile(settings.get_current_profile_name())

    assert examples(50).max_examples == now.max_examples // 2
    assert examples(50).derandomize == now.derandomize
    assert examples(50).deadline is None
