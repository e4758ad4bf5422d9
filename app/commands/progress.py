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
def progress(step: str, total: int | None) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar, and yield the function that moves it: of things done, and to do.

    Parameters
    ----------
    step : str
        The bar is titled by the message ``progress_<step>``.
    total : int or None
        None if it is unknown: the elapsed time is shown instead.
    """
    title = render_for_command(Message(f"progress_{step}"))
    console = Console(stderr=True)
    known = (MofNCompleteColumn(), TimeRemainingColumn())
    columns = (TextColumn(title), BarColumn(), *(known if total else (TimeElapsedColumn(),)))
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        bar = shown.add_task(title, total=total)
        yield lambda done, _total: shown.update(bar, completed=done)
