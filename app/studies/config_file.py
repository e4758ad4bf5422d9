"""A sweep's configuration as a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml


def as_yaml(config: Mapping[str, Any]) -> str:
    """Return a configuration as YAML, each list on one line, like the files in `configs/`."""
    text: str = yaml.safe_dump(dict(config), sort_keys=False, default_flow_style=None, width=100)
    return text
