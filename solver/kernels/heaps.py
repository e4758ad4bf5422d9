"""Binary min-heaps in two arrays: keys and items."""

from __future__ import annotations

from .compilation import njit


@njit(inner=True)
def heap_push(key, item, size, new_key, new_item):
    """Add an entry to a heap of `size`; the arrays must have room for it."""
    i = size
    while i > 0 and key[(i - 1) // 2] > new_key:
        parent = (i - 1) // 2
        key[i], item[i] = key[parent], item[parent]
        i = parent
    key[i], item[i] = new_key, new_item


@njit(inner=True)
def heap_replace(key, item, size, new_key, new_item):
    """Replace the least entry of a heap of `size`."""
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and key[child + 1] < key[child]:
            child += 1
        if key[child] >= new_key:
            break
        key[i], item[i] = key[child], item[child]
        i = child
    key[i], item[i] = new_key, new_item


@njit(inner=True)
def heap_pop(key, item, size):
    """Remove the least entry of a heap of `size`."""
    heap_replace(key, item, size - 1, key[size - 1], item[size - 1])
