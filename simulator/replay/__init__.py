"""Replays of a policy through the rounds of a world, and their metrics."""
