"""Progress bars on the terminal; a pipe gets none."""

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

from app.text.language import render_for_command
from messages import Message


@contextmanager
def progress(title: Message, total: int | None) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar, and yield the function that moves it: of things done, and to do.

    Parameters
    ----------
    title : Message
    total : int or None
        None if it is unknown: the elapsed time is shown instead.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _total: None
        return
    text = render_for_command(title)
    known = (MofNCompleteColumn(), TimeRemainingColumn())
    columns = (TextColumn(text), BarColumn(), *(known if total else (TimeElapsedColumn(),)))
    with Progress(*columns, console=console) as shown:
        bar = shown.add_task(text, total=total)
        yield lambda done, _total: shown.update(bar, completed=done)
