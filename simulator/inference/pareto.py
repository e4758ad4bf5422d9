"""The Pareto front: what no other point beats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pareto_front(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points no other one dominates.

    Parameters
    ----------
    points : (n, d) float64
        Less is better in every column. Equal points do not dominate each other.

    Returns
    -------
    (n,) bool
    """
    front = np.empty(len(points), dtype=np.bool_)
    for position, point in enumerate(points):
        as_good = (points <= point).all(axis=1)
        front[position] = not (as_good & (points < point).any(axis=1)).any()
    return front
