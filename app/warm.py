"""What a worker has before its first call: the code that it runs, compiled.

Imported by the process that workers are copies of, or by the worker itself where there is none.
"""

from __future__ import annotations

from solver import warm_up

from . import allocation, curve, experiments, own_sweep, plans

__all__ = ["allocation", "curve", "experiments", "own_sweep", "plans"]

warm_up()
