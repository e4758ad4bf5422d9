"""Min-heaps of bids, each with its bidder, in two arrays."""

from __future__ import annotations

from .compilation import njit


@njit(inner=True)
def sift_up(bid, bidder, i):
    """Move the bid at `i` of a min-heap towards the root until its parent is no higher."""
    b, u = bid[i], bidder[i]
    while i > 0 and bid[(i - 1) // 2] > b:
        parent = (i - 1) // 2
        bid[i], bidder[i] = bid[parent], bidder[parent]
        i = parent
    bid[i], bidder[i] = b, u


@njit(inner=True)
def sift_down(bid, bidder):
    """Move the bid at the root of a min-heap away from it until its children are no lower."""
    b, u = bid[0], bidder[0]
    n, i = len(bid), 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and bid[child + 1] < bid[child]:
            child += 1
        if bid[child] >= b:
            break
        bid[i], bidder[i] = bid[child], bidder[child]
        i = child
    bid[i], bidder[i] = b, u


@njit(inner=True)
def heap_pop(bid, bidder, size):
    """Take the lowest bid off a heap of `size`."""
    bid[0], bidder[0] = bid[size - 1], bidder[size - 1]
    if size > 1:
        sift_down(bid[: size - 1], bidder[: size - 1])
