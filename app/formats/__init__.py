"""Formats of bodies, tables and results, a file each, and the registry of them."""
