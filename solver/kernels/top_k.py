"""Lists of the k greatest values in decreasing order; among equals, the earlier comes first."""

from __future__ import annotations

from .compilation import njit


@njit(inner=True)
def insert_top_k(value, item, values, items):
    """Insert a value and its item if it is among the k greatest; the last one is dropped."""
    i = len(values) - 1
    if value <= values[i]:
        return
    while i > 0 and values[i - 1] < value:
        values[i], items[i] = values[i - 1], items[i - 1]
        i -= 1
    values[i], items[i] = value, item


@njit(inner=True)
def insert_top_value(value, values):
    """As `insert_top_k`, without items."""
    i = len(values) - 1
    if value <= values[i]:
        return
    while i > 0 and values[i - 1] < value:
        values[i] = values[i - 1]
        i -= 1
    values[i] = value
