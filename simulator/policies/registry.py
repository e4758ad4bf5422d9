"""All policies: every file of this package is imported, and names its own."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from .base import ENTRIES, PolicyEntry

BASELINE = "greedy"
"""What all other policies are compared with."""


def _import_all() -> Mapping[str, PolicyEntry]:
    """Return the policies by name, the baseline first."""
    for module in iter_modules([str(Path(__file__).parent)]):
        import_module(f"{__package__}.{module.name}")
    names = sorted(ENTRIES, key=lambda name: (name != BASELINE, name))
    return MappingProxyType({name: ENTRIES[name] for name in names})


POLICIES = _import_all()

COMPARED = tuple(name for name in POLICIES if name != BASELINE)
"""What a study may compare with the baseline."""

CAPPED = tuple(name for name, entry in POLICIES.items() if "k" in entry.grid)
"""Policies that hold a whale cap k."""

if TYPE_CHECKING:
    PolicyName: TypeAlias = str
    ComparedPolicy: TypeAlias = str
else:
    PolicyName = Literal[tuple(POLICIES)]
    ComparedPolicy = Literal[COMPARED]
