"""One problem, from a request to its answer."""
