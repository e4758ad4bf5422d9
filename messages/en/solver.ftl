### Messages of the solver.

## Input errors

expected_at_least = Expected { $field } ≥ { $least }; got { $received }.
