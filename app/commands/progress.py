"""A bar while something long is under way; in a pipe, nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int, int], None]]:
    """Yield what is to be called with the number of things done, and to do.

    Where nobody knows how much there is to do, None, the time that passes is shown instead.
    """
    console = Console(stderr=True)
    known = (MofNCompleteColumn(), TimeRemainingColumn())
    columns = (TextColumn(what), BarColumn(), *(known if total else (TimeElapsedColumn(),)))
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        bar = shown.add_task(what, total=total)
        yield lambda done, _total: shown.update(bar, completed=done)
