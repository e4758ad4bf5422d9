"""What holds for all tests: the same examples in every run, unless a profile says otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings

from .profiles import CI

settings.load_profile(CI)  # `--hypothesis-profile` is loaded after this, before any test module

STARTS = {"attacked", "browser", "nursery", "page_servers", "run", "served", "watched"}
"""Fixtures that start a service, a browser or a command: seconds each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what starts any of these."""
    for item in items:
        if STARTS & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.slow)


def pytest_make_parametrize_id(val: Any, argname: str) -> str | None:
    """Name cases of bytes by their position: files may be kilobytes, and no two alike."""
    return argname if isinstance(val, (bytes, bytearray)) else None
