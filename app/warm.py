"""What a worker has before its first call: the code that it runs, compiled.

Imported by the process that workers are copies of, or by the worker itself where there is none.
"""

from __future__ import annotations

import pyarrow as pa

from solver import warm_up

from . import allocation, curve, experiments, explained, own_sweep, plans

__all__ = ["allocation", "curve", "experiments", "explained", "own_sweep", "plans"]

# Of the system's allocations alone a bound can be kept; others hold memory in reserve.
pa.set_memory_pool(pa.system_memory_pool())
warm_up()
