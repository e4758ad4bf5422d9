"""Lists of the greatest values, in falling order; among equals the earlier one comes first."""

from __future__ import annotations

from .compilation import njit


@njit(inner=True)
def insert_top_k(value, item, values, items):
    """Insert a value, and what it stands for, if it is among the greatest; the last drops out."""
    i = len(values) - 1
    if value <= values[i]:
        return
    while i > 0 and values[i - 1] < value:
        values[i], items[i] = values[i - 1], items[i - 1]
        i -= 1
    values[i], items[i] = value, item


@njit(inner=True)
def insert_top_value(value, values):
    """As `insert_top_k`, for values alone."""
    i = len(values) - 1
    if value <= values[i]:
        return
    while i > 0 and values[i - 1] < value:
        values[i] = values[i - 1]
        i -= 1
    values[i] = value
