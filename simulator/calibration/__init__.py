"""Fits a simulated world to a log of gifts."""
