"""Users by streamer, in doubly linked lists over arrays."""

from __future__ import annotations

from .compilation import njit
from .rows import NONE


@njit(inner=True)
def link_member(user, s, first, after, before):
    """Insert a user at the head of the list of s.

    `first` (S,) is each list's first user, `after` and `before` (n,) are each user's neighbours.
    """
    after[user], before[user] = first[s], NONE
    if first[s] != NONE:
        before[first[s]] = user
    first[s] = user


@njit(inner=True)
def unlink_member(user, s, first, after, before):
    """Remove a user from the list of s."""
    if before[user] == NONE:
        first[s] = after[user]
    else:
        after[before[user]] = after[user]
    if after[user] != NONE:
        before[after[user]] = before[user]
