"""How public objects show themselves: in a line, as a short text, and as a table in notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from messages import DEFAULT_LANGUAGE, Message, render

Row = tuple[str, Message | str]
"""Name of a row (`summary_label` has its text) and its value."""


class Displayed:
    """Base of public objects: they show sizes, ranges and totals, never an array."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._parts())})"

    def summary(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return a short text, one line for each fact.

        Parameters
        ----------
        language : {"en", "zh"}
        """
        rows = [
            Message("summary_row", label=Message("summary_label", name=name), value=value)
            for name, value in self._rows()
        ]
        return "\n".join(render(row, language) for row in rows)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(str(Message('summary_label', name=name)))}</th>"
            f"<td>{escape(str(value))}</td></tr>"
            for name, value in self._rows()
        )
        return f"<table><caption>{type(self).__name__}</caption>{rows}</table>"

    def _parts(self) -> Iterator[str]:
        """Yield what `repr` shows between parentheses."""
        raise NotImplementedError

    def _rows(self) -> Iterator[Row]:
        """Yield the facts of the summary and of the table."""
        raise NotImplementedError


def show_range(values: NDArray[Any]) -> str:
    """Return one number if all are equal, else the least and the greatest: "1…20"."""
    if not values.size:
        return "–"
    low, high = show_number(values.min()), show_number(values.max())
    return low if low == high else f"{low}…{high}"


def show_number(value: float) -> str:
    """Return a whole number as it is, any other with six digits; thousands are separated."""
    return f"{int(value):,}" if isinstance(value, int | np.integer) else f"{float(value):,.6g}"


def show_sizes(n_users: int, n_streamers: int, users: str = "users") -> str:
    """Return the two sizes of a problem, for `repr`."""
    return f"{n_users:,} {users} × {n_streamers:,} streamers"


def count_placed(assignment: NDArray[np.int64]) -> int:
    """Return how many users have a streamer; `assignment` is (N,) or (N, b)."""
    placed = assignment >= 0
    return int(np.count_nonzero(placed.any(axis=1) if placed.ndim == 2 else placed))


def placed_row(assignment: NDArray[np.int64]) -> Row:
    """Return how many users have a streamer, as a row of a summary."""
    placed, users = count_placed(assignment), len(assignment)
    return "placed", Message("summary_placed", placed=placed, users=users)


def price_rows(*prices: tuple[str, NDArray[np.float64] | None]) -> Iterator[Row]:
    """Yield, for each limit with prices, at how many streamers the price is above 0."""
    for name, price in prices:
        if price is not None:
            above = int(np.count_nonzero(price))
            largest = show_number(float(price.max(initial=0.0)))
            value = Message("summary_prices", above=above, streamers=len(price), largest=largest)
            yield f"{name}_price", value


def price_parts(*prices: tuple[str, NDArray[np.float64] | None]) -> Iterator[str]:
    """Yield each limit with the range of its prices, for `repr`."""
    for name, price in prices:
        if price is not None:
            yield f"{name}={show_range(price)}"
