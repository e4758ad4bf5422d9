"""How many examples Hypothesis draws: a property's share of what the profile allows."""

from __future__ import annotations

from hypothesis import settings

CI = "ci"
NIGHTLY = "nightly"
QUICK = "quick"

settings.register_profile(CI, derandomize=True, deadline=None, max_examples=60, print_blob=True)
settings.register_profile(QUICK, settings.get_profile(CI), max_examples=15)
settings.register_profile(NIGHTLY, settings.get_profile(CI), derandomize=False, max_examples=500)


def examples(count: int) -> settings:
    """Return settings of a property that draws `count` examples where others draw 100.

    What that comes to is the profile's: some in CI, which draws the same each time, fewer in
    quick, several times as many at night.

    The profile is that of ``pytest --hypothesis-profile``, by default `CI`. It is known before
    test modules are imported.
    """
    per_hundred = settings.get_profile(settings.get_current_profile_name()).max_examples
    return settings(max_examples=max(1, count * per_hundred // 100))


def draws_anew() -> bool:
    """Return whether each run draws examples of its own."""
    return not settings.get_profile(settings.get_current_profile_name()).derandomize
