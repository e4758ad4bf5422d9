"""Compiled code that never ends and never lets the interpreter go, for tests that kill it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numba import njit


@njit
def spin(counter):  # type: ignore[no-untyped-def]
    """Compute for ever; no other thread of Python runs meanwhile."""
    while counter[0] >= 0:
        counter[0] = (counter[0] + 1) % 1_000_003


def say_pid_and_spin(path: Path) -> None:
    counter = np.zeros(2, np.int64)
    counter[0] = -1
    spin(counter)  # compiled
    counter[0] = 0
    path.write_text(str(os.getpid()))
    spin(counter)
