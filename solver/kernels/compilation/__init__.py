"""Compilation of kernels and their cache on disk. No other package imports Numba.

A kernel is a function decorated with `njit`. The file of its machine code is named by a digest of
everything that determines it, so that no outdated code is loaded and nothing is compiled twice.

Numba compiles a kernel again for each literal argument of another kernel: initialize a variable
with ``np.int64(0)`` instead. Assign arrays to slices with `solver.kernels.copy_into`.
"""

from .decorators import kernels, njit
from .marks import is_complete, kernels_on_disk, mark_complete
from .target import choose_target
from .variants import Variants

__all__ = ["Variants", "is_complete", "kernels", "kernels_on_disk", "mark_complete", "njit"]

choose_target()
