"""One problem small enough to solve by hand."""

from __future__ import annotations

import numpy as np
import pytest

from solver import Problem


@pytest.fixture
def crowded() -> Problem:
    """Three whales, all of whom want streamer 0, and two normal users; k = 1.

    Whales at [0, 1, -] and at [0, 2, 1] are both worth 16, and no others are worth more. The
    second places one more. Then user 3 takes the last slot of streamer 0, user 4 that of 2.
    """
    return Problem(
        [
            [9, 6, 1],
            [8, 7, 2],
            [7, 5, -1],
            [6, 4, 3],
            [5, -np.inf, 2],
        ],
        whales=[True, True, True, False, False],
        whale_cap=1,
        capacity=[2, 1, 2],
    )
