"""A study: what is varied and repeated, its rows, and its result."""
