"""Logs, metrics, readiness and timings of the service."""
