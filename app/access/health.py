"""Which paths are answered whoever asks."""

from __future__ import annotations

HEALTH = frozenset(("/healthz", "/readyz"))
"""Paths that are answered whoever asks, and however busy the service is."""
