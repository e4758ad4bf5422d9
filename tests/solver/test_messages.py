"""The texts of the solver's messages: plurals, optional parts and both languages."""

from __future__ import annotations

from typing import Any

import pytest

from messages import Message, render
from solver import Candidates, InputError, Problem, UnmetGuaranteesError

UNMET = [
    (
        ((1,), 1, 0, True, ("allow_negative_ev",)),
        "Expected guarantees that can be met; streamer 1 is guaranteed 1 user, and at most 0 can "
        "be shown to it at an EV of 0 or more; allow_negative_ev=True meets all guarantees.",
        "保底无法满足：主播 1 保底 1 位用户，但 EV 不低于 0 的配对最多只能满足 0 位；"
        "设 allow_negative_ev=True 可满足全部保底。",
    ),
    (
        ((0, 1, 2), 6, 4, False, ("fill",)),
        "Expected guarantees that can be met; streamers 0, 1, 2 together are guaranteed 6 users, "
        'and at most 4 can be shown to them; fill="joint" meets all guarantees.',
        "保底无法满足：主播 0、1 和 2 合计保底 6 位用户，但最多只能满足 4 位；"
        '设 fill="joint" 可满足全部保底。',
    ),
    (
        (tuple(range(1_001)), 2_002, 2_000, False, ("fill", "allow_negative_ev")),
        "Expected guarantees that can be met; streamers 0, 1, 2, 3, 4, 5, 6, 7, … together are "
        'guaranteed 2,002 users, and at most 2,000 can be shown to them; fill="joint" with '
        "allow_negative_ev=True meets all guarantees.",
        "保底无法满足：主播 0、1、2、3、4、5、6 和 7 等 1,001 位合计保底 2,002 位用户，"
        '但最多只能满足 2,000 位；同时设 fill="joint" 与 allow_negative_ev=True 可满足全部保底。',
    ),
]


@pytest.mark.parametrize(("arguments", "english", "chinese"), UNMET)
def test_unmet_guarantees_are_told_in_both_languages(
    arguments: tuple[Any, ...], english: str, chinese: str
) -> None:
    error = UnmetGuaranteesError(*arguments)

    assert str(error) == english
    assert render(error.message, "zh") == chinese


@pytest.mark.parametrize(
    ("make", "english", "chinese"),
    [
        (
            lambda: Problem([[1, "2"]]),
            "Expected ev as a matrix of numbers, users × streamers; user 0, streamer 1 has '2'.",
            "ev 应为数字矩阵（用户 × 主播），第 0 位用户和第 1 位主播的值为 '2'。",
        ),
        (
            lambda: Problem([[1.0]], whale_cap=[1, 2]),
            "Expected whale_cap as one number or one per streamer (1); got shape (2,).",
            "whale_cap 应为一个数，或每位主播各一个（共 1 个），实有形状 (2,)。",
        ),
        (
            lambda: Problem([[1.0]], whale_penalty=[0, 5, 4.5]),
            "Expected a convex whale_penalty, each whale at least as dear as the one before; "
            "whale 3 costs 4.5 after 5, and where an extra whale gets cheaper no flow finds the "
            "optimum.",
            "whale_penalty 应为凸的，即每位鲸鱼的罚值不低于前一位；第 3 位为 4.5，前一位为 5。"
            "罚值下降时，网络流无法求得最优解。",
        ),
        (
            lambda: Candidates([0] * 2_000, [0] * 2_000, [1.0] * 2_000, (1_200, 1)),
            "Expected each pair once; user 0 with streamer 0 is both candidate 0 and candidate 1.",
            "每个配对只能出现一次；第 0 位用户与第 0 位主播既是第 0 个配对，又是第 1 个"
            "（均从 0 数起）。",
        ),
    ],
)
def test_errors_are_told_in_both_languages(make: Any, english: str, chinese: str) -> None:
    with pytest.raises(InputError) as refused:
        make()

    assert str(refused.value) == english
    assert render(refused.value.message, "zh") == chinese


def test_positions_are_written_without_separators() -> None:
    message = Message("pair_forbidden", user=123_456, streamer=7_890)

    assert str(message) == "User 123456 is at streamer 7890, a forbidden pair."
