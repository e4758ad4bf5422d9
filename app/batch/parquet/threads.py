"""Work on several threads, in order and never far ahead of what is taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

AHEAD = 4
"""Pieces under way at a time: what bounds the memory of a reading or a writing."""

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def in_order(
    pool: Executor, work: Callable[[Piece], Result], pieces: Iterable[Piece]
) -> Iterator[Result]:
    """Yield what each piece gives, in order; pieces are taken as results are.

    Raises
    ------
    Exception
        What the first piece that fails raises; those that wait are not begun.
    """
    waiting: deque[Future[Result]] = deque()
    try:
        for piece in pieces:
            waiting.append(pool.submit(work, piece))
            if len(waiting) >= AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for each in waiting:
            each.cancel()
