"""How kernels are compiled and kept on disk. Nothing else imports Numba.

A kernel is a function under `njit`. Its machine code lies in a file whose name is a
digest of all that it is made of, so that nothing stale is ever loaded and nothing is compiled
twice.

Numba compiles a kernel anew for each literal that another one hands it: where a variable begins
with one, write ``np.int64(0)``. Assign arrays to slices by `solver.kernels.copy_into`.
"""

from .decorators import kernels, njit
from .marks import is_complete, kernels_on_disk, mark_complete
from .target import choose_target
from .variants import Variants

__all__ = ["Variants", "is_complete", "kernels", "kernels_on_disk", "mark_complete", "njit"]

choose_target()
