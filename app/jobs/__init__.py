"""Experiments: long work that is stored in a database and survives restarts."""
