"""Inference from paired simulations: intervals, tests, criteria, power."""
