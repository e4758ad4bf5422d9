"""Who the whales are, by wealth share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import InputError, wealthiest
from tests.solver.strategies import HUNDREDS

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


@pytest.mark.parametrize("share", [50, 1.01, 0, -1, -0.1, np.nan, np.inf, True, "0.5", None, [0.5]])
def test_a_share_is_above_0_and_at_most_1(share: Any) -> None:
    with pytest.raises(InputError, match="Expected share above 0 and at most 1") as refused:
        wealthiest([1, 2, 3], share)

    assert refused.value.field == "share"
    assert ("50 % is 0.5" in str(refused.value)) == (share in (50, 1.01))


@pytest.mark.parametrize(
    ("wealth", "position", "fragment"),
    [
        ([1, None], (1,), "user 1 has None."),
        ([1, "2"], (1,), "user 1 has '2'."),  # text is not read as numbers
        ([1, np.nan], (1,), "user 1 has nan."),
        ([np.inf, 1], (0,), "user 0 has inf."),
        ([1j, 1], (), "got complex128."),
        ([True, False], (), "got bool."),  # a mask of whales is no wealth
        (np.array([True]), (), "got bool."),
        (np.ma.array([1.0, 2.0], mask=[False, True]), (1,), "user 1 is masked."),
        (5.0, (), "for each user; got one number."),
        ([[1.0, 2.0]], (), "for each user; got 1 × 2."),
        ([[1.0], [1.0, 2.0]], (), "in rows of one length."),
    ],
)
def test_wealth_is_one_finite_number_per_user(
    wealth: Any, position: tuple[int, ...], fragment: str
) -> None:
    with pytest.raises(InputError) as refused:
        wealthiest(wealth, 0.5)

    assert (refused.value.field, refused.value.position) == ("wealth", position)
    assert fragment in str(refused.value)
