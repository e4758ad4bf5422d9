"""Headings of columns, and the roles that they suggest."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Role = Literal["user", "streamer", "ev", "wealth", "ignore"]
"""The role of a column: ids of users or of streamers, values, wealth, or none.

In a matrix, the heading of every column of values is the id of its streamer."""

ROLES: tuple[Role, ...] = get_args(Role)

_SYNONYMS: Mapping[Role, str] = MappingProxyType(
    {
        "user": "user user_id userid user_name username uid viewer viewer_id audience_id customer "
        "customer_id member member_id fan fan_id "
        "用户 用户id 用户编号 用户名 观众 观众id 观众编号 粉丝",
        "streamer": "streamer streamer_id streamerid streamer_name item item_id itemid anchor "
        "anchor_id host host_id broadcaster broadcaster_id creator creator_id author author_id "
        "主播 主播id 主播编号 主播名 直播间 直播间id",
        "ev": "ev score value expected_value expectedvalue expected_revenue prediction "
        "predicted_value predicted_ev rating "
        "期望值 期望价值 期望收入 预期价值 预估价值 分数 得分 评分 价值 分值",
        "wealth": "wealth total_spend total_spent total_spending spend spent spending "
        "total_recharge recharge ltv lifetime_value "
        "财富 财富值 累计消费 消费 消费总额 总消费 消费金额 累计充值 充值 充值总额 累计消费金额",
    }
)

_ROLE_OF: Mapping[str, Role] = MappingProxyType(
    {name: role for role, names in _SYNONYMS.items() for name in names.split()}
)

_UNNAMED = ("", "unnamed:_0", "__index_level_0__", "index")
"""Names that data frame libraries write for a column without one."""

_IDS = (*_UNNAMED, "id", "name", "姓名", "昵称", "编号")
"""Headings of ids if the column is the first."""

_WEALTHY = (
    "wealth", "spend", "spent", "recharge", "balance", "income", "财富", "消费", "充值", "余额",
)  # fmt: skip


def plain(name: str) -> str:
    """Return a heading normalized in case, width, spaces and hyphens."""
    words = unicodedata.normalize("NFKC", name).strip().lower()
    return words.replace(" ", "_").replace("-", "_")


def role_of(name: str) -> Role | None:
    """Return the role of a column with this heading, if it is known."""
    words = plain(name)
    return _ROLE_OF.get(words) or _ROLE_OF.get(words.replace("_", ""))


def is_unnamed(name: str) -> bool:
    """Return whether a column had no name."""
    return plain(name) in _UNNAMED


def may_name_ids(name: str) -> bool:
    """Return whether the first column of a matrix holds ids if it has this heading."""
    return plain(name) in _IDS


def sounds_wealthy(name: str) -> bool:
    """Return whether a heading reads like wealth."""
    words = plain(name)
    return any(each in words for each in _WEALTHY)
