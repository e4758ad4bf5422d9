"""A sweep's configuration as a file that people read, change and run again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml


def as_yaml(config: Mapping[str, Any]) -> str:
    """Return a configuration as `configs/` has it, lists on a line."""
    text: str = yaml.safe_dump(dict(config), sort_keys=False, default_flow_style=None, width=100)
    return text
