"""What holds for all tests: the same examples in every run, unless a profile says otherwise."""

from __future__ import annotations

from hypothesis import settings

from .profiles import CI

settings.load_profile(CI)  # `--hypothesis-profile` is loaded after this, before any test module
