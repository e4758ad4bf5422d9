"""The paths of health checks."""

from __future__ import annotations

HEALTH = frozenset(("/healthz", "/readyz"))
"""Paths that need no key and are answered even if the service is busy."""
