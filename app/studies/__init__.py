"""Sweeps and searches, from a request to its answer, pictures and report."""
