"""A request's bytes to values, and an answer's values to bytes."""
