"""What is loaded, once, by the process that workers are copies of; nothing else imports it.

That takes seconds, in which the standard library does not look whether anybody still wants it.
"""

import os
import signal
from types import FrameType

_PAUSE = 0.5
"""Seconds between two looks."""

_PARENT = os.getppid()


def _end_with_the_parent(_signal: int, _frame: FrameType | None) -> None:
    if os.getppid() != _PARENT:
        os._exit(1)


signal.signal(signal.SIGALRM, _end_with_the_parent)
signal.setitimer(signal.ITIMER_REAL, _PAUSE, _PAUSE)
try:
    import app.warm  # noqa: F401 - it is there in the copies
finally:
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
