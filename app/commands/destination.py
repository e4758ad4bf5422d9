"""Destinations of answers: a file, in the format of its suffix, or standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from app.files import expect_writable, write_atomically
from app.formats.base import Output
from app.formats.registry import WRITERS
from app.text.language import render_for_command
from messages import Message
from solver import InputError

STANDARD_OUTPUT = "-"


@dataclass(frozen=True)
class Destination:
    """The destination of an answer.

    Parameters
    ----------
    path : Path or None
        None for standard output, which gets JSON.
    """

    path: Path | None

    @classmethod
    def parse(cls, text: str) -> Destination:
        """Return the destination that ``--output`` names, after checking that it can be written.

        Raises
        ------
        solver.InputError
            If no format has its suffix.
        OSError
            If it cannot be written.
        """
        if text == STANDARD_OUTPUT:
            return cls(None)
        if "://" in text:
            raise InputError("output", Message("output_not_local", received=text))
        path = Path(text)
        if path.suffix.lower() not in WRITERS and not path.is_dir():
            message = Message(
                "output_suffix_expected",
                suffixes=[*WRITERS],
                dash=STANDARD_OUTPUT,
                received=text,
            )
            raise InputError("output", message)
        expect_writable(path)
        return cls(path)

    @property
    def messages(self) -> TextIO:
        """Stream for messages: the one that the answer is not written to."""
        return sys.stderr if self.path is None else sys.stdout

    @property
    def name(self) -> str | Message:
        """Its name in messages."""
        return Message("standard_output") if self.path is None else str(self.path)

    def report(self, message: Message) -> None:
        """Print a message in the language of the command line."""
        print(render_for_command(message), file=self.messages)

    def __str__(self) -> str:
        return "standard output" if self.path is None else str(self.path)

    def write(self, output: Callable[[], Output]) -> None:
        """Write an answer atomically; its tables are computed only for formats that need them."""
        suffix = ".json" if self.path is None else self.path.suffix.lower()
        content = WRITERS[suffix](output())
        if self.path is not None:
            write_atomically(self.path, content)
            return
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
