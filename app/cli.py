"""The root of the command line: its commands, its options and its exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, Literal

import typer
from pydantic_core import ValidationError
from typer.exceptions import Abort
from typer.main import get_command

from messages import DEFAULT_LANGUAGE, LANGUAGES, Message
from solver import InputError

from .commands.translation import Command, CommandLineError, Group
from .files import UnreadableError, system_error
from .text.language import command_language, render_for_command

COMMANDS = (
    "serve",
    "compile",
    "allocate",
    "generate",
    "curve",
    "frontier",
    "sweep",
    "find-settings",
    "calibrate",
    "verify",
    "experiments",
)
"""Each is a function or a group of commands in the module of its name in `app.commands`."""

RENAMED = {"find-gate": "find-settings"}
"""Names of version 0.1, which work and print a warning."""


_WARNED = "app.cli.warned"


class _Commands(Group):
    """The commands; each module is imported only when its command is used."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: Any, name: str) -> Any:
        if name in RENAMED:
            warning = Message("command_renamed", old=name, new=RENAMED[name])
            if not ctx.meta.get(_WARNED):  # Click looks a command up more than once
                print(render_for_command(warning), file=sys.stderr)
            ctx.meta[_WARNED] = True
            name = RENAMED[name]
        if name not in COMMANDS:
            return None
        module = name.replace("-", "_")
        function: Callable[..., None] | typer.Typer = getattr(
            import_module(f"app.commands.{module}"), module
        )
        if isinstance(function, typer.Typer):
            return get_command(function)
        alone = typer.Typer(add_completion=False)
        alone.command(name, cls=Command)(function)
        return get_command(alone)


Language = Literal["en", "zh"]
"""Languages of the catalogues; a test compares them."""

cli = typer.Typer(name="root", cls=_Commands, pretty_exceptions_enable=False)


def _print_version(is_set: bool) -> None:
    if is_set:
        print(f"whale-matching {version('whale-matching')}")
        raise typer.Exit


@cli.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True),
    ] = False,
    _language: Annotated[Language, typer.Option("--language", envvar="WHALE_LANGUAGE")] = "en",
) -> None:
    """Declare the options of the program.

    The language is only checked here: `main` sets it before, since help and errors need it.
    """


def _take_language(arguments: list[str]) -> tuple[str, list[str]]:
    """Return the language, and the arguments with ``--language`` before the command.

    The option may also stand after the command.
    """
    language = os.environ.get("WHALE_LANGUAGE", DEFAULT_LANGUAGE)
    for at, each in enumerate(arguments):
        if each == "--language" or each.startswith("--language="):
            end = at + 1 if "=" in each else at + 2
            language = arguments[at:end][-1].removeprefix("--language=")
            arguments = [*arguments[at:end], *arguments[:at], *arguments[end:]]
            break
    return language if language in LANGUAGES else DEFAULT_LANGUAGE, arguments


def main() -> None:
    """Run the command line; bad input ends with one sentence and exit code 1.

    ``verify`` ends with exit code 2 if there is no result to verify.
    """
    language, arguments = _take_language(sys.argv[1:])
    command_language.set(language)
    try:
        sys.exit(cli(arguments or ["--help"], standalone_mode=False))
    except CommandLineError as error:
        command = next((each for each in arguments if each in COMMANDS), None)
        _refuse(error.reason, code=2 if command == "verify" else 1)
    except Abort:
        _refuse(Message("interrupted"))
    except UnreadableError as error:
        _refuse(error.message, code=2)
    except InputError as error:
        _refuse(error.message)
    except ValidationError as error:
        if error.title != "Settings":
            raise
        _refuse(*_wrong_settings(error))
    except OSError as error:
        _refuse(system_error(error))


def _wrong_settings(error: ValidationError) -> Iterator[Message]:
    """Yield a message for each environment variable that is wrong."""
    from .errors.input_errors import errors_of
    from .errors.schema_errors import errors_from_schema
    from .settings import Settings

    for each in errors_of(errors_from_schema(error, Settings)):
        name = f"WHALE_{each.field.upper()}"
        yield Message("setting_wrong", setting=name, reason=each.message)


def _refuse(*messages: Message, code: int = 1) -> None:
    for message in messages:
        print(render_for_command(message), file=sys.stderr)
    raise SystemExit(code)
