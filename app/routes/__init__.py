"""HTTP routes, one subject per file."""
