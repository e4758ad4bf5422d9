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
    with pytest.raises(InputError) as refused:
        wealthiest([1, 2, 3], share)

    assert (refused.value.field, refused.value.message.code) == ("share", "share_out_of_range")
    assert refused.value.message.parameters["is_percent"] == (share in (50, 1.01))


@pytest.mark.parametrize(
    ("wealth", "position", "code", "parameters"),
    [
        ([1, None], (1,), "array_entry", {"received": "None"}),
        ([1, "2"], (1,), "array_entry", {"received": "'2'"}),  # text is not read as numbers
        ([1, np.nan], (1,), "wealth_not_a_number", {"received": "nan"}),
        ([np.inf, 1], (0,), "wealth_not_a_number", {"received": "inf"}),
        ([1j, 1], (), "array_type", {"received": "complex128"}),
        ([True, False], (), "array_type", {"received": "bool"}),  # a mask of whales is no wealth
        (np.array([True]), (), "array_type", {"received": "bool"}),
        (np.ma.array([1.0, 2.0], mask=[False, True]), (1,), "array_entry_masked", {}),
        (5.0, (), "wealth_of_each_expected", {"users": 0, "shape": "scalar"}),
        ([[1.0, 2.0]], (), "wealth_of_each_expected", {"users": 0, "shape": "1 × 2"}),
        ([[1.0], [1.0, 2.0]], (), "array_ragged", {}),
    ],
)
def test_wealth_is_one_finite_number_per_user(
    wealth: Any, position: tuple[int, ...], code: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(InputError) as refused:
        wealthiest(wealth, 0.5)

    assert (refused.value.field, refused.value.position) == ("wealth", position)
    assert refused.value.message.code == code
    assert parameters.items() <= refused.value.message.parameters.items()
