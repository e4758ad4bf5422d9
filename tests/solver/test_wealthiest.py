"""Who the whales are, by wealth share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import wealthiest

from .strategies import HUNDREDS

WEALTH = st.lists(st.floats(0, 1e12) | st.integers(0, 3).map(float), min_size=1, max_size=120)


@HUNDREDS
@given(wealth=WEALTH, permille=st.integers(1, 1000))
def test_the_wealthiest_are_a_share_of_all_earlier_users_first_among_equals(
    wealth: list[float], permille: int
) -> None:
    count = max(1, permille * len(wealth) // 1000)
    by_wealth = sorted(range(len(wealth)), key=lambda user: (-wealth[user], user))

    whales = wealthiest(wealth, permille / 1000)

    assert whales.dtype == np.bool_
    assert np.flatnonzero(whales).tolist() == sorted(by_wealth[:count])


@pytest.mark.parametrize(
    ("n_users", "share", "count"),
    [
        (100, 0.29, 29),  # 0.29 * 100 is 28.999…96
        (200, 0.01, 2),
        (199, 0.01, 1),  # rounded down
        (99, 0.01, 1),  # one at least
        (10, 1e-9, 1),
        (7, 1.0, 7),
        (1, 0.5, 1),
    ],
)
def test_the_share_is_rounded_down_to_one_at_least(n_users: int, share: float, count: int) -> None:
    assert wealthiest(np.arange(n_users), share).sum() == count


def test_among_equals_the_earlier_user_goes_first() -> None:
    assert wealthiest([1, 5, 5, 5], 0.5).tolist() == [False, True, True, False]
