"""The root of the command line: its commands, and how a refusal ends."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import Abort, TyperException

from solver import InputError

from .commands.allocate import allocate
from .commands.calibrate import calibrate
from .commands.curve import curve
from .commands.find_gate import find_gate
from .commands.serve import serve
from .commands.sweep import sweep
from .commands.verify import verify

cli = typer.Typer(
    help="Allocate users to scarce slots: heavy spenders first, provably optimal.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
for each in (serve, allocate, curve, sweep, find_gate, calibrate, verify):
    cli.command()(each)


def main() -> None:
    """Run the command line; bad input ends in one sentence and exit code 1."""
    try:
        sys.exit(cli(sys.argv[1:] or ["--help"], standalone_mode=False))
    except TyperException as error:
        _refuse(error.format_message())
    except Abort:
        _refuse("Interrupted; nothing was written.")
    except InputError as error:
        _refuse(error.message)
    except OSError as error:
        _refuse(f"{error.strerror or error}: {error.filename}." if error.filename else str(error))


def _refuse(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise SystemExit(1)
