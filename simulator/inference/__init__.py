"""What figures of paired simulations prove: intervals, tests, criteria, power."""
