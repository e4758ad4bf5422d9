"""Work on several threads, in order and at most a few pieces ahead of the consumer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

AHEAD = 4
"""Pieces in progress at a time; bounds the memory of reading and writing."""

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def in_order(
    pool: Executor, work: Callable[[Piece], Result], pieces: Iterable[Piece]
) -> Iterator[Result]:
    """Yield the result of each piece, in order; the next pieces start as results are consumed.

    Raises
    ------
    Exception
        The error of the first piece that fails; waiting pieces are cancelled.
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
