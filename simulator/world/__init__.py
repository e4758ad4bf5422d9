"""A population, what it is expected to give, and what it gives."""
