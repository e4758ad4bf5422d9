"""Processes that compute, apart from the event loop."""
