"""Long work: stored, run, taken up again, told of."""
