"""What a worker has before its first call: the code that it runs, compiled, and its messages.

Imported by the process that workers are copies of, or by the worker itself where there is none.
"""

from __future__ import annotations

import logging.config

import pyarrow as pa

from messages import load_catalogues
from solver import warm_up

from .allocations import allocation, curve, explained, frontier, plans
from .observability.logs import configuration
from .studies import matrix_study, whale_sweep

__all__ = ["allocation", "curve", "explained", "frontier", "matrix_study", "plans", "whale_sweep"]

# Workers say little, and that as the service does.
logging.config.dictConfig(configuration("WARNING"))
# Of the system's allocations alone a bound can be kept; others hold memory in reserve.
pa.set_memory_pool(pa.system_memory_pool())
warm_up()
load_catalogues()
