"""What holds for all tests: the same examples in every run, unless a profile says otherwise."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

from .profiles import CI

settings.load_profile(CI)  # `--hypothesis-profile` is loaded after this, before any test module


def pytest_make_parametrize_id(val: Any, argname: str) -> str | None:
    """Name cases of bytes by their position: files may be kilobytes, and no two alike."""
    return argname if isinstance(val, (bytes, bytearray)) else None
