"""A study on the caller's own matrix."""
